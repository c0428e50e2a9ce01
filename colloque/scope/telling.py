"""An answer in sentences for the terminal, in French or English. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from colloque.scope.answer import Difference, named

SHOWN = 40  # persons listed on a terminal; the files have all

WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "ledger": "Registre {origin}, {size} lignes jusqu’au {last}, racine {root}.",
        "checked": "Chaque signature a été vérifiée.",
        "not checked": "ATTENTION : les signatures n’ont PAS été vérifiées ; cette réponse n’est pas une preuve.",
        "consulted": "Consulté (une ligne le montre) : {persons} personnes, {compartments} compartiments.",
        "reachable": "Atteignable (on ne peut l’exclure) : {persons} personnes, {compartments} compartiments.",
        "sealed": "Scellé (chiffré, inintelligible) : {persons} personnes, {compartments} compartiments.",
        "untouched": "Intact : {persons} personnes, {compartments} compartiments.",
        "readable": "Lisible par le serveur, à part : {fields} de {persons} personnes ({why}).",
        "doubt": "Doute qui reste : {persons} personnes ({clocks} si les horloges diffèrent de {clock_seconds} s ; "
        "{after} parce qu’une fenêtre dépasse la fin du registre, de {uncovered_seconds} s).",
        "person": "{person}  {compartment} : {status} ; {why} ; {times}{count} lignes",
        "more persons": "… et {n} personnes de plus : --json, --csv ou --parquet les donnent toutes.",
        "hash": "Empreinte de cette réponse : {hash}",
        "same": "Par rapport à {place} : personne de plus, personne de moins.",
        "difference": "Par rapport à {place} : {more} personnes de plus{because} ; {fewer} de moins ; "
        "{risen} déjà nommées et davantage atteintes.",
        "because": ", parce que {rules}",
    },
    "en": {
        "ledger": "Ledger {origin}, {size} lines until {last}, root {root}.",
        "checked": "Each signature was checked.",
        "not checked": "CAUTION: signatures were NOT checked; this answer is no proof.",
        "consulted": "Consulted (a line proves it): {persons} persons, {compartments} compartments.",
        "reachable": "Reachable (can’t be excluded): {persons} persons, {compartments} compartments.",
        "sealed": "Sealed (ciphertext, unintelligible): {persons} persons, {compartments} compartments.",
        "untouched": "Untouched: {persons} persons, {compartments} compartments.",
        "readable": "Readable by the server, apart: {fields} of {persons} persons ({why}).",
        "doubt": "Doubt that remains: {persons} persons ({clocks} if clocks are {clock_seconds} s apart; "
        "{after} because a window goes on after the ledger’s end, by {uncovered_seconds} s).",
        "person": "{person}  {compartment}: {status}; {why}; {times}{count} lines",
        "more persons": "… and {n} persons more: --json, --csv or --parquet give them all.",
        "hash": "Hash of this answer: {hash}",
        "same": "Against {place}: nobody more, nobody less.",
        "difference": "Against {place}: {more} more{because}; {fewer} fewer; {risen} named before and reached further.",
        "because": ", because {rules}",
    },
}
STATUSES = {
    "fr": {"consulted": "consulté", "reachable": "atteignable", "sealed": "scellé", "untouched": "intact"},
    "en": {word: word for word in ("consulted", "reachable", "sealed", "untouched")},
}
# What each rule says: the part before the first colon of a reason.
RULES = {
    "fr": {
        "opened": "ouvert par {hand}", "written": "écrit par {hand}", "served": "chiffré remis à {hand}",
        "new-device": "ouvert par un appareil enrôlé pendant que {hand} était aux mains d’un autre",
        "page-open": "ouvert dans une page chargée pendant que le serveur {hand} était tenu",
        "address": "adresse passée par {hand}", "letter": "lettre passée par {hand}",
        "both-keys": "les deux clés et le chiffré ({hand}, et le coffre)", "one-key": "la clé du coffre et le chiffré",
    },
    "en": {
        "opened": "opened by {hand}", "written": "written by {hand}", "served": "ciphertext given to {hand}",
        "new-device": "opened by a device enrolled while {hand} was in someone else’s hands",
        "page-open": "opened in a page loaded while the server {hand} was held",
        "address": "address passed through {hand}", "letter": "letter passed through {hand}",
        "both-keys": "both keys and the ciphertext ({hand}, and the vault)",
        "one-key": "the vault’s key and the ciphertext",
    },
}  # fmt: skip


def rule(why: str, lang: str) -> str:
    word, _, hand = why.partition(":")
    return RULES[lang][word].format(hand=hand)


def sentences(document: Mapping[str, Any], lang: str) -> Iterator[str]:
    words, ledger = WORDS[lang], document["ledger"]
    yield words["ledger"].format(**ledger)
    yield words[ledger["signatures"]]
    for status in STATUSES[lang]:
        yield words[status].format(
            **{name: document["counts"][name][status] for name in ("persons", "compartments")}
        )
    for one in document["readable"]:
        yield words["readable"].format(
            fields=", ".join(one["fields"]), persons=one["persons"], why=one["why"]
        )
    doubt = document["doubt"]
    yield words["doubt"].format(
        **{key: doubt[key] for key in ("persons", "clock_seconds", "uncovered_seconds")},
        clocks=len(doubt["clocks"]), after=len(doubt["after_the_end"]),
    )  # fmt: skip
    yield from _persons(document, lang)
    yield words["hash"].format(hash=document["hash"])


def _persons(document: Mapping[str, Any], lang: str) -> Iterator[str]:
    listed = sorted(named(document))
    for person in listed[:SHOWN]:
        for compartment, told in sorted(document["persons"][person].items()):
            times = f"{told['first']} – {told['last']} ; " if "first" in told else ""
            yield WORDS[lang]["person"].format(
                person=person, compartment=compartment, status=STATUSES[lang][told["status"]],
                why=", ".join(rule(why, lang) for why in told["why"]), times=times, count=len(told["lines"]),
            )  # fmt: skip
    if len(listed) > SHOWN:
        yield WORDS[lang]["more persons"].format(n=len(listed) - SHOWN)


def difference(found: Difference, place: str, lang: str) -> str:
    """One sentence: "37 more, because …"."""
    if not (found.more or found.fewer or found.risen):
        return WORDS[lang]["same"].format(place=place)
    rules = ", ".join(f"{rule(why, lang)} ({n})" for why, n in found.because)
    return WORDS[lang]["difference"].format(
        place=place, more=len(found.more), fewer=len(found.fewer), risen=len(found.risen),
        because=WORDS[lang]["because"].format(rules=rules) if rules else "",
    )  # fmt: skip
