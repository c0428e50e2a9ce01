from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "colloque.messaging"
    label = "messaging"

    def ready(self) -> None:
        from colloque.consultations.parts import add_part  # noqa: PLC0415  models are there only now
        from colloque.messaging.queries import describe_read  # noqa: PLC0415

        add_part("read", describe_read)
