"""Fit colloque/detection/score.json on simulated life: Newton's method, ridge 1. `python bench/fit_score.py --seed 7`."""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from bench.year import lines, size
from colloque.detection import score
from colloque.detection.facts import Facts
from colloque.simulation.world import World

# A day of the others is not unlike one's own: the drift looks for those (colloque/detection/drift.py).
SEEN_IN_A_DAY = ("smash-and-grab", "ten-minutes", "departed-member", "map-ids", "at-night", "beyond-own")


def days_of(seed: int, practices: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of each actor's whole day, and whether an attacker had a hand in it."""
    facts, scorer = Facts(), score.Scorer(score.Weights(-40, (0.0,) * len(score.FEATURES)))
    rows, truth, bad = [], [], set()
    date = ""
    for line, happened in lines(World(size(seed, practices, days)), SEEN_IN_A_DAY):
        event = facts.beside(line)
        if line["time"][:10] != date:
            for actor, day in scorer.today.items():
                if day.openings + day.refused >= score.LEAST:
                    rows.append(score.features_of(day, *scorer.usual(actor)))
                    truth.append(float(actor in bad))
            bad, date = set(), line["time"][:10]
        if happened.by:
            bad.add(line["actor"])
        scorer.see(event)
    return np.array(rows), np.array(truth)


def fit_upwards(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """No weight below zero: a thief would lower the score by doing more of it. What would have one is left out."""
    kept = list(range(x.shape[1]))
    while True:
        w = fit(x[:, kept], y)
        if (w[1:] >= 0).all():
            break
        kept.pop(int(np.argmin(w[1:])))
    whole = np.zeros(x.shape[1] + 1)
    whole[[0, *(n + 1 for n in kept)]] = w
    return whole


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x = np.hstack([np.ones((len(x), 1)), x])
    ridge = np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    w = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -40, 40)))
        w -= np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, x.T @ (p - y) + ridge @ w)
    return w


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--practices", type=int, default=8)
    parser.add_argument("--days", type=int, default=300)
    asked = parser.parse_args()
    x, y = days_of(asked.seed, asked.practices, asked.days)
    w = fit_upwards(x, y)
    told = {
        "made_by": f"python bench/fit_score.py --seed {asked.seed} --practices {asked.practices} --days {asked.days}",
        "days": len(y), "attacked": int(y.sum()), "bias": round(float(w[0]), 4),
        "weights": {name: round(float(v), 4) for name, v in zip(score.FEATURES, w[1:], strict=True)},
    }  # fmt: skip
    (Path(score.__file__).parent / "score.json").write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
