"""The same figure in the other language: 2000 亿美元 and US$200 billion, 320 多万 and more than 3.2 million.

What is written reads back to an equal figure. Not written: ranks, times of day, the day of a month alone, and what has
no exact decimal form in the other language.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from rag.figures.dates import MONTHS, split_date
from rag.figures.quantity import Bound, Quantity
from rag.figures.units import CURRENCIES, MEASURES

Target = Literal["zh", "en"]

_HEDGES: dict[Bound, tuple[str, str]] = {
    "exact": ("", ""),
    "about": ("约 ", "about "),
    "at_least": ("至少 ", "at least "),
    "over": ("超过 ", "more than "),
    "at_most": ("至多 ", "at most "),
    "under": ("不到 ", "less than "),
    "nearly": ("将近 ", "nearly "),
}
_SCALES = {
    "zh": ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")),
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")),
}
_VAGUE = {
    "zh": {
        10: "数十", 10**2: "数百", 10**3: "数千", 10**4: "数万", 10**5: "数十万", 10**6: "数百万", 10**7: "数千万",
        10**8: "数亿", 10**9: "数十亿", 10**10: "数百亿", 10**11: "数千亿", 10**12: "数万亿",
    },
    "en": {
        10: "dozens", 10**2: "hundreds", 10**3: "thousands", 10**4: "tens of thousands", 10**5: "hundreds of thousands",
        10**6: "millions", 10**7: "tens of millions", 10**8: "hundreds of millions", 10**9: "billions",
        10**10: "tens of billions", 10**11: "hundreds of billions", 10**12: "trillions",
    },
}  # fmt: skip
_SIGNS = {"USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
_MOST_DECIMALS = 4  # after a multiplier; with more, the digits are written out
_CHINESE_DIGITS = "零一二三四五六七八九十"
_ENGLISH_DIGITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ENGLISH_PARTS = {
    2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth",
}  # fmt: skip
_YEARS = {
    "year-before-last": ("前年", ""), "last-year": ("去年", "last year"), "this-year": ("今年", "this year"),
    "next-year": ("明年", "next year"), "year-after-next": ("后年", ""),
}  # fmt: skip
_NEAR = {
    "last-month": ("上个月", "last month"), "this-month": ("本月", "this month"),
    "next-month": ("下个月", "next month"),
    "last-quarter": ("上季度", "last quarter"), "this-quarter": ("本季度", "this quarter"),
    "next-quarter": ("下季度", "next quarter"),
}  # fmt: skip


def write_quantity(quantity: Quantity, language: Target) -> str | None:
    """The figure in `language`, its hedge included; None where it reads the same in both, as 20% and 2025 do, or
    cannot be said faithfully."""
    if isinstance(quantity.value, str):
        return _write_date(quantity.value, language)
    if quantity.kind == "rank" or (quantity.bound == "exact" and _reads_the_same(quantity)):
        return None
    written = _write_amount(quantity, language)
    if written is None:
        return None
    return written if _is_vague(quantity) else _HEDGES[quantity.bound][language == "en"] + written


def _is_vague(quantity: Quantity) -> bool:
    """Whether the figure is a whole power of ten: 数百, tens of millions."""
    value, high = quantity.value, quantity.high
    return quantity.bound == "about" and isinstance(value, Fraction) and high == 10 * value and value in _VAGUE["en"]


def _reads_the_same(quantity: Quantity) -> bool:
    """Digits without a multiplier, a unit or a word: 20%, 1,800, 5–10%."""
    bare = not any(character.isalpha() for character in quantity.text)
    most = quantity.high if quantity.high is not None else quantity.value
    small = isinstance(most, Fraction) and abs(most) < 10**4
    return bare and (quantity.kind == "share" or (quantity.kind == "count" and small))


def _write_amount(quantity: Quantity, language: Target) -> str | None:
    value, high = quantity.value, quantity.high
    assert isinstance(value, Fraction)
    if quantity.kind == "share":
        return _write_share(quantity, value, language)
    if _is_vague(quantity):
        return _with_unit(quantity, _VAGUE[language][int(value)], plural=True, language=language)
    number = _write_number(value, language)
    if high is not None:
        upper = _write_number(high, language)
        number = upper and number and f"{number}{' to ' if language == 'en' else '至 '}{upper}"
    return number and _with_unit(quantity, number, value != 1, language)


def _write_number(value: Fraction, language: Target) -> str | None:
    """A number with the multiplier that the language would use, or None where it has no end of decimals."""
    for scale, name in _SCALES[language]:
        if abs(value) >= scale:
            scaled = _decimal(value / scale)
            if scaled and len(scaled.partition(".")[2]) <= _MOST_DECIMALS and scaled != "0":
                return f"{scaled} {name}"
            break
    return _decimal(value)


def _decimal(value: Fraction) -> str | None:
    denominator, places = value.denominator, 0
    while 10**places % denominator:
        places += 1
        if places > 12:
            return None
    return (
        f"{value.numerator * 10**places // denominator / 10**places:,.{places}f}" if places else f"{value.numerator:,}"
    )


def _with_unit(quantity: Quantity, number: str, plural: bool, language: Target) -> str | None:
    separator = "" if language == "zh" and not number[-1].isdigit() else " "
    if quantity.kind == "money":
        return _with_currency(quantity, number, separator, language)
    if quantity.kind == "measure":
        measure = MEASURES[quantity.unit]
        if language == "zh":
            return f"{number}{separator}{measure.chinese[0]}"
        return f"{number} {measure.english[1 if plural else 0]}"
    if quantity.unit == "times":
        return _with_times(quantity, number, separator, language)
    return number


def _with_currency(quantity: Quantity, number: str, separator: str, language: Target) -> str | None:
    chinese, english, _ = CURRENCIES[quantity.unit]
    if language == "zh":
        return f"{number}{separator}{chinese.split()[0]}"
    if quantity.high is not None or quantity.unit not in _SIGNS:
        of = "of " if _is_vague(quantity) else ""
        return f"{number} {of}{english.split('|')[0]}"
    sign = "-" if number.startswith("-") else ""
    return f"{sign}{_SIGNS[quantity.unit]}{number.removeprefix('-')}"


def _with_times(quantity: Quantity, number: str, separator: str, language: Target) -> str | None:
    if language == "en":
        return f"{number} times"
    return None if "times" in quantity.text.lower() else f"{number}{separator}倍"  # three times: 三倍, or 三次


def _write_share(quantity: Quantity, value: Fraction, language: Target) -> str | None:
    if quantity.unit == "points":
        number = _write_range(quantity, value * 100)
        return number and (f"{number} percentage points" if language == "en" else f"{number} 个百分点")
    in_words = "%" not in quantity.text and "％" not in quantity.text and quantity.high is None
    if in_words and _is_fraction_in_words(quantity.text) and value.denominator in _ENGLISH_PARTS and 0 < value < 1:
        return _write_fraction(value, language)
    number = _write_range(quantity, value * 100)
    return number and f"{number}%"


def _write_range(quantity: Quantity, value: Fraction) -> str | None:
    low = _decimal(value)
    if quantity.high is None:
        return low
    high = _decimal(quantity.high * 100)
    return low and high and f"{low}–{high}"


def _is_fraction_in_words(text: str) -> bool:
    lowered = text.lower()
    return (
        ("分之" in text and "百分之" not in text)
        or "半" in text
        or any(part in lowered for part in _ENGLISH_PARTS.values())
    )


def _write_fraction(value: Fraction, language: Target) -> str:
    count, whole = value.numerator, value.denominator
    if language == "zh":
        return "一半" if whole == 2 else f"{_CHINESE_DIGITS[whole]}分之{_CHINESE_DIGITS[count]}"
    if whole == 2:
        return "half"
    return f"{_ENGLISH_DIGITS[count]} {_ENGLISH_PARTS[whole]}{'s' if count > 1 else ''}"


def _write_date(value: str, language: Target) -> str | None:
    parts = split_date(value)
    if "time" in parts or parts.keys() == {"day"}:
        return None
    year, part, day = parts.get("year"), parts.get("part"), parts.get("day")
    return _chinese_date(year, part, day) if language == "zh" else _english_date(year, part, day)


def _chinese_date(year: str | None, part: str | None, day: str | None) -> str | None:
    written = ""
    if year is not None:
        if year.isdigit() and part is None:
            return None
        written = _chinese_year(year)
    if part is None:
        return written
    if part.isdigit():
        month = f"{int(part)} 月" + (f" {int(day)} 日" if day else "")
        return f"{written} {month}" if written else month
    if part in _NEAR:
        return _NEAR[part][0]
    return written + (
        f"第{_CHINESE_DIGITS[int(part[1])]}季度" if part[0] == "Q" else ("上半年", "下半年")[int(part[1]) - 1]
    )


def _chinese_year(year: str) -> str:
    if year.startswith("C"):
        return f"{year[1:]} 世纪"
    if year.endswith("s"):
        decade = year[:-1]
        return f"{int(decade[:2]) + 1} 世纪 {decade[2:]} 年代" if len(decade) == 4 else f"{decade} 年代"
    return f"{year[2:]} 财年" if year.startswith("FY") else _YEARS[year][0] if year in _YEARS else f"{year} 年"


def _english_date(year: str | None, part: str | None, day: str | None) -> str | None:
    if year is not None and year.isdigit() and part is None:
        return None
    name = _english_year(year) if year else ""
    if name is None:
        return None
    if part is None:
        return name
    if part.isdigit():
        month = MONTHS[int(part) - 1]
        return " ".join(filter(None, (str(int(day)) if day else "", month, name)))
    if part in _NEAR:
        return _NEAR[part][1]
    ordinal = ("first", "second", "third", "fourth")[int(part[1]) - 1]
    period = f"{ordinal} {'quarter' if part[0] == 'Q' else 'half'}"
    return f"{period} of {name}" if name else period


def _english_year(year: str) -> str | None:
    if year.startswith("C"):
        number = int(year[1:])
        ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending} century"
    if year.startswith("FY"):
        return f"fiscal {year[2:]}"
    return _YEARS[year][1] or None if year in _YEARS else year
