"""Someone has a practitioner's session cookie, and neither their device nor their keys."""

from typing import Any

import pytest

from colloque.envelope.keys import DeviceKey, PersonKeys
from colloque.kernel.ids import new_id
from tests.care import RunningVault
from tests.people import Someone, Ward

pytestmark = [pytest.mark.django_db, pytest.mark.attack]


@pytest.fixture
def thief(ward: Ward) -> Someone:
    """Speaks with Dr Bose's cookie; signs with keys of their own, under Dr Bose's name and device."""
    stolen = Someone.__new__(Someone)
    stolen.__dict__.update(ward.bose.__dict__)
    stolen.name = "thief"
    stolen.device_key, stolen.root = DeviceKey.generate(), b"\7" * 32
    stolen.keys = PersonKeys.from_root(stolen.root)
    return stolen


def test_nothing_opens(thief: Someone, ward: Ward) -> None:
    taken = ward.taken()
    assert thief.get(f"consultations/{taken}")[0] == 200, "the cookie is good"
    for compartment in ("request", "exchange", "documents", "care"):
        assert thief.release(taken, compartment) == (403, "signature")
    assert thief.release(ward.file, "identity") == (403, "signature")
    assert thief.release(ward.file, "identity", reason="an emergency that is none at all") == (
        403,
        "signature",
    )


def test_nothing_is_written_or_done_in_the_practitioners_name(thief: Someone, ward: Ward) -> None:
    taken, waiting = ward.taken(), ward.waiting(ward.zoe)
    for what, consultation in (("close", taken), ("transfer", taken), ("take", waiting), ("refuse", waiting)):
        status, told = thief.act(what, consultation)
        assert (status, told["error"]) == (403, "signature"), what
    key = ward.bose.content_key(taken, "care")  # as if a content key had leaked too
    body = thief.prepare(taken, "care", ("note", {"text": "forged"}), key=key)
    assert thief.post(f"records/{taken}/care", body)[0] == 403
    assert ward.bose.read(taken, "care") == []


def test_no_device_is_added_and_no_key_is_replaced(thief: Someone, ward: Ward) -> None:
    status, _ = thief.post("devices", {"device_statement": device_of(thief), "label": "mine"})
    assert status == 403
    before = ward.vault.get(f"/vault/directory/persons/{ward.bose.person}").json()["statements"]
    assert len(before) == 2  # the person and the one device
    for path in (
        "passkeys",
        "passkeys/options",
        "methods",
        "methods/factors",
        "methods/remove",
        "passkeys/remove",
    ):
        status, told = thief.post(path, {"method": new_id()})
        assert status in (400, 403, 404), path
        assert status != 403 or told["error"] in ("prove-again", "signature"), path


def test_each_try_with_a_wrong_signature_costs_the_practitioner_nothing(
    thief: Someone, ward: Ward, care: RunningVault
) -> None:
    """Nobody is locked out by someone who cannot sign: the budget is spent by signatures that hold."""
    taken = ward.taken()
    for _ in range(30):
        assert thief.release(taken, "request") == (403, "signature")
    assert ward.bose.release(taken, "request")[0] == 200


def device_of(thief: Someone) -> dict[str, Any]:
    """Enrols a device of the thief's own, signed by an identity that is not Dr Bose's."""
    from colloque.envelope import statement
    from colloque.kernel import clock
    from colloque.kernel.encoding import b64u_encode

    device = new_id()
    body = {
        "id": new_id(), "at": clock.to_wire(clock.now()), "person": thief.person, "device": device,
        "new_device": device, "public_key": b64u_encode(thief.device_key.public_key),
    }  # fmt: skip
    signers = (
        statement.as_identity(thief.person, thief.keys),
        statement.as_device(device, thief.device_key),
    )
    return statement.sign("device", body, *signers)
