"""Figures for docs/: SVG that follows the reader's light or dark page, the same bytes for the same figures."""

import re
from pathlib import Path
from typing import Any

# Each as drawn, on a light page, on a dark one.
INK, TEAL, BROWN, RED, GRID = "#10101a", "#0b4a51", "#663f01", "#8a1c1d", "#c9c9c8"
_DARK = {INK: "#e8e8ea", TEAL: "#63c6cf", BROWN: "#e3aa62", RED: "#ff8f86", GRID: "#4a4a50"}
_PAPER = "#fefefd", "#16181c"


def start(columns: int) -> tuple[Any, Any, Any]:
    """pyplot, a figure and its axes, with our colours."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = (
        "text.color",
        "axes.edgecolor",
        "axes.labelcolor",
        "axes.titlecolor",
        "xtick.color",
        "ytick.color",
        "legend.labelcolor",
    )
    plt.rcParams.update(dict.fromkeys(names, INK))
    plt.rcParams.update({
        "figure.facecolor": _PAPER[0], "axes.facecolor": _PAPER[0], "savefig.facecolor": _PAPER[0],
        "legend.facecolor": _PAPER[0], "legend.edgecolor": GRID, "grid.color": GRID, "axes.grid": True,
        "grid.linewidth": 0.5, "axes.axisbelow": True,
        "svg.fonttype": "none", "svg.hashsalt": "colloque", "font.family": "sans-serif",
    })  # fmt: skip
    figure, axes = plt.subplots(1, columns, figsize=(5.5 * columns, 4.2), layout="constrained")
    return plt, figure, axes


def save(figure: Any, path: Path, made_by: str) -> None:
    """Write it, with the command that made it inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Title": made_by})
    text = path.read_text(encoding="utf-8")
    colours = {light: f"var(--c{n})" for n, light in enumerate((*_DARK, _PAPER[0]))}
    for light, name in colours.items():
        text = text.replace(light, name)
    lights = "".join(f"--c{n}:{light};" for n, light in enumerate((*_DARK, _PAPER[0])))
    darks = "".join(f"--c{n}:{dark};" for n, dark in enumerate((*_DARK.values(), _PAPER[1])))
    style = f"<style>svg{{{lights}}}@media (prefers-color-scheme:dark){{svg{{{darks}}}}}</style>"
    text = re.sub(r"(<svg [^>]*>)", lambda found: found[1] + style, text, count=1)
    path.write_text(re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE), encoding="utf-8")
