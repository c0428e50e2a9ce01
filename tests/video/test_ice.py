"""`GET /api/consultations/<id>/ice`: who is given relay credentials, and what is in them."""

import base64
import hmac

from django.utils.dateparse import parse_datetime
from pytest_django.fixtures import Settings

from colloque.kernel.clock import now
from tests.people import Ward


def test_the_two_of_a_call_get_credentials_for_an_hour(ward: Ward, settings: Settings) -> None:
    settings.COLLOQUE_TURN_URL, settings.COLLOQUE_TURN_SECRET = "turn:relay.example:3478", "secret"
    consultation = ward.taken()
    for who in (ward.alice, ward.bose):
        status, told = who.get(f"consultations/{consultation}/ice")
        assert status == 200
        (server,) = told["iceServers"]
        expiry = int(server["username"].split(":")[0])
        assert 3590 < expiry - now().timestamp() <= 3600
        assert (
            server["credential"]
            == base64.b64encode(hmac.new(b"secret", server["username"].encode(), "sha1").digest()).decode()
        )
        assert who.person not in server["username"]
        assert parse_datetime(told["expires_at"]) is not None


def test_two_questions_give_two_names(ward: Ward, settings: Settings) -> None:
    settings.COLLOQUE_TURN_URL, settings.COLLOQUE_TURN_SECRET = "turn:relay.example:3478", "secret"
    consultation = ward.taken()
    names = {
        ward.alice.get(f"consultations/{consultation}/ice")[1]["iceServers"][0]["username"] for _ in range(2)
    }
    assert len(names) == 2


def test_without_a_relay_there_is_none_to_tell(ward: Ward, settings: Settings) -> None:
    settings.COLLOQUE_TURN_URL, settings.COLLOQUE_TURN_SECRET = "", ""
    assert ward.alice.get(f"consultations/{ward.taken()}/ice")[1]["iceServers"] == []


def test_a_patient_may_try_the_equipment_while_waiting(ward: Ward) -> None:
    assert ward.alice.get(f"consultations/{ward.waiting()}/ice")[0] == 200


def test_it_is_refused_to_all_others(ward: Ward) -> None:
    consultation = ward.taken()
    for stranger in (ward.chen, ward.dan, ward.zoe):
        assert stranger.get(f"consultations/{consultation}/ice")[0] == 404
    assert ward.alice.get("consultations/not-an-id/ice")[0] == 404


def test_it_is_refused_once_the_consultation_is_closed(ward: Ward) -> None:
    consultation = ward.taken()
    assert ward.bose.act("close", consultation)[0] == 200
    status, told = ward.alice.get(f"consultations/{consultation}/ice")
    assert (status, told["error"]) == (409, "no-call")
