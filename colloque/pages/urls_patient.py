from django.urls import URLPattern, URLResolver, path

from colloque.pages import consultation, patient, public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.front, name="front"),
    path("language", public.set_language, name="language"),
    path("what-the-server-reads", public.what_the_server_reads, name="what-the-server-reads"),
    path("assets.json", public.assets, name="assets"),
    path("offline", public.offline, name="offline"),
    path("style", public.kit, name="style"),
    path("home", patient.home, name="home"),
    path("request/new", patient.request_new, name="request-new"),
    path("consultations/<account_id:consultation_id>", consultation.consultation, name="consultation"),
    path("access", patient.access, name="access"),
]
