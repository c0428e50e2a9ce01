from django.urls import URLPattern, URLResolver, path

from colloque.config.urls_web import urlpatterns as web
from colloque.embedded import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("try", views.trying, name="try"),
    path("try/state", views.state),
    *web,
]
