"""Units that figures are given in, with their names in both languages, to read them and to write them.

Money, shares, times (two times, 两倍) and measures. Not here: units known in one language only (斤, 亩),
single letters that mean too much (m, g, t), pounds of mass (they are money), and currencies that few texts name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

UnitKind = Literal["money", "share", "count", "measure"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a figure names it: 25 basis points are 25 × `factor` of the share unit "points"."""

    kind: UnitKind
    symbol: str
    factor: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure; one of it is `scale` of its dimension's own unit. The first names are the ones written."""

    symbol: str
    dimension: str
    scale: Fraction
    chinese: tuple[str, ...]
    english: tuple[str, ...]  # singular, plural, and other names; short names may be glued to the number


def _measure(symbol: str, dimension: str, scale: str, chinese: str, english: str) -> Measure:
    return Measure(symbol, dimension, Fraction(scale), tuple(chinese.split()), tuple(english.split("|")))


# Scales are exact: SI prefixes (BIPM 2019), and for the others the international yard and pound of 1959, the US gallon
# of 231 cubic inches and the oil barrel of 42 gallons (NIST Handbook 44, appendix C). A year is twelve months, and
# neither is a number of days.
_MEASURES = (
    _measure("W", "power", "1", "瓦 瓦特", "watt|watts"),
    _measure("kW", "power", "1e3", "千瓦", "kilowatt|kilowatts|kw"),
    _measure("MW", "power", "1e6", "兆瓦", "megawatt|megawatts|mw"),
    _measure("GW", "power", "1e9", "吉瓦", "gigawatt|gigawatts|gw"),
    _measure("TW", "power", "1e12", "太瓦", "terawatt|terawatts|tw"),
    _measure("kWh", "energy", "1e3", "千瓦时 千瓦小时", "kilowatt-hour|kilowatt-hours|kilowatt hours|kwh"),
    _measure("MWh", "energy", "1e6", "兆瓦时", "megawatt-hour|megawatt-hours|megawatt hours|mwh"),
    _measure("GWh", "energy", "1e9", "吉瓦时", "gigawatt-hour|gigawatt-hours|gigawatt hours|gwh"),
    _measure("TWh", "energy", "1e12", "太瓦时", "terawatt-hour|terawatt-hours|terawatt hours|twh"),
    _measure("mm", "length", "1e-3", "毫米", "millimetre|millimetres|millimeter|millimeters|mm"),
    _measure("cm", "length", "1e-2", "厘米 公分", "centimetre|centimetres|centimeter|centimeters|cm"),
    _measure("m", "length", "1", "米 公尺", "metre|metres|meter|meters"),
    _measure("km", "length", "1e3", "公里 千米", "kilometre|kilometres|kilometer|kilometers|km|kms"),
    _measure("in", "length", "0.0254", "英寸", "inch|inches"),
    _measure("ft", "length", "0.3048", "英尺", "foot|feet|ft"),
    _measure("mi", "length", "1609.344", "英里", "mile|miles"),
    _measure("nmi", "length", "1852", "海里", "nautical mile|nautical miles"),
    _measure("km/h", "speed", "1", "公里/小时 千米/小时", "kilometre per hour|kilometres per hour|km/h|kph"),
    _measure("mph", "speed", "1.609344", "英里/小时", "mile per hour|miles per hour|mph"),
    _measure("m2", "area", "1", "平方米 平米", "square metre|square metres|square meter|square meters|sq m|m²"),
    _measure("km2", "area", "1e6", "平方公里 平方千米",
             "square kilometre|square kilometres|square kilometer|square kilometers|sq km|km²"),
    _measure("ha", "area", "1e4", "公顷", "hectare|hectares"),
    _measure("acre", "area", "4046.8564224", "英亩", "acre|acres"),
    _measure("ft2", "area", "0.09290304", "平方英尺", "square foot|square feet|sq ft"),
    _measure("mi2", "area", "2589988.110336", "平方英里", "square mile|square miles"),
    _measure("mL", "volume", "1e-3", "毫升", "millilitre|millilitres|milliliter|milliliters|ml"),
    _measure("L", "volume", "1", "升", "litre|litres|liter|liters"),
    _measure("m3", "volume", "1e3", "立方米", "cubic metre|cubic metres|cubic meter|cubic meters|m³"),
    _measure("gal", "volume", "3.785411784", "加仑", "gallon|gallons"),
    _measure("bbl", "volume", "158.987294928", "桶", "barrel|barrels"),
    _measure("mg", "mass", "1e-6", "毫克", "milligram|milligrams|mg"),
    _measure("g", "mass", "1e-3", "克", "gram|grams"),
    _measure("kg", "mass", "1", "公斤 千克", "kilogram|kilograms|kg|kgs|kilo|kilos"),
    _measure("t", "mass", "1e3", "吨 公吨", "tonne|tonnes|ton|tons|metric ton|metric tons"),
    _measure("lb", "mass", "0.45359237", "磅", "lb|lbs"),
    _measure("oz", "mass", "0.028349523125", "盎司", "ounce|ounces|oz"),
    _measure("ms", "time", "1e-3", "毫秒", "millisecond|milliseconds|ms"),
    _measure("s", "time", "1", "秒 秒钟", "second|seconds|secs"),
    _measure("min", "time", "60", "分钟", "minute|minutes|min|mins"),
    _measure("h", "time", "3600", "小时 钟头", "hour|hours|hr|hrs"),
    _measure("d", "time", "86400", "天", "day|days"),
    _measure("wk", "time", "604800", "周 星期 礼拜", "week|weeks"),
    _measure("month", "calendar", "1", "个月 月", "month|months"),
    _measure("year", "calendar", "12", "年", "year|years|yrs"),
    _measure("years old", "calendar", "12", "岁 周岁", "year old|years old|year-old|year-olds"),
    _measure("decade", "calendar", "120", "个十年", "decade|decades"),
    _measure("°C", "temperature in °C", "1", "摄氏度 °c ℃", "degree celsius|degrees celsius|°c|degrees centigrade"),
    _measure("°F", "temperature in °F", "1", "华氏度 °f ℉", "degree fahrenheit|degrees fahrenheit|°f"),
    _measure("°", "degrees", "1", "度", "degree|degrees|°"),
    _measure("KB", "data", "1e3", "千字节", "kilobyte|kilobytes|kb"),
    _measure("MB", "data", "1e6", "兆字节", "megabyte|megabytes|mb"),
    _measure("GB", "data", "1e9", "吉字节", "gigabyte|gigabytes|gb"),
    _measure("TB", "data", "1e12", "太字节", "terabyte|terabytes|tb"),
    _measure("PB", "data", "1e15", "拍字节", "petabyte|petabytes|pb"),
    _measure("Hz", "frequency", "1", "赫兹", "hertz|hz"),
    _measure("MHz", "frequency", "1e6", "兆赫 兆赫兹", "megahertz|mhz"),
    _measure("GHz", "frequency", "1e9", "吉赫 吉赫兹", "gigahertz|ghz"),
    _measure("V", "voltage", "1", "伏 伏特", "volt|volts"),
    _measure("kV", "voltage", "1e3", "千伏", "kilovolt|kilovolts|kv"),
    _measure("dB", "loudness", "1", "分贝", "decibel|decibels|db"),
)  # fmt: skip
MEASURES = {measure.symbol: measure for measure in _MEASURES}

# ISO 4217 code: names in Chinese, names in English, what stands before the amount. The first of each is written.
CURRENCIES = {
    "USD": ("美元 美金", "US dollars|US dollar|U.S. dollars|U.S. dollar|dollars|dollar|USD", "us$ usd $ u.s.$"),
    "CNY": ("元 人民币 元人民币 块钱", "yuan|renminbi|RMB|CNY", "rmb cny cn¥ ¥ 人民币"),
    "EUR": ("欧元", "euros|euro|EUR", "€ eur"),
    "GBP": ("英镑", "pounds|pound sterling|pounds sterling|pound|GBP", "£ gbp"),
    "JPY": ("日元 日圆", "yen|Japanese yen|JPY", "jpy jp¥"),
    "HKD": ("港元 港币", "Hong Kong dollars|Hong Kong dollar|HKD", "hk$ hkd"),
    "TWD": ("新台币", "New Taiwan dollars|Taiwan dollars|TWD", "nt$ twd"),
    "KRW": ("韩元 韩圆", "Korean won|South Korean won|KRW", "₩ krw"),
    "INR": ("卢比 印度卢比", "rupees|rupee|INR", "₹ inr"),
    "RUB": ("卢布", "roubles|rubles|rouble|ruble|RUB", "rub"),
    "AUD": ("澳元", "Australian dollars|AUD", "a$ aud"),
    "CAD": ("加元", "Canadian dollars|CAD", "c$ cad"),
    "NZD": ("新西兰元 纽元 纽币", "New Zealand dollars|NZD", "nz$ nzd"),
    "MXN": ("墨西哥比索", "Mexican pesos|MXN", "mx$ mxn"),
    "BRL": ("雷亚尔 巴西雷亚尔", "Brazilian reais|reais|BRL", "r$ brl"),
    "THB": ("泰铢", "baht|Thai baht|THB", "฿ thb"),
    "SGD": ("新加坡元 新元", "Singapore dollars|SGD", "s$ sgd"),
    "CHF": ("瑞士法郎 瑞郎", "Swiss francs|CHF", "chf"),
}  # fmt: skip

_HUNDREDTH = Fraction(1, 100)
_OTHERS = {
    "%": Unit("share", "", _HUNDREDTH), "percent": Unit("share", "", _HUNDREDTH),
    "per cent": Unit("share", "", _HUNDREDTH), "成": Unit("share", "", Fraction(1, 10)),
    "‰": Unit("share", "", Fraction(1, 1000)),
    "百分点": Unit("share", "points", _HUNDREDTH), "percentage points": Unit("share", "points", _HUNDREDTH),
    "percentage point": Unit("share", "points", _HUNDREDTH),
    "基点": Unit("share", "points", Fraction(1, 10000)), "basis points": Unit("share", "points", Fraction(1, 10000)),
    "basis point": Unit("share", "points", Fraction(1, 10000)),
    "倍": Unit("count", "times"), "次": Unit("count", "times"), "times": Unit("count", "times"),
    "fold": Unit("count", "times"), "x": Unit("count", "times"),
    "美分": Unit("money", "USD", _HUNDREDTH), "cents": Unit("money", "USD", _HUNDREDTH),
    "cent": Unit("money", "USD", _HUNDREDTH),
}  # fmt: skip

# After these names, a character with which they are no unit: 元素, 三年级, 一次性, 三成本.
_NO_UNIT_BEFORE = {
    "元": "素件旦宵首老帅月", "天": "才然气空下生津地堂使", "年": "级轻龄代度份", "周": "边围刊末岁",
    "米": "饭粉兰其歇", "克": "服隆里", "升": "级职降值学至到入", "成": "立为本功员长就都果交绩熟份分品人",
    "次": "要日序数品于郎贷长", "磅": "礴", "秒": "杀", "度": "过日假", "伏": "击",
    "桶": "装", "倍": "增感加", "新元": "素件旦", "月": "份",
}  # fmt: skip


def _names() -> Iterator[tuple[str, Unit]]:
    for measure in _MEASURES:
        for name in (*measure.chinese, *measure.english):
            yield name, Unit("measure", measure.symbol)
    for code, (chinese, english, _) in CURRENCIES.items():
        for name in (*chinese.split(), *english.lower().split("|")):
            yield name, Unit("money", code)
    yield from _OTHERS.items()


UNITS = dict(_names())
CURRENCY_SIGNS = {sign: code for code, (_, _, signs) in CURRENCIES.items() for sign in signs.split()}


def _pattern(name: str) -> str:
    written = re.escape(name).replace(r"\ ", r"\s{1,2}")
    if name[-1].isascii() and name[-1].isalpha():
        return rf"{written}(?![a-z])"
    return f"{written}(?![{_NO_UNIT_BEFORE[name]}])" if name in _NO_UNIT_BEFORE else written


def _patterns() -> dict[str, re.Pattern[str]]:
    """For each first character the names that begin with it, longer ones first: 千瓦时 is not read as 千瓦."""
    names: dict[str, list[str]] = {}
    for name in sorted(UNITS, key=lambda name: (-len(name), name)):
        names.setdefault(name[0], []).append(_pattern(name))
    return {first: re.compile("|".join(patterns)) for first, patterns in names.items()}


_PATTERNS = _patterns()


def match_unit(text: str, start: int) -> tuple[str, int] | None:
    """The name of a unit that begins at `start` of a folded text, a key of `UNITS`, and where it ends."""
    pattern = _PATTERNS.get(text[start : start + 1])
    match = pattern.match(text, start) if pattern else None
    return (" ".join(match[0].split()), match.end()) if match else None


# A bare $ is American: letters before it that are not known, as in BZ$, make it another one.
CURRENCY_SIGN = "|".join(
    ("(?<![a-z])" if sign == "$" else "") + re.escape(sign)
    for sign in sorted(CURRENCY_SIGNS, key=lambda sign: (-len(sign), sign))
)
CURRENCY_WORDS = frozenset(re.match("[a-z]*", sign)[0] for sign in CURRENCY_SIGNS)  # type: ignore[index]
