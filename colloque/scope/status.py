"""How far a compartment was reached: words that the web shows, without the engine that finds them."""

CONSULTED, REACHABLE, SEALED, UNTOUCHED = 3, 2, 1, 0
STATUS = {CONSULTED: "consulted", REACHABLE: "reachable", SEALED: "sealed", UNTOUCHED: "untouched"}
