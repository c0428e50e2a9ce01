"""`signalling.py` and `turn.py`: decisions without a socket, a database or a clock."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from colloque.kernel.errors import Malformed, TooLarge
from colloque.video.signalling import (
    BURST,
    MAX_BYTES,
    PER_SECOND,
    Allowance,
    Role,
    Seat,
    find_seat,
    is_silent,
    read_message,
    read_page,
)
from colloque.video.turn import make_credentials, read_urls

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "state", "sits"),
    [
        ("patient", "taken", True),
        ("patient", "waiting", True),
        ("practitioner", "taken", True),
        ("practitioner", "waiting", False),
        ("patient", "draft", False),
        ("patient", "closed", False),
        ("practitioner", "closed", False),
        ("patient", "cancelled", False),
        (None, "taken", False),
    ],
)
def test_who_has_a_seat(role: Role | None, state: str, *, sits: bool) -> None:
    found = find_seat(consultation="c", person="p", role=role, state=state)
    assert (found is not None) is sits


def test_each_seat_speaks_to_the_other() -> None:
    patient, practitioner = Seat("c", "patient", "a"), Seat("c", "practitioner", "b")
    assert patient.other_group == practitioner.group
    assert practitioner.other_group == patient.group


def test_it_passes_what_it_does_not_understand() -> None:
    message = {"type": "signal", "data": {"anything": ["é", 1]}}
    assert read_message(json.dumps(message)) == message


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "[]",
        "{}",
        "3",
        '{"type":"signal"}',
        '{"type":"signal","data":3}',
        '{"type":"x"}',
        "[" * 20000,
    ],
)
def test_it_refuses_what_is_no_message(text: str | None) -> None:
    with pytest.raises(Malformed):
        read_message(text)


def test_the_size_is_in_bytes_and_comes_first() -> None:
    body = '{"type":"signal","data":{"a":"%s"}}'
    read_message(body % ("x" * (MAX_BYTES - len(body) + 2)))
    with pytest.raises(TooLarge):
        read_message(body % ("x" * MAX_BYTES))
    with pytest.raises(TooLarge):
        read_message(body % ("é" * (MAX_BYTES // 2)))
    with pytest.raises(TooLarge):
        read_message("[" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("text", "page"), [("a-1", "a-1"), ("", ""), ("x" * 65, ""), ("é", ""), ("a b", ""), ("-", "")]
)
def test_a_page_id_is_short_and_plain(text: str, page: str) -> None:
    assert read_page(text) == page


def test_an_allowance_ends_and_fills_again() -> None:
    left: Allowance | None = Allowance.full(AT)
    for _ in range(BURST):
        assert left is not None
        left = left.spend(AT)
    assert left is not None
    assert left.spend(AT) is None
    assert left.spend(AT + timedelta(seconds=1.5 / PER_SECOND)) is not None
    assert left.spend(AT - timedelta(hours=1)) is None  # a clock set back gives nothing


def test_silence_counts_for_those_who_ping() -> None:
    assert not is_silent(pinged_at=None, now=AT)
    assert not is_silent(pinged_at=AT, now=AT + timedelta(seconds=8))
    assert is_silent(pinged_at=AT, now=AT + timedelta(seconds=8.1))


def test_credentials_are_those_that_coturn_computes() -> None:
    made = make_credentials("secret", now=AT, nonce="ab12")
    assert made.username == f"{int((AT + timedelta(hours=1)).timestamp())}:ab12"
    expected = hmac.new(b"secret", made.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(made.credential) == expected
    assert made.expires_at == AT + timedelta(hours=1)


@pytest.mark.parametrize(("secret", "nonce"), [("", "a"), ("s", "a:b")])
def test_credentials_need_a_secret_and_a_plain_nonce(secret: str, nonce: str) -> None:
    with pytest.raises(ValueError, match="credentials need"):
        make_credentials(secret, now=AT, nonce=nonce)


def test_addresses_of_relays() -> None:
    assert read_urls("turn:a:3478?transport=udp, stun:b\nturns:c:443") == (
        "turn:a:3478?transport=udp",
        "stun:b",
        "turns:c:443",
    )
    assert read_urls("") == ()
    with pytest.raises(ValueError, match="not a turn"):
        read_urls("http://relay")
