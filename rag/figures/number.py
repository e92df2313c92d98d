"""A number read from text, whatever its language, and the folded copy of a text that figures are read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Script = Literal["digits", "chinese", "english"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a folded text up to `end`."""

    value: Fraction
    end: int
    script: Script
    scale: int = 1  # of the last multiplier: 10**8 in 3 亿; what "3–5 亿" lends to its 3
    high: Fraction | None = None  # of a number that names a span itself: 两三 (2 to 3), 数百 (100 to 1000)
    over: bool = False  # 320 多万, 百余: somewhat more


# What may repeat is bounded, so that no text takes more than linear time. The first group of a number with separators
# has at most three digits: "in 2018,300 people" holds two numbers.
DIGITS = re.compile(r"\d{1,3}(?:,\d{3}(?!\d)){1,30}(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)


def vague_number(scale: int, end: int, script: Script) -> Number:
    """数百亿, hundreds of millions: from one power of ten to the next."""
    return Number(Fraction(scale), end, script, scale, high=Fraction(10 * scale))


def times_scale(number: Number, scale: int, end: int, over: bool = False) -> Number:
    high = None if number.high is None else number.high * scale
    return Number(number.value * scale, end, number.script, scale, high, over)


_TRADITIONAL = (
    "億萬兩餘個點幣歐鎊圓數幾約過達將於後時鐘紀財號攝氏頃噸週歲員戶間輛艘棟層張場屆輪類組隊處條項臺種頭節塊錢韓"
    "華從與負單滿減長漲擴"
)
_SIMPLIFIED = (
    "亿万两余个点币欧镑圆数几约过达将于后时钟纪财号摄氏顷吨周岁员户间辆艘栋层张场届轮类组队处条项台种头节块钱韩"
    "华从与负单满减长涨扩"
)
_FOLDED = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms, made lower case below
    | {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
    | {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
    | dict(zip(map(ord, _TRADITIONAL), map(ord, _SIMPLIFIED), strict=True))
    | {ord(space): ord(" ") for space in "\u00a0\u2009\u202f\u3000"}
    | {ord(dash): ord("-") for dash in "‐‑‒–−﹣"}
    | {ord(wave): ord("~") for wave in "〜∼"}
    | {ord("￥"): ord("¥"), ord("￡"): ord("£"), ord("﹪"): ord("%")}
)
del _FOLDED[ord("，")]  # it ends a clause: 2018，300 人 are two figures
_FULL_WIDTH_SEPARATOR = re.compile("(?<=[０-９])，(?=[０-９]{3})")


def fold(text: str) -> str:
    """`text` for reading figures: narrow, lower-case and simplified, one character for one, so that offsets hold."""
    if "，" in text and not text.isascii():
        text = _FULL_WIDTH_SEPARATOR.sub(",", text)
    return text.translate(_FOLDED)
