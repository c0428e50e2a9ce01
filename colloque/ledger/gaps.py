"""Silences: lines come when people act, and a heartbeat where nobody does, so that a time without any line is seen.

A vault writes a `heartbeat` when nothing was written for `detail.every` seconds, and says so in it: from that line
on, more than twice as long without a line means that no vault ran, or that lines are missing. Such a silence is
reported; it is a finding only above a limit that the auditor sets, for vaults are stopped for good reasons too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.ledger.finding import Finding

SLACK = 2


@dataclass(frozen=True)
class Gap:
    """No line between `begins` and `ends`, the time of line `line`."""

    line: int
    seconds: int
    begins: str
    ends: str

    def sentence(self) -> str:
        return f"{self.seconds} seconds before line {self.line}, from {self.begins} to {self.ends}."

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


class Gaps:
    def __init__(self, most: int | None, explained: Collection[int]) -> None:
        self.found: list[Gap] = []
        self._most, self._explained = most, explained
        self._declared: int | None = None
        self._last: str | None = None

    def take(self, seq: int, fields: Mapping[str, Any]) -> None:
        last, self._last = self._last, fields["time"]
        limit = self._most or self._declared
        if fields["kind"] == "heartbeat":
            every = fields.get("detail", {}).get("every")
            if type(every) is not int or every < 1:
                raise Finding("a heartbeat says how often one comes", seq)
            self._declared = every * SLACK
        if last is None or limit is None or seq in self._explained:
            return
        seconds = int((from_wire(fields["time"]) - from_wire(last)).total_seconds())
        if seconds > limit:
            self.found.append(Gap(seq, seconds, last, fields["time"]))

    def check(self) -> None:
        """Raise the first silence over the limit that was asked for; over a declared one alone it is only told."""
        if self._most and self.found:
            gap = self.found[0]
            raise Finding(f"nothing was written for {gap.seconds} seconds before it, from {gap.begins}: "
                          "no vault ran, or lines are missing", gap.line)  # fmt: skip
