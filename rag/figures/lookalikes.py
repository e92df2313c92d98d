"""Digits that are no figure: names and versions (GPT-4), citation numbers ([1]), ids, %E6 in addresses, 24/7."""

from __future__ import annotations

import re

from rag.figures.amounts import COUNTED, unit_after
from rag.figures.date_reading import read_date
from rag.figures.figure import Skipped
from rag.figures.figure_words import RANKED
from rag.figures.numerals import read_number

_NAME_REST = re.compile(r"[-_.]?\d[\w.]*(?:-\d+)*", re.ASCII)  # GPT-4, covid-19, web2.0
_NO_NAMES = re.compile(r"(?<![a-z])(?:mid|pre|post|late|early|sub|over|under|about|some|nearly|almost|than|only)-?$")
_NO_FIGURE = re.compile(
    r"\d+(?:\.\d+){2,}|\d{1,4}/\d{1,4}(?:/\d{1,4})?|\d+(?:-\d+){2,}|0\d+(?:-\d+)*(?![.,:\d])"
    r"|\d+:\d+(?::\d+)*|\d+\s?折|(?:\d+(?:st|nd|rd|th))(?![a-z])",
    re.ASCII,
)
_NO_DIGITS_AFTER = frozenset("/_=#@\\№§")
_SHARE_BEFORE = re.compile(r"(?<![\d.a-z%])\d+(?:[.,]\d+)*%$", re.ASCII)  # what stands before 2024 in 增长 18%2024 年
_OPENERS = frozenset(
    """
    the a an in on at by of to for from with and or but as if so than then that this these its their his her our your
    about around some over under nearly almost roughly approximately only just another all both at least most more
    fewer less up between since until after before during within worth costs cost spent had has have was were is are
    last next first other he she it they we you i there also when while where which who what not no nor minus usd rmb
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday
    """.split()  # noqa: SIM905 (a list of these would fill the page)
)
_NAME_BEFORE = re.compile(r"(?<![A-Za-z])([a-z]?[A-Z][A-Za-z]{1,19}) $")
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?![\d.,:%]\d|\d|[%a-z])(?P<integer_then>\s[a-z])?", re.ASCII)


def end_of_name(folded: str, end: int) -> int:
    """Past the digits that belong to a name; those of mid-2025 do not."""
    match = _NAME_REST.match(folded, end)
    if match is None or (folded[end] == "-" and _NO_NAMES.search(folded, max(0, end - 8), end + 1)):
        return end
    return match.end()


def skipped_digits(text: str, folded: str, start: int, digits: str) -> Skipped | None:
    """What begins with the run of `digits` at `start`, where that is no figure; `text` has the capitals of names."""
    before = folded[start - 1 : start]
    if before == "[" and (marker := _MARKER.match(folded, start)):
        return Skipped(marker.end())
    if before in _NO_DIGITS_AFTER or folded.endswith(("no.", "no. "), 0, start):
        return Skipped(start + len(digits))
    if before == "%" and not _SHARE_BEFORE.search(folded, max(0, start - 20), start):
        return Skipped(start + len(digits))  # a character of a web address, %E6%88%91
    if match := _NO_FIGURE.match(folded, start):
        return None if read_date(folded, start) or RANKED.match(folded, start) else Skipped(match.end())
    if before == " " and (name := _NAME_BEFORE.search(text, max(0, start - 22), start)):
        version = _VERSION.match(folded, start)
        if (
            version
            and name[1].lower() not in _OPENERS
            and ("." in version[0] or not version["integer_then"])
            and not unit_after(folded, version.end())
            and not COUNTED.match(folded, version.end())
            and (number := read_number(folded, start)) is not None
            and number.scale == 1
        ):
            return Skipped(number.end)
    return None


_MARKER = re.compile(r"\d{1,4}(?:\s?[,，、-]\s?\d{1,4}){0,20}\]", re.ASCII)
