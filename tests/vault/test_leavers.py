"""Someone has left, and the web says that they have not: what the vault answers."""

from dataclasses import dataclass, replace

import psycopg
import pytest

from colloque.kernel.encoding import b64u_encode, key_id
from colloque.kernel.ids import new_id
from colloque.vault import principal
from colloque.vault.client import VaultError
from colloque.vault.principal import Principal
from colloque.vault.service import kem_key
from tests.vault.cast import Cast, enrolment

REASON = "I was the clinician in charge of this"
ACTS = ("take", "transfer", "refuse", "close", "messages-read", "record", "grant", "generation", "rota", "absence",
        "rota-end", "freeze", "member-end")  # fmt: skip


@dataclass
class Left:
    """Dr Bose the day after he left, and what he had: a consultation closed, one open, one asked of him."""

    cast: Cast
    records: list[str]
    bose: Principal

    def enrol_anew(self) -> Principal:
        """A browser that he signs in with afterwards, as his identity key lets him."""
        fresh = principal.make("bose")
        again = replace(self.bose, device=fresh.device, device_key=fresh.device_key)
        self.cast.state(enrolment(again))
        return again


@pytest.fixture
def left(cast: Cast) -> Left:
    closed, asked = cast.make_consultation(), cast.make_consultation()
    for record in (closed, cast.consultation):
        cast.request(record)
        cast.take(cast.bose, record)
    cast.state(cast.bose.say("close", record=closed))
    cast.request(asked, practitioner=cast.bose.person)
    joined = member(cast, cast.manon)
    cast.state(joined)
    cast.state(cast.manon.say("member-end", practice=cast.practice, member=cast.bose.person))
    cast.state(joined)  # said again by whoever kept it: answered as the first time, and nothing changes
    return Left(cast, [closed, cast.consultation, asked], cast.bose)


def member(cast: Cast, by: Principal) -> dict[str, object]:
    return by.say("member", practice=cast.practice, member=cast.bose.person, roles=["practitioner"],
                  kem_key_id=key_id(kem_key(cast.bose.kem_seed)))  # fmt: skip


def test_membership_devices_and_releases_end_in_one_transaction(cast: Cast, left: Left) -> None:
    wanted = [(record, part) for record in left.records for part in ("request", "care")]
    assert cast.refused(cast.bose, *wanted, reason=REASON) == (403, "revoked")
    with psycopg.connect(cast.settings.database_url) as connection:
        rows = connection.execute(
            "SELECT m.ended_at, d.revoked_at FROM membership m JOIN device d USING (person) WHERE person = %s",
            (cast.bose.person,),
        ).fetchall()
    assert len({at for row in rows for at in row}) == 1


def test_whatever_the_web_says_they_open_nothing_and_act_on_nothing(cast: Cast, left: Left) -> None:
    again = left.enrol_anew()
    before = len(cast.lines())
    for who in (cast.services["web"], cast.services["operator"], again):
        assert cast.error(member(cast, who)) == (403, "not-allowed")
    with pytest.raises(VaultError):
        cast.web.release([{"record": cast.file, "compartment": "identity", "epoch": 0}], purpose="notify")
    for act in ACTS:
        said = again.say(
            act, record=cast.file if act == "grant" else cast.consultation, practice=cast.practice, kind="file",
            member=cast.chen.person, to=cast.alice.person, not_before="2026-12-24T09:00:00.000Z", recipients=[],
            subject=cast.alice.person, generation=1, kem_key=b64u_encode(kem_key(again.kem_seed)), entry=cast.practice,
            starts_at="2026-11-24T09:00:00.000Z", ends_at="2026-11-25T09:00:00.000Z", scope="practice",
            target=cast.practice,
        )  # fmt: skip
        assert cast.error(said)[0] in (403, 404, 409), act
    assert len(cast.lines()) == before + 1, "the web's own refusal, and nothing else"
    wanted = [(record, part) for record in left.records for part in ("request", "exchange", "care")]
    files = [(cast.file, part) for part in ("identity", "background", "nir")]
    assert cast.refused(again, *wanted, *files, reason=REASON) == (403, "relation")


def test_who_is_a_member_elsewhere_keeps_their_browser(cast: Cast) -> None:
    key = b64u_encode(kem_key(cast.bose.kem_seed))
    cast.state(cast.bose.say("practice", practice=new_id(), generation=0, kem_key=key))
    cast.state(cast.manon.say("member-end", practice=cast.practice, member=cast.bose.person))
    assert cast.refused(cast.bose, (cast.file, "identity"), reason=REASON) == (403, "relation")
