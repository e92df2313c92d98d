"""A figure, and whether one figure bears out another.

What a hedged figure allows is a matter of how precisely it is written. Its *step* is one unit of its last significant
digit: 10 of 60, 100,000 of 3.2 million, 1% of 75%; of a fraction in words (a third, 四分之三) one part, n/d ± 1/d.

    about v      less than half a step away from v, and less than 5 % of v
    nearly v     below v, by less than a step and less than 10 % of v
    over, at least, under, at most v      on that side of v, by less than a step and less than half of v

The shares of v bound what a round number allows, which may have been meant exactly; they are a convention, stated so
that it can be argued with. A bound so loose that it would hold for any figure ("over 1 million" of 3 billion) is not
borne out: the answer that says so has most likely got a figure wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rag.figures.dates import compare_dates
from rag.figures.units import MEASURES

QuantityKind = Literal["money", "share", "date", "count", "measure", "rank"]
Bound = Literal["exact", "about", "at_least", "over", "at_most", "under", "nearly"]
Comparison = Literal["equal", "compatible", "different"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure at `text[start:end]`, its multiplier and its unit included, the word that hedges it not."""

    text: str
    start: int
    end: int
    kind: QuantityKind
    value: Fraction | str  # of a date, as `figures.dates` has it: "2025-12", "--12", "Q3", "last-year"
    unit: str  # ISO 4217 of money, a `units` symbol of a measure, "points" of a share, "times" of a count, or ""
    bound: Bound = "exact"  # "nearly" (近, almost) is a little below, "under" (不到, less than) anywhere below
    high: Fraction | None = None  # the upper end, where the figure is a range; 数百亿 is about 10^10 to 10^11


def compare(said: Quantity, source: Quantity) -> Comparison:
    """Whether what an answer said is borne out by what its source holds.

    Equal: the same figure, hedged the same way. Compatible: the same figure hedged by one of the two alone, or by both
    without contradiction; a source that lies in what a hedged answer allows; a value inside a range (not inside a vague
    one, unless the answer is vague); a date that is less or more precise. Different: everything else.
    """
    if isinstance(said.value, str) or isinstance(source.value, str):
        return compare_dates(str(said.value), str(source.value)) if said.kind == source.kind else "different"
    scaled = _in_unit_of(said, source)
    if scaled is None:
        return "different"
    one, other = _Span.of(said, Fraction(1)), _Span.of(source, scaled)
    if one.ends == other.ends:
        if said.bound == source.bound:
            return "equal"
        return "compatible" if _same_figure_agrees(said, source) else "different"
    if one.is_range or other.is_range:
        return "compatible" if _range_agrees(one, other) else "different"
    if one.bound == "exact":
        return "different"
    return "compatible" if one.allows(other) else "different"


def _in_unit_of(said: Quantity, source: Quantity) -> Fraction | None:
    """How many of the answer's unit one of the source's is; None where they measure different things."""
    if said.kind != source.kind:
        return None
    if said.unit == source.unit:
        return Fraction(1)
    one, other = MEASURES.get(said.unit), MEASURES.get(source.unit)
    if said.kind != "measure" or not one or not other or one.dimension != other.dimension:
        return None
    return other.scale / one.scale


_UPWARD = frozenset({"over", "at_least"})
_DOWNWARD = frozenset({"under", "at_most", "nearly"})


def _same_figure_agrees(said: Quantity, source: Quantity) -> bool:
    """Whether two hedges of one figure can stand beside each other: over 60% is neither 60% nor nearly 60%."""
    bounds = {said.bound, source.bound}
    if bounds & _UPWARD and bounds & _DOWNWARD:
        return False
    return not (source.bound == "exact" and said.bound in {"over", "under"})


def _range_agrees(one: _Span, other: _Span) -> bool:
    if one.is_range and other.is_range:
        return False
    if one.is_range:
        return one.low <= other.low <= one.high
    if other.vague:
        return False
    if one.bound in _UPWARD:
        return one.low == other.low
    if one.bound in _DOWNWARD:
        return one.low == other.high
    return other.low <= one.low <= other.high


@dataclass(frozen=True, slots=True)
class _Span:
    """A quantity's ends in one unit, and the values that its hedge allows."""

    low: Fraction
    high: Fraction
    bound: Bound
    step: Fraction
    is_range: bool

    @classmethod
    def of(cls, quantity: Quantity, scale: Fraction) -> _Span:
        value = quantity.value
        assert isinstance(value, Fraction)
        high = value if quantity.high is None else quantity.high
        return cls(
            value * scale, high * scale, quantity.bound, _step(quantity, value) * scale, quantity.high is not None
        )

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        return self.low, self.high

    @property
    def vague(self) -> bool:
        return self.bound == "about" and self.high >= 10 * self.low

    def allows(self, other: _Span) -> bool:
        """Whether every value that the other can have lies in what this one allows."""
        if other.bound == "exact":
            return self._holds(other.low)
        low, high = self._allowed
        other_low, other_high = other._allowed
        return low <= other_low and other_high <= high

    def _holds(self, value: Fraction) -> bool:
        low, high = self._allowed
        return low < value < high

    @property
    def _allowed(self) -> tuple[Fraction, Fraction]:
        """The open interval of what the hedge allows; the value itself never comes here, see `compare`."""
        size = abs(self.low)
        if self.bound == "about":
            most = min(self.step / 2, size / 20)
            return self.low - most, self.low + most
        if self.bound == "exact":
            return self.low, self.low
        most = min(self.step, size / 10 if self.bound == "nearly" else size / 2)
        return (self.low, self.low + most) if self.bound in _UPWARD else (self.low - most, self.low)


_FRACTION_IN_WORDS = re.compile("half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|(?<![百千万])分之|半")


def _step(quantity: Quantity, value: Fraction) -> Fraction:
    """One unit of the last significant digit that is written."""
    if quantity.kind == "share" and _FRACTION_IN_WORDS.search(quantity.text):
        return Fraction(1, value.denominator)
    denominator = value.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:  # no decimal fraction
        return Fraction(1, value.denominator)
    step = Fraction(1)
    while value % step:
        step /= 10
    while value and value % (step * 10) == 0:
        step *= 10
    return step
