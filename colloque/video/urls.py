from django.urls import URLPattern, URLResolver, path

from colloque.video import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/consultations/<str:consultation_id>/ice", views.ice, name="ice"),
]
