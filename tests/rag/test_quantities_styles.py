"""A random quantity, in every style of both languages, reads back as itself; so does what `write_quantity` says.

The writers here are their own: they share no table and no function with the program.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quantities import compare, find_quantities, write_quantity

DIGITS = "零一二三四五六七八九"
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def chinese_words(number):
    """1024 → 一千零二十四; for whole numbers below 10^16."""
    for scale, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if number >= scale:
            rest = number % scale
            gap = "零" if rest and rest < scale // 10 else ""
            return chinese_words(number // scale) + name + gap + (chinese_words(rest) if rest else "")
    written, zero = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            written += ("零" if zero and written else "") + DIGITS[digit] + name
        zero = not digit
    return written.removeprefix("一") if written.startswith("一十") else written


def english_words(number):
    """1024 → one thousand twenty-four; for whole numbers below 10^15."""
    for scale, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= scale:
            rest = number % scale
            return f"{english_words(number // scale)} {name}" + (f" {english_words(rest)}" if rest else "")
    if number >= 100:
        return f"{ONES[number // 100]} hundred" + (f" and {english_words(number % 100)}" if number % 100 else "")
    if number >= 20:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


def decimal(value):
    """A terminating decimal without trailing zeros and without separators."""
    return format((Decimal(value.numerator) / Decimal(value.denominator)).normalize(), "f")


def full_width(text):
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def traditional(text):
    return text.translate(str.maketrans("亿万两个点欧镑币时", "億萬兩個點歐鎊幣時"))


def chinese_numbers(value):
    """The ways to write a whole number in Chinese, that a unit or a measure word follows."""
    yield decimal(value)
    yield f"{value:,}"
    yield chinese_words(int(value))
    for scale, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if value >= scale:
            yield f"{decimal(Fraction(value, scale))} {name}"
            yield f"{decimal(Fraction(value, scale))}{name}"
            whole, rest = divmod(int(value), scale)
            if rest == 0:
                yield f"{chinese_words(whole)}{name}" if whole < 10**4 else f"{whole:,} {name}"


def english_numbers(value):
    yield f"{value:,}"
    yield english_words(int(value))
    for scale, names in (
        (10**12, ["trillion", "tn"]),
        (10**9, ["billion", "bn"]),
        (10**6, ["million", "mn"]),
        (10**3, ["thousand"]),
    ):
        if value >= scale:
            yield from (f"{decimal(Fraction(value, scale))} {name}" for name in names)
            yield f"{decimal(Fraction(value, scale))}{names[-1]}" if len(names) > 1 else f"{value:,}"


@dataclass(frozen=True)
class Written:
    """A sentence that holds one figure, and what is to be read: the figure's text, kind, value, unit and bound."""

    sentence: str
    text: str
    kind: str
    value: object
    unit: str
    bound: str = "exact"
    high: object = None


HEDGES = {
    "zh": [
        ("", "", "exact"), ("约 ", "", "about"), ("大约", "", "about"), ("", "左右", "about"), ("超过", "", "over"),
        ("逾 ", "", "over"), ("至少 ", "", "at_least"), ("", "以上", "at_least"), ("不超过 ", "", "at_most"),
        ("不到", "", "under"), ("将近 ", "", "nearly"), ("接近", "", "nearly"),
    ],
    "en": [
        ("", "", "exact"), ("about ", "", "about"), ("roughly ", "", "about"), ("", " or so", "about"),
        ("more than ", "", "over"), ("over ", "", "over"), ("at least ", "", "at_least"), ("", " or more", "at_least"),
        ("up to ", "", "at_most"), ("no more than ", "", "at_most"), ("less than ", "", "under"),
        ("nearly ", "", "nearly"), ("almost ", "", "nearly"),
    ],
}  # fmt: skip
FRAMES = {
    "zh": ["{}", "公司表示，这是{}。", "该公司将投入{}，并于其后公布（详情略）", "據了解，總計 {} ；"],
    "en": ["{}", "The company said it was {}.", "it spent {}, the report says", "(of {})"],
}
CURRENCIES = [
    ("USD", ["美元", "美金"], ["US$", "$", "USD "], ["dollars", "US dollars", "U.S. dollars"]),
    ("CNY", ["元", "人民币", "元人民币"], ["RMB ", "CNY "], ["yuan", "renminbi"]),
    ("EUR", ["欧元"], ["€"], ["euros"]),
    ("GBP", ["英镑"], ["£"], ["pounds"]),
    ("HKD", ["港元"], ["HK$"], ["Hong Kong dollars"]),
    ("NZD", ["新西兰元"], ["NZ$"], ["New Zealand dollars"]),
]
MEASURES = [
    ("GW", "吉瓦", ["gigawatts", "GW"]),
    ("kWh", "千瓦时", ["kilowatt-hours", "kWh"]),
    ("km", "公里", ["kilometres", "kilometers", "km"]),
    ("mi", "英里", ["miles"]),
    ("h", "小时", ["hours"]),
    ("min", "分钟", ["minutes"]),
    ("year", "年", ["years"]),
    ("month", "个月", ["months"]),
    ("t", "吨", ["tonnes", "tons"]),
    ("kg", "公斤", ["kilograms", "kg"]),
    ("°C", "摄氏度", ["degrees Celsius", "°C"]),
    ("km2", "平方公里", ["square kilometres", "km²"]),
]
# Up to six significant digits, and any size from a few to trillions.
WHOLE = st.builds(lambda digits, tens: digits * 10**tens, st.integers(2, 999_999), st.integers(0, 8))


def money_styles(value, code, chinese, signs, english):
    for number in chinese_numbers(value):
        gap = " " if number[-1].isdigit() else ""
        yield from (("zh", f"{number}{gap}{name}") for name in chinese)
    for number in english_numbers(value):
        yield from (("en", f"{number} {name}") for name in english)
        if number[0].isdigit():
            yield from (("en", f"{sign}{number}") for sign in signs)


def measure_styles(value, chinese, english):
    yield from (("zh", f"{number}{chinese}") for number in chinese_numbers(value))
    for number in english_numbers(value):
        yield from (("en", f"{number} {name}") for name in english)


@st.composite
def amounts(draw):
    value = draw(WHOLE)
    kind = draw(st.sampled_from(["money", "measure"]))
    if kind == "money":
        code, *names = draw(st.sampled_from(CURRENCIES))
        styles = list(money_styles(value, code, *names))
    else:
        code, *names = draw(st.sampled_from(MEASURES))
        # Years of four digits in Chinese are dates: 2018 年.
        styles = [style for style in measure_styles(value, *names) if not re.fullmatch(r"\d{4}年", style[1])]
    language, text = draw(st.sampled_from(styles))
    return language, text, kind, value, code


@st.composite
def shares(draw):
    percent = draw(st.integers(1, 999)) / Fraction(10)
    number = decimal(percent)
    whole, _, tenth = number.partition(".")
    spoken = chinese_words(int(whole)) if whole != "0" else "零"
    words = english_words(int(whole))
    if tenth:
        spoken, words = f"{spoken}点{DIGITS[int(tenth)]}", f"{words} point {ONES[int(tenth)]}"
    styles = [
        ("zh", f"{number}%"), ("zh", f"百分之{spoken}"), ("zh", f"百分之 {number}"), ("en", f"{number}%"),
        ("en", f"{number} per cent"), ("en", f"{number} percent"),
    ]  # fmt: skip
    if percent > 1:
        styles.append(("en", f"{words} percent"))
    points = [("zh", f"{number} 个百分点"), ("en", f"{number} percentage points")]
    unit = draw(st.sampled_from(["", "points"]))
    language, text = draw(st.sampled_from(points if unit else styles))
    return language, text, "share", percent / 100, unit


@st.composite
def counts(draw):
    value = draw(WHOLE.filter(lambda value: value < 1500 or value >= 10**4))
    measured = [("zh", number, "个") for number in chinese_numbers(value) if not (number.isdigit() and len(number) > 9)]
    language, text, after = draw(st.sampled_from([*measured, *(("en", n, " jobs") for n in english_numbers(value))]))
    return language, text, "count", value, "", after


def variants(text, language):
    yield text
    if language == "zh":
        yield traditional(text)
        yield full_width(text)
        yield full_width(traditional(text))


@st.composite
def written(draw, figures):
    language, text, kind, value, unit, *after = draw(figures)
    text = draw(st.sampled_from(list(variants(text, language))))
    before, behind, bound = draw(st.sampled_from(HEDGES[language]))
    if after and behind:
        before, behind, bound = HEDGES[language][0]
    frame = draw(st.sampled_from(FRAMES[language]))
    sentence = frame.format(f"{before}{text}{''.join(after)}{behind}")
    return Written(sentence, text, kind, value, unit, bound)


def read(case):
    """The figures of the case's sentence, as it says what they must be."""
    return [
        Written(
            case.sentence, quantity.text, quantity.kind, quantity.value, quantity.unit, quantity.bound, quantity.high
        )
        for quantity in find_quantities(case.sentence)
    ]


@given(written(st.one_of(amounts(), shares(), counts())))
def test_a_figure_of_any_style_reads_back(case):
    assert read(case) == [case]


@st.composite
def ranges(draw):
    low, more = draw(st.integers(2, 400)), draw(st.integers(1, 500))
    high = low + more
    dash = draw(st.sampled_from(["-", "–", "~", "～", "至", "到"]))
    million, hundred_million = 10**6, 10**8
    styles = [
        (f"{low}{dash}{high}%", "share", Fraction(low, 100), Fraction(high, 100), ""),
        (f"{low}%{dash}{high}%", "share", Fraction(low, 100), Fraction(high, 100), ""),
        (f"{low} {dash} {high} 亿美元", "money", low * hundred_million, high * hundred_million, "USD"),
        (f"{low} 亿{dash}{high} 亿", "count", low * hundred_million, high * hundred_million, ""),
        (f"${low}-{high} million", "money", low * million, high * million, "USD"),
        (f"${low} million to ${high} million", "money", low * million, high * million, "USD"),
        (f"{low} to {high} kilometres", "measure", low, high, "km"),
        (f"{low}{dash}{high} 公里", "measure", low, high, "km"),
    ]
    text, kind, value, end, unit = draw(st.sampled_from(styles))
    hedge, bound = draw(st.sampled_from([("", "exact"), ("约 ", "about"), ("about ", "about")]))
    return Written(hedge + text, text, kind, value, unit, bound, end)


@given(ranges())
def test_a_range_of_any_style_reads_back(case):
    assert read(case) == [case]


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def date_styles(year, month, day):
    name = MONTHS[month - 1]
    number, spoken = chinese_words(month), "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    in_year, in_month, full = f"{year}", f"{year}-{month:02d}", f"{year}-{month:02d}-{day:02d}"
    yield from ((text, in_year) for text in (f"{year} 年", f"{year}年", f"{spoken}年"))
    yield from ((text, f"--{month:02d}") for text in (f"{month} 月", f"{month}月", f"{number}月"))
    yield from ((text, in_month) for text in (f"{year} 年 {month} 月", f"{year}年{month}月", f"{spoken}年{number}月"))
    yield from ((text, in_month) for text in (f"{name} {year}", f"{name} of {year}", f"{name[:3]}. {year}"))
    for text in (f"{month} 月 {day} 日", f"{month}月{day}日", f"{name} {day}", f"{day} {name}"):
        yield text, f"--{month:02d}-{day:02d}"
    for text in (f"{year} 年 {month} 月 {day} 日", f"{year}年{month}月{day}号", full, f"{year}/{month}/{day}"):
        yield text, full
    for text in (f"{name} {day}, {year}", f"{day} {name} {year}", f"{name[:3]}. {day}, {year}"):
        yield text, full
    quarter, half = (month + 2) // 3, (month + 5) // 6
    ordinal = ("first", "second", "third", "fourth")[quarter - 1]
    chinese_quarter, chinese_half = f"第{DIGITS[quarter]}季度", f"{'上下'[half - 1]}半年"
    yield from ((text, f"Q{quarter}") for text in (chinese_quarter, f"Q{quarter}", f"{ordinal} quarter"))
    for text in (f"{year} 年{chinese_quarter}", f"Q{quarter} {year}", f"{ordinal} quarter of {year}"):
        yield text, f"{year}-Q{quarter}"
    for text in (f"{year} 年{chinese_half}", f"{('first', 'second')[half - 1]} half of {year}", f"H{half} {year}"):
        yield text, f"{year}-H{half}"
    yield from ((text, f"FY{year}") for text in (f"{year} 财年", f"{year}財年", f"FY{year}", f"fiscal {year}"))
    yield from ((text, f"{year // 10}0s") for text in (f"{year // 10}0s", f"{year // 10}0 年代"))
    for chinese, english, value in (("去年", "last year", "last-year"), ("今年", "this year", "this-year")):
        yield from ((text, f"{value}-{month:02d}") for text in (f"{chinese} {month} 月", f"{name} {english}"))
        yield from ((text, f"{value}-Q{quarter}") for text in (f"{chinese}{chinese_quarter}", f"Q{quarter} {english}"))


DATES = st.builds(date_styles, st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 28)).flatmap(
    lambda styles: st.sampled_from(list(styles))
)


@given(DATES, st.sampled_from([*FRAMES["zh"], *FRAMES["en"]]))
def test_a_date_of_any_style_reads_back(date, frame):
    text, value = date
    case = Written(frame.format(text), text, "date", value, "")
    if text in {"May", "March"}:
        return  # alone they are more often verbs
    assert read(case) == [case]


@given(written(st.one_of(amounts(), shares(), counts())), st.sampled_from(["zh", "en"]))
def test_what_is_written_reads_back_equal(case, language):
    (quantity,) = find_quantities(case.sentence)
    text = write_quantity(quantity, language)
    if text is None:
        assert quantity.kind in {"share", "count"}
        assert quantity.bound == "exact"
        return
    (again,) = find_quantities(text)
    assert compare(again, quantity) == "equal"


@given(DATES, st.sampled_from(["zh", "en"]))
def test_a_date_that_is_written_reads_back_equal(date, language):
    for quantity in find_quantities(date[0]):
        text = write_quantity(quantity, language)
        # "March" alone is read as the verb.
        assert text is None or [compare(again, quantity) for again in find_quantities(f"in {text}")] == ["equal"]


@given(ranges(), st.sampled_from(["zh", "en"]))
def test_a_range_that_is_written_reads_back_equal(case, language):
    (quantity,) = find_quantities(case.sentence)
    text = write_quantity(quantity, language)
    assert text is None or [compare(again, quantity) for again in find_quantities(text)] == ["equal"]


@pytest.mark.parametrize(
    ("source", "language", "expected"),
    [
        ("2000 亿美元", "en", "US$200 billion"),
        ("US$38 billion", "zh", "380 亿美元"),
        ("320 多万户", "en", "more than 3.2 million"),
        ("over 3.2 million", "zh", "超过 320 万"),
        ("四分之三", "en", "three quarters"),
        ("three quarters", "zh", "四分之三"),
        ("half", "zh", "一半"),
        ("八成", "en", "80%"),
        ("百分之二十", "en", "20%"),
        ("将近 4 吉瓦", "en", "nearly 4 gigawatts"),
        ("nearly 4 gigawatts", "zh", "将近 4 吉瓦"),
        ("约 3 万", "en", "about 30,000"),
        ("30,000", "zh", "3 万"),
        ("123,456,789", "zh", "123,456,789"),
        ("人民币 12.5 亿元", "en", "1.25 billion yuan"),
        ("-30 亿美元", "en", "-US$3 billion"),
        ("3–5 亿美元", "en", "300 million to 500 million US dollars"),
        ("$3-5 billion", "zh", "30 亿至 50 亿美元"),
        ("10%以上", "en", "at least 10%"),
        ("5 个百分点", "en", "5 percentage points"),
        ("数百亿美元", "en", "tens of billions of US dollars"),
        ("hundreds of thousands of people", "zh", "数十万"),
        ("2 小时", "en", "2 hours"),
        ("1 小时", "en", "1 hour"),
        ("两倍", "en", "2 times"),
        ("doubled", "zh", "2 倍"),
        ("2025 年 12 月", "en", "December 2025"),
        ("December 3, 2025", "zh", "2025 年 12 月 3 日"),
        ("第三季度", "en", "third quarter"),
        ("Q3 2025", "zh", "2025 年第三季度"),
        ("去年 12 月", "en", "December last year"),
        ("last year", "zh", "去年"),
        ("1990s", "zh", "20 世纪 90 年代"),
        ("19 世纪", "en", "19th century"),
        ("2025 财年", "en", "fiscal 2025"),
        ("20%", "en", None),
        ("20％", "en", None),
        ("2025 年", "en", None),
        ("1,800", "zh", None),
        ("6:10", "zh", None),
        ("3 times", "zh", None),
        ("第三大", "en", None),
    ],
)
def test_writes(source, language, expected):
    (quantity,) = find_quantities(source)
    assert write_quantity(quantity, language) == expected
