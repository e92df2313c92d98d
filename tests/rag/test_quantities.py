"""Figures: what is read, that it says the same in either language, and that no text is too much."""

import sys
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quantities import compare, find_quantities, without_quantities


def only(text):
    (quantity,) = find_quantities(text)
    return quantity


BILLION = 10**9


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("2000 亿美元", "money", 200 * BILLION, "USD"),
        ("２０００億美元", "money", 200 * BILLION, "USD"),
        ("两千亿美元", "money", 200 * BILLION, "USD"),
        ("一点五亿美元", "money", 150_000_000, "USD"),
        ("1300 多亿美元", "money", 130 * BILLION, "USD"),
        ("3,500 万元", "money", 35_000_000, "CNY"),
        ("人民币 12.5 亿", "money", 1_250_000_000, "CNY"),
        ("US$200bn", "money", 200 * BILLION, "USD"),
        ("$1,234.56", "money", Fraction("1234.56"), "USD"),
        ("three billion dollars", "money", 3 * BILLION, "USD"),
        ("€3.5 million", "money", 3_500_000, "EUR"),
        ("HK$5m", "money", 5_000_000, "HKD"),
        ("NZ$80,000", "money", 80_000, "NZD"),
        ("8 万新西兰元", "money", 80_000, "NZD"),
        ("MX$300", "money", 300, "MXN"),
        ("R$200", "money", 200, "BRL"),
        ("500 泰铢", "money", 500, "THB"),
        ("四分之三", "share", Fraction(3, 4), ""),
        ("three-quarters", "share", Fraction(3, 4), ""),
        ("百分之二点五", "share", Fraction(1, 40), ""),
        ("八成", "share", Fraction(4, 5), ""),
        ("七成五", "share", Fraction(3, 4), ""),
        ("一半", "share", Fraction(1, 2), ""),
        ("half", "share", Fraction(1, 2), ""),
        ("20 percentage points", "share", Fraction(1, 5), "points"),
        ("2025 年 12 月 3 日", "date", "2025-12-03", ""),
        ("二〇二五年十二月", "date", "2025-12", ""),
        ("3 December 2025", "date", "2025-12-03", ""),
        ("Dec. 3, 2025", "date", "2025-12-03", ""),
        ("11 月", "date", "--11", ""),
        ("第三季度", "date", "Q3", ""),
        ("third quarter", "date", "Q3", ""),
        ("2018", "date", "2018", ""),
        ("30,000", "count", 30_000, ""),
        ("３万", "count", 30_000, ""),
        ("一百二十三", "count", 123, ""),
        ("320 多万", "count", 3_200_000, ""),
        ("one million", "count", 1_000_000, ""),
        ("twelve", "count", 12, ""),
        ("27.4", "count", Fraction("27.4"), ""),
        ("一亿二", "count", 120_000_000, ""),
        ("1 亿 2 千万", "count", 120_000_000, ""),
        ("三万五千六百二十一", "count", 35_621, ""),
        ("one million two hundred and thirty-four thousand", "count", 1_234_000, ""),
        ("nineteen hundred", "count", 1900, ""),
        ("three point five million", "count", 3_500_000, ""),
        ("1.2 兆美元", "money", 1_200 * BILLION, "USD"),
        ("RMB 380bn", "money", 380 * BILLION, "CNY"),
        ("-$3 billion", "money", -3 * BILLION, "USD"),
        ("两个半小时", "measure", Fraction(5, 2), "h"),
        ("一年半", "measure", Fraction(3, 2), "year"),
        ("half an hour", "measure", Fraction(1, 2), "h"),
        ("零下 5 摄氏度", "measure", -5, "°C"),
        ("二千瓦时", "measure", 2, "kWh"),
        ("五千米", "measure", 5, "km"),
        ("30-year-old", "measure", 30, "years old"),
        ("翻两番", "count", 4, "times"),
        ("one in five", "share", Fraction(1, 5), ""),
        ("25 basis points", "share", Fraction(1, 400), "points"),
        ("2nd half of 2025", "date", "2025-H2", ""),
        ("3Q25", "date", "2025-Q3", ""),
        ("上世纪九十年代", "date", "1990s", ""),
        ("nineteenth century", "date", "C19", ""),
        ("last year's December", "date", "last-year-12", ""),
        ("third quarter of fiscal 2025", "date", "FY2025-Q3", ""),
        ("6:10 p.m.", "date", "T18:10", ""),
    ],
)
def test_reads(text, kind, value, unit):
    suffix = "个" if text == "一百二十三" else ""  # a Chinese number by itself needs what it counts
    quantity = only(text + suffix)
    assert (quantity.text, quantity.kind, quantity.value, quantity.unit) == (text, kind, value, unit)


def test_a_dollar_that_is_not_known_is_none_of_america():
    assert [(one.text, one.kind) for one in find_quantities("BZ$50 or $30")] == [("50", "count"), ("$30", "money")]


@pytest.mark.parametrize(
    "texts",
    [
        ("2000 亿美元", "2,000亿美元", "两千亿美元", "US$200bn", "$200 billion", "200B USD", "200 billion dollars"),
        ("四分之三", "4 分之 3", "three quarters", "75%", "百分之七十五", "７５％"),
        ("八成", "80%", "80 per cent", "百分之八十"),
        ("百分之二十", "20%", "两成", "one fifth"),
        ("2025 年 12 月", "December 2025", "二〇二五年十二月", "２０２５年１２月"),
        ("3 万", "30,000", "30 thousand"),
        ("100 万", "1 million", "one million"),
    ],
    ids=lambda texts: texts[0],
)
def test_says_the_same_in_either_language(texts):
    first, *others = map(only, texts)
    assert [other.text for other in others if compare(other, first) != "equal"] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2000 万美元", "2000 亿美元"),
        ("2000 亿美元", "2000 亿元"),
        ("$200 million", "$200 billion"),
        ("9000 亿美元", "2000 亿美元"),
        ("60%", "60"),
        ("四分之三", "三分之一"),
        ("2025 年 12 月", "2025 年 11 月"),
        ("December 2025", "2025"),
    ],
)
def test_tells_apart(one, other):
    assert compare(only(one), only(other)) != "equal"


@pytest.mark.parametrize(
    "text", ["第二天", "成立", "完成三成本", "you may go", "they march on", "元旦", "没有数字", "no figures here", ""]
)
def test_reads_no_figure_in(text):
    assert find_quantities(text) == []


@pytest.mark.parametrize("text", ["裁员 1800 人", "1500 多名", "2000 家"])
def test_what_is_counted_is_no_year(text):
    assert only(text).kind == "count"


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("约 200 个", "about"), ("约有 200 个", "about"), ("大约需要 35 分钟", "about"),
        ("200 左右", "about"), ("十来个", "about"),
        ("some 200", "about"), ("200 or so", "about"), ("超过了 200", "over"), ("20 多个", "over"), ("十几个", "over"),
        ("3 个多月", "over"), ("上百人", "over"), ("百余名", "over"), ("＞30%", "over"), ("过半", "over"),
        ("3 万人以上", "at_least"),
        ("30,000+", "at_least"), ("200 or more", "at_least"), ("不超过 200", "at_most"), ("400 公里以内", "at_most"),
        ("up to 200", "at_most"), ("不到 200", "under"), ("fewer than 200", "under"), ("近百家", "nearly"),
        ("將近 200", "nearly"), ("almost 200", "nearly"), ("最近 200 人", "exact"), ("3 起事故", "exact"),
        ("近三年", "exact"),
        ("条约 200", "exact"),
        ("discover 200", "exact"), ("高达 200", "exact"), ("as many as 200", "exact"),
    ],
)  # fmt: skip
def test_reads_how_a_figure_is_hedged(text, bound):
    assert only(text).bound == bound


def test_growth_by_a_multiple_is_read_as_what_it_comes_to():
    assert only("增长两倍").value == only("增至三倍").value == only("threefold").value == 3


def test_a_change_from_one_figure_to_another_is_no_range():
    assert [quantity.text for quantity in find_quantities("从 3 亿到 5 亿")] == ["3 亿", "5 亿"]


def test_reads_figures_in_their_order():
    text = "2025 年，AWS 的销售额接近 1300 亿美元，占利润的 60%；$38 billion was signed in December 2025."
    found = [quantity.text for quantity in find_quantities(text)]
    assert found == ["2025 年", "1300 亿美元", "60%", "$38 billion", "December 2025"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025 年，海源投资 35 亿元。", " ，海源投资  。"),
        ("In 2025 it spent $35 million.", "In   it spent  ."),
        ("海源 Haiyuan 为 18%", "海源 Haiyuan 为  "),
        ("没有数字 no figures", "没有数字 no figures"),
        ("", ""),
    ],
)
def test_without_its_figures_a_text_keeps_its_words(text, words):
    assert without_quantities(text) == words


# Pieces of figures, so that generated texts are full of them and of their near misses.
PIECES = st.sampled_from(
    [
        *"0123456789,.%￥¥$€ \n－-１２３４٣零一二两三十百千万亿成半点年月日个元多",
        *["分之", "百分之", "美元", "US$", "billion", "bn", "USD", "dollars", "half", "quarter", "Dec", "of", "st"],
    ]
)
ANY_TEXT = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))


@given(ANY_TEXT)
def test_spans_are_the_texts_and_do_not_overlap(text):
    found = find_quantities(text)
    assert [text[quantity.start : quantity.end] for quantity in found] == [quantity.text for quantity in found]
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("text", ["٣ 个", "5 mıllion dollars", "²³½", "0 分之 0", "1" * 5000, "１" * 5000])
def test_odd_digits_raise_nothing(text):
    find_quantities(text)


HOSTILE = [
    "1", "一", "1,", "234,", "1 ", "1-", "1.", "1:", "01-", "1~", "三分之", "百分之 ", "1" + " " * 2000,
    "二月 ", "jan ", "$ ",
    "one ", "two and ", "half a ", "tens of ", "one point one ", "last year's ", "2025-", "去年", "第三",
    "1万1", "数", "二三",
    "三点三", "gpt-4-", "1a", "[1, ", "between 1 and ", "mid-1", "Aa 1 ", "１，", "u.s. ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.timeout(20)
def test_a_hostile_text_takes_linear_time(piece):
    find_quantities((piece * (20_000 // len(piece) + 1))[:20_000])


@pytest.mark.timeout(60)
def test_a_long_hostile_text_of_every_kind_takes_linear_time():
    find_quantities("".join(piece * (200_000 // len(HOSTILE) // len(piece) + 1) for piece in HOSTILE))


def test_calls_grow_with_the_length_of_the_text_and_no_faster():
    def calls(text):
        count = 0

        def on_event(frame, event, argument):
            nonlocal count
            count += event in {"call", "c_call"}

        before = sys.getprofile()
        sys.setprofile(on_event)
        try:
            find_quantities(text)
        finally:
            sys.setprofile(before)
        return count

    text = "".join(piece * (500 // len(piece) + 1) for piece in HOSTILE)
    assert calls(text * 2) <= 2 * calls(text) + 100
