"""Chinese numerals, and the multipliers after digits: 两千亿, 一亿二, 1 亿 2 千万, 廿三, 320 多万, 数十万, 百余.

Not handled: numerals of cheques (壹佰), and 兆 as a million (in front of a unit such as 瓦 it belongs to the unit).
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from rag.figures.number import DIGITS, Number, times_scale, vague_number

CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
CHINESE_NUMERALS = "零〇一二两三四五六七八九十百千廿卅"
_TENS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}

_RUN = rf"[{CHINESE_NUMERALS}]{{1,20}}"
_CHINESE = re.compile(
    rf"(?P<whole>[零〇一二两三四五六七八九十廿卅][{CHINESE_NUMERALS}]{{0,19}})(?:(?<!千)|(?![瓦米克赫伏]))(?:点(?P<decimals>[零〇一二三四五六七八九]{{1,20}}))?"
)
# 千瓦, 千米, 百帕, 兆字节 are units.
_SCALE = r"(?:[十百千](?!分之))?(?:万亿|[万亿])|[百千](?![瓦米克卡赫伏帕焦分])|兆(?=[美欧日港元])"
_CHINESE_SCALE = re.compile(
    rf"\s{{0,2}}(?P<over>[多余几])?来?\s{{0,2}}(?P<scale>{_SCALE})(?P<over_after>[多余](?![{CHINESE_NUMERALS}]))?"
)
_CHINESE_REST = re.compile(
    rf"\s{{0,2}}(?:(?P<digits>{DIGITS.pattern})\s{{0,2}}(?P<scale>{_SCALE})|(?P<run>{_RUN})(?P<large>万亿|[万亿])?)"
    r"|(?P<rest>\d{3,7})(?![\d,.%年])",
    re.ASCII,
)
_CHINESE_LAST = re.compile(r"[一二三四五六七八九](?=[元块美欧英港。，；、,;!?！？\s)）]|人民币|$)")
_NEIGHBOURS = re.compile("([一二两三四五六七八])([二三四五六七八九])([十百千]?)")
_VAGUE = re.compile(r"(?:[数几])(?P<scale>(?:[十百千]?(?:万亿|[万亿])|[十百千](?!分之)))")
_BARE = re.compile(r"(?P<scale>[百千]?(?:万亿|[万亿])|[百千](?!分之))(?P<over>[余多](?!种多样))?")


def read_chinese(text: str, start: int) -> Number | None:
    if text[start] in "数几":
        match = _VAGUE.match(text, start)
        return match and vague_number(_chinese_scale(match["scale"]), match.end(), "chinese")
    if match := _CHINESE.match(text, start):
        number = _chinese_run(match)
        if number and (scaled := scale_chinese(text, number)) is not number:
            return scaled
        if number and text.startswith("几", number.end) and text[number.end - 1] == "十":
            return replace(number, end=number.end + 1, over=True)
        return number
    if match := _BARE.match(text, start):
        return _bare(text, start, match)
    return None


def _bare(text: str, start: int, match: re.Match[str]) -> Number | None:
    """上百, 近千, 超万亿, 百余: a multiplier without a number, which is a number only in such company."""
    before = text[start - 1 : start]
    if match["over"] != "余" and before not in {"近", "超", "逾", "过", "上", "约"}:
        return None
    value = _chinese_scale(match["scale"])
    return Number(Fraction(value), match.end(), "chinese", value, over=bool(match["over"]) or before == "上")


def _chinese_scale(name: str) -> int:
    scale = 1
    for character in name:
        scale *= _TENS.get(character) or _LARGE[character]
    return scale


def scale_chinese(text: str, number: Number) -> Number:
    """`number` with the multipliers that follow, however many: 1 亿 2 千万, 三万五千六百, 一亿二."""
    match = _CHINESE_SCALE.match(text, number.end)
    if match is None:
        return number
    scale = _chinese_scale(match["scale"])
    over = bool(match["over"] or match["over_after"])
    number = times_scale(number, scale, match.end(), over)
    least = scale
    while not over and number.high is None and (match := _CHINESE_REST.match(text, number.end)):
        rest, scale = _rest(match)
        if not 0 < rest * scale < least:
            break
        number, least = replace(number, value=number.value + rest * scale, end=match.end()), scale
    if least == number.scale and (match := _CHINESE_LAST.match(text, number.end)):
        number = replace(number, value=number.value + CHINESE_DIGITS[match[0]] * Fraction(least, 10), end=match.end())
    return number


def _rest(match: re.Match[str]) -> tuple[Fraction, int]:
    """What a part after the first multiplier adds and its own multiplier; 0 where it does not belong to the number."""
    scale = _chinese_scale(match["scale"] or match["large"] or "")
    if not (run := match["run"]):
        return Fraction((match["digits"] or match["rest"]).replace(",", "")), scale
    if run[0] in "百千" or not (match["large"] or run[0] in "零〇" or set(run) & set(_TENS)):
        return Fraction(0), scale  # 三万五: the five are of ten thousands, see _CHINESE_LAST
    return Fraction(_chinese_whole(run)), scale


def _chinese_run(match: re.Match[str]) -> Number | None:
    whole = match["whole"]
    if pair := _NEIGHBOURS.fullmatch(whole):
        low, high = CHINESE_DIGITS[pair[1]], CHINESE_DIGITS[pair[2]]
        tens = _TENS.get(pair[3], 1)
        if high - low == 1 or (pair[1], pair[2]) == ("三", "五"):
            return Number(Fraction(low * tens), match.end(), "chinese", high=Fraction(high * tens))
    if not set(whole) & {*_TENS, "廿", "卅"} and 1 < len(whole) < 4 and not set(whole) & set("零〇"):
        return None  # 一二三, 二八: no number is said like that
    decimals = "".join(str(CHINESE_DIGITS[digit]) for digit in match["decimals"] or "零")
    return Number(_chinese_whole(whole) + Fraction(f"0.{decimals}"), match.end(), "chinese")


def _chinese_whole(run: str) -> int:
    run = run.replace("廿", "二十").replace("卅", "三十")
    if not set(run) & set(_TENS):  # read digit by digit: 二〇二五
        return int("".join(str(CHINESE_DIGITS[digit]) for digit in run))
    total, digit, unit, zero = 0, 0, 1, False
    for character in run:
        if character in _TENS:
            unit = _TENS[character]
            total += (digit or 1) * unit
            digit, zero = 0, False
        else:
            digit, zero = CHINESE_DIGITS[character], character in "零〇" or zero
    return total + digit * (unit // 10 if unit > 10 and not zero else 1)  # 一百二 is 120, 一百零二 is 102
