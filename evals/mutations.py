"""Wrong answers made of right ones: one figure of a text is changed, so that the text says something else.

The patterns are small and know nothing of `rag.quantities`, which they are to put to the test. Changed are digits,
multipliers (万, 亿, million, billion), currencies, percentages and fractions, years, months, days, number words, and,
as a kind of its own, bounds ("more than" to "less than"). Every change alters the meaning: 约 or "about" alone is never
touched, and no figure is only written in another way.

Not handled: units other than money (公里 to 米), spelled-out English numbers above twelve, and figures in names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of a text: `text[start:end]` replaced."""

    kind: str
    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.replacement + text[self.end :]


def figure_mutations(text: str, random: Random) -> list[Mutation]:
    """One change by every rule at every place where it applies; the same generator state gives the same changes."""
    found: dict[tuple[str, int], Mutation] = {}
    for rule in _RULES:
        for mutation in _mutations(rule, text, random):
            found.setdefault((rule.kind, mutation.start), mutation)
    return list(found.values())


def bound_mutations(text: str, random: Random) -> list[Mutation]:
    """Every bound of a figure turned into the opposite one."""
    return [mutation for rule in _BOUND_RULES for mutation in _mutations(rule, text, random)]


Change = Callable[[str, Random], str]  # the target, and what takes its place


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    pattern: re.Pattern[str]  # its group "target" is replaced; what stands around it only has to be there
    change: Change


def _mutations(rule: _Rule, text: str, random: Random) -> Iterator[Mutation]:
    for match in rule.pattern.finditer(text):
        yield Mutation(rule.kind, *match.span("target"), rule.change(match["target"], random))


def _rule(kind: str, pattern: str, change: Change) -> _Rule:
    return _Rule(kind, re.compile(pattern, re.VERBOSE | re.IGNORECASE), change)


def _another_of(*options: str) -> Change:
    """Any of the options but the one that stands there; capitalised as that is."""

    def change(target: str, random: Random) -> str:
        return _in_capitals_of(target, random.choice([option for option in options if option != target.lower()]))

    return change


def _by(table: Mapping[str, str]) -> Change:
    return lambda target, random: _in_capitals_of(target, table[target.lower()])


def _in_capitals_of(target: str, replacement: str) -> str:
    return replacement.capitalize() if target[0].isupper() else replacement


def _other_digit(target: str, random: Random) -> str:
    """One digit of the number, the first never to 0, in the width that it has."""
    places = [index for index, character in enumerate(target) if character.isdigit()]
    place = random.choice(places)
    zero = "０" if target[place] >= "０" else "0"
    digits = [chr(ord(zero) + digit) for digit in range(1 if place == places[0] else 0, 10)]
    return target[:place] + random.choice([digit for digit in digits if digit != target[place]]) + target[place + 1 :]


def _shifted(lowest: int, highest: int, *steps: int) -> Change:
    """The whole number some steps off, in the width that it has."""

    def change(target: str, random: Random) -> str:
        shifted = str(random.choice([int(target) + step for step in steps if lowest <= int(target) + step <= highest]))
        return shifted if target.isascii() else shifted.translate(_WIDE)

    return change


def _without_or(options: Mapping[str, str]) -> Change:
    return lambda target, random: random.choice((options[target.strip()], ""))


_OTHER_PERCENT = _shifted(1, 100, -20, -10, -5, 5, 10, 20)
_WIDE = {ord("0") + digit: chr(ord("０") + digit) for digit in range(10)}
_D = "[0-9０-９]"
_NUMBER = rf"{_D}[0-9０-９,，]*(?:[.．]{_D}+)?"
_CHINESE_DIGITS = "一二三四五六七八九"
_ENGLISH_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_A_MONTH = rf"(?-i:{'|'.join(month.capitalize() for month in _MONTHS)})"
_YEAR = (
    rf"(?<![\w.,$€£])(?:19|20|２０){_D}{{2}}(?!\w*{_D}|,{_D})(?!\s*(?:[万亿萬億元个個户戶瓦%％]|[mbtr]+illion|yuan))"
)
_CHINESE_MULTIPLIERS = {"万": "亿", "亿": "万", "万亿": "亿", "萬": "億", "億": "萬", "萬億": "億"}
_CHINESE_PARTS = {
    "四分之三": "三分之二", "三分之二": "四分之三", "三分之一": "四分之一", "四分之一": "三分之一",
    "五分之三": "五分之二", "五分之二": "五分之三", "一半": "三分之一", "半数": "三成", "半數": "三成",
}  # fmt: skip
_ENGLISH_PARTS = {
    "half": "a third", "a third": "a quarter", "one third": "one quarter", "two thirds": "three quarters",
    "a quarter": "a third", "one quarter": "one third", "three quarters": "two thirds", "two-thirds": "three-quarters",
    "three-quarters": "two-thirds", "three fifths": "two fifths", "two fifths": "three fifths",
}  # fmt: skip
_RELATIVE_YEARS = {"去年": "前年", "今年": "去年", "last year": "two years ago", "this year": "last year"}
_MULTIPLES = {
    "翻一番": "翻两番", "翻番": "翻两番", "翻倍": "增至三倍", "double": "triple", "doubled": "tripled",
    "doubling": "tripling", "twice": "three times", "twofold": "threefold",
}  # fmt: skip
_COUNTED = "[个個名家种種款项項部份倍人年天次遍台条條位周座]"


def _any(words: Mapping[str, str] | Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_RULES = (
    # A number that belongs to no name (GPT-4, E07, Line 6), date, share or year; of dates and shares are the others.
    _rule("digit", rf"(?<![\w.,:-])(?<!line\ )(?<!number\ )(?!{_YEAR})(?P<target>{_NUMBER})(?!{_D}|[,.:]{_D}|-)"
                   rf"(?!\s*(?:年(?!内|之内|间|后)|月|[日号號]|[%％]|per\s?cent\b|{_A_MONTH}\b|st\b|nd\b|rd\b|th\b))",
          _other_digit),
    _rule("digit", rf"(?<=[\u4e00-\u9fff])(?!{_YEAR})(?P<target>{_NUMBER})(?!{_D}|[,.:]{_D}|-)"
                   r"(?=\s*(?:[万亿萬億美元个個名家倍户戶克升瓦公里人秒分小天条座吉多余餘]|年[内间后]|周))",
          _other_digit),
    _rule("digit", rf"(?:US\$|[$€£¥])(?P<target>{_NUMBER})", _other_digit),
    _rule("multiplier", rf"[0-9０-９{_CHINESE_DIGITS}十百千两兩]\s?(?P<target>万亿|萬億|[万亿萬億])",
          _without_or(_CHINESE_MULTIPLIERS)),
    _rule("multiplier", r"[多余餘数數几幾]\s?[十百千]?(?P<target>万亿|萬億|[万亿萬億])", _by(_CHINESE_MULTIPLIERS)),
    _rule("multiplier", r"[\da-z][ -](?P<target>thousand|million|billion|trillion)(?!s)\b",
          _another_of("thousand", "million", "billion", "trillion")),
    _rule("multiplier", r"\b(?P<target>thousands|millions|billions)\ of\b",
          _another_of("thousands", "millions", "billions")),
    _rule("currency", r"(?P<target>美元|美金|欧元|英镑|日元)", _another_of("美元", "欧元", "英镑", "日元", "元人民币")),
    _rule("currency", r"[0-9０-９万亿萬億]\s?(?P<target>元)(?![素件])", _another_of("美元", "欧元", "日元")),
    _rule("currency", r"(?P<target>US\$|\$)", _another_of("€", "£")),
    _rule("currency", r"(?P<target>\b(?:US\ )?dollars\b)", _another_of("euros", "yuan", "pounds")),
    _rule("currency", r"(?P<target>\byuan\b)", _another_of("dollars", "euros", "yen")),
    _rule("share", r"(?<![\w.])(?P<target>\d{1,3})(?=\s?[%％]|\ per\ ?cent\b)", _OTHER_PERCENT),
    _rule("share", r"(?<![\w.])(?P<target>\d{1,3}\.\d+)(?=\s?[%％]|\ per\ ?cent\b)", _other_digit),
    _rule("share", r"(?<=[\u4e00-\u9fff])(?P<target>\d{1,3})(?=\s?[%％])", _OTHER_PERCENT),
    _rule("points", r"\d(?P<target>\s?[%％])(?=\s?[\u4e00-\u9fff，。；、])", lambda target, random: " 个百分点"),
    _rule("points", r"\d(?P<target>%|\ per\ ?cent)(?!\w)(?=\s?[a-z,.;])", lambda target, random: " percentage points"),
    _rule("share", rf"(?P<target>{_any(_CHINESE_PARTS)})", _by(_CHINESE_PARTS)),
    _rule("share", rf"\b(?P<target>{_any(_ENGLISH_PARTS)})\b", _by(_ENGLISH_PARTS)),
    _rule("share", rf"(?P<target>[{_CHINESE_DIGITS}])成(?![立为本功员长就都])", _another_of(*_CHINESE_DIGITS)),
    _rule("share", rf"百分之(?P<target>[{_CHINESE_DIGITS}])", _another_of(*_CHINESE_DIGITS)),
    _rule("year", rf"(?P<target>{_YEAR})", _shifted(1900, 2099, -1, 1)),
    _rule("year", rf"(?<=[\u4e00-\u9fff])(?P<target>(?:19|20){_D}{{2}})(?=\s?年)", _shifted(1900, 2099, -1, 1)),
    _rule("year", rf"[一二][零〇九][{_CHINESE_DIGITS}零〇](?P<target>[{_CHINESE_DIGITS}])年",
          _another_of(*_CHINESE_DIGITS)),
    _rule("year", rf"(?P<target>{_any(_RELATIVE_YEARS)})", _by(_RELATIVE_YEARS)),
    _rule("month", r"(?<![\d:])(?P<target>\d{1,2})\s?月", _shifted(1, 12, -1, 1)),
    _rule("month", rf"\b(?P<target>{_A_MONTH})\b", _another_of(*_MONTHS)),
    _rule("day", r"月\s?(?P<target>\d{1,2})\s?[日号號]", _shifted(1, 28, -1, 1)),
    _rule("day", rf"\b(?P<target>\d{{1,2}})(?:st|nd|rd|th)?\ {_A_MONTH}\b", _shifted(1, 28, -1, 1)),
    _rule("day", rf"\b{_A_MONTH}\ (?P<target>\d{{1,2}})\b", _shifted(1, 28, -1, 1)),
    _rule("word", rf"(?<![\w-])(?P<target>{_any(_ENGLISH_WORDS)})\b(?![ -](?:thirds?|quarters?|fifths?|years\ ago))",
          _another_of(*_ENGLISH_WORDS)),
    _rule("word", rf"(?<![{_CHINESE_DIGITS}十百千万亿两兩第零〇分])(?P<target>[{_CHINESE_DIGITS[1:]}两兩])"
                  rf"(?=[十百千]{{0,2}}\s?(?:[多余餘]?[万亿萬億]|[多余餘]?{_COUNTED}|大(?!.?[型量])))",
          _another_of(*_CHINESE_DIGITS[2:])),
    _rule("word", rf"(?P<target>(?<![{_CHINESE_DIGITS}两兩几幾数數第])十)[多余餘]\s?{_COUNTED}",
          lambda target, random: "三十"),
    _rule("word", rf"(?P<target>{_any(_MULTIPLES)})(?![a-z])", _by(_MULTIPLES)),
)  # fmt: skip

_BOUNDS = {
    "超过": "不到", "超過": "不到", "多于": "少于", "不到": "超过", "不足": "超过", "至少": "至多", "将近": "超过",
    "接近": "超过", "將近": "超過", "more than": "less than", "less than": "more than", "over": "under",
    "under": "over",
    "at least": "at most", "at most": "at least", "up to": "at least", "nearly": "more than", "almost": "more than",
    "close to": "more than",
}  # fmt: skip
_BOUND_RULES = (
    _rule("bound", rf"(?<![a-z])(?P<target>{_any(_BOUNDS)})(?=\s?(?:US\$|\$|a\ |one\ |half|{_any(_ENGLISH_WORDS)}"
                   rf"|{_D}|[{_CHINESE_DIGITS}两兩十半数]))", _by(_BOUNDS)),
    _rule("bound", r"[0-9０-９%％万亿萬億元个名人成半]\s?(?P<target>以[上下])", _by({"以上": "以下", "以下": "以上"})),
)  # fmt: skip
