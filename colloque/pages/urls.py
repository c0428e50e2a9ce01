from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("colloque.pages.urls_patient")),
    path("", include("colloque.pages.urls_accounts")),
    path("", include("colloque.pages.urls_desk")),
]
