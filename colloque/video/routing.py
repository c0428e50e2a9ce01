"""Sockets of this room."""

from django.urls import URLPattern, path

from colloque.video.consumers import SignalConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/consultations/<str:consultation_id>/signal", SignalConsumer.as_asgi()),
]
