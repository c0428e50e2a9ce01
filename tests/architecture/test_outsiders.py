"""Every address of the web, and how it answers who has no business there: as if the thing did not exist (T-08).

The table is walked from the resolver: an address without a row fails, so that nobody adds one and forgets to ask.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from colloque.accounts.models import Practice
from colloque.kernel.clock import now
from colloque.kernel.ids import new_id
from colloque.records.models import Custody, Record
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db

# Strangers may ask: signing up and in, what an invitation says to who holds its token, the vault (it looks at signatures).
PUBLIC = {
    "health",
    "vault/<path:rest>",
    "ledger/<path:rest>",
    "api/sign-up/start",
    "api/sign-up/verify",
    "api/sign-up/passkey/options",
    "api/sign-up/factors",
    "api/sign-up/finish",
    "api/sign-in/passkey/options",
    "api/sign-in/passkey",
    "api/sign-in/salt",
    "api/sign-in/passphrase",
    "api/sign-in/recovery",
    "api/session",
    "api/sign-out",  # harmless to repeat
    "api/invitations/<str:token>",
    "api/invitations/<str:token>/accept",
    "api/sheet/find",  # to who shows that they hold a practice's sheet
    "api/sheet/account",
    "api/grants/about-me",  # to a device of the person's, whose sessions someone else may have ended
    "api/grants/<str:grant_id>/cancel",
}
# About oneself alone: no id in the path. Those that name another's thing in the body have their test with their room.
SELF = {
    "api/prove",
    "api/sessions/end",
    "api/sign-out/everywhere",
    "api/devices",
    "api/devices/revoke",
    "api/devices/rename",
    "api/methods",
    "api/methods/factors",
    "api/methods/remove",
    "api/passkeys",
    "api/passkeys/options",
    "api/passkeys/rename",
    "api/passkeys/remove",
    "api/duty",
    "api/sheet/reopen",
    "api/sheet/enter",
    "api/records",
    "api/erasures",
    "api/custody",
    "api/handed-on",
    "api/grants",
    "api/objections",
    "api/consultations",
    "api/queue",
    "api/offers",
    "api/blobs",
}
# For whoever is signed in: what one chooses a practice by, and names of professionals.
EVERYONE = {
    "api/practices",
    "api/practices/<account_id:practice_id>",
    "api/practices/<str:practice_id>/questionnaire",
    "api/people",
}
# Somebody's: outsiders are told what they are told of a thing that is not.
THINGS: dict[str, Callable[["Scene"], str]] = {
    "api/practices/<account_id:practice_id>/seeds": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/generations": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/sheet": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/reopenings": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/reopenings/cancel": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/members": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/members/confirm": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/members/end": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/agreements": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/agreements/sign": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/agreements/decline": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/invitations": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/invitations/withdraw": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/agenda": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/offers": lambda s: s.ward.cabinet.id,
    "api/offers/<str:offer_id>/accept": lambda s: s.offer,
    "api/offers/<str:offer_id>/decline": lambda s: s.offer,
    "api/offers/<str:offer_id>/withdraw": lambda s: s.offer,
    "api/practices/<account_id:practice_id>/rota": lambda s: s.ward.cabinet.id,
    "api/practices/<str:practice_id>/returning": lambda s: s.ward.cabinet.id,
    "api/practices/<str:practice_id>/erasures": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/custody": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/handed-on": lambda s: s.ward.cabinet.id,
    "api/custody/<account_id:custody_id>/agree": lambda s: s.custody,
    "api/custody/<account_id:custody_id>/cancel": lambda s: s.custody,
    "api/records/<str:record_id>/custody/refuse": lambda s: s.ward.file,
    "api/records/<str:record_id>/sealed-keys": lambda s: s.ward.file,
    "api/practices/<account_id:practice_id>/erasures/proposed": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/erasures/proposed/sign": lambda s: s.ward.cabinet.id,
    "api/practices/<account_id:practice_id>/erasures/proposed/decline": lambda s: s.ward.cabinet.id,
    "api/practices/<str:practice_id>/objections": lambda s: s.ward.cabinet.id,
    "api/records/<str:record_id>": lambda s: s.consultation,
    "api/records/<str:record_id>/erasure": lambda s: s.ward.file,
    "api/records/<str:record_id>/erasure/withdraw": lambda s: s.ward.file,
    "api/records/<str:record_id>/grants": lambda s: s.ward.file,
    "api/records/<str:record_id>/<str:compartment>": lambda s: s.consultation,
    "api/objections/<str:objection_id>/answer": lambda s: s.objection,
    "api/consultations/<str:consultation_id>": lambda s: s.consultation,
    "api/consultations/(?P<consultation_id>[^/]+)/(?P<what>request|cancel|take|refuse|transfer|close)": lambda s: (
        s.consultation
    ),
    "api/consultations/<str:consultation_id>/read": lambda s: s.consultation,
    "api/consultations/<str:consultation_id>/ice": lambda s: s.consultation,
    "api/blobs/<str:blob_id>": lambda s: s.blob,
    "api/blobs/<str:blob_id>/complete": lambda s: s.blob,
    "api/blobs/<str:blob_id>/<int:number>": lambda s: s.blob,
}
# Frames without anything in them but the reader's own name; what they show, the API decides.
PAGES_FOR_ALL = {
    "",
    "language",
    "what-the-server-reads",
    "offline",
    "assets.json",
    "style",
    "sign-up",
    "sign-in",
    "sign-out",
    "recover",
    "unlock",
    "join",
    "first-manager",
    "reopen",
}
PAGES = {
    "home",
    "request/new",
    "consultations/<account_id:consultation_id>",
    "access",
    "account",
    "practice",
    "practice/budgets",
    "practice/custody",
    "practice/rota",
    "practice/erasing",
    "desk",
    "agenda",
    "desk/<account_id:consultation_id>",
    "files/<account_id:file_id>",
    "objections",
    "step-up",
    "stop",
    "stop/<str:lever>/<account_id:target_id>",
}


# Officers' alone. To everyone else they do not exist, whatever id is asked for.
OFFICERS = {
    "officer",
    "officer/practices",
    "officer/findings",
    "officer/findings/dismiss",
    "officer/findings/<account_id:finding_id>",
    "officer/findings/<account_id:finding_id>/confirm",
    "officer/findings/<account_id:finding_id>/dismiss",
    "officer/findings/<account_id:finding_id>/incident",
    "officer/scope",
    "officer/scope/new",
    "officer/scope/<account_id:run_id>",
    "officer/scope/<account_id:run_id>/keep",
    "officer/scope/<account_id:run_id>/<str:form>",
    "officer/levers/<str:lever>/<account_id:target_id>",
    "officer/pulls/<account_id:pull_id>",
    "officer/pulls/<account_id:pull_id>/decline",
    "officer/pulls/<account_id:pull_id>/undo",
    "officer/incidents",
    "officer/incidents/<account_id:incident_id>",
    "officer/incidents/<account_id:incident_id>/<str:what>",
    "officer/incidents/<account_id:incident_id>/export/<str:form>",
}


OFFICERS_OF = ("finding", "target", "pull", "incident", "run")


class Scene:
    """Alice's consultation, taken by Dr Bose, with a file in it and an objection to an opening."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward
        self.consultation = ward.taken()
        opened = {"record": self.consultation, "compartment": "documents", "chunks": 1, "size": 1000}
        self.blob = str(ward.alice.ok("blobs", opened)["blob"])
        said = {"seq": 1, "record": self.consultation, "reason": "other"}
        self.objection = str(ward.alice.ok("objections", said)["id"])
        self.offer = new_id()
        ward.offer(self.offer)
        # To be handed to a third practice, from which this file of hers came once.
        third = Practice.objects.create(name="Cabinet des Tilleuls", city="Lyon", opened_at=now())
        handed = Custody.objects.create(id=new_id(), practice_id=ward.cabinet.id, to=third, not_before=now())
        self.custody = str(handed.id)
        Record.objects.filter(id=ward.file).update(former=third)
        # He works elsewhere too: who leaves their last practice is signed out, and would be asked nothing more here.
        ward.join(ward.dan, ward.other_cabinet, ward.chen, ["practitioner"])
        leaves = ward.marc.say("member-end", practice=ward.cabinet.id, member=ward.dan.person)
        ward.marc.ok(f"practices/{ward.cabinet.id}/members/end", {"statement": leaves})


@pytest.fixture
def scene(ward: Ward) -> Scene:
    return Scene(ward)


def routes() -> Iterator[str]:
    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for one in patterns:
            route = before + str(one.pattern).removeprefix("^").removesuffix("$")
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, route)
            elif isinstance(one, URLPattern):
                yield route

    yield from walk(get_resolver("colloque.config.urls_web").url_patterns, "")


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    rows = PUBLIC | SELF | EVERYONE | THINGS.keys() | PAGES | PAGES_FOR_ALL | OFFICERS
    assert set(routes()) - rows == set(), "say who may ask here"
    assert rows - set(routes()) == set(), "these are gone"


def test_a_stranger_is_sent_away_from_all_that_is_not_public() -> None:
    client = Client()
    for route in sorted(SELF | EVERYONE | THINGS.keys()):
        for path in filled(route, new_id()):
            for answer in (
                client.get(f"/{path}"),
                client.post(f"/{path}", "{}", content_type="application/json"),
            ):
                # 405: this address does not know that method for anyone.
                assert answer.status_code in (401, 405), (path, answer.status_code)


def test_a_stranger_is_led_to_sign_in_from_every_page() -> None:
    client = Client()
    for route in sorted(PAGES | OFFICERS):
        for path in filled(route, new_id()):
            answer = client.get(f"/{path}")
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in"), path


def test_outsiders_are_told_what_they_are_told_of_nothing(scene: Scene) -> None:
    for route in sorted(THINGS):
        for who in outsiders(scene.ward):
            for path, none in zip(filled(route, THINGS[route](scene)), filled(route, new_id()), strict=True):
                for ask in (who.get, who.post):
                    there, nowhere = ask(path.removeprefix("api/")), ask(none.removeprefix("api/"))
                    assert there == nowhere, (who.name, path)
                    assert there[0] in (400, 403, 404, 405), (who.name, path, there[0])
    assert_insiders_get_in(scene)


def assert_insiders_get_in(scene: Scene) -> None:
    """So that the test above cannot pass because nothing answers anyone, nor because an outsider broke the scene."""
    for who in (scene.ward.alice, scene.ward.bose):
        assert who.get(f"consultations/{scene.consultation}")[0] == 200
        assert who.get(f"records/{scene.consultation}")[0] == 200
        assert who.get(f"records/{scene.consultation}/documents")[0] == 200
    assert scene.ward.marc.get(f"practices/{scene.ward.cabinet.id}/objections")[0] == 200


def test_an_officers_pages_do_not_exist_for_anyone_else(ward: Ward) -> None:
    for who in (ward.alice, ward.bose, ward.chen, ward.marc):
        for route in sorted(OFFICERS):
            for path in filled(route, new_id()):
                assert who.client.get(f"/{path}").status_code == 404, (who.name, path)
                assert who.client.post(f"/{path}", {}).status_code == 404, (who.name, path)


def outsiders(ward: Ward) -> list[Someone]:
    """Another patient, a practitioner of another practice, and one who has left this one."""
    return [ward.zoe, ward.chen, ward.dan]


def filled(route: str, id_: str) -> list[str]:
    """The route with this id in it, and each compartment or act in its turn."""
    acts = "(?P<what>request|cancel|take|refuse|transfer|close)"
    text = (
        route.replace("(?P<consultation_id>[^/]+)", id_)
        .replace("<int:number>", "0")
        .replace("<str:token>", "x")
        .replace("<str:lever>", "device")
        .replace("<str:what>", "event")
        .replace("<str:form>", "iris")
    )
    for name in (
        "practice",
        "record",
        "grant",
        "objection",
        "consultation",
        "blob",
        "file",
        "offer",
        "custody",
        *OFFICERS_OF,
    ):
        text = text.replace(f"<str:{name}_id>", id_).replace(f"<account_id:{name}_id>", id_)
    if "<str:compartment>" in text:
        return [
            text.replace("<str:compartment>", one)
            for one in ("request", "exchange", "documents", "care", "identity")
        ]
    if acts in text:
        return [
            text.replace(acts, one) for one in ("request", "cancel", "take", "refuse", "transfer", "close")
        ]
    return [text]
