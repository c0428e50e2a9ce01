"""Sockets of this room."""

from django.urls import URLPattern, path

from colloque.consultations.consumers import ConsultationConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/consultations/<str:consultation_id>", ConsultationConsumer.as_asgi()),
]
