"""Foreign keys go down the tower, as imports do: a table knows nothing of the rooms above it."""

import tomllib
from itertools import chain
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]


def floors() -> dict[str, int]:
    """Each room's height, as the import contract in pyproject.toml has it; the ground is 0."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tower = next(one for one in told["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    rows = [[room.strip() for room in row.split("|")] for row in reversed(tower["layers"])]
    return {room: height for height, row in enumerate(rows) for room in row}


def room_of(model: type) -> str:
    return model.__module__.split(".")[1]


def test_every_foreign_key_points_down_or_stays() -> None:
    height = floors()
    ours = [model for model in apps.get_models() if model.__module__.startswith("colloque.")]
    keys = [
        (model, field.related_model)
        for model in ours
        for field in chain(model._meta.get_fields())
        if field.is_relation and field.concrete and field.related_model
    ]
    up = [
        (model.__name__, target.__name__)
        for model, target in keys
        if target.__module__.startswith("colloque.")
        and room_of(target) != room_of(model)
        and height[room_of(target)] >= height[room_of(model)]
    ]
    assert len(keys) > 20, "the walk finds no keys any more"
    assert up == []


def test_no_field_could_hold_an_address_a_name_of_a_patient_or_a_text_of_care() -> None:
    """Columns by name: what is sealed is bytes, and what is in clear is on the list that the product shows."""
    suspicious = (
        "email",
        "e_mail",
        "phone",
        "nir",
        "birth",
        "motive",
        "reason_text",
        "content",
        "preview",
        "file_name",
        "filename",
    )
    found = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("colloque.")
        for field in model._meta.get_fields()
        if field.concrete and any(word in field.name for word in suspicious)
    ]
    assert found == []
