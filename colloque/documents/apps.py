from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "colloque.documents"
    label = "documents"
