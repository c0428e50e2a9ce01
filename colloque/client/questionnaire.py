"""Answers to any FHIR R4 Questionnaire: what is asked is asked by the practice, and a check must not depend on it. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

type Answers = dict[str, list[dict[str, Any]]]
MOST_TEXT = 200


def answer(
    questionnaire: Mapping[str, Any], word: Callable[[], str], *, today: str, authored: str
) -> dict[str, Any]:
    """A QuestionnaireResponse that answers all that is asked: text with words, choices by their last option."""
    answers: Answers = {}
    items = list(_items(questionnaire.get("item", []), answers, word, today))
    canonical = "|".join(questionnaire[name] for name in ("url", "version") if name in questionnaire)
    about = {"questionnaire": canonical} if canonical else {}
    return {
        "resourceType": "QuestionnaireResponse",
        **about,
        "status": "completed",
        "authored": authored,
        "item": items,
    }


def _items(
    asked: Iterable[Mapping[str, Any]], answers: Answers, word: Callable[[], str], today: str
) -> Iterator[dict[str, Any]]:
    for item in asked:
        if item["type"] == "display" or not _is_enabled(item, answers):
            continue
        told = {"linkId": item["linkId"], **({"text": item["text"]} if "text" in item else {})}
        value = _value(item, word, today)
        if value:
            answers[item["linkId"]] = [value]
        nested = list(_items(item.get("item", []), answers, word, today))
        inside = {"item": nested} if nested else {}
        if value:
            yield {**told, "answer": [{**value, **inside}]}
        elif inside:
            yield {**told, **inside}


def _value(item: Mapping[str, Any], word: Callable[[], str], today: str) -> dict[str, Any]:
    if item["type"] in ("string", "text"):
        return {"valueString": word()[: min(item.get("maxLength", MOST_TEXT), MOST_TEXT)]}
    if item["type"] == "choice":
        options = [one for one in item.get("answerOption", []) if "valueCoding" in one]
        return dict(options[-1]) if options else {}
    plain: dict[str, dict[str, Any]] = {
        "date": {"valueDate": today},
        "integer": {"valueInteger": 3},
        "decimal": {"valueDecimal": 3},
        "boolean": {"valueBoolean": True},
        "quantity": {"valueQuantity": {"value": 38, **_unit(item)}},
    }
    return plain.get(item["type"], {})


def _unit(item: Mapping[str, Any]) -> dict[str, Any]:
    for extension in item.get("extension", []):
        coding = extension.get("valueCoding")
        if coding and extension["url"].endswith("questionnaire-unitOption"):
            return {"unit": coding.get("display", ""), "system": coding["system"], "code": coding["code"]}
    return {}


def _is_enabled(item: Mapping[str, Any], answers: Answers) -> bool:
    conditions = [_holds(one, answers.get(one["question"], [])) for one in item.get("enableWhen", [])]
    if not conditions:
        return True
    return any(conditions) if item.get("enableBehavior") == "any" else all(conditions)


def _holds(condition: Mapping[str, Any], given: list[dict[str, Any]]) -> bool:
    name, expected = next((name, value) for name, value in condition.items() if name.startswith("answer"))
    if condition["operator"] == "exists":
        return bool(given) is expected
    values = [_plain(one.get(f"value{name.removeprefix('answer')}")) for one in given]
    if condition["operator"] == "=":
        return _plain(expected) in values
    # A check that guesses an order would answer what is not asked; what is enabled by less or more stays unanswered.
    return condition["operator"] == "!=" and bool(values) and _plain(expected) not in values


def _plain(value: Any) -> Any:
    return value.get("code") if isinstance(value, dict) else value
