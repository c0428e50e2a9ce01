"""What the ledger's lines alone explain: a second telling of "why may they open it", which shares nothing with the vault's.

The vault decides from its tables; this walks the lines as an auditor would who has nothing else, and says of each opening
whether the lines before it give the reason that it names. Rotas, and the hours of absences and appointments, it does not
judge: who stands in is taken from the line that says so, whenever it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from colloque.kernel.clock import from_wire

type Line = Mapping[str, Any]

LINKED = timedelta(days=30)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Visit:
    """A consultation as its lines leave it."""

    state: str = "draft"
    wished: str | None = None
    assigned: str | None = None
    taken: set[str] = field(default_factory=set)
    wrote: bool = False
    contact_at: datetime = NEVER


class Workflow:
    def __init__(self) -> None:
        self.services: set[str] = set()
        self.roles: dict[tuple[str, str], set[str]] = {}
        self.own: dict[str, set[str]] = defaultdict(set)
        self.file_of: dict[str, str] = {}
        self.visits: dict[str, Visit] = defaultdict(Visit)
        self.stands_in: dict[str, set[str]] = defaultdict(set)

    def note(self, line: Line) -> None:
        kind, record = line["kind"], line.get("record", "")
        if kind.startswith("consultation-") or kind in ("appointment", "message", "messages-read"):
            self._note_visit(line, self.visits[record])
        elif kind == "record-created":
            self.own[record].add(line["subject"])
            if line["detail"]["kind"] == "consultation":
                self.file_of[record] = line["detail"]["file"]
        elif kind == "grant":
            self.own[record].add(line["target"])
        elif kind in ("practice-created", "member-joined", "practice-reopened"):
            self.roles[line["practice"], line["target"]] = set(line["detail"].get("roles", "").split())
        elif kind == "member-left":
            self.roles.pop((line["practice"], line["target"]), None)
        elif kind == "absence" and "replacement" in line["detail"]:
            self.stands_in[line["detail"]["replacement"]].add(line["target"])
        elif kind == "person-registered" and line["detail"]["kind"] == "service":
            self.services.add(line["subject"])

    def _note_visit(self, line: Line, visit: Visit) -> None:
        if line["kind"] in ("message", "consultation-closed"):
            visit.contact_at = from_wire(line["time"])
        match line["kind"]:
            case "consultation-requested" | "consultation-transferred":
                visit.state, visit.wished, visit.assigned = "waiting", line.get("target"), None
            case "appointment":
                visit.state, visit.wished = "booked", line["target"]
            case "consultation-taken":
                visit.state, visit.assigned = "open", line["actor"]
                visit.taken.add(line["actor"])
            case "message":
                visit.wrote = True
            case "messages-read":
                visit.wrote = False
            case kind:
                visit.state, visit.assigned = kind.removeprefix("consultation-"), None

    def explains(self, line: Line) -> set[str]:
        """Every reason short of a broken glass by which this may be opened now."""
        actor, record, part = line["actor"], line["record"], line["compartment"]
        since = from_wire(line["time"]) - LINKED
        if actor in self.own[record]:
            return {"own"}
        if actor in self.services:
            return {"service"} if (part, line.get("purpose")) == ("contact", "notify") else set()
        roles = self.roles.get((line.get("practice", ""), actor), set())
        visits = [v for one, v in self.visits.items() if record in (one, self.file_of.get(one))]
        is_file = record not in self.file_of
        why = set()
        if "practitioner" in roles:
            why |= set(self._of_practitioner(actor, part, is_file, visits, since))
            for other in self.stands_in[actor]:
                theirs = set(self._of_practitioner(other, part, is_file, visits, since))
                why |= {"linked" if one == "linked" else "replacement" for one in theirs}
        if roles & {"secretary", "manager"} and is_file and part == "identity":
            why |= (
                {"reception"}
                if any(v.state in ("booked", "waiting", "open", "closed") for v in visits)
                else set()
            )
        return why

    def _of_practitioner(
        self, who: str, part: str, is_file: bool, visits: list[Visit], since: datetime
    ) -> Iterator[str]:
        for visit in visits:
            if visit.assigned == who:
                yield "assigned"
            if visit.state == "waiting" and visit.wished in (None, who) and part in ("identity", "request"):
                yield "queue"
            prepared = ("identity", "background") if is_file else ("request", "documents")
            if visit.state == "booked" and visit.wished == who and part in prepared:
                yield "appointment"
            if who in visit.taken and visit.wrote and part == ("identity" if is_file else "exchange"):
                yield "message"
            if who in visit.taken and visit.state == "closed" and visit.contact_at > since:
                yield "linked"


def unexplained(lines: Iterable[Line]) -> list[str]:
    """Each opening, and each sealed item that was served, for which the lines before it do not give the reason it names:
    another one, none at all, or a broken glass where the workflow gave a reason."""
    workflow, found, ever = Workflow(), [], defaultdict(set)
    for line in lines:
        workflow.note(line)
        if line["kind"] == "release" and line["relation"] != "archive":
            named, why = line["relation"], workflow.explains(line)
            ever[line["actor"], line["record"], line["compartment"]] |= why | {named}
            if (named not in why) if named != "break-glass" else why:
                found.append(
                    f"line {line['seq']}: {line['compartment']} opened by {named}; the lines give {sorted(why)}"
                )
        elif line["kind"] == "item-served":
            # The web tells these a little later: by then the consultation may have gone on.
            known = ever[line["actor"], line["record"], line["compartment"]] | workflow.explains(line)
            if line.get("purpose") not in known:
                found.append(
                    f"line {line['seq']}: {line['compartment']} served by {line.get('purpose')}; {sorted(known)}"
                )
    return found
