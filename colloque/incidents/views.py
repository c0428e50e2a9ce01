"""The officer's pages: plain forms, one gesture each; they work without a script, on a phone, at night."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from colloque.accounts.sessions import require_proof
from colloque.incidents import cases, findings, lifting, looking, own_levers, pulling, queries
from colloque.incidents.access import for_officers, for_the_signed_in
from colloque.incidents.errors import NeedsReason
from colloque.incidents.exports import FORMS
from colloque.incidents.models import Finding, Incident, Officer
from colloque.kernel.errors import NotFound
from colloque.kernel.http import MAX_JSON, read_json
from colloque.kernel.ids import is_id
from colloque.vault.ladder import OF_PLATFORM


@for_officers("GET", "HEAD")
def overview(request: HttpRequest, officer: Officer) -> HttpResponse:
    return render(request, "officer/overview.html", queries.overview())


@for_officers("GET", "HEAD")
def practices(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Every lever, of whatever is searched for: a practice, a professional by name, an account or a device by its id."""
    return render(request, "officer/practices.html", looking.found(request.GET.get("q", "")))


@for_officers("GET", "HEAD")
def all_findings(request: HttpRequest, officer: Officer) -> HttpResponse:
    return render(request, "officer/findings.html", queries.findings_listed(request.GET))


@for_officers("POST")
def dismiss_all(request: HttpRequest, officer: Officer) -> HttpResponse:
    told = request.POST
    findings.dismiss_rule(told.get("rule", ""), officer, told.get("reason", ""), upto=told.get("upto", ""))
    return HttpResponseRedirect("/officer")


@for_officers("GET", "HEAD")
def finding(request: HttpRequest, officer: Officer, finding_id: str) -> HttpResponse:
    found = findings.get_finding(finding_id)
    told = {
        **queries.describe(found),
        "about": queries.about(found.rule),
        "levers": queries.levers_for(found),
        "cases": cases.open_cases()[: queries.SHOWN],
        "names": queries.officer_names(),
    }
    return render(request, "officer/finding.html", told)


@for_officers("POST")
def confirm(request: HttpRequest, officer: Officer, finding_id: str) -> HttpResponse:
    findings.confirm(finding_id, officer)
    return HttpResponseRedirect(f"/officer/findings/{finding_id}")


@for_officers("POST")
def dismiss(request: HttpRequest, officer: Officer, finding_id: str) -> HttpResponse:
    findings.dismiss(finding_id, officer, request.POST.get("reason", ""))
    return HttpResponseRedirect("/officer")


@for_officers("POST")
def to_incident(request: HttpRequest, officer: Officer, finding_id: str) -> HttpResponse:
    asked = request.POST.get("incident", "")
    into = cases.get_incident(asked) if is_id(asked) else None
    return HttpResponseRedirect(f"/officer/incidents/{findings.open_incident(finding_id, officer, into).id}")


@for_officers("POST")
def open_by_hand(request: HttpRequest, officer: Officer) -> HttpResponse:
    told = request.POST
    opened = cases.open_by_hand(officer, told.get("title", ""), told.get("level", "high"))
    return HttpResponseRedirect(f"/officer/incidents/{opened.id}")


@for_officers("POST")
def pull(request: HttpRequest, officer: Officer, lever: str, target_id: str) -> HttpResponse:
    # No proof is asked again: what only denies needs a session, and at three in the morning it needs one gesture.
    asked = request.POST.get("finding", "")
    found = Finding.objects.filter(id=asked).first() if is_id(asked) else None
    pulling.pull(lever, target_id, by=officer.account, finding=found)
    # Back to where it was pressed, which says that it is done. The page that lifts asks for keys, and this needs none.
    looked = "" if lever in OF_PLATFORM else f"?q={target_id}"
    return HttpResponseRedirect(f"/officer/findings/{found.id}" if found else f"/officer/practices{looked}")


@for_the_signed_in("GET", "HEAD")
def own(request: HttpRequest, person: str) -> HttpResponse:
    """What anyone may stop themselves, with their session alone: their phone may be in other hands."""
    return render(request, "officer/own.html", {"places": own_levers.offered_to(person), "action": "/stop"})


@for_the_signed_in("POST")
def stop_own(request: HttpRequest, person: str, lever: str, target_id: str) -> HttpResponse:
    own_levers.stop(person, lever, target_id)
    return HttpResponseRedirect("/stop")


@for_officers("GET", "HEAD")
def lift(request: HttpRequest, officer: Officer, pull_id: str) -> HttpResponse:
    """What was frozen, why, what lifting gives back: the page where the first officer asks and the second agrees."""
    return render(request, "officer/lift.html", queries.lifting(lifting.get_pull(pull_id), officer))


@for_officers("POST")
def undo(request: HttpRequest, officer: Officer, pull_id: str) -> HttpResponse:
    require_proof(request)
    statement = read_json(request, MAX_JSON).get("statement")
    return JsonResponse({"lifted": lifting.take_statement(pull_id, officer, statement)})


@for_officers("POST")
def decline(request: HttpRequest, officer: Officer, pull_id: str) -> HttpResponse:
    lifting.decline(pull_id, officer)
    return HttpResponseRedirect(f"/officer/pulls/{pull_id}")


@for_officers("GET", "HEAD")
def incident(request: HttpRequest, officer: Officer, incident_id: str) -> HttpResponse:
    found = cases.get_incident(incident_id)
    return render(
        request,
        "officer/incident.html",
        {
            "incident": found,
            "events": found.events.order_by("at", "id"),
            "evidence": found.evidence.order_by("added_at"),
            "decisions": found.decisions.order_by("at"),
            "tasks": found.tasks.order_by("done_at", "due_at"),
            "next": found.tasks.filter(done_at=None).order_by("due_at").first(),
            "pulls": [queries.describe_pull(one) for one in found.pulls.order_by("at")],
            "findings": [queries.describe(one) for one in found.findings.order_by("first_at")],
            "scopes": found.scopes.order_by("-at"),
            "forms": sorted(FORMS),
            "names": queries.officer_names(),
        },
    )


@for_officers("POST")
def add(request: HttpRequest, officer: Officer, incident_id: str, what: str) -> HttpResponse:
    act = _ADDS.get(what)
    if act is None:
        raise NotFound(what)
    act(cases.get_incident(incident_id), officer, request)
    return HttpResponseRedirect(f"/officer/incidents/{incident_id}")


@for_officers("GET")
def export(request: HttpRequest, officer: Officer, incident_id: str, form: str) -> HttpResponse:
    write = FORMS.get(form)
    if write is None:
        raise NotFound(form)
    response = JsonResponse(write(queries.case_of(cases.get_incident(incident_id))))
    response["Content-Disposition"] = f'attachment; filename="{incident_id[:8]}-{form}.json"'
    return response


def _event(incident: Incident, officer: Officer, request: HttpRequest) -> None:
    told = request.POST
    cases.add_event(
        incident, officer, at=told.get("at", ""), zone=told.get("zone", "Europe/Paris"), source=told.get("source", ""),
        text=told.get("text", ""), in_summary="in_summary" in told,
    )  # fmt: skip


def _evidence(incident: Incident, officer: Officer, request: HttpRequest) -> None:
    file = request.FILES.get("file")
    if file is None:
        raise NeedsReason
    label = request.POST.get("label", "") or str(file.name)
    cases.add_evidence(
        incident, officer, label=label, kept=request.POST.get("kept", ""), chunks=file.chunks()
    )


def _decision(incident: Incident, officer: Officer, request: HttpRequest) -> None:
    cases.decide(incident, officer, request.POST.get("text", ""))


def _task(incident: Incident, officer: Officer, request: HttpRequest) -> None:
    cases.add_task(incident, officer, request.POST.get("text", ""), request.POST.get("hours", ""))


def _done(incident: Incident, officer: Officer, request: HttpRequest) -> None:
    cases.finish_task(incident, officer, request.POST.get("task", ""))


def _close(incident: Incident, officer: Officer, request: HttpRequest) -> None:
    cases.close(incident, officer)


_ADDS: dict[str, Callable[[Incident, Officer, HttpRequest], None]] = {
    "event": _event,
    "evidence": _evidence,
    "decision": _decision,
    "task": _task,
    "done": _done,
    "close": _close,
}
