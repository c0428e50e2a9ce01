from django.urls import URLPattern, URLResolver, path

from colloque.incidents import scope_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("stop", views.own, name="stop"),
    path("stop/<str:lever>/<account_id:target_id>", views.stop_own, name="stop-own"),
    path("officer", views.overview, name="officer"),
    path("officer/practices", views.practices, name="officer-practices"),
    path("officer/findings", views.all_findings, name="findings"),
    path("officer/findings/dismiss", views.dismiss_all, name="findings-dismiss"),
    path("officer/findings/<account_id:finding_id>", views.finding, name="finding"),
    path("officer/findings/<account_id:finding_id>/confirm", views.confirm, name="finding-confirm"),
    path("officer/findings/<account_id:finding_id>/dismiss", views.dismiss, name="finding-dismiss"),
    path("officer/findings/<account_id:finding_id>/incident", views.to_incident, name="finding-incident"),
    path("officer/scope", scope_views.scopes, name="scopes"),
    path("officer/scope/new", scope_views.suppose, name="scope-new"),
    path("officer/scope/<account_id:run_id>", scope_views.answer, name="scope"),
    path("officer/scope/<account_id:run_id>/keep", scope_views.keep, name="scope-keep"),
    path("officer/scope/<account_id:run_id>/<str:form>", scope_views.file, name="scope-file"),
    path("officer/levers/<str:lever>/<account_id:target_id>", views.pull, name="lever-pull"),
    path("officer/pulls/<account_id:pull_id>", views.lift, name="lift"),
    path("officer/pulls/<account_id:pull_id>/decline", views.decline, name="lever-decline"),
    path("officer/pulls/<account_id:pull_id>/undo", views.undo, name="lever-undo"),
    path("officer/incidents", views.open_by_hand, name="incident-new"),
    path("officer/incidents/<account_id:incident_id>", views.incident, name="incident"),
    path("officer/incidents/<account_id:incident_id>/<str:what>", views.add, name="incident-add"),
    path(
        "officer/incidents/<account_id:incident_id>/export/<str:form>", views.export, name="incident-export"
    ),
]
