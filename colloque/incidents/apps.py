from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "colloque.incidents"
    label = "incidents"
