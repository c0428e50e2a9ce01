from django.urls import URLPattern, URLResolver, path

from colloque.documents import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/blobs", views.blobs),
    path("api/blobs/<str:blob_id>", views.blob),
    path("api/blobs/<str:blob_id>/complete", views.complete),
    path("api/blobs/<str:blob_id>/<int:number>", views.chunk),
]
