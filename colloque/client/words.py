"""What a smoke run writes: texts given by the operator, or our own; and an address, a phone and a NIR made up."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

USUAL = (
    "Mal de gorge et fièvre depuis trois jours",
    "Douleur en avalant",
    "Camille",
    "Vasseur",
    "Bonjour docteur, merci de me recevoir",
    "Bonjour, je lis vos réponses",
    "analyse-du-sang.pdf",
    "Hémoglobine 13,2 g/dL",
    "Angine virale probable",
    "Repos, boire, revoir si la fièvre dure",
)


@dataclass
class Words:
    """Texts, dealt round in order: each is used about as often as the others."""

    texts: tuple[str, ...] = USUAL
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    _round: Iterator[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._round = cycle(self.texts)

    @classmethod
    def read(cls, path: Path | None) -> "Words":
        if path is None:
            return cls()
        lines = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        return cls(lines or USUAL)

    def deal(self) -> str:
        return next(self._round)

    def all_as_one(self) -> str:
        """Every text at once: for what has room for it."""
        return "\n".join(self.texts)

    def address(self, who: str) -> str:
        return f"{who}-{self.mark}@smoke.example"

    @property
    def phone(self) -> str:
        # A range kept for fiction (ARCEP, decision 2009-0637).
        return f"+336399{int(self.mark, 16) % 10**5:05}"

    @property
    def nir(self) -> str:
        """Thirteen digits and their key, for nobody: month 99 does not exist."""
        body = f"29999{int(self.mark, 16) % 10**8:08}"
        return f"{body}{97 - int(body) % 97:02}"
