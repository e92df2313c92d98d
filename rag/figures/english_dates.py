"""Dates in English text and in digits: December 3, 2025, 2025-12-03, Q3 2025, last year, the 1990s, 6:10 p.m.

Not read: weekdays, seasons, "today" and its like, a day and month with a slash, and the day alone ("on the 11th").
"""

from __future__ import annotations

import re

from rag.figures.chinese_dates import part_of_day
from rag.figures.dates import MONTHS, DateReading, join_date, join_time

_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_CENTURY_WORDS = (
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth", "twenty-first",
)  # fmt: skip
_CENTURIES = {word: number for number, word in enumerate(_CENTURY_WORDS, start=11)}
DATE_WORDS = frozenset(
    {*(name.lower() for name in MONTHS), *_MONTH_NUMBERS, "sept", "first", "second", "third", "fourth", *_CENTURIES}
    | {"twenty", "q", "h", "fy", "fiscal", "financial", "last", "this", "next"}
)

_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_NO_SCALE = r"(?!\s?(?:[%万亿]|(?:thousand|million|billion|trillion|percent|per\scent)))"
_YEAR = (
    rf"(?:(?:,\s?|\s{{1,2}})(?:(?:of|in)\s)?(?:(?:the\s)?(?P<fiscal>fiscal\s(?:year\s)?|fy\s?)?(?P<year>[12]\d{{3}})(?!\d|[,.]\d){_NO_SCALE}"
    r"|(?P<side>last|this|next)\syear(?![a-z'’])))?"
)
_MONTH_FIRST = re.compile(rf"{_MONTH}(?:\s{{1,2}}{_DAY}(?![\da-z:%]|,\d{{3}}(?!\d)|\.\d){_NO_SCALE})?{_YEAR}", re.ASCII)
_DAY_FIRST = re.compile(rf"{_DAY}\s(?:of\s)?{_MONTH}{_YEAR}", re.ASCII)
_QUARTER = re.compile(
    rf"(?:(?P<word>first|second|third|fourth|1st|2nd|3rd|4th)[\s-](?:fiscal[\s-])?(?P<period>quarter|half)(?![a-z-])(?!\s(?:an?|million|billion)(?![a-z]))"
    rf"|(?P<letter>[qh])(?P<number>[1-4])(?![a-z0-9])){_YEAR}",
    re.ASCII,
)
_YEAR_QUARTER = re.compile(r"(?P<year>(?:19|20)\d\d)[\s-]?(?P<letter>[qh])(?P<number>[1-4])(?![a-z0-9])", re.ASCII)
_SHORT_QUARTER = re.compile(r"(?P<number>[1-4])(?P<letter>[qh])(?P<year>\d\d(?:\d\d)?)?(?![a-z0-9])", re.ASCII)
_FISCAL = re.compile(r"(?:fiscal\s(?:year\s)?|fy\s?|financial\syear\s)(?P<year>(?:19|20)?\d\d)(?!\d|,\d|%)", re.ASCII)
_NEAR = re.compile(
    rf"(?P<side>last|this|next)\s(?:fiscal\s)?(?:(?P<period>year|month|quarter)(?![a-z-])(?P<own>['’]s(?=\s))?|{_MONTH})"
)
_AFTER_YEAR = re.compile(
    rf"\s(?:{_MONTH}(?:\s{_DAY}(?![\da-z,.%]))?|(?P<word>first|second|third|fourth)[\s-](?P<period>quarter|half)(?![a-z-]))",
    re.ASCII,
)
_DECADE = re.compile(r"(?P<decade>(?:[12]\d)?\d0)['’]?s(?![a-z0-9])", re.ASCII)
_CENTURY = re.compile(r"(?P<century>[12]?\d)(?:st|nd|rd|th)[\s-]century", re.ASCII)
_WORD_CENTURY = re.compile(rf"(?P<word>{'|'.join(_CENTURIES)})[\s-]century")
_ISO = re.compile(
    r"(?P<year>[12]\d{3})(?P<dash>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=dash)(?P<day>3[01]|[12]\d|0?[1-9])(?![/.-]?\d)",
    re.ASCII,
)
_ISO_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>1[0-2]|0[1-9])(?![,./-]?\d|\s?[万亿%])", re.ASCII)
_DIGITS_OF_DATE = re.compile(r"\d{1,4}(?:[-/.:]\d|['’\s-]?[a-z])", re.ASCII)  # soon tells 60% and 3 万 from a date
_CLOCK = re.compile(
    r"(?P<hour>2[0-4]|1\d|0?\d)(?::(?P<minute>[0-5]\d)(?::[0-5]\d)?)?(?![\d:])(?:\s?(?P<half>[ap])(?:m(?![a-z])|\.m\.?))?",
    re.ASCII,
)


def read_digit_date(text: str, start: int) -> DateReading | None:
    if not _DIGITS_OF_DATE.match(text, start):
        return None
    if match := _ISO.match(text, start) or _ISO_MONTH.match(text, start):
        day = match.groupdict().get("day")
        return join_date(match["year"], match["month"], int(day) if day else None), match.end()
    if match := _YEAR_QUARTER.match(text, start) or _SHORT_QUARTER.match(text, start):
        year = match["year"] and match["year"].rjust(4, "0").replace("00", "20", 1)
        return join_date(year, f"{match['letter'].upper()}{match['number']}"), match.end()
    if match := _DAY_FIRST.match(text, start) or _QUARTER.match(text, start):
        return _english_date(match)
    if match := _CENTURY.match(text, start):
        return f"C{match['century']}", match.end()
    if match := _DECADE.match(text, start):
        return f"{match['decade']}s", match.end()
    if (match := _CLOCK.match(text, start)) and (match["minute"] or match["half"]):
        hour = int(match["hour"]) % 12 if match["half"] else int(match["hour"])
        afternoon = match["half"] == "p" or bool(part_of_day(text, start))
        return join_time(hour, int(match["minute"] or 0), afternoon=afternoon), match.end()
    return None


def read_english_date(text: str, start: int, capital: bool) -> DateReading | None:
    if match := _MONTH_FIRST.match(text, start):
        if match["name"] in {"may", "mar", "march"} and not (match["day"] or match["year"] or match["side"]):
            before = text[max(0, start - 7) : start].rstrip().rpartition(" ")[2]
            if not capital or before not in {
                "in",
                "of",
                "since",
                "until",
                "by",
                "last",
                "this",
                "next",
                "late",
                "early",
            }:
                return None  # more often a verb
        return _english_date(match)
    if match := _QUARTER.match(text, start):
        return _english_date(match)
    if match := _WORD_CENTURY.match(text, start):
        return f"C{_CENTURIES[match['word']]}", match.end()
    if match := _FISCAL.match(text, start):
        return f"FY{match['year'] if len(match['year']) == 4 else '20' + match['year']}", match.end()
    if match := _NEAR.match(text, start):
        return _near_date(text, match)
    return None


def _near_date(text: str, match: re.Match[str]) -> DateReading | None:
    """Last month, this year, last year's December, last December (the month is all it gives)."""
    if match["name"]:
        return join_date(None, str(_MONTH_NUMBERS[match["name"][:3]])), match.end()
    if match["own"] and match["period"] == "year" and (after := _AFTER_YEAR.match(text, match.end())):
        return _english_date(after, f"{match['side']}-year")
    return f"{match['side']}-{match['period']}", match.end("period")


def _english_date(match: re.Match[str], of_year: str | None = None) -> DateReading:
    groups = match.groupdict()
    year = of_year or (f"{groups['side']}-year" if groups.get("side") else groups.get("year"))
    if groups.get("fiscal"):
        year = f"FY{year}"
    end = match.end()
    if name := groups.get("name"):
        if match[0].endswith("."):
            end -= 1 if len(name) > 4 else 0  # the stop after December ends the sentence, that after Dec. does not
        return join_date(year, str(_MONTH_NUMBERS[name[:3]]), int(groups["day"]) if groups["day"] else None), end
    number = groups.get("number") or str(_ORDINALS[groups["word"]])
    letter = groups["letter"] if groups.get("letter") else groups["period"][0]
    return join_date(year, ("Q" if letter == "q" else "H") + number), end
