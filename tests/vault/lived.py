"""A patient of two practices, who does in both what patients do: once for the tests that only read it, or change copies."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from colloque.kernel import clock
from colloque.kernel.ids import new_id
from colloque.vault.principal import Principal
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, Port

SESSION = "a1a1a1a1-0000-4000-8000-000000000001"
NETWORK = "192.0.2.0/24"


def live(cast: Cast, port: Port) -> Principal:
    """Alice is a patient of both practices, and does in both what a patient does; so do those who see her. Return who else
    is named in her lines."""
    hers = {"session": SESSION}
    alice, bea = cast.alice, cast.register("bea", "patient")
    files = {cast.practice: cast.file, port.id: cast.make_record(alice, "file", practice=port.id)}
    for practice, doctor in ((cast.practice, cast.bose), (port.id, port.dan)):
        fields = {"practice": practice, "file": files[practice], **hers}
        visit = cast.make_record(alice, "consultation", **fields)
        cast.state(alice.say("request", record=visit, practice=practice, **hers))
        cast.state(doctor.say("take", record=visit))
        cast.open(doctor, (visit, "request"), (files[practice], "identity"), session=new_id())
        cast.open(alice, (visit, "exchange"), **hers)
        cast.state(alice.say("message", record=visit, **hers))
        cast.state(doctor.say("messages-read", record=visit))
        told = [
            {"id": new_id(), "kind": kind, "record": visit, "actor": who.person, "device": who.device,
             "session": SESSION, "network": NETWORK, "compartment": "exchange", "epoch": 0, "purpose": "own"}
            for kind in ("item-written", "item-served") for who in (alice, bea)
        ]  # fmt: skip
        cast.web.item_lines(told)
        cast.refused(bea, (files[practice], "nir"), **hers)
        cast.state(doctor.say("close", record=visit))
        cast.state(alice.say("erase", record=visit, step="ask", **hers))
        cast.state(doctor.say("erase-withdraw", record=visit, reason="kept-by-law"))
        later = clock.to_wire(cast.time.at + timedelta(days=4))
        cast.state(doctor.say("grant", record=files[practice], to=bea.person, not_before=later))
        cast.state(alice.say("grant-cancel", record=files[practice], to=bea.person, **hers))
    # One statement over both: nothing that it says in one practice is said in the other.
    cast.open(alice, (files[cast.practice], "identity"), (files[port.id], "identity"), **hers)
    return bea


@dataclass(frozen=True)
class Lived:
    settings: VaultSettings
    folder: Path
    practices: tuple[str, str]
    alice: Principal
    bose: Principal
    own: set[str]
    services: set[str]
