"""Answers fit the questionnaire that every practice starts with, and any other of its kind."""

import json
from importlib.resources import files
from typing import Any

import pytest

from colloque.client import questionnaire

AT = "2026-11-24T09:00:00.000Z"
ASKED = json.loads(files("colloque.consultations").joinpath("forms/general.fr.json").read_text("utf-8"))


def answered(asked: dict[str, Any]) -> dict[str, Any]:
    return questionnaire.answer(asked, lambda: "mot", today=AT[:10], authored=AT)


def by_id(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        found |= {item["linkId"]: item, **by_id(item.get("item", []))}
        for one in item.get("answer", []):
            found |= by_id(one.get("item", []))
    return found


def test_text_questions_get_words_and_the_rest_fitting_values() -> None:
    told = by_id(answered(ASKED)["item"])
    assert told["now.other"]["answer"] == [{"valueString": "mot"}]
    assert told["now.since"]["answer"] == [{"valueDate": AT[:10]}]
    assert told["now.main"]["answer"][0]["valueCoding"]["code"] == "other"


def test_what_is_not_asked_is_not_answered() -> None:
    told = by_id(answered(ASKED)["item"])
    assert "pain.where" not in told, "it is asked of those in pain"
    assert not any(link.endswith(".alert") for link in told), "a display asks nothing"


def test_all_that_must_be_answered_is() -> None:
    given = by_id(answered(ASKED)["item"])
    required = [item["linkId"] for item in by_id(ASKED["item"]).values() if item.get("required")]
    open_ones = {link for link in required if link not in given}
    # These hang on answers that were not given.
    assert open_ones == {"pain.where", "pain.strength", "pain.chest", *open_ones & {"history.allergy.which"}}


@pytest.mark.parametrize(("behavior", "is_asked"), [("any", True), ("all", False)])
def test_conditions_are_joined_as_the_questionnaire_says(behavior: str, is_asked: bool) -> None:
    conditions = [
        {"question": "a", "operator": "exists", "answerBoolean": True},
        {"question": "a", "operator": "=", "answerString": "else"},
    ]
    hung = {"linkId": "b", "type": "string", "enableWhen": conditions, "enableBehavior": behavior}
    asked = {"item": [{"linkId": "a", "type": "string"}, hung]}
    assert ("b" in by_id(answered(asked)["item"])) is is_asked
