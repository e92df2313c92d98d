"""Whether the figures of an answer stand in what it cites."""

import pytest

from rag.grounding import check_answer


def verdicts(text, *quotes):
    return [(check.text, check.supported) for check in check_answer(text, quotes).figures]


@pytest.mark.parametrize(
    ("text", "quote", "verdict"),
    [
        ("增至 2000 亿美元 [1]", "资本支出将增至 2000 亿美元。", ("2000 亿美元", True)),
        ("增至 9000 亿美元 [1]", "资本支出将增至 2000 亿美元。", ("9000 亿美元", False)),
        ("It climbs to US$200 billion [1].", "资本支出将增至 2000 亿美元。", ("US$200 billion", True)),
        ("增至两千亿美元 [1]", "It will climb to US$200 billion.", ("两千亿美元", True)),
        ("It climbs to US$200 billion [1].", "资本支出将增至 2000 亿元。", ("US$200 billion", False)),
        ("三分之二归 AWS [1]", "About three quarters of the budget goes to AWS.", ("三分之二", False)),
        ("75% of it goes to AWS [1].", "约四分之三的预算归 AWS。", ("75%", True)),
        ("It came out in December 2025 [1].", "2025 年 12 月面世。", ("December 2025", True)),
        ("It came out in November 2025 [1].", "2025 年 12 月面世。", ("November 2025", False)),
    ],
)
def test_a_figure_is_supported_where_the_quote_says_the_same(text, quote, verdict):
    assert verdicts(text, quote) == [verdict]


def test_citation_numbers_are_no_figures():
    assert verdicts("增长很快 [1] [2]。", "增长很快。") == []


def test_a_figure_may_stand_in_any_of_the_quotes():
    assert verdicts("18% 对 22% [1] [2]", "海源为 18%。", "北辰为 22%。") == [("18%", True), ("22%", True)]


def test_nothing_supports_a_figure_where_nothing_is_cited():
    assert verdicts("It is 5%.") == [("5%", False)]
