from django.urls import URLPattern, URLResolver, path

from colloque.scheduling import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/queue", views.queue),
]
