from django.urls import URLPattern, URLResolver, path, re_path

from colloque.consultations import views
from colloque.consultations.state import ACTS

# An appointment needs the practice's offer as well: scheduling takes it.
PRESSED = [act for act in ACTS if act != "appointment"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/consultations", views.consultations),
    path("api/consultations/<str:consultation_id>", views.consultation),
    re_path(rf"^api/consultations/(?P<consultation_id>[^/]+)/(?P<what>{'|'.join(PRESSED)})$", views.act),
    path("api/practices/<str:practice_id>/questionnaire", views.questionnaire),
]
