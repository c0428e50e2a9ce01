"""A signalling server in hostile hands: whatever it does to a description, the call is refused, and says why.

The media of a refused call never stood: `connected` is in nobody's history of states.
"""

import base64
import copy
import json
from typing import Any

import pytest

from tests.video.conftest import ALICE, Joining, until_state
from tests.video.relay import Meddle, Relay, serving

FORGED = "sha-256 " + ":".join(["AB"] * 32)


def replace_fingerprint(data: dict[str, Any]) -> dict[str, Any]:
    """Put one's own certificate in: what a man in the middle of the media needs."""
    changed = copy.deepcopy(data)
    lines = changed["description"]["sdp"].split("\r\n")
    changed["description"]["sdp"] = "\r\n".join(
        f"a=fingerprint:{FORGED}" if line.startswith("a=fingerprint:") else line for line in lines
    )
    return changed


def add_fingerprint(data: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    sdp = changed["description"]["sdp"]
    changed["description"]["sdp"] = sdp.replace(
        "a=fingerprint:", f"a=Fingerprint:{FORGED}\r\na=fingerprint:", 1
    )
    return changed


def restate(data: dict[str, Any], **fields: str) -> dict[str, Any]:
    """Change what is said in the statement; the signature then no longer fits."""
    changed = copy.deepcopy(data)
    body = json.loads(base64.b64decode(changed["fingerprint"]["payload"]))
    changed["fingerprint"]["payload"] = base64.b64encode(json.dumps({**body, **fields}).encode()).decode()
    return changed


def on_descriptions(change: Any) -> Meddle:
    return lambda data: [change(data)] if "description" in data else [data]


def swap_and_restate(data: dict[str, Any]) -> dict[str, Any]:
    return restate(replace_fingerprint(data), fingerprint=FORGED)


def unsign(data: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    changed["fingerprint"]["signatures"] = []
    return changed


ATTACKS = {
    "swaps the fingerprint in the description": (on_descriptions(replace_fingerprint), "altered"),
    "adds a second fingerprint": (on_descriptions(add_fingerprint), "altered"),
    "swaps the fingerprint in both places": (on_descriptions(swap_and_restate), "unsigned"),
    "takes the signature away": (on_descriptions(unsign), "unsigned"),
    "says another consultation": (on_descriptions(lambda d: restate(d, consultation=ALICE)), "unsigned"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_call_is_refused_when_the_relay(attack: str, relay: Relay, join: Joining) -> None:
    relay.meddle, reason = ATTACKS[attack]
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(alice, "ended")
        assert alice.evaluate("harness.view().refusal") == reason
        for page in (alice, bose):
            assert "connected" not in page.evaluate("harness.states")
            assert page.evaluate("harness.session().remoteStream.getTracks().length") == 0


def test_a_description_of_another_consultation_is_refused(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice = join("patient", port)
        bose = join("practitioner", port, consultation="d0000000-0000-4000-8000-000000000009")
        until_state(alice, "ended")
        assert alice.evaluate("harness.view().refusal") == "elsewhere"
        assert "connected" not in bose.evaluate("harness.states")


def test_an_old_description_played_again_is_refused(relay: Relay, join: Joining) -> None:
    kept: list[dict[str, Any]] = []

    def replay(data: dict[str, Any]) -> list[dict[str, Any]]:
        if "description" in data and data["description"]["type"] == "offer":
            kept.append(data)
            return [data, kept[0]]
        return [data]

    relay.meddle = replay
    with serving(relay) as port:
        alice, _ = join("patient", port), join("practitioner", port)
        until_state(alice, "ended")
        assert alice.evaluate("harness.view().refusal") == "replayed"


def test_a_description_kept_for_three_minutes_is_refused(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice, _ = join("patient", port), join("practitioner", port, clockMs=-180_000)
        until_state(alice, "ended")
        assert alice.evaluate("harness.view().refusal") == "stale"


def test_a_stranger_with_a_device_of_their_own_is_refused(relay: Relay, join: Joining) -> None:
    with serving(relay) as port:
        alice = join("patient", port)
        join("practitioner", port, person="c4e40000-0000-4000-8000-000000000004")  # Dr Chen
        until_state(alice, "ended")
        assert alice.evaluate("harness.view().refusal") == "unsigned"


def test_noise_breaks_nothing(relay: Relay, join: Joining) -> None:
    noise: list[dict[str, Any]] = [
        {},
        {"description": 3},
        {"candidate": {"candidate": "x" * 500}},
        {"description": {"type": "rollback"}},
    ]
    relay.meddle = lambda data: [*noise, data] if "candidate" in data else [data]
    with serving(relay) as port:
        alice, bose = join("patient", port), join("practitioner", port)
        until_state(alice, "connected")
        until_state(bose, "connected")
