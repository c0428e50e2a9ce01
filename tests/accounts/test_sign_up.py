"""Signing up: it works, leaves its lines, tells a stranger nothing, and takes no one's place."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as DjangoSession
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from colloque.accounts import letters, limits
from colloque.accounts.models import Account, Method, Passkey
from colloque.envelope import unlock
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode
from colloque.kernel.ids import new_id
from tests.accounts.person import Authenticator, Person

CodeOf = Callable[[str], str]


def test_a_passkey_and_a_recovery_sheet_make_an_account(code_of: CodeOf, lines: Any, check_log: Any) -> None:
    alice = Person()
    alice.verify_address(code_of)
    answer = alice.ok("sign-up/finish", alice.registration())
    assert answer["person"] == alice.person
    assert sorted(one["kind"] for one in answer["methods"]) == ["passkey", "recovery"]
    assert alice.get("session")[1]["device"] == alice.device
    assert lines(alice.person) == ["person-registered", "factors", "device-enrolled", "sign-in"]
    check_log()


def test_a_passphrase_with_a_code_and_a_recovery_sheet_make_an_account(code_of: CodeOf) -> None:
    alice = Person().sign_up(code_of, passphrase=True)
    assert {one["kind"] for one in alice.get("methods")[1]["methods"]} == {"passphrase", "recovery"}


def test_the_method_that_comes_back_opens_the_root(alice: Person) -> None:
    _, answer = alice.sign_in_by_passkey()
    method = next(one for one in answer["methods"] if one["kind"] == "passkey")
    assert (
        unlock.open_method(method, unlock.by_passkey(alice.authenticator.prf), owner=alice.person)
        == alice.root
    )


def test_start_answers_and_works_the_same_with_and_without_an_account(code_of: CodeOf) -> None:
    known_person, stranger = Person().sign_up(code_of), Person()
    seen = []
    for email in (known_person.email, stranger.email):
        browser = Person(email)
        mail.outbox.clear()
        with CaptureQueriesContext(connection) as queries:
            response = browser.client.post(
                "/api/sign-up/start", {"email": email}, content_type="application/json"
            )
        letters.settle()
        headers = {k: v for k, v in response.headers.items() if k != "Set-Cookie"}
        shapes = [q["sql"].split(" ")[0] for q in queries.captured_queries]
        seen.append(
            (
                response.status_code,
                response.content,
                headers,
                sorted(response.cookies),
                shapes,
                len(mail.outbox),
            )
        )
    assert seen[0] == seen[1]
    assert seen[0][0] == 202


def test_the_letter_to_a_known_address_says_so_and_no_one_else_hears(code_of: CodeOf, alice: Person) -> None:
    browser = Person(alice.email)
    browser.ok("sign-up/start", {"email": alice.email})
    letters.settle()
    assert "a déjà un compte" in str(mail.outbox[-1].body)


def test_neither_session_nor_tables_hold_the_address(alice: Person) -> None:
    browser = Person(alice.email)
    browser.ok("sign-up/start", {"email": alice.email})
    for row in DjangoSession.objects.all():
        assert alice.email.split("@")[0] not in str(row.get_decoded())
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{alice.email}%"])
            assert cursor.fetchone()[0] == 0, table


@pytest.mark.parametrize(
    "address", ["", "x", "a@b", "a b@c.fr", "a@b.fr\nBcc: d@e.fr", "@", "x" * 250 + "@a.fr", None, 3]
)
def test_it_refuses_what_is_no_address(address: object) -> None:
    status, answer = Person().post("sign-up/start", {"email": address})
    assert (status, answer["error"]) == (400, "bad-address")


def test_a_wrong_code_is_refused_and_five_end_it(code_of: CodeOf) -> None:
    alice = Person()
    alice.ok("sign-up/start", {"email": alice.email})
    right = code_of(alice.email)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert alice.post("sign-up/verify", {"code": wrong})[1]["error"] == "wrong-code"
    assert alice.post("sign-up/verify", {"code": right})[1]["error"] == "wrong-code"


def test_a_code_that_is_too_old_is_refused(code_of: CodeOf) -> None:
    alice = Person()
    alice.ok("sign-up/start", {"email": alice.email})
    code, at = code_of(alice.email), clock.now()
    with clock.reading(lambda: at + timedelta(minutes=16)):
        assert alice.post("sign-up/verify", {"code": code})[1]["error"] == "wrong-code"


def test_a_code_is_good_for_one_account_and_in_its_own_browser(code_of: CodeOf) -> None:
    alice, other = Person(), Person()
    alice.ok("sign-up/start", {"email": alice.email})
    code = code_of(alice.email)
    assert other.post("sign-up/verify", {"code": code})[0] == 409
    person = alice.ok("sign-up/verify", {"code": code})["person"]
    # Sent twice, as after a lost answer, it finds the same id; and it ends with the session that used it.
    assert alice.ok("sign-up/verify", {"code": code})["person"] == person
    alice.use(person, alice.root)
    alice.ok("sign-up/finish", alice.registration())
    assert alice.post("sign-up/verify", {"code": code})[1]["error"] == "not-verified"


def test_letters_stop_at_the_limit_and_the_answer_does_not_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CODES_PER_ADDRESS", limits.Limit("code", 2))
    email = Person().email
    for _ in range(4):
        assert Person(email).post("sign-up/start", {"email": email}) == (202, {})
    letters.settle()
    assert len(mail.outbox) == 2


def test_a_network_that_asks_too_often_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CODES_PER_NETWORK", limits.Limit("code-network", 1))
    assert Person().post("sign-up/start", {"email": "a@exemple.fr"})[0] == 202
    status, answer = Person().post("sign-up/start", {"email": "b@exemple.fr"})
    assert (status, answer["error"]) == (429, "too-many") and answer["retry_at"]


def test_nothing_goes_on_before_the_code() -> None:
    alice = Person()
    alice.use(new_id(), alice.root)
    for path in ("passkey/options", "factors", "finish"):
        assert alice.post(f"sign-up/{path}", {})[1]["error"] == "not-verified"


@pytest.mark.parametrize("keep", ["recovery", "passkey"])
def test_one_method_is_not_enough(keep: str, code_of: CodeOf) -> None:
    alice = Person()
    alice.verify_address(code_of)
    body = alice.registration()
    body["methods"] = [one for one in body["methods"] if one["kind"] == keep]
    assert alice.post("sign-up/finish", body)[1]["error"] == "too-few-methods"
    assert not Account.objects.exists()


def test_keys_for_another_id_are_refused(code_of: CodeOf, alice: Person) -> None:
    mallory = Person()
    mallory.verify_address(code_of)
    body = mallory.registration()
    mallory.person = alice.person
    status, answer = mallory.post("sign-up/finish", {**body, "device_statement": mallory.device_statement()})
    assert (status, answer["error"]) == (409, "wrong-person")
    assert [str(one.id) for one in Account.objects.all()] == [alice.person]


def test_another_persons_method_id_is_not_taken_over(code_of: CodeOf, alice: Person) -> None:
    mallory = Person()
    mallory.verify_address(code_of)
    body = mallory.registration()
    theirs = next(one for one in alice.methods if one["kind"] == "passkey")
    stolen = mallory.passkey_method(method_id=theirs["id"])
    body["passkeys"][0]["method"] = theirs["id"]
    body["methods"] = [one for one in body["methods"] if one["kind"] == "recovery"] + [stolen]
    assert mallory.post("sign-up/finish", body)[0] == 409
    assert Method.objects.get(id=theirs["id"]).wire == theirs


def test_a_passkey_made_for_another_site_is_refused(code_of: CodeOf) -> None:
    alice = Person()
    alice.authenticator = Authenticator(origin="https://colloque.evil.example")
    alice.verify_address(code_of)
    assert alice.post("sign-up/finish", alice.registration())[1]["error"] == "passkey-refused"
    assert not Passkey.objects.exists() and not Account.objects.exists()


def test_a_passkey_without_user_verification_is_refused(code_of: CodeOf) -> None:
    alice = Person()
    alice.authenticator = Authenticator(flags=0x01)
    alice.verify_address(code_of)
    assert alice.post("sign-up/finish", alice.registration())[1]["error"] == "passkey-refused"


def test_a_wrong_totp_is_refused_before_anything_is_kept(code_of: CodeOf) -> None:
    alice = Person()
    alice.verify_address(code_of)
    stretched = alice.stretched(b"s" * 16)
    body = {**alice.passphrase_factors(new_id(), stretched), "totp": "000000"}
    status, answer = alice.post("sign-up/factors", {**body, "person_statement": alice.person_statement()})
    assert (status, answer["error"]) == (403, "wrong-totp")


def test_starting_again_takes_the_address_and_closes_the_account_before(
    code_of: CodeOf, alice: Person
) -> None:
    again = Person(alice.email)
    assert again.verify_address(code_of)["has_account"] is True
    body = again.registration()
    assert again.post("sign-up/finish", body)[1]["error"] == "starts-again"
    again.ok("sign-up/finish", {**body, "start_again": True})
    before = Account.objects.get(id=alice.person)
    assert before.closed_at is not None and before.address_index == ""
    assert str(Account.objects.get(id=again.person).replaces_id) == alice.person
    assert alice.get("session")[0] == 401
    assert alice.sign_in_by_passkey()[1]["error"] == "passkey-refused"
    assert again.sign_in_by_passkey()[0] == 200


def test_a_statement_that_the_vault_refuses_leaves_no_account(code_of: CodeOf) -> None:
    alice = Person()
    alice.verify_address(code_of)
    body = alice.registration()
    at = clock.now()
    with clock.reading(lambda: at - timedelta(hours=1)):
        late = alice.device_statement()
    status, answer = alice.post("sign-up/finish", {**body, "device_statement": late})
    assert (status, answer["error"]) == (403, "clock")
    assert not Account.objects.exists()


def test_the_share_is_needed_to_open_a_passphrase_method(code_of: CodeOf) -> None:
    alice = Person().sign_up(code_of, passphrase=True)
    status, answer = alice.sign_in_by_passphrase()
    assert status == 200
    method = next(one for one in answer["methods"] if one["kind"] == "passphrase")
    stretched = alice.stretched(b64u_decode(method["salt"]))
    by = unlock.by_passphrase(stretched.unlock_secret, b64u_decode(answer["share"]))
    assert unlock.open_method(method, by, owner=alice.person) == alice.root
