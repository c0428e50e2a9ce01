"""Whose data, in the officer's pages: a form, an answer, and its files. No script is needed, and no name is shown."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from colloque.incidents import cases, findings, picturing, scoping, supposing
from colloque.incidents.access import for_officers
from colloque.incidents.models import DONE, Finding, Officer, ScopeRun
from colloque.incidents.supposing import Row, Supposed
from colloque.kernel.errors import NotFound
from colloque.kernel.ids import is_id
from colloque.scope import telling

LISTED = 30
FORMS = ("csv", "parquet", "json", "yaml")


@for_officers("GET", "HEAD")
def scopes(request: HttpRequest, officer: Officer) -> HttpResponse:
    return render(request, "officer/scopes.html", {"runs": ScopeRun.objects.order_by("-at")[:LISTED]})


@for_officers("GET", "HEAD", "POST")
def suppose(request: HttpRequest, officer: Officer) -> HttpResponse:
    if request.method != "POST":
        return _form(request, supposing.blank(_known(request)), of=request.GET)
    told, asked = request.POST.dict(), request.POST.get("finding", "")
    if more := request.POST.get("more", ""):
        return _form(request, supposing.blank(told, more=more), of=request.POST)
    supposed = supposing.read(told)
    if not supposed.is_good:
        return _form(request, supposed, of=request.POST, status=400)
    found = Finding.objects.filter(id=asked).first() if is_id(asked) else None
    into = request.POST.get("incident", "")
    incident = cases.get_incident(into) if is_id(into) else None
    run = scoping.ask(supposed, officer, finding=found, incident=incident)
    return HttpResponseRedirect(f"/officer/scope/{run.id}")


@for_officers("GET", "HEAD")
def answer(request: HttpRequest, officer: Officer, run_id: str) -> HttpResponse:
    run, lang = scoping.get_run(run_id), _lang()
    told: dict[str, Any] = {
        "run": run,
        "is_lost": scoping.is_lost(run),
        "forms": FORMS,
        "trouble": run.trouble.get(lang, ""),
    }
    if run.state == DONE:
        document = scoping.document_of(run)
        told |= picturing.picture(document, lang) | {"hash_if_signed": scoping.hash_if_signed(document)}
        told["cases"] = cases.open_cases()[:LISTED]
        told["is_kept"] = (
            run.incident is not None and run.incident.evidence.filter(label=cases.label_of(run)).exists()
        )
        told |= _said(told) | {"change": _change(run, lang)}
        times = [one.first for one in told["who"] if one.first]
        told |= {"first": min(times, default=None), "last": max(times, default=None)}
    return render(request, "officer/scope.html", told)


@for_officers("POST")
def keep(request: HttpRequest, officer: Officer, run_id: str) -> HttpResponse:
    """Put the answer into a case as evidence, in one gesture."""
    incident = cases.get_incident(_id_of(request.POST.get("incident", "")))
    cases.add_answer(incident, officer, scoping.get_run(run_id))
    return HttpResponseRedirect(f"/officer/incidents/{incident.id}")


@for_officers("GET")
def file(request: HttpRequest, officer: Officer, run_id: str, form: str) -> HttpResponse:
    run = scoping.get_run(run_id)
    if form == "yaml":
        return _download(run, form, run.hypothesis.encode(), "application/yaml")
    if form not in FORMS or run.state != DONE or run.document is None or run.everyone is None:
        raise NotFound(form)
    if form == "json":
        return _download(run, form, zlib.decompress(bytes(run.document)), "application/json")
    packed = bytes(run.everyone)
    if form == "parquet":
        return _download(run, form, packed, "application/vnd.apache.parquet")
    return _download(run, form, _as_csv(packed), "text/csv; charset=utf-8")


def _as_csv(packed: bytes) -> bytes:
    # Only who asks for the file pays for the library that reads it.
    import pyarrow.csv as pa_csv  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    written = BytesIO()
    pa_csv.write_csv(pq.read_table(BytesIO(packed)), written)
    return written.getvalue()


def _download(run: ScopeRun, form: str, data: bytes, type_: str) -> HttpResponse:
    response = HttpResponse(data, content_type=type_)
    name = "hypothesis.yaml" if form == "yaml" else f"scope-{str(run.id)[:8]}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _id_of(text: str) -> str:
    if not is_id(text):
        raise NotFound("incident")
    return text


def _known(request: HttpRequest) -> Mapping[str, str]:
    """What the form begins with: an earlier question, or what a finding tells."""
    again, asked = request.GET.get("again", ""), request.GET.get("finding", "")
    if is_id(again):
        return {str(name): str(value) for name, value in scoping.get_run(again).asked.items()}
    return scoping.suppose_for(findings.get_finding(asked)) if is_id(asked) else {}


def _form(
    request: HttpRequest, supposed: Supposed, *, of: Mapping[str, str], status: int = 200
) -> HttpResponse:
    lang = _lang()
    troubles = supposing.words(supposed.rows, lang)
    if supposed.trouble:
        troubles.append(("zone", supposed.trouble[lang]))
    titles = {
        "named": _("Compte, appareil, session ou réseau"),
        "copied": _("Copie"),
        "held": _("Machine tenue"),
        "numbers": _("Horloges et effacements"),
    }
    sections = (*supposing.SECTIONS, "numbers")
    shown = {section: [_shown(row, lang) for row in supposed.of(section)] for section in sections}
    told = {
        "form": supposed,
        "zones": supposing.ZONES,
        "finding": of.get("finding", ""),
        "incident": of.get("incident", ""),
        "troubles": troubles,
        "row_titles": titles,
    }
    return render(request, "officer/scope_new.html", {**told, **shown}, status=status)


def _shown(row: Row, lang: str) -> dict[str, Any]:
    kinds = (
        ("accounts", _("Compte")),
        ("devices", _("Appareil")),
        ("sessions", _("Session")),
        ("networks", _("Réseau")),
    )
    copies = (
        ("database", _("Base de données")),
        ("vault-database", _("Base du coffre")),
        ("backup", _("Sauvegarde des deux")),
    )
    holds = (
        ("web", _("Serveur web")),
        ("vault", _("Coffre")),
        ("worker", _("Service de fond")),
        ("mail-relay", _("Relais de courrier")),
    )
    beliefs = (("suspected", _("Soupçonné")), ("sure", _("Sûr")))
    listed = {
        "named": (("kind", _("Quoi"), kinds), ("id", _("Identifiant"), ()), ("from", _("De"), ()), ("to", _("À"), ())),
        "copied": (("what", _("Quoi"), copies), ("at", _("Quand, au plus tard"), ())),
        "held": (("what", _("Quoi"), holds), ("from", _("De"), ()), ("to", _("À"), ())),
    }  # fmt: skip
    numbers = (
        ("clock_seconds", _("Écart possible entre les horloges, en secondes"), ()),
        (
            "erased_days",
            _("Jours pendant lesquels ce qui est effacé se trouve encore dans les sauvegardes"),
            (),
        ),
    )
    is_number = row.section == "numbers"
    fields = numbers if is_number else (*listed[row.section], ("belief", _("Croyance"), beliefs))
    return {
        "section": row.section, "number": row.number, "said": row.trouble.get(lang, ""),
        "shown": [{"name": f"{row.section}-{row.number}-{name}", "label": label, "choices": choices,
                   "value": row.fields.get(name, ""), "is_time": name in ("at", "from", "to"),
                   "is_number": is_number}
                  for name, label, choices in fields],
    }  # fmt: skip


def _said(told: dict[str, Any]) -> dict[str, Any]:
    """What goes with a number, in sentences."""
    said = []
    if n := told["sealed"]:
        said.append(
            ngettext(
                "%(n)s personne de plus dont seul du texte scellé a été pris : inintelligible.",
                "%(n)s personnes de plus dont seul du texte scellé a été pris : inintelligible.",
                n,
            )
            % {"n": n}
        )
    if n := told["doubt"]:
        said.append(
            ngettext(
                "Doute qui reste : %(n)s personne, par des horloges qui diffèrent ou un journal trop court.",
                "Doute qui reste : %(n)s personnes, par des horloges qui diffèrent ou un journal trop court.",
                n,
            )
            % {"n": n}
        )
    more = told["more"]
    persons = [
        {**one, "said": ngettext("%(n)s personne", "%(n)s personnes", one["persons"]) % {"n": one["persons"]}}
        for one in told["readable"]
    ]
    rest = ngettext("et %(n)s de plus, dans les fichiers", "et %(n)s de plus, dans les fichiers", more)
    return {"said": said, "more_said": rest % {"n": more} if more else "", "readable": persons}


def _change(run: ScopeRun, lang: str) -> str:
    """ "37 more, because …", against the answer before."""
    told = run.difference
    if not told:
        return ""
    if not (told["more"] or told["fewer"] or told["risen"]):
        return _("Par rapport à la réponse précédente : personne de plus, personne de moins.")
    because = ", ".join(f"{telling.rule(why, lang)} ({count})" for why, count in told["because"])
    more = ngettext("%(n)s personne de plus", "%(n)s personnes de plus", told["more"]) % {"n": told["more"]}
    why = _(", parce que %(rules)s") % {"rules": because} if because else ""
    rest = _(" ; %(fewer)s de moins ; %(risen)s davantage atteintes") % told
    return _("Par rapport à la réponse précédente :") + f" {more}{why}{rest}."


def _lang() -> str:
    return "en" if (get_language() or "").startswith("en") else "fr"
