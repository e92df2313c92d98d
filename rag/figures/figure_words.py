"""Figures that are more than a number and a unit: 四分之三, three quarters, 百分之二十, 一半, 翻一番, twice, 第三大.

Multiples are read as what they come to: 翻两番 is four times. Ranks only where they order by size; "third" and 第三
elsewhere count steps, days and parties. Not read: 折, and fractions with a slash.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rag.figures.amounts import read_sign
from rag.figures.chinese_numerals import CHINESE_DIGITS, CHINESE_NUMERALS
from rag.figures.english_numerals import ENGLISH_NUMBERS
from rag.figures.figure import Figure, Skipped
from rag.figures.numerals import read_number
from rag.figures.ranges import CONNECTIVE
from rag.figures.units import UNITS

_SPECIAL_WORDS = {
    "twice": 2, "thrice": 3, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "triple": 3, "tripled": 3,
    "triples": 3, "tripling": 3, "quadrupled": 4, "twofold": 2, "threefold": 3, "fourfold": 4, "fivefold": 5,
    "tenfold": 10,
}  # fmt: skip
# A double room is no multiple; "double the price" and "will double" are.
_ADJECTIVES = frozenset({"double", "triple"})
_MULTIPLIES = re.compile(r"\s(?:the|its|their|his|her|our|in|to|from|that|what|by|over|last|as)(?![a-z])|[.,;:!?)]|$")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
)  # fmt: skip
_RANK_WORDS = {word: rank for rank, word in enumerate(_ORDINALS, start=1)}
_OF_PARTS = re.compile(r"\s{0,2}分之\s{0,2}")
_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip

_HUNDREDTHS = re.compile(r"(?P<of>[百千万])分之\s{0,2}")
_PART_WORD = re.compile(
    rf"(?P<count>[1-9]|a|one|two|three|four|five|six|seven|eight|nine)[\s-](?P<part>{'|'.join(_PARTS)})(?P<plural>s)?(?![a-z-])"
    r"(?P<of>\sof(?!\s(?:19|20)\d))?"
)
_ONE_IN = re.compile(
    r"(?P<count>[1-9]|one|two|three|four|five|six|seven|eight|nine)\s(?:in|out\sof)\s(?:every\s)?"
    r"(?P<all>10|[2-9]|two|three|four|five|six|seven|eight|nine|ten)(?![a-z\d.,%-]\d|\d|\s(?:years|months|weeks|days|hours|minutes))(?![a-z])"
)
_HALF = re.compile(r"half(?![a-z-]|\s(?:past|year|time|hour|day)(?![a-z]))")
_HALF_OF = re.compile(
    r"half(?:-|\s)an?(?:\s|-)(?P<unit>year|hour|day|month|mile|decade)(?![a-z])|half[\s-](?P<plain>hour|year|day|mile)(?![a-z])"
)
_HALF_CHINESE = re.compile(r"半(?:个)?(?P<unit>小时|年|天|月|钟头)(?![报刊内线])")
_MORE_THAN_HALF = re.compile(r"过半(?!年|天|个|小|夜)")
_DOUBLED = re.compile(r"翻(?:了)?(?:(?P<count>[一两二三四])番|倍|一倍)")
RANKED = re.compile(
    r"(?:第\s?(?P<chinese>\d{1,3}|[一二三四五六七八九十]{1,3})(?=[大名位高多长快]|\s?大)"
    r"|(?:(?P<digits>\d{1,3})(?:st|nd|rd|th)|(?P<word>" + "|".join(_RANK_WORDS) + r"))"
    r"(?=[\s-](?:largest|biggest|highest|tallest|longest|richest|fastest|busiest|most|place)(?![a-z])))"
)
FIGURE_WORDS = frozenset({*_SPECIAL_WORDS, *_RANK_WORDS})
_DIGITS_AND_WORD = re.compile(r"\d{1,3}[\s-]?[a-z]", re.ASCII)
_ORDINAL = re.compile(rf"第\s?(?:\d+|[{CHINESE_NUMERALS}]{{1,6}})")


def read_figure_in_words(folded: str, start: int, word: str) -> Figure | Skipped | None:
    """A figure that is more than a number and a unit."""
    first = word[0]
    if first == "第":
        if ranked := RANKED.match(folded, start):
            return _rank(start, ranked)
        ordinal = _ORDINAL.match(folded, start)
        return Skipped(ordinal.end()) if ordinal else None
    if first in "百千万" and (of := _HUNDREDTHS.match(folded, start)):
        return _hundredths(folded, start, of)
    if first in "过一半翻":
        return _chinese_words(folded, start)
    if (first.isascii() and first.isalpha()) or _DIGITS_AND_WORD.match(folded, start):
        return _english_words(folded, start, word)
    return _fraction(folded, start)


def _rank(start: int, match: re.Match[str]) -> Figure:
    if word := match["word"]:
        return Figure(start, match.end(), "rank", Fraction(_RANK_WORDS[word]))
    number = read_number(match["chinese"] or match["digits"], 0)
    assert number is not None
    return Figure(start, match.end(), "rank", number.value)


def _hundredths(folded: str, start: int, of: re.Match[str]) -> Figure | None:
    whole = {"百": 100, "千": 1000, "万": 10000}[of["of"]]
    number = read_number(folded, of.end()) if of.end() < len(folded) else None
    if number is None:
        return None
    begin, sign = read_sign(folded, start)
    low, high, end = sign * number.value / whole, None, number.end
    if (to := CONNECTIVE.match(folded, end)) and not to["and"] and to.end() < len(folded):
        again = _HUNDREDTHS.match(folded, to.end())
        second = (
            read_number(folded, again.end() if again else to.end())
            if (not again or again.end() < len(folded))
            else None
        )
        if second and second.value > number.value and (again or second.script == number.script):
            high, end = second.value / whole, second.end
    return Figure(begin, end, "share", low, "", high)


def _chinese_words(folded: str, start: int) -> Figure | None:
    if folded.startswith("一半", start) or folded.startswith(("半数",), start):
        return Figure(start, start + 2, "share", Fraction(1, 2))
    if match := _MORE_THAN_HALF.match(folded, start):
        return Figure(start + 1, match.end(), "share", Fraction(1, 2), bound="over")
    if match := _HALF_CHINESE.match(folded, start):
        unit = UNITS["个月" if match["unit"] == "月" else match["unit"]]
        return Figure(start, match.end(), unit.kind, Fraction(1, 2), unit.symbol)
    if match := _DOUBLED.match(folded, start):
        doublings = CHINESE_DIGITS[match["count"]] if match["count"] else 1
        return Figure(start, match.end(), "count", Fraction(2**doublings), "times")
    return _fraction(folded, start)


def _fraction(folded: str, start: int) -> Figure | None:
    """四分之三, 4 分之 3."""
    window = folded[start : start + 30]
    if "分之" not in window:
        return None
    whole = read_number(folded, start)
    of = whole and _OF_PARTS.match(folded, whole.end)
    part = read_number(folded, of.end()) if of and of.end() < len(folded) else None
    if not whole or not part or not 0 < part.value < whole.value:
        return None
    return Figure(start, part.end, "share", part.value / whole.value)


def _english_words(folded: str, start: int, word: str) -> Figure | None:
    if (times := _SPECIAL_WORDS.get(word)) is not None:
        return (
            None
            if word in _ADJECTIVES and not _MULTIPLIES.match(folded, start + len(word))
            else Figure(start, start + len(word), "count", Fraction(times), "times")
        )
    if ranked := RANKED.match(folded, start):
        return _rank(start, ranked)
    if match := _PART_WORD.match(folded, start):
        return _parts(start, match)
    if match := _ONE_IN.match(folded, start):
        count, whole = (_small(match[name]) for name in ("count", "all"))
        return Figure(start, match.end(), "share", Fraction(count, whole)) if count < whole else None
    if match := _HALF_OF.match(folded, start):
        unit = UNITS[match["unit"] or match["plain"]]
        return Figure(start, match.end(), unit.kind, Fraction(1, 2), unit.symbol)
    if word == "half" and read_number(folded, start) is None and _HALF.match(folded, start):
        return Figure(start, start + 4, "share", Fraction(1, 2))
    return _fraction(folded, start)


def _parts(start: int, match: re.Match[str]) -> Figure | None:
    """Three quarters, a third of; two quarters are half a year, and a third company is no share."""
    count, part = _small(match["count"]), _PARTS[match["part"]]
    alone = count == 1 and match["part"] != "half"
    if count >= part or (count > 1) != bool(match["plural"]) or (match["count"] == "a" and alone and not match["of"]):
        return None
    if match["part"] == "quarter" and count == 2:
        return None
    end = match.start("of") if match["of"] else match.end()
    return Figure(start, end, "share", Fraction(count, part))


def _small(word: str) -> int:
    return 1 if word == "a" else ENGLISH_NUMBERS.get(word) or int(word)
