from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "colloque.config"
    label = "config"

    def ready(self) -> None:
        from colloque.config import checks  # noqa: F401, PLC0415  registers the checks, once apps are there
