"""A number with its unit: 2000 亿美元, US$200bn, 4 GW, 三个半月, 八成五; or without one, where it counts something.

A Chinese number in words counts only in front of a measure word or a unit: 三 alone is a part of 三星 and 三亚.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from rag.figures.chinese_numerals import CHINESE_DIGITS
from rag.figures.figure import Figure, Skipped
from rag.figures.number import Number
from rag.figures.numerals import read_number
from rag.figures.quantity import Bound
from rag.figures.units import CURRENCY_SIGN, CURRENCY_SIGNS, UNITS, Unit, match_unit

COUNTED = re.compile(
    r"\s{0,2}(?:[多余来几]\s{0,2})?[个名家座项台条位人种款件份所户只辆艘架栋间套支部本张篇场届轮批类段组队起例宗笔道门字页句处颗枚株头匹棵]"
)
_BEFORE_UNIT = re.compile(
    r"\s{0,2}(?P<over>[多余几])?(?P<about>来)?\s{0,2}(?P<each>个(?P<half>半)?(?P<each_over>多)?)?\s{0,2}-?(?:of\s)?"
)
_AND_HALF = re.compile("半(?![年天小径数价个])")
_GLUED = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?<![a-z]th)")  # 5G, 3D, 737max
_CURRENCY = re.compile(rf"(?P<sign>{CURRENCY_SIGN})\s{{0,2}}")
_OWN_CURRENCY = re.compile(r"\s{0,2}(?:元|人民币|元人民币|usd|us\sdollars|dollars)(?![a-z])(?!素|件|旦)")
_TENTH_REST = re.compile(r"(?P<digit>[一二三四五六七八九半])(?![十百千万亿个年月日天])")
_ALONE_BEFORE = frozenset("第统唯万同合专单逐划归初周期拜之如其每这那哪某另任不随进有上下前后某数几多")
_NO_CHINESE_AFTER = frozenset("第周期拜初几数")
_GROWN_BEFORE = re.compile(r"(?:增长|增加|上涨|提高|提升|扩大|高出|多出|上升|增|涨|翻)了?$")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, before it is known whether it begins a range."""

    start: int
    end: int
    number: Number
    unit: Unit | None = None
    more: Fraction = Fraction(0)  # 两个半小时, 三成五: what the unit adds, in the unit
    sign: int = 1
    over: bool = False

    def figure(self, folded: str) -> Figure | Skipped | None:
        """The amount as a figure; None where it is too common a word to be one, skipped where it begins a name."""
        if not self._is_figure(folded):
            return None
        if (
            self.number.script == "digits"
            and not self.unit
            and self.number.scale == 1
            and (name := _GLUED.match(folded, self.end))
        ):
            return Skipped(name.end())
        factor, unit = (self.unit.factor, self.unit) if self.unit else (Fraction(1), Unit("count", ""))
        value = (self.number.value + self.more) * factor * self.sign
        if (
            unit.symbol == "times"
            and folded.startswith("倍", self.end - 1)
            and _GROWN_BEFORE.search(folded, max(0, self.start - 4), self.start)
        ):
            value += 1  # 增长两倍 is three times as much
        high = None if self.number.high is None else self.number.high * factor
        bound: Bound = "over" if self.over or self.number.over else "about" if high is not None else "exact"
        return Figure(self.start, self.end, unit.kind, value, unit.symbol, high, bound)

    def _is_figure(self, folded: str) -> bool:
        """Whether the number alone, without company, would be one: 三 or 一 seldom is, 300 and 三亿 are."""
        number = self.number
        if number.script == "digits":
            return bool(self.unit or number.scale > 1) or number.value < 10**9 or "," in folded[self.start : number.end]
        if number.script == "english":
            return number.value != 1 or (
                self.unit is not None and self.unit != UNITS["day"] and self.unit.symbol != "times"
            )
        before = folded[self.start - 1 : self.start]
        if number.value == 1 and number.scale == 1:
            return self.unit is not None and before not in _ALONE_BEFORE and self.unit not in (UNITS["天"], UNITS["次"])
        if number.scale > 1 or number.high:
            return before != "第" and (
                number.scale > 1 or self.unit is not None or bool(COUNTED.match(folded, number.end))
            )
        return before not in _NO_CHINESE_AFTER and (self.unit is not None or bool(COUNTED.match(folded, number.end)))


def read_amount(folded: str, start: int) -> Amount | None:
    """The number at `start`, with the currency before it or the unit after it."""
    position, sign_unit = start, None
    if sign := _CURRENCY.match(folded, start):
        position, sign_unit = sign.end(), Unit("money", CURRENCY_SIGNS[sign["sign"]])
        if position == len(folded) or folded[position] not in "0123456789":
            return None
    number = read_number(folded, position)
    if number is None:
        return None
    begin, negative = read_sign(folded, start)
    amount = Amount(begin, number.end, number, sign_unit, sign=negative, over=number.over)
    if sign_unit is not None:
        own = _OWN_CURRENCY.match(folded, number.end)
        return replace(amount, end=own.end()) if own else amount
    if (
        number.script == "digits"
        and folded.startswith("人民币", begin - 3 - (folded[begin - 1 : begin] == " "))
        and begin >= 3
    ):
        begin -= 3 + (folded[begin - 1] == " ")
        own = _OWN_CURRENCY.match(folded, number.end)
        return replace(amount, start=begin, end=own.end() if own else number.end, unit=UNITS["元"])
    return _with_unit(folded, amount)


def unit_after(folded: str, end: int) -> tuple[re.Match[str], str, int] | None:
    """The unit after a number that ends at `end`: what stands before its name (多, 个, 半), the name, and its end."""
    before = _BEFORE_UNIT.match(folded, end)
    assert before is not None  # every part of it may be missing
    unit = match_unit(folded, before.end())
    if unit is None:
        return None
    name, unit_end = unit
    glued = unit_end - len(name) == end
    if before["each"] and name not in _EACH:
        return None
    if (name == "月" and not before["each"]) or (name == "x" and not glued):
        return None
    return before, *unit


_EACH = frozenset({"月", "小时", "钟头", "星期", "礼拜", "百分点", "基点"})  # units that take 个


def _with_unit(folded: str, amount: Amount) -> Amount:
    after = unit_after(folded, amount.number.end)
    if after is None:
        return amount
    before, name, end = after
    unit, more = UNITS[name], Fraction(0)
    if before["half"]:
        more = Fraction(1, 2)
    elif unit.kind == "measure" and (half := _AND_HALF.match(folded, end)):
        more, end = Fraction(1, 2), half.end()
    elif name == "成" and (rest := _TENTH_REST.match(folded, end)):
        more, end = Fraction(5 if rest["digit"] == "半" else CHINESE_DIGITS[rest["digit"]], 10), rest.end()
    over = amount.over or bool(before["over"] or before["each_over"])
    return replace(amount, end=end, unit=unit, more=more, over=over)


_SIGN = re.compile(r"(?:(?<![a-z0-9%)\]亿万千百元年月日号-])-|负\s?|零下\s?|(?<![a-z])(?:minus|negative)\s)$")


def read_sign(folded: str, start: int) -> tuple[int, int]:
    """Where the figure at `start` begins with its sign (-, 负, 零下, minus), and -1 or 1."""
    if folded[start - 1 : start] in {"-", "负", "下", " "} and (
        match := _SIGN.search(folded, max(0, start - 10), start)
    ):
        return match.start(), -1
    return start, 1
