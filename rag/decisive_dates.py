"""Which of the dates in a source decide whether a date that was said is borne out.

A date is borne out by a less precise one, and by a relative one whose year cannot be known (`figures.dates`). Where the
source itself says which year is meant, as in "last year (2025)", relative years are read as that makes them; and beside
a date that says more, one that says less decides nothing: where a sentence has "December 2025", its "in 2025" does not
bear out November.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.figures.dates import RELATIVE_YEARS, split_date
from rag.quantities import Quantity, find_quantities

_OFFSETS = dict(zip(RELATIVE_YEARS, range(-2, 3), strict=True))
_EXPLAINS = re.compile(r"\s{0,2}[（(]\s{0,2}")


def present_year(texts: Iterable[str]) -> int | None:
    """The year in which the texts were written, where one of them says so: 2026 by "last year (2025)"."""
    for text in texts:
        for first, second in pairwise(find_quantities(text)):
            if first.kind == second.kind == "date" and _EXPLAINS.fullmatch(text, first.end, second.start):
                years = [split_date(str(date.value)).get("year", "") for date in (first, second)]
                offsets = [_OFFSETS[year] for year in years if year in _OFFSETS]
                absolute = [int(year) for year in years if year.isdigit()]
                if offsets and absolute:
                    return absolute[0] - offsets[0]
    return None


def in_year(date: Quantity, present: int | None) -> Quantity:
    """The date with its relative year made absolute, where the present year is known."""
    year = split_date(str(date.value)).get("year", "")
    if present is None or year not in _OFFSETS:
        return date
    return replace(date, value=str(date.value).replace(year, str(present + _OFFSETS[year])))


def decisive_dates(said: Quantity, held: Sequence[Quantity]) -> list[Quantity]:
    """The dates of `held` that `said` has to be compared with: those that give all its parts, or else all."""
    dates = [figure for figure in held if figure.kind == "date"]
    parts = split_date(str(said.value)).keys()
    return [date for date in dates if parts <= split_date(str(date.value)).keys()] or dates
