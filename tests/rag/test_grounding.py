"""Whether the figures of an answer stand in what it cites."""

import pytest

from rag.decisive_dates import present_year
from rag.grounding import check_figure
from rag.quantities import find_quantities


def verdicts(text, *quotes):
    checks = [check_figure(figure, quotes, present_year(quotes)) for figure in find_quantities(text)]
    return [(check.text, check.supported) for check in checks]


@pytest.mark.parametrize(
    ("text", "quote", "verdict"),
    [
        ("增至 2000 亿美元", "资本支出将增至 2000 亿美元。", ("2000 亿美元", True)),
        ("增至 9000 亿美元", "资本支出将增至 2000 亿美元。", ("9000 亿美元", False)),
        ("It climbs to US$200 billion.", "资本支出将增至 2000 亿美元。", ("US$200 billion", True)),
        ("增至两千亿美元", "It will climb to US$200 billion.", ("两千亿美元", True)),
        ("It climbs to US$200 billion.", "资本支出将增至 2000 亿元。", ("US$200 billion", False)),
        ("三分之二归 AWS", "About three quarters of the budget goes to AWS.", ("三分之二", False)),
        ("售价 8 万美元", "It costs NZ$80,000.", ("8 万美元", False)),
        ("It costs US$48.", "售价 48 新西兰元。", ("US$48", False)),
        ("75% of it goes to AWS.", "约四分之三的预算归 AWS。", ("75%", True)),
        ("It came out in December 2025.", "2025 年 12 月面世。", ("December 2025", True)),
        ("It came out in November 2025.", "2025 年 12 月面世。", ("November 2025", False)),
    ],
)
def test_a_figure_is_supported_where_the_quote_says_the_same(text, quote, verdict):
    assert verdicts(text, quote) == [verdict]


@pytest.mark.parametrize(
    ("text", "quote", "supported"),
    [
        ("2026 年", "公司今年（2026 年）的支出将增加。", True),
        ("2027 年", "公司今年（2026 年）的支出将增加。", False),
        ("今年", "公司今年（2026 年）的支出将增加。", True),
        ("去年", "The budget of this year (2026) grew.", False),
        ("去年", "The budget of 2025 fell short of that of this year (2026).", True),
        ("in 2024", "Last year (2025) sales grew.", False),
        ("in 2025", "Last year sales grew.", True),
        ("November 2025", "去年，即 2025 年 12 月面世。", False),
        ("2025 年 12 月", "It came out in December 2025, after a slow last year.", True),
        ("去年 12 月", "It came out in December 2025.", True),
    ],
)
def test_a_date_is_held_against_the_dates_that_say_most(text, quote, supported):
    assert [found for _, found in verdicts(text, quote)] == [supported]


def test_a_figure_may_stand_in_any_of_the_quotes():
    assert verdicts("18% 对 22%", "海源为 18%。", "北辰为 22%。") == [("18%", True), ("22%", True)]


def test_of_two_that_say_the_same_the_one_written_alike_is_named():
    (figure,) = find_quantities("2026 年")
    assert check_figure(figure, ["今年（2026 年）的支出将增加。"], 2026).found == "2026 年"


def test_nothing_supports_a_figure_where_nothing_is_cited():
    assert verdicts("It is 5%.") == [("5%", False)]
