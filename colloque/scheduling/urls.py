from django.urls import URLPattern, URLResolver, path

from colloque.scheduling import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/queue", views.queue),
    path("api/practices/<account_id:practice_id>/agenda", views.agenda),
    path("api/practices/<account_id:practice_id>/offers", views.offer),
    path("api/offers", views.own_offers),
    path("api/offers/<str:offer_id>/accept", views.accept),
    path("api/offers/<str:offer_id>/decline", views.decline),
    path("api/offers/<str:offer_id>/withdraw", views.withdraw),
]
