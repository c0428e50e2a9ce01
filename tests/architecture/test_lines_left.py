"""Every way by which a person's data leaves the servers leaves a line; a new address says which it is, or this fails.

The tables are walked from the resolver, the sockets' routing and the vault's routes. Those that give data are asked for
it here, and the line is looked for; those that are said to give none are asked too, and looked through.
"""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.routing import Route

from colloque.consultations.routing import websocket_urlpatterns as consultation_sockets
from colloque.records.outbox import flush_lines
from colloque.scheduling.routing import websocket_urlpatterns as queue_sockets
from colloque.vault.app import Door, create_app
from colloque.vault.settings import VaultSettings
from colloque.video.routing import websocket_urlpatterns as video_sockets
from tests.architecture.test_outsiders import THINGS, Scene, filled, routes
from tests.care import RunningVault
from tests.documents.test_blobs import PHOTO, fetch, upload
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(ward: Ward) -> Scene:
    return Scene(ward)


type Ask = Callable[[Scene, Someone], object]


def _ask_documents(at: Scene, who: Someone) -> None:
    who.fetch(at.consultation, "documents")


def _ask_chunk(at: Scene, who: Someone) -> None:
    blob, _ = upload(at.ward.alice, at.consultation, PHOTO)
    # From the middle: whoever leaves out the beginning has read the rest.
    assert fetch(who, blob, 1)[0] == 200


# Sealed items and files: each asking leaves `item-served`.
SERVES: dict[str, Ask] = {
    "api/records/<str:record_id>/<str:compartment>": _ask_documents,
    "api/blobs/<str:blob_id>/<int:number>": _ask_chunk,
}
# Keys, sealed to who asks, to their practice or to a way in: they open nothing without a turn, and its line is the release.
SEALED_KEYS = {
    "api/records/<str:record_id>",
    "api/practices/<account_id:practice_id>/seeds",
    "api/practices/<account_id:practice_id>/generations",
    "api/practices/<account_id:practice_id>/members",
    "api/practices/<str:practice_id>/returning",
    "api/practices/<account_id:practice_id>/handed-on",
    "api/handed-on",
    "api/methods",
    "api/sign-in/passkey",
    "api/sign-in/passphrase",
    "api/sign-in/recovery",
    "api/sheet/account",
    "api/sheet/find",
}
# Passed on to the vault, whose own table is below.
PASSED_ON = {"vault/<path:rest>", "ledger/<path:rest>"}
# Accounts, states, times, who met whom: what the server reads (at /what-the-server-reads), and nothing sealed.
NOTHING_SEALED = {
    "api/blobs",
    "api/blobs/<str:blob_id>",
    "api/blobs/<str:blob_id>/complete",
    "api/consultations",
    "api/consultations/(?P<consultation_id>[^/]+)/(?P<what>request|cancel|take|refuse|transfer|close)",
    "api/consultations/<str:consultation_id>",
    "api/consultations/<str:consultation_id>/ice",
    "api/consultations/<str:consultation_id>/read",
    "api/devices",
    "api/devices/rename",
    "api/devices/revoke",
    "api/duty",
    "api/custody",
    "api/custody/<account_id:custody_id>/agree",
    "api/custody/<account_id:custody_id>/cancel",
    "api/erasures",
    "api/grants",
    "api/grants/<str:grant_id>/cancel",
    "api/grants/about-me",
    "api/invitations/<str:token>",
    "api/invitations/<str:token>/accept",
    "api/methods/factors",
    "api/methods/remove",
    "api/objections",
    "api/objections/<str:objection_id>/answer",
    "api/offers",
    "api/offers/<str:offer_id>/accept",
    "api/offers/<str:offer_id>/decline",
    "api/offers/<str:offer_id>/withdraw",
    "api/passkeys",
    "api/passkeys/options",
    "api/passkeys/remove",
    "api/passkeys/rename",
    "api/people",
    "api/practices",
    "api/practices/<account_id:practice_id>",
    "api/practices/<account_id:practice_id>/agreements",
    "api/practices/<account_id:practice_id>/agreements/decline",
    "api/practices/<account_id:practice_id>/agreements/sign",
    "api/practices/<account_id:practice_id>/custody",
    "api/practices/<account_id:practice_id>/agenda",
    "api/practices/<account_id:practice_id>/offers",
    "api/practices/<account_id:practice_id>/rota",
    "api/practices/<account_id:practice_id>/reopenings",
    "api/practices/<account_id:practice_id>/reopenings/cancel",
    "api/practices/<account_id:practice_id>/sheet",
    "api/practices/<account_id:practice_id>/invitations",
    "api/practices/<account_id:practice_id>/invitations/withdraw",
    "api/practices/<account_id:practice_id>/members/confirm",
    "api/practices/<account_id:practice_id>/members/end",
    "api/practices/<account_id:practice_id>/erasures/proposed",
    "api/practices/<account_id:practice_id>/erasures/proposed/decline",
    "api/practices/<account_id:practice_id>/erasures/proposed/sign",
    "api/practices/<str:practice_id>/erasures",
    "api/practices/<str:practice_id>/objections",
    "api/practices/<str:practice_id>/questionnaire",
    "api/prove",
    "api/queue",
    "api/records",
    "api/records/<str:record_id>/custody/refuse",
    "api/records/<str:record_id>/sealed-keys",
    "api/records/<str:record_id>/erasure",
    "api/records/<str:record_id>/erasure/withdraw",
    "api/records/<str:record_id>/grants",
    "api/session",
    "api/sheet/enter",
    "api/sheet/reopen",
    "api/sessions/end",
    "api/sign-in/passkey/options",
    "api/sign-in/salt",
    "api/sign-out",
    "api/sign-out/everywhere",
    "api/sign-up/factors",
    "api/sign-up/finish",
    "api/sign-up/passkey/options",
    "api/sign-up/start",
    "api/sign-up/verify",
}
# Places, states and descriptions of calls: no item goes through a socket.
SOCKETS = {
    "ws/consultations/<str:consultation_id>",
    "ws/consultations/<str:consultation_id>/signal",
    "ws/queue/<str:practice_id>",
}

# The vault: what gives a turn or a share, and the kinds of line that it leaves.
VAULT_GIVES = {"/vault/release": "release", "/vault/service/{kind}": "unlock"}
# Lines, to whom they are about; all of them, to the service that notices and may open nothing.
VAULT_TELLS_LINES = {"/vault/lines", "/vault/feed"}
VAULT_PUBLISHES = {
    "/vault/archive",  # to members: whether someone asked for their practice's
    "/vault/budgets",  # how far one is from one's limits
    "/ledger/checkpoint",
    "/ledger/tile/{path:path}",
    "/vault/checkpoint",
    "/vault/checkpoint/witnessed",
    "/vault/directory/assets",
    "/vault/directory/key",
    "/vault/directory/persons/{id}",
    "/vault/directory/practices/{id}",
    "/vault/health",
    "/vault/proof/consistency",
    "/vault/proof/inclusion",
    "/vault/statements",
}

SEALED = {
    "ciphertext",
    "sealed",
    "sealed_key",
    "sealed_keys",
    "wrapped_seed",
    "sealed_root",
    "signature",
    "turns",
}


def names_in(told: object) -> set[str]:
    if isinstance(told, dict):
        return {str(name) for name in told}.union(*(names_in(value) for value in told.values()))
    return set().union(*(names_in(one) for one in told)) if isinstance(told, list) else set()


def test_every_address_says_what_it_gives() -> None:
    # Pages are frames, and the officer's show findings: what they are filled with comes from here.
    asked = {one for one in routes() if one.startswith("api/") or one in PASSED_ON}
    rows = SERVES.keys() | SEALED_KEYS | PASSED_ON | NOTHING_SEALED
    assert asked - rows == set(), "say what this gives, and which line it leaves"
    assert rows - asked == set(), "these are gone"
    assert {str(one.pattern) for one in (*consultation_sockets, *queue_sockets, *video_sockets)} == SOCKETS


def test_every_address_of_the_vault_says_what_it_gives() -> None:
    door = create_app(VaultSettings(database_url=""))
    assert isinstance(door, Door)
    told = {one.path for one in door._router.routes if isinstance(one, Route)} | {"/vault/release"}
    assert told == VAULT_GIVES.keys() | VAULT_TELLS_LINES | VAULT_PUBLISHES


@pytest.mark.parametrize("route", sorted(SERVES))
def test_what_serves_data_leaves_a_line(route: str, scene: Scene, care: RunningVault) -> None:
    bose = scene.ward.bose
    flush_lines()
    before = len(care.lines(kind="item-served", actor=bose.person, record=scene.consultation))
    SERVES[route](scene, bose)
    flush_lines()
    served = care.lines(kind="item-served", actor=bose.person, record=scene.consultation)[before:]
    assert {(line["compartment"], line["subject"]) for line in served} == {
        ("documents", scene.ward.alice.person)
    }


def test_a_turn_of_the_vault_leaves_its_line(scene: Scene, care: RunningVault) -> None:
    bose = scene.ward.bose
    before = len(care.lines(kind="release", actor=bose.person, record=scene.consultation))
    bose.content_key(scene.consultation, "documents")
    after = care.lines(kind="release", actor=bose.person, record=scene.consultation)
    assert [line["compartment"] for line in after[before:]] == ["documents"]


def test_what_is_said_to_give_nothing_sealed_gives_nothing_sealed(scene: Scene) -> None:
    upload(scene.ward.alice, scene.consultation, PHOTO)
    answered = 0
    for route in sorted(NOTHING_SEALED):
        thing = THINGS.get(route, lambda s: s.ward.cabinet.id)(scene)
        for path in filled(route, thing):
            for who in (scene.ward.alice, scene.ward.bose, scene.ward.marc):
                status, told = who.get(path.removeprefix("api/"))
                answered += status == 200
                assert names_in(told) & SEALED == set(), (path, who.name)
    assert answered > 12


def test_the_look_would_see_it(scene: Scene) -> None:
    _, told = scene.ward.bose.get(f"records/{scene.consultation}")
    assert "sealed_keys" in names_in(told)
    told_all: Any = scene.ward.bose.fetch(scene.consultation, "request")
    assert isinstance(told_all, dict)
