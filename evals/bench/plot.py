"""The plot of a benchmark as an SVG image: how the time of a search grows with the number of texts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from evals.bench.contender import title
from evals.bench.figures import FLOOR, Results, Spread
from evals.bench.report import number

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 500, 44, 370
_COLOURS = ("#0b6e4f", "#c1440e", "#3b5ba5", "#8c5fa8", "#a88a2d")  # told apart by those who see no red or green
_FLOOR_COLOUR = "#777777"
_STAGES = ("embed", "dense", "lexical")


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    colour: str
    points: Sequence[tuple[int, Spread]]  # by number of texts


def write_plot(results: Results) -> str:
    """Median time of a search over the number of texts, both axes logarithmic; bars show lowest and highest round."""
    lines = list(_lines(results))
    x_axis, y_axis = _axes(lines)
    parts = [*_grid(x_axis, y_axis)]
    for place, line in enumerate(lines):
        parts += _line(line, x_axis, y_axis)
        y = _TOP + 20 + 24 * place
        parts.append(f'<line x1="{_RIGHT + 24}" x2="{_RIGHT + 46}" y1="{y}" y2="{y}" {_stroke(line)}/>')
        parts.append(_text(_RIGHT + 54, y + 4, line.label, "start"))
    parts.append(_text(_LEFT, _TOP - 20, "search, median, ms", "start"))
    parts.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 40, "texts", "middle"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13" aria-label="Median time of a search over the number of texts">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole powers of ten from one place of the image to another."""

    first: int
    last: int
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.first, self.last + 1)]


def _axes(lines: Sequence[_Line]) -> tuple[_Axis, _Axis]:
    sizes = [size for line in lines for size, _ in line.points]
    times = [time for line in lines for _, value in line.points for time in (value.low, value.high)]
    return _axis(sizes, _LEFT, _RIGHT), _axis(times, _BOTTOM, _TOP)


def _axis(values: Sequence[float], start: float, end: float) -> _Axis:
    first = math.floor(math.log10(min(values, default=1)))
    return _Axis(first, max(first + 1, math.ceil(math.log10(max(values, default=1)))), start, end)


def _lines(results: Results) -> Iterator[_Line]:
    for name, colour in zip(results.plan["contenders"], _COLOURS, strict=False):
        points = [(size, value) for size in results.sizes() if (value := results.spread(size, name, "search_p50_ms"))]
        if points:
            yield _Line(title(name), colour, points)
    floor = [(size, value) for size in results.sizes() if (value := _floor(results, size))]
    if floor:
        yield _Line("floor: model, and reading once", _FLOOR_COLOUR, floor)


def _floor(results: Results, size: int) -> Spread | None:
    stages = [results.spread(size, FLOOR, f"{stage}_p50_ms") for stage in _STAGES]
    known = [stage for stage in stages if stage]
    if len(known) < len(_STAGES):
        return None
    middle, low, high = (sum(values) for values in zip(*((s.middle, s.low, s.high) for s in known), strict=True))
    return Spread(middle, low, high, known[0].n)


def _line(line: _Line, x_axis: _Axis, y_axis: _Axis) -> Iterator[str]:
    places = " ".join(f"{x_axis(size):.1f},{y_axis(value.middle):.1f}" for size, value in line.points)
    yield f'<polyline points="{places}" fill="none" {_stroke(line)}/>'
    for size, value in line.points:
        x, low, middle, high = x_axis(size), *map(y_axis, (value.low, value.middle, value.high))
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" {_stroke(line)}/>'
        yield (
            f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="4" fill="{line.colour}">'
            f"<title>{escape(line.label)}, {size:,} texts: {number(value.middle)} ms</title></circle>"
        )


def _grid(x_axis: _Axis, y_axis: _Axis) -> Iterator[str]:
    for tick in x_axis.ticks():
        x = x_axis(tick)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_BOTTOM}" stroke="#dddddd"/>'
        yield _text(x, _BOTTOM + 18, f"{tick:,.0f}", "middle")
    for tick in y_axis.ticks():
        y = y_axis(tick)
        yield f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>'
        yield _text(_LEFT - 8, y + 4, f"{tick:,g}", "end")


def _stroke(line: _Line) -> str:
    dashes = ' stroke-dasharray="5 4"' if line.colour == _FLOOR_COLOUR else ""
    return f'stroke="{line.colour}" stroke-width="2"{dashes}'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222222">{escape(words)}</text>'
