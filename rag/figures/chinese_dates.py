"""Dates in Chinese text: 2025 年 12 月 3 日, 去年 12 月, 第三季度, 2025 财年, 上世纪 90 年代, 下午 3 点.

Not read: weekdays, seasons, 今天 and its like, and the first of two months (3–5 月).
"""

from __future__ import annotations

import re

from rag.figures.chinese_numerals import CHINESE_DIGITS, CHINESE_NUMERALS
from rag.figures.dates import RELATIVE_YEARS, DateReading, join_date, join_time
from rag.figures.numerals import read_number

_GAP = r"\s{0,3}"
_RELATIVE_YEARS = dict(zip("前去今明后", RELATIVE_YEARS, strict=True))
_SIDES = {"上": "last", "本": "this", "下": "next"}
_HALVES = {"上": "H1", "下": "H2"}
DATE_CHARACTERS = "前去今明后上下本第"  # that begin a date, beside the numerals

_PART_PATTERN = rf"""(?:
    (?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]){_GAP}月(?![球亮饼薪租嫂])
        (?:{_GAP}(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九]){_GAP}[日号](?!线|楼|院))?
  | (?:第{_GAP})?(?P<quarter>[一二三四1-4]){_GAP}(?:财季|季度|季(?=[，。的净营收])) | q(?P<letter_quarter>[1-4])(?!\d)
  | (?P<half>[上下])半年
)"""
_IN_YEAR = rf"(?:(?:的|[底末初中]|以来)?{_GAP}{_PART_PATTERN})?"
_FLAGS = re.VERBOSE | re.ASCII  # ASCII: other scripts have digits that no table here knows
_YEAR = re.compile(
    rf"(?P<year>\d{{4}}|[一二][零〇一二三四五六七八九]{{3}}){_GAP}(?:(?P<fiscal>财)年|年(?!代|级))度?{_IN_YEAR}", _FLAGS
)
_PART = re.compile(_PART_PATTERN, _FLAGS)
_DAY = re.compile(rf"(?P<only_day>3[01]|[12]\d|[1-9]){_GAP}日(?![元本均线常程报])", _FLAGS)
_RELATIVE = re.compile(rf"(?P<relative>[前去今明后])年(?!级|度){_IN_YEAR}", _FLAGS)
_NEAR = re.compile(r"(?P<side>[上本下])个?(?P<period>月|季度)(?![球亮份])")
_DECADE = re.compile(rf"(?:(?P<decade>[12]\d\d0|\d0)|(?P<word>[一二三四五六七八九])十){_GAP}年代", _FLAGS)
_CENTURY = re.compile(rf"(?P<number>\d{{1,2}}|[{CHINESE_NUMERALS}]{{1,3}}){_GAP}世纪|(?P<side>[上本])个?世纪", _FLAGS)
_TIME = re.compile(
    rf"""
    (?P<hour>2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[一二两三四五六七八九]){_GAP}[点时]
    (?: {_GAP}(?P<minute>[0-5]?\d|[二三四五]?十?[一二三四五六七八九]|[二三四五]?十){_GAP}分(?!之)
      | (?P<half>半)(?![年天数]) | (?P<whole>[整钟许]) )?
    """,
    _FLAGS,
)
_AFTERNOON = {"下午": True, "傍晚": True, "晚上": True, "晚间": True}
_DAY_PARTS = dict.fromkeys(("凌晨", "清晨", "早上", "早晨", "上午", "中午"), False) | _AFTERNOON
_NO_HOUR_BEFORE = frozenset("间候代段刻期速常尚而报装")  # 6 时 is an hour, 时间 is not
_NUMERAL = re.compile(rf"[\d{CHINESE_NUMERALS}]{{1,4}}{_GAP}", re.ASCII)
_NUMERAL_DATES = {
    "年": (_YEAR, _DECADE),
    "财": (_YEAR, _PART),
    "月": (_PART,),
    "季": (_PART,),
    "日": (_DAY,),
    "世": (_CENTURY,),
    "点": (_TIME,),
    "时": (_TIME,),
}


def read_numeral_date(text: str, start: int) -> DateReading | None:
    head = _NUMERAL.match(text, start)
    patterns = _NUMERAL_DATES.get(text[head.end() : head.end() + 1]) if head else None
    match = _first_match(patterns, text, start) if patterns else None
    if match is None or (match.re is _PART and text[start - 1 : start] == "前"):
        return None  # 前三季度: the first three quarters
    if match.re is _TIME:
        return _chinese_time(text, match)
    if match.re is _CENTURY:
        return _chinese_century(text, match)
    if match.re is _DECADE:
        return f"{_decade(match)}s", match.end()
    if match.re is _DAY:
        return f"---{int(match['only_day']):02d}", match.end()
    return _chinese_date(match)


def read_word_date(text: str, start: int) -> DateReading | None:
    if match := _RELATIVE.match(text, start):
        return _chinese_date(match) if text[start - 1 : start] not in {"过", "从", "以", "年"} else None
    if match := _PART.match(text, start):
        return _chinese_date(match)
    if match := _CENTURY.match(text, start):
        return _chinese_century(text, match)
    if match := _NEAR.match(text, start):
        return f"{_SIDES[match['side']]}-{'month' if match['period'] == '月' else 'quarter'}", match.end()
    return None


def _chinese_date(match: re.Match[str]) -> DateReading | None:
    groups = match.groupdict()
    year = _RELATIVE_YEARS[groups["relative"]] if groups.get("relative") else None
    if groups.get("year"):
        digits = "".join(str(CHINESE_DIGITS.get(digit, digit)) for digit in groups["year"])
        year = f"FY{digits}" if groups["fiscal"] else digits
    quarter = groups["quarter"] or groups["letter_quarter"]
    if quarter:
        return join_date(year, f"Q{_whole(quarter)}"), match.end()
    if groups["half"]:
        return join_date(year, _HALVES[groups["half"]]), match.end()
    month = str(_whole(groups["month"])) if groups["month"] else None
    return join_date(year, month, _whole(groups["day"]) if groups["day"] else None), match.end()


def _whole(numeral: str) -> int:
    number = read_number(numeral, 0)
    assert number is not None  # the patterns let only numerals through
    return int(number.value)


def _chinese_century(text: str, match: re.Match[str]) -> DateReading | None:
    """A century, or the decade of it that follows: 20 世纪 90 年代 are the 1990s. 上世纪 is the twentieth."""
    if match["side"]:
        century = 20 if match["side"] == "上" else 21
    else:
        number = read_number(match["number"], 0)
        if number is None or not 1 <= number.value <= 21:
            return None
        century = int(number.value)
    end = match.end() + (text[match.end() : match.end() + 1] == " ")
    if decade := _DECADE.match(text, end):
        return f"{century - 1:02d}{_decade(decade)[-2:]}s", decade.end()
    return f"C{century}", match.end()


def _decade(match: re.Match[str]) -> str:
    return match["decade"] or f"{CHINESE_DIGITS[match['word']]}0"


def _chinese_time(text: str, match: re.Match[str]) -> DateReading | None:
    """A time of day. 点 and 时 have other uses: a bare 三点 needs the part of the day before it."""
    part = part_of_day(text, match.start())
    is_hour = (
        text[match.start()].isdigit()
        and "时" in match[0]
        and text[match.end() : match.end() + 1] not in _NO_HOUR_BEFORE
    )
    if part is None and not (match["minute"] or match["half"] or match["whole"] or is_hour):
        return None
    minute = 30 if match["half"] else _whole(match["minute"]) if match["minute"] else 0
    return join_time(_whole(match["hour"]), minute, afternoon=bool(part)), match.end()


def part_of_day(text: str, end: int) -> bool | None:
    """Whether the part of the day that stands before `end` is the afternoon or evening; None where none does."""
    return _DAY_PARTS.get(text[max(0, end - 4) : end].rstrip()[-2:])


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str, start: int) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.match(text, start))), None)
