from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "colloque.notifications"
    label = "notifications"
