"""How many examples a property is tried with: the usual number, and twenty times that in the long run (SLOW=1)."""

import os


def examples(usual: int) -> int:
    return usual * 20 if os.environ.get("SLOW") else usual
