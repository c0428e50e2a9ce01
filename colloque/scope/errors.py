"""What the scope refuses. Each refusal is a sentence in both languages, with the place of what is wrong."""

from colloque.kernel.errors import ColloqueError


class ScopeRefused(ColloqueError):
    """Nothing is answered: half of a list of persons, shown as whole, would be worse than none."""

    word = "scope"
    status = 400

    def __init__(self, french: str, english: str) -> None:
        super().__init__(english)
        self.public, self.english = french, english


class BadHypothesis(ScopeRefused):
    """A hypothesis that can't be read, or that names what the ledger does not know."""

    word = "hypothesis"


class BadLedger(ScopeRefused):
    """A ledger that does not verify, is cut short, or is two."""

    word = "ledger"


class BadComparison(ScopeRefused):
    """An earlier answer that this one can't be set against."""

    word = "comparison"


class BadPlace(ScopeRefused):
    """A file or a folder that can't be written."""

    word = "place"
