from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "colloque.consultations"
    label = "consultations"
