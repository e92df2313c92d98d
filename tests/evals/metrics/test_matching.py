"""Scores of one answer, on worked examples."""

import pytest

from evals.metrics.matching import answer_is_right, quote_is_expected


@pytest.mark.parametrize(
    ("text", "answers", "right"),
    [
        ("份额是 80%。", ["80%"], True),
        ("增至 380 亿美元", ["80亿美元"], False),
        ("80.5%", ["80"], False),
        ("1,800 jobs", ["800"], False),
        ("It was 80.", ["80"], True),
        ("增至２０００ 亿美元。", ["2000亿美元"], True),
        ("ANDY JASSY said so", ["Andy Jassy"], True),
        ("四分之三", ["3/4", "四分之三"], True),
        ("亞馬遜的資本支出", ["亚马逊的资本支出"], True),
        ("亚马逊的资本支出", ["資本支出"], True),
        ("安迪·賈西 (Andy Jassy)", ["安迪·贾西"], True),
        ("nothing of it", ["80"], False),
        ("2025", ["2025 年"], False),
        ("They spent money.", ["one"], False),
        ("OpenAI 的模型", ["AI"], False),
        ("用 AI 的模型", ["AI"], True),
        ("231 were recorded", ["record"], False),
        ("two new data  centres", ["data centre"], True),
        ("Amazon's plan", ["Amazon"], True),
        ("涨了 200billion", ["billion"], True),
        ("什么都不是", ["\u200b"], False),
    ],
)
def test_an_answer_is_right_where_it_holds_an_accepted_one(text, answers, right):
    assert answer_is_right(text, answers) is right


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("甲。乙。", True),
        ("乙。", True),
        ("。乙", True),
        ("前言。 甲。\n乙。 后记。", True),
        ("丙。", False),
    ],
)
def test_a_quote_is_expected_where_one_holds_the_other(quote, expected):
    assert quote_is_expected(quote, ["甲。乙。"]) is expected


@pytest.mark.parametrize("quote", ["", " ", "。", "[…]"])
def test_a_quote_of_nothing_lies_nowhere(quote):
    assert not quote_is_expected(quote, ["甲。[…]乙。 丙"])
