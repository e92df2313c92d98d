"""Dates as values: how a time that a text names is written down, and whether two of them are the same time.

A date's value is ISO 8601 as far as that goes, each part as far as the text gives it:

    2025  2025-12  2025-12-03  --12  --12-03  ---03     year, month, day
    2025-Q3  Q3  2025-H1  H1  FY2025  FY2025-Q3        quarters, halves, fiscal years
    1990s  90s  C19  T06:10                            decades, centuries, times of day
    last-year  last-year-12  this-quarter  next-month  relative to the text's own time

Reading them from text is `date_reading`. When a text was written is not known here, so that a relative date and an
absolute one can only be told apart by the parts that both give.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DateReading = tuple[str, int]  # the value that was read, and where the date ends
RELATIVE_YEARS = ("year-before-last", "last-year", "this-year", "next-year", "year-after-next")

_VALUE = re.compile(
    rf"""
    (?:T(?P<time>\d\d:\d\d) | C(?P<century>\d+) | (?P<decade>(?:\d\d)?\d0)s
      | (?P<year>(?:FY)?\d{{4}}|{"|".join(RELATIVE_YEARS)})? (?:-(?=[-QH\d]))?
        (?:-?(?P<part>[QH]\d|\d\d|(?:last|this|next)-(?:month|quarter)))? (?:(?<=\d)-(?P<day>\d\d))?
      | ---(?P<only_day>\d\d))
    """,
    re.VERBOSE,
)


def join_date(year: str | None, part: str | None = None, day: int | None = None) -> str:
    """The value of a date: `year` as 2025, FY2025 or last-year; `part` as 12, Q3 or H1."""
    if part is None:
        return year or ""
    if part.isdigit():
        value = f"{year or '-'}-{int(part):02d}"
        return value if day is None else f"{value}-{day:02d}"
    return f"{year}-{part}" if year else part


def join_time(hour: int, minute: int, *, afternoon: bool) -> str:
    """The value of a time of day; 3 in the afternoon is T15:00, and 12 stays as it is."""
    return f"T{hour + 12 if afternoon and hour < 12 else hour:02d}:{minute:02d}"


@lru_cache(maxsize=4096)
def split_date(value: str) -> dict[str, str]:
    """The parts that a date's value gives: some of age (a decade or century), year, part, day and time."""
    match = _VALUE.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is no date's value")
    parts = {name: text for name, text in match.groupdict().items() if text}
    if "only_day" in parts:
        return {"day": parts["only_day"]}
    for age in ("decade", "century"):
        if age in parts:
            return {"year": value}
    return parts


def compare_dates(said: str, source: str) -> Literal["equal", "compatible", "different"]:
    """Equal values; or compatible, where one is less precise than the other, or relative, and nothing speaks against
    their being the same time. Dates that have no part in common are different: 2025 does not bear out December."""
    if said == source:
        return "equal"
    one, other = split_date(said), split_date(source)
    shared = one.keys() & other.keys()
    agree = shared and all(_AGREE[name](one[name], other[name]) for name in shared)
    return "compatible" if agree else "different"


def _same(one: str, other: str) -> bool:
    return one == other


def _same_year(one: str, other: str) -> bool:
    if one == other:
        return True
    relative = [_is_relative(year) for year in (one, other)]
    return relative[0] != relative[1] if any(relative) else _age_holds(one, other) or _age_holds(other, one)


def _is_relative(part: str) -> bool:
    return part[0].islower()


def _age_holds(age: str, year: str) -> bool:
    """Whether a decade or century holds a year, decade or century that is written more precisely."""
    if age.startswith("C"):
        digits = year.removesuffix("s")
        return len(digits) == 4 and digits.isdigit() and int(digits[:2]) + 1 == int(age[1:])
    if age.endswith("s") and not year.startswith("F"):
        return year.removesuffix("s").endswith(age[:-1]) or (year.isdigit() and f"{year[:-1]}0".endswith(age[:-1]))
    return False


def _same_part(one: str, other: str) -> bool:
    if one == other or _is_relative(one) != _is_relative(other):
        return True
    if _is_relative(one):
        return False
    (first, first_end), (second, second_end) = _months(one), _months(other)
    return (first <= second and second_end <= first_end) or (second <= first and first_end <= second_end)


def _months(part: str) -> tuple[int, int]:
    """The first and the last month of a month, quarter or half."""
    if part.isdigit():
        return int(part), int(part)
    length = 3 if part[0] == "Q" else 6
    last = length * int(part[1:])
    return last - length + 1, last


_AGREE: dict[str, Callable[[str, str], bool]] = {
    "year": _same_year,
    "part": _same_part,
    "day": _same,
    "time": _same,
}
