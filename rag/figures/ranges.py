"""Ranges of amounts (3–5 亿, 10% to 15%, between 3 and 5 million), and years: 2018–2020 is no range."""

from __future__ import annotations

import re
from fractions import Fraction

from index.language import HAN
from rag.figures.amounts import COUNTED, Amount, read_amount, unit_after
from rag.figures.date_reading import read_date
from rag.figures.figure import Figure, Skipped

CONNECTIVE = re.compile(r"\s{0,2}(?:(?P<dash>[-~—])|至|到|(?P<to>to)(?![a-z])|(?P<and>and|与|和)(?![a-z]))\s{0,2}")
_BETWEEN = re.compile(r"(?:between|介于|在)\s?$")
_FROM = re.compile(r"(?:from|从|由|自)\s?$")


def read_range(folded: str, first: Amount) -> Figure | Skipped | None:
    """The range that begins with `first`: 3–5 亿, 10% to 15%, between 3 and 5 million. What one end lacks, multiplier,
    unit or currency, the other lends. "From 3 亿 to 5 亿" is a change, not a range."""
    connective = CONNECTIVE.match(folded, first.end)
    if connective is None or connective.end() >= len(folded) or first.number.high is not None or first.over:
        return None
    if connective["and"] and not _BETWEEN.search(folded, max(0, first.start - 8), first.start):
        return None
    if (first.unit or first.number.scale > 1) and _FROM.search(folded, max(0, first.start - 5), first.start):
        return None
    if read_date(folded, connective.end()):  # 3–5 月: the 3 counts nothing
        is_number = first.unit or first.number.scale > 1 or is_year(folded, first)
        return None if is_number else Skipped(connective.end())
    second = read_amount(folded, connective.end())
    if second is None or second.number.high is not None or second.over:
        return None
    if second.start != connective.end() or second.sign < 0:
        return None
    if not second.unit and is_year(folded, first) and (is_year(folded, second) or second.number.scale > 1):
        return None
    if first.number.script == "chinese" and not (
        second.unit or second.number.scale > 1 or COUNTED.match(folded, second.end)
    ):
        return None
    unit = second.unit or first.unit
    if first.unit and second.unit and first.unit != second.unit:
        return None
    low, high = first.number.value + first.more, second.number.value + second.more
    if (
        first.number.scale == 1 < second.number.scale
        and first.number.value * second.number.scale < second.number.value
        and not (first.unit and second.unit and first.unit.kind != "money")
    ):
        low *= second.number.scale
    if not first.sign * low < high:
        return None
    factor = unit.factor if unit else Fraction(1)
    kind, symbol = (unit.kind, unit.symbol) if unit else ("count", "")
    return Figure(first.start, second.end, kind, first.sign * low * factor, symbol, high * factor)


_YEAR = re.compile(rf"(?<![\w{HAN}.])(?:1[5-9]|20)\d\d(?![\w{HAN}%]|,\d|\.\d|\s[元%多余来])", re.ASCII)
_COUNTED_NOUN = re.compile(
    r"\s(?:(?:new|more|other|full-time|corporate)\s)?(?:people|staff|jobs|employees|workers|companies|households|users|customers|cases|roles|positions|units|chips|gpus|members|students|patients|stores|homes|schools|visitors|passengers|cars|pages|words)(?![a-z])"
)
_YEAR_BEFORE = re.compile(r"(?<![a-z])(?:in|since|by|until|during|before|after|year)\s$")


def is_year(folded: str, amount: Amount) -> bool:
    """Whether a bare number of four digits is a year, and not so many of something."""
    if amount.unit or amount.end - amount.start != 4 or not _YEAR.match(folded, amount.start):
        return False
    if COUNTED.match(folded, amount.end) or unit_after(folded, amount.end):
        return False
    return not _COUNTED_NOUN.match(folded, amount.end) or bool(
        _YEAR_BEFORE.search(folded, max(0, amount.start - 8), amount.start)
    )
