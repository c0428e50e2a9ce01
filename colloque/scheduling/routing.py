"""Sockets of this room."""

from django.urls import URLPattern, path

from colloque.scheduling.consumers import QueueConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/queue/<str:practice_id>", QueueConsumer.as_asgi()),
]
