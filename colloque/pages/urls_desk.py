from django.urls import URLPattern, URLResolver, path

from colloque.pages import desk

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk", desk.desk, name="desk"),
    path("agenda", desk.agenda, name="agenda"),
    path("desk/<account_id:consultation_id>", desk.consultation, name="desk-consultation"),
    path("files/<account_id:file_id>", desk.patient_file, name="patient-file"),
    path("step-up", desk.step_up, name="step-up"),
    path("objections", desk.objections, name="objections"),
]
