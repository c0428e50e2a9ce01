from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "colloque.records"
    label = "records"
