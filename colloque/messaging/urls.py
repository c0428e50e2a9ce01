from django.urls import URLPattern, URLResolver, path

from colloque.messaging import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/consultations/<str:consultation_id>/read", views.read),
]
