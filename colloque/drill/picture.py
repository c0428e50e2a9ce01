"""The closing picture: persons reached over time, when it was noticed, when it was stopped. For a terminal, and as SVG."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from colloque.drill.outcome import Taken
from colloque.kernel.clock import from_wire

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 360, 56, 56, 64
BLOCKS = "▁▂▃▄▅▆▇█"
COLUMNS = 56


def steps_of(taken: Sequence[Taken], begin: datetime) -> list[tuple[float, int]]:
    """(seconds since it began, persons reached by then)."""
    seen: set[str] = set()
    steps = [(0.0, 0)]
    for row in sorted(taken, key=lambda row: row.at):
        if row.person not in seen:
            seen.add(row.person)
            steps.append(((row.at - begin).total_seconds(), len(seen)))
    return steps


def span_of(told: Mapping[str, Any], steps: Sequence[tuple[float, int]]) -> float:
    marks = [told["seconds_to_notice"] or 0, told["seconds_to_stop"] or 0, steps[-1][0], 1.0]
    return float(max(marks)) * 1.08


def for_terminal(told: Mapping[str, Any], taken: Sequence[Taken]) -> str:
    begin = from_wire(told["began"])
    steps = steps_of(taken, begin)
    span, most = span_of(told, steps), max(1, steps[-1][1])
    row = ""
    for column in range(COLUMNS):
        upto = [count for second, count in steps if second <= (column + 1) * span / COLUMNS]
        row += BLOCKS[round((len(BLOCKS) - 1) * upto[-1] / most)] if upto[-1] else " "
    marks = [" "] * COLUMNS
    for name, sign in (("seconds_to_notice", "n"), ("seconds_to_stop", "S")):
        if told[name] is not None:
            place = min(COLUMNS - 1, int(told[name] / span * COLUMNS))
            # A rule that notices and stops in one reading: both are to be seen.
            marks[place if marks[place] == " " else min(COLUMNS - 1, place + 1)] = sign
    return f"  {row}  persons reached: {steps[-1][1]}\n  {''.join(marks)}  n noticed, S stopped"


def as_svg(told: Mapping[str, Any], taken: Sequence[Taken]) -> str:
    begin = from_wire(told["began"])
    steps = steps_of(taken, begin)
    span, most = span_of(told, steps), max(1, steps[-1][1])

    def x(second: float) -> float:
        return LEFT + second / span * (WIDTH - LEFT - 24)

    def y(count: int) -> float:
        return HEIGHT - BOTTOM - count / most * (HEIGHT - BOTTOM - TOP)

    path, last = f"M{x(0):.1f} {y(0):.1f}", 0
    for second, count in steps[1:]:
        path += f" L{x(second):.1f} {y(last):.1f} L{x(second):.1f} {y(count):.1f}"
        last = count
    path += f" L{x(span):.1f} {y(last):.1f}"
    marks = "".join(
        _mark(x(told[name]), f"{word}, {told[name]:,.0f} s", colour, n)
        for n, (name, word, colour) in enumerate(
            (("seconds_to_notice", "noticed", "#663f00"), ("seconds_to_stop", "stopped", "#0b4a50"))
        )
        if told[name] is not None
    )
    title = f"{told['scenario']}: {told['persons_reached']:,} of {told['persons']:,} persons reached"
    scope = "scope: not answered" if told["persons_missed"] is None else (
        f"scope: missed {told['persons_missed']:,}, in excess {told['persons_in_excess']:,}"
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="14"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fbf8f1"/>'
        f'<text x="{LEFT}" y="28" font-size="18" fill="#1d1b16">{escape(title)}</text>'
        f'<text x="{LEFT}" y="48" fill="#4a463c">{escape(f"{told['how']}; {scope}")}</text>'
        f'<path d="M{LEFT} {TOP} V{HEIGHT - BOTTOM} H{WIDTH - 24}" fill="none" stroke="#4a463c"/>'
        f'<text x="{LEFT - 8}" y="{y(most) + 5:.1f}" text-anchor="end">{most:,}</text>'
        f'<text x="{LEFT - 8}" y="{y(0):.1f}" text-anchor="end">0</text>'
        f'<text x="{WIDTH - 24}" y="{HEIGHT - BOTTOM + 20}" text-anchor="end">{span:,.0f} s</text>'
        f'{marks}<path d="{path}" fill="none" stroke="#1d1b16" stroke-width="2"/></svg>\n'
    )


def _mark(x: float, text: str, colour: str, n: int) -> str:
    side = "end" if x > WIDTH / 2 else "start"
    return (
        f'<path d="M{x:.1f} {TOP} V{HEIGHT - BOTTOM}" stroke="{colour}" stroke-width="2" stroke-dasharray="5 4"/>'
        f'<text x="{x + (-6 if side == "end" else 6):.1f}" y="{HEIGHT - BOTTOM + 20 + 18 * n}" text-anchor="{side}" '
        f'fill="{colour}">{escape(text)}</text>'
    )
