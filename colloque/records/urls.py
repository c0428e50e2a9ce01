from django.urls import URLPattern, URLResolver, path

from colloque.records import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/records", views.records),
    path("api/records/<str:record_id>", views.record),
    path("api/records/<str:record_id>/grants", views.grants),
    path("api/records/<str:record_id>/erasure", views.erasure),
    path("api/records/<str:record_id>/erasure/withdraw", views.withdraw_erasure),
    path("api/records/<str:record_id>/custody/refuse", views.refuse_custody),
    path("api/records/<str:record_id>/sealed-keys", views.sealed_keys),
    path("api/records/<str:record_id>/<str:compartment>", views.compartment),
    path("api/grants", views.my_grants),
    path("api/grants/about-me", views.grants_about_me),
    path("api/grants/<str:grant_id>/cancel", views.cancel_grant),
    path("api/erasures", views.my_erasures),
    path("api/custody", views.my_custody),
    path("api/custody/<account_id:custody_id>/agree", views.agree_custody),
    path("api/custody/<account_id:custody_id>/cancel", views.cancel_custody),
    path("api/handed-on", views.my_handed_on),
    path("api/objections", views.my_objections),
    path("api/objections/<str:objection_id>/answer", views.answer_objection),
    path("api/practices/<str:practice_id>/returning", views.returning),
    path("api/practices/<str:practice_id>/erasures", views.practice_erasures),
    path("api/practices/<account_id:practice_id>/custody", views.practice_custody),
    path("api/practices/<account_id:practice_id>/handed-on", views.practice_handed_on),
    path("api/practices/<account_id:practice_id>/erasures/proposed", views.proposed_erasures),
    path("api/practices/<account_id:practice_id>/erasures/proposed/sign", views.agree_to_erase),
    path("api/practices/<account_id:practice_id>/erasures/proposed/decline", views.decline_erasure),
    path("api/practices/<str:practice_id>/objections", views.practice_objections),
]
