"""The questionnaire is FHIR R4, the same in both languages, and asks nothing that leads nowhere."""

from collections.abc import Iterator
from typing import Any

import pytest

from colloque.consultations.questionnaires import read_form
from tests.people import Ward

# Questionnaire.item.type in R4.
TYPES = {"group", "display", "boolean", "decimal", "integer", "date", "string", "text", "choice", "quantity"}


def walk(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from walk(item.get("item", []))


def shape(form: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            item["linkId"], item["type"], item.get("required"), item.get("repeats"),
            str(item.get("enableWhen")), [option["valueCoding"]["code"] for option in item.get("answerOption",
            [])], ) for item in walk(form["item"]) ]  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_question_has_a_text_a_type_and_a_name_of_its_own(language: str) -> None:
    form = read_form("general", language)
    items = list(walk(form["item"]))
    links = [item["linkId"] for item in items]
    assert len(set(links)) == len(links)
    assert {item["type"] for item in items} <= TYPES
    assert {"group", "choice", "quantity", "date", "text"} <= {item["type"] for item in items}
    assert all(item["text"] for item in items)
    assert (form["language"], form["status"]) == (language, "active")


def test_a_condition_is_about_an_earlier_question_and_an_answer_that_it_has() -> None:
    seen: dict[str, set[str]] = {}
    for item in walk(read_form("general", "fr")["item"]):
        for condition in item.get("enableWhen", []):
            assert condition["question"] in seen, item["linkId"]
            if "answerCoding" in condition:
                assert condition["answerCoding"]["code"] in seen[condition["question"]], item["linkId"]
        assert (len(item.get("enableWhen", [])) > 1) == ("enableBehavior" in item)
        seen[item["linkId"]] = {option["valueCoding"]["code"] for option in item.get("answerOption", [])}


def test_both_languages_ask_the_same() -> None:
    assert shape(read_form("general", "fr")) == shape(read_form("general", "en"))


def test_it_is_served_to_who_is_signed_in(ward: Ward) -> None:
    status, told = ward.alice.get(f"practices/{ward.cabinet.id}/questionnaire")
    assert (status, told["resourceType"], told["language"]) == (200, "Questionnaire", "fr")
    assert ward.alice.get("practices/00000000-0000-4000-8000-000000000000/questionnaire")[0] == 404
    ward.alice.client.cookies.clear()
    assert ward.alice.get(f"practices/{ward.cabinet.id}/questionnaire")[0] == 401
