"""What an officer looks for to stop it: a practice, a professional, an account or a device. Patients by their id alone."""

from typing import Any

from django.db.models import Q, QuerySet

from colloque.accounts.models import Account, Device, Practice, Professional
from colloque.incidents import queries
from colloque.kernel.ids import is_id

MOST = 20  # of each: whoever finds more writes more of the name
MOST_DEVICES = 5


def found(text: str) -> dict[str, Any]:
    """The platform's levers, and those of what the words fit; without words, the first practices'."""
    words = " ".join(text.split())[:120]
    if is_id(words.lower()):
        practices, people = Practice.objects.filter(id=words), _people_of(words)
    else:
        practices = _practices(words)
        people = [_person(str(one.account_id)) for one in _professionals(words)] if words else []
    opened = practices.exclude(opened_at=None)
    listed = [
        {"name": f"{one.name}, {one.city}", "levers": queries.levers_of_practice(one.id)}
        for one in opened.order_by("name", "city")[:MOST]
    ]
    return {
        "q": words, "places": people + listed, "more": opened.count() > MOST,
        "platform": queries.platform_levers(), "tried": bool(words),
    }  # fmt: skip


def _practices(words: str) -> QuerySet[Practice]:
    every = Q()
    for word in words.split():
        every &= Q(name__icontains=word) | Q(city__icontains=word)
    return Practice.objects.filter(every)


def _professionals(words: str) -> QuerySet[Professional]:
    every = Q(account__closed_at=None)
    for word in words.split():
        every &= Q(given__icontains=word) | Q(family__icontains=word) | Q(rpps=word)
    return Professional.objects.filter(every).order_by("family", "given")[:MOST]


def _people_of(id_: str) -> list[dict[str, Any]]:
    """The account of this id, or whose device it is: a device that the ledger names is rarely known by its owner."""
    owner = Device.objects.filter(id=id_).values_list("account_id", flat=True).first()
    person = Account.objects.filter(id=owner or id_).values_list("id", flat=True).first()
    return [_person(str(person), id_)] if person else []


def _person(person: str, asked: str = "") -> dict[str, Any]:
    """The account, and its devices: the one that was asked for, then the one that was used last."""
    devices = Device.objects.filter(account_id=person, revoked_at=None).order_by("-last_seen_at")
    listed = sorted(devices, key=lambda one: str(one.id) != asked)[:MOST_DEVICES]
    told = queries.levers({"person": person})
    for device in listed:
        whose = ", ".join(filter(None, (device.label, str(device.id)[:8])))
        told += [{**one, "whose": whose} for one in queries.levers({"device": str(device.id)})]
    return {"name": queries.name_of(person), "levers": told, "id": person}
