"""Figures in Chinese and English text: what is counted, how much, and where it stands.

Read are amounts of money, shares, dates and counts in the forms that news and reports use. Not handled yet: ranges,
bounds and approximations (a figure's own value is read, the "about" before it is not), and spelled-out English
numbers above twelve.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from index.language import HAN

QuantityKind = Literal["money", "share", "date", "count"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure at `text[start:end]`. Two figures say the same when kind, value and unit are equal."""

    text: str
    start: int
    end: int
    kind: QuantityKind
    value: Fraction | str  # of a date: ISO 8601, as far as it is given: "2025-12", "--12", "Q3"
    unit: str  # ISO 4217 code of money, the word after a count where one is known, else ""

    def says_the_same_as(self, other: Quantity) -> bool:
        return (self.kind, self.value, self.unit) == (other.kind, other.value, other.unit)


_CHINESE_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
_SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
_MULTIPLIERS = {
    "万": 10**4,
    "萬": 10**4,
    "亿": 10**8,
    "億": 10**8,
    "万亿": 10**12,
    "萬億": 10**12,
    "千": 1000,
    "百万": 10**6,
    "千万": 10**7,
    "百亿": 10**10,
    "千亿": 10**11,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
    "t": 10**12,
}
_CURRENCIES = {
    "美元": "USD", "美金": "USD", "us$": "USD", "$": "USD", "usd": "USD", "dollars": "USD", "dollar": "USD",
    "人民币": "CNY", "人民幣": "CNY", "元": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "¥": "CNY",
    "欧元": "EUR", "歐元": "EUR", "€": "EUR", "eur": "EUR", "euros": "EUR", "euro": "EUR",
    "英镑": "GBP", "英鎊": "GBP", "£": "GBP", "gbp": "GBP", "pounds": "GBP",
    "日元": "JPY", "日圆": "JPY", "jpy": "JPY", "yen": "JPY", "港元": "HKD", "港币": "HKD", "hk$": "HKD", "hkd": "HKD",
}  # fmt: skip
_ENGLISH_NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}

_MAX_DIGITS = 100  # a longer run of digits is no figure that anybody reads

# What may repeat is bounded where a match can still fail after it, so that no text takes more than linear time.
_GAP = r"\s{0,3}"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CHINESE_NUMBER = r"(?<![几幾数數])[零〇一二两兩三四五六七八九十百千]{1,20}(?:点[零一二三四五六七八九]{1,20})?"
_NUMBER = rf"(?:{_DIGITS}|{_CHINESE_NUMBER})"
_ENGLISH_NUMBER = r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
_ONE = r"\bone(?=[\s-](?:thousand|million|billion|trillion)\b)"  # alone it is mostly a pronoun
_MULTIPLIER = (
    r"(?:万亿|萬億|百万|千万|百亿|千亿|[万萬亿億千]"
    r"|(?:thousand|million|billion|trillion|mn|bn|tn|[kmbt])(?![a-z]))"
)
_CURRENCY_BEFORE = r"(?:us\$|hk\$|[$€£¥]|(?:rmb|usd|cny|eur|gbp|人民币|人民幣)(?![a-z]))"
_CURRENCY_AFTER = (
    r"(?:美元|美金|元人民币|元人民幣|人民币|人民幣|欧元|歐元|英镑|英鎊|日元|日圆|港元|港币|元(?!素|件|旦)"
    r"|(?:u\.?s\.?\s+)?dollars?|yuan|euros?|pounds|yen|usd|rmb|cny|eur|gbp|jpy|hkd)"
)
_CHINESE_MONTH = r"(?:\d{1,2}|十?[一二三四五六七八九十])\s*月"
_CHINESE_DAY = r"(?:\d{1,2}|[一二三]?十?[一二三四五六七八九十])\s*[日号]"
_ENGLISH_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ENGLISH_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_COUNTED = r"\s*[万亿个名家座项台条次位人倍年天周小]"

_DATE = rf"""
    (?P<chinese_year>\d{{4}}|[一二][零〇一二三四五六七八九]{{3}})\s*年
        (?:\s*(?P<month_of_year>{_CHINESE_MONTH})(?:\s*(?P<day_of_year>{_CHINESE_DAY}))?)?
  | (?<!\d)(?P<chinese_month>{_CHINESE_MONTH})(?:\s*(?P<chinese_day>{_CHINESE_DAY}))?
  | 第?(?P<chinese_quarter>[一二三四1-4])季度
  | \b(?:(?P<day_before>{_ENGLISH_DAY})\s+)?(?P<english_month>{_ENGLISH_MONTH})\b\.?
        (?:\s+(?P<day_after>{_ENGLISH_DAY})\b(?!\s*:))?(?:,?\s+(?:of\s+)?(?P<english_year>[12]\d{{3}})\b)?
  | \bq(?P<quarter_digit>[1-4])\b
  | \b(?P<quarter_word>first|second|third|fourth)\s+quarter\b
"""
_SHARE = rf"""
    百分之\s*(?P<hundredths>{_NUMBER})
  | (?P<denominator>{_CHINESE_NUMBER}|\d+)\s*分之\s*(?P<numerator>{_CHINESE_NUMBER}|\d+)
  | (?P<percent>{_DIGITS})\s*(?:%|percent\b|per\s+cent\b|个百分点|percentage\s+points?)
  | (?P<tenths>[一二两三四五六七八九])成
        (?:(?P<hundredths_more>[一二三四五六七八九半])(?![十百千万亿个]))?(?![立为本功员长就都])
  | \b(?P<parts>one|two|three|four|a|\d)(?:\s{{1,3}}|-)(?P<part>half|thirds?|quarters?(?!\s+of\s+(?:19|20))|fifths?)\b
  | (?P<bare_half>\bhalf\b|一半|半数|半數)
"""
_MONEY = rf"""
    (?P<currency_before>{_CURRENCY_BEFORE})\s*(?P<amount>{_DIGITS})(?:\s*-?(?P<multiplier_of_amount>{_MULTIPLIER}))?
  | (?P<counted_amount>{_NUMBER}|{_ENGLISH_NUMBER}|{_ONE})
        (?:{_GAP}[多余餘]?{_GAP}-?(?P<multiplier_of_counted>{_MULTIPLIER}))?{_GAP}[多余餘]?{_GAP}
        (?P<currency_after>{_CURRENCY_AFTER})
"""
_COUNT = rf"""
    (?P<number>{_DIGITS}|(?<![{HAN}]){_CHINESE_NUMBER}(?={_COUNTED})
        |{_ENGLISH_NUMBER}|{_ONE})
    (?:{_GAP}[多余餘]?{_GAP}-?(?P<multiplier>{_MULTIPLIER}))?
"""
_YEAR = rf"(?<![\w{HAN}])(?:1[5-9]|20)\d{{2}}s?(?![\w{HAN}])(?!\s*[元%多余餘]|{_COUNTED}|,\d)"
_DATE_UNIT = re.compile(r"\s*[月日号]$|(?:st|nd|rd|th)$", re.IGNORECASE)
_FIGURE = re.compile(
    rf"(?P<date>{_DATE})|(?P<share>{_SHARE})|(?P<money>{_MONEY})|(?P<year>{_YEAR})|(?P<count>{_COUNT})",
    re.VERBOSE | re.IGNORECASE | re.ASCII,  # ASCII: other scripts have digits and an i that no table here knows
)


def find_quantities(text: str) -> list[Quantity]:
    """The figures of `text` in reading order; spans do not overlap."""
    return list(_read(text))


def _read(text: str) -> Iterator[Quantity]:
    folded = _fold_widths(text)
    for match in _FIGURE.finditer(folded):
        kind, value, unit = _meaning(match)
        if value is not None:
            yield Quantity(text[match.start() : match.end()], match.start(), match.end(), kind, value, unit)


def _fold_widths(text: str) -> str:
    """Full-width digits, letters and signs as narrow ones, one character for one, so that offsets hold."""
    return "".join(
        narrow if len(narrow := unicodedata.normalize("NFKC", character)) == 1 else character for character in text
    )


def _meaning(match: re.Match[str]) -> tuple[QuantityKind, Fraction | str | None, str]:
    if match["money"]:
        number = _number(match["amount"] or match["counted_amount"])
        multiplier = match["multiplier_of_amount"] or match["multiplier_of_counted"]
        return "money", _times(number, multiplier), _currency(match["currency_before"] or match["currency_after"])
    if match["share"]:
        return "share", _share(match), ""
    if match["count"]:
        return "count", _times(_number(match["number"]), match["multiplier"]), ""
    return "date", match["year"] or _date(match), ""


def _times(number: Fraction | None, multiplier: str | None) -> Fraction | None:
    if number is None or not multiplier:
        return number
    return number * _MULTIPLIERS[multiplier.lower()]


def _currency(name: str) -> str:
    name = re.sub(r"^u\.?s\.?\s+", "", name.lower())
    return _CURRENCIES[re.sub("^元(?=人民)", "", name)]


def _share(match: re.Match[str]) -> Fraction | None:
    if match["hundredths"]:
        hundredths = _number(match["hundredths"])
        return None if hundredths is None else hundredths / 100
    if match["denominator"]:
        numerator, denominator = _number(match["numerator"]), _number(match["denominator"])
        return numerator / denominator if numerator is not None and denominator else None
    if match["percent"]:
        percent = _number(match["percent"])
        return None if percent is None else percent / 100
    if match["tenths"]:
        hundredths_more = match["hundredths_more"]
        more = 5 if hundredths_more == "半" else _CHINESE_DIGITS[hundredths_more] if hundredths_more else 0
        return Fraction(10 * _CHINESE_DIGITS[match["tenths"]] + more, 100)
    if match["bare_half"]:
        return Fraction(1, 2)
    parts = match["parts"].lower()
    count = 1 if parts == "a" else int(parts) if parts.isdigit() else _ENGLISH_NUMBERS[parts]
    return Fraction(count, _PARTS[match["part"].lower()])


def _date(match: re.Match[str]) -> str | None:
    if match["chinese_year"]:
        year = "".join(str(_CHINESE_DIGITS.get(digit, digit)) for digit in match["chinese_year"])
        return _iso(year, match["month_of_year"], match["day_of_year"])
    if match["chinese_month"]:
        return _iso(None, match["chinese_month"], match["chinese_day"])
    if match["chinese_quarter"]:
        return f"Q{_number(match['chinese_quarter'])}"
    if match["quarter_digit"]:
        return f"Q{match['quarter_digit']}"
    if match["quarter_word"]:
        return f"Q{('first', 'second', 'third', 'fourth').index(match['quarter_word'].lower()) + 1}"
    name, day, year = match["english_month"].lower(), match["day_before"] or match["day_after"], match["english_year"]
    if name in {"may", "mar", "march"} and not (day or year):
        return None  # more often a verb
    return _iso(year, str(_MONTHS[name[:3]]), day)


def _iso(year: str | None, month: str | None, day: str | None) -> str | None:
    """An ISO 8601 date as far as it is given; None where a number is none of the calendar's."""
    parts = [year or "-"]
    for part, most in ((month, 12), (day, 31)):
        if part is None:
            break
        number = _number(_DATE_UNIT.sub("", part))
        if number is None or not 1 <= number <= most:
            return None
        parts.append(f"{int(number):02d}")
    return "-".join(parts)


def _number(text: str) -> Fraction | None:
    if text[0].isdigit() and text.isascii():
        return Fraction(text.replace(",", "")) if len(text) <= _MAX_DIGITS else None
    if text.lower() in _ENGLISH_NUMBERS:
        return Fraction(_ENGLISH_NUMBERS[text.lower()])
    whole, _, decimals = text.partition("点")
    fraction = "".join(str(_CHINESE_DIGITS[character]) for character in decimals) or "0"
    total, digit = 0, 0
    if not set(whole) & set(_SMALL_UNITS):  # read digit by digit: 二〇二五
        return Fraction("".join(str(_CHINESE_DIGITS[character]) for character in whole) + f".{fraction}")
    for character in whole:
        if character in _SMALL_UNITS:
            total += (digit or 1) * _SMALL_UNITS[character]
            digit = 0
        else:
            digit = _CHINESE_DIGITS[character]
    return Fraction(f"{total + digit}.{fraction}")
