from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "colloque.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        from colloque.consultations.parts import add_part  # noqa: PLC0415  models are there only now
        from colloque.scheduling.queries import describe_place  # noqa: PLC0415

        add_part("place", describe_place)
