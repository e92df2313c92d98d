"""Charts as SVG text: pure functions, numbers in, markup out.

They are drawn here and not by a plotting library because each follows the page around it: its colours are the page's
CSS variables, light or dark, and every label is there in both languages, of which the page shows one.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from evals.statistics import Estimate

_WIDTH = 640
_FONT_HEIGHT = 13
_LABEL_WIDTH = 24  # Latin letters, of which a Chinese character is as wide as two


@dataclass(frozen=True, slots=True)
class Label:
    """The same words in both languages."""

    zh: str
    en: str

    def html(self) -> str:
        """Both, of which the page's style shows one."""
        if self.zh == self.en:
            return escape(self.en)
        return f'<span class="zh" lang="zh">{escape(self.zh)}</span><span class="en" lang="en">{escape(self.en)}</span>'

    def svg(self, x: float, y: float, css_class: str = "", anchor: str = "start") -> str:
        """The same as text of an SVG image; `anchor` is what of the text stands at `x`: start, middle or end."""
        texts = {"zh": self.zh, "en": self.en} if self.zh != self.en else {"": self.en}
        return "".join(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{f"{css_class} {language}".strip()}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
            for language, text in texts.items()
        )


def same(text: str) -> Label:
    """A label that is the same in both languages: a number, a name."""
    return Label(text, text)


@dataclass(frozen=True, slots=True)
class Series:
    """A line through points, in the order given."""

    label: Label
    points: Sequence[tuple[float, float]]


def interval_chart(title: Label, rows: Sequence[tuple[Label, Estimate]]) -> str:
    """One row for each estimate between 0 and 1: a dot at the mean, a line over its interval, and how many cases."""
    known = [(label, value) for label, value in rows if value.mean is not None]
    left, right, row_height = 190, _WIDTH - 150, 26
    height = row_height * len(known) + 34
    parts = [_grid(left, right, 10, height - 24, [0, 0.25, 0.5, 0.75, 1], lambda x: f"{x:.0%}")]
    for number, (label, value) in enumerate(known):
        y = 24 + number * row_height
        low, mean, high = (
            left + share * (right - left) for share in (value.low or 0, value.mean or 0, value.high or 0)
        )
        parts.append(_shortened(label).svg(left - 12, y + 4, anchor="end"))
        parts.append(f'<line class="interval" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="mean" cx="{mean:.1f}" cy="{y}" r="4.5"/>')
        figures = same(f"{value.mean:.3f}  (n {value.n})")
        parts.append(figures.svg(right + 14, y + 4, "quiet"))
    return _image(title, height, parts)


def line_chart(
    title: Label,
    x_label: Label,
    y_label: Label,
    series: Sequence[Series],
    *,
    x_ticks: Sequence[float],
    write_x: Callable[[float], str] = "{:g}".format,
    logarithmic: bool = False,
    diagonal: bool = False,
) -> str:
    """Lines over a vertical axis from 0 to 1; `diagonal` draws where x equals y, as for a calibration."""
    left, right, top, bottom = 52, _WIDTH - 20, 18, 262
    place = math.log10 if logarithmic else float
    first, last = place(x_ticks[0]), place(x_ticks[-1])

    def x_of(value: float) -> float:
        share = (place(max(value, x_ticks[0])) - first) / (last - first or 1)
        return left + min(max(share, 0), 1) * (right - left)

    def y_of(value: float) -> float:
        return bottom - min(max(value, 0), 1) * (bottom - top)

    parts = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{y_of(tick):.1f}" y2="{y_of(tick):.1f}"/>')
        parts.append(same(f"{tick:.0%}").svg(left - 8, y_of(tick) + 4, "quiet", "end"))
    for tick in x_ticks:
        parts.append(same(write_x(tick)).svg(x_of(tick), bottom + 18, "quiet", "middle"))
    if diagonal:
        parts.append(f'<line class="diagonal" x1="{left}" y1="{bottom}" x2="{right}" y2="{top}"/>')
    for number, line in enumerate(series):
        places = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in line.points)
        parts.append(f'<polyline class="line line-{number}" points="{places}"/>')
        parts += [
            f'<circle class="dot dot-{number}" cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3">'
            f"<title>{escape(write_x(x))} · {y:.1%}</title></circle>"
            for x, y in (line.points if len(line.points) <= 40 else ())
        ]
    parts.append(x_label.svg((left + right) / 2, bottom + 38, "quiet", "middle"))
    parts.append(y_label.svg(left, top - 6, "quiet"))
    legend = bottom + 60
    if len(series) > 1:
        for number, line in enumerate(series):
            x = left + number * (right - left) / len(series)
            parts.append(
                f'<line class="line line-{number}" x1="{x:.1f}" x2="{x + 22:.1f}" y1="{legend}" y2="{legend}"/>'
            )
            parts.append(line.label.svg(x + 28, legend + 4))
    return _image(title, legend + 14 if len(series) > 1 else bottom + 46, parts)


def _shortened(label: Label) -> Label:
    """What of it there is room for beside a row; whole it stands in the table."""

    def cut(text: str) -> str:
        room = _LABEL_WIDTH
        for place, character in enumerate(text):
            room -= 2 if unicodedata.east_asian_width(character) in "WFA" else 1
            if room < 0:
                return text[:place] + "…"
        return text

    return Label(cut(label.zh), cut(label.en))


def _grid(
    left: float, right: float, top: float, bottom: float, ticks: Sequence[float], write: Callable[[float], str]
) -> str:
    lines = []
    for tick in ticks:
        x = left + tick * (right - left)
        lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')
        lines.append(same(write(tick)).svg(x, bottom + _FONT_HEIGHT + 4, "quiet", "middle"))
    return "".join(lines)


def _image(title: Label, height: float, parts: Sequence[str]) -> str:
    """The figure with its caption; the caption is what a screen reader says of it, the figures are in the tables."""
    return (
        f'<figure class="chart"><figcaption>{title.html()}</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(f"{title.zh} / {title.en}")}">'
        f"{''.join(parts)}</svg></figure>"
    )
