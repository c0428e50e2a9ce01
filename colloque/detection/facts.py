"""What a line alone does not say, put beside it under `known`: hour, age of the device, who has left, canaries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from colloque.kernel.clock import from_wire

NEW_DEVICE = timedelta(hours=24)
# Whose doing these are stands in `subject`: the web signed the line.
TOLD_BY_WEB = frozenset(
    {"sign-in", "sign-in-refused", "unlock", "unlock-refused", "factors", "factors-ended"}
)
OLD_RECORD = timedelta(days=548)  # 18 months


@dataclass
class Facts:
    """Grows with the lines it is shown; filled beforehand from tables by who starts in the middle of a ledger."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    enrolled: dict[str, datetime] = field(default_factory=dict)
    left: dict[tuple[str, str], datetime] = field(default_factory=dict)
    made: dict[str, datetime] = field(default_factory=dict)
    canaries: set[str] = field(default_factory=set)
    newest: int | None = None
    _zoned: tuple[str, datetime] = ("", datetime(1, 1, 1, tzinfo=UTC))

    def beside(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return the line with what is known beside it, and remember what it teaches."""
        at = from_wire(line["time"])
        # A line that tells a thing is not yet under what it tells: an enrolment is not made by its own new device.
        known = self._known(line, at)
        self._learn(line, at)
        return {**line, "known": known}

    def _known(self, line: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        local = self._local(line["time"], at)
        enrolled = self.enrolled.get(line.get("device", ""))
        made = self.made.get(line.get("record", ""))
        touched = {line.get("record"), line.get("subject"), line.get("target")} & self.canaries
        seq = line.get("seq")
        expected = None if self.newest is None else self.newest + 1
        return {
            "person": line.get("subject" if line.get("kind") in TOLD_BY_WEB else "actor"),
            "hour": local.hour,
            "weekend": local.weekday() >= 5,
            "new_device": enrolled is not None and at - enrolled <= NEW_DEVICE,
            "left": (line.get("actor", ""), line.get("practice", "")) in self.left,
            "old_record": made is not None and at - made > OLD_RECORD,
            "canary": bool(touched - {None}) and line.get("actor") not in self.canaries,
            "gap": expected is not None and isinstance(seq, int) and seq > expected,
            "again": expected is not None and isinstance(seq, int) and seq < expected,
        }

    def _learn(self, line: Mapping[str, Any], at: datetime) -> None:
        kind, subject = line.get("kind"), line.get("subject") or line.get("actor", "")
        if kind == "device-enrolled":
            self.enrolled[line.get("target") or line.get("device", "")] = at
        elif kind == "member-left":
            self.left[line.get("target") or subject, line.get("practice", "")] = at
        elif kind in ("member-joined", "practice-reopened"):
            self.left.pop((line.get("target") or subject, line.get("practice", "")), None)
        elif kind == "record-created":
            self.made[line.get("record", "")] = at
        if isinstance(line.get("seq"), int):
            self.newest = max(line["seq"], self.newest if self.newest is not None else -1)

    def _local(self, text: str, at: datetime) -> datetime:
        minute = text[:16]
        if self._zoned[0] != minute:  # a time zone is looked up once a minute, not once a line
            self._zoned = (minute, at.astimezone(self.zone))
        return self._zoned[1]
