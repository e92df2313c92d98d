"""What a case accepts: in words, or as a figure written any way in either language; and what must be cited."""

import pytest

from evals.accepted import answer_is_accepted
from evals.cases import Accepted, MustCite
from evals.metrics.citing import citations_cover


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("资本支出将增至 2000 亿美元。[1]", Accepted("US$200 billion", quantity=True)),
        ("It will climb to $200bn [1].", Accepted("2000 亿美元", quantity=True)),
        ("亚马逊 Amazon 计划投入 US$ 200 billion。", Accepted("两千亿美元", quantity=True)),
        ("约 2000 亿美元", Accepted("2000 亿美元", quantity=True)),
        ("on 6 December 2025", Accepted("2025 年 12 月", quantity=True)),
        ("增至 2010 亿美元", Accepted("2000 亿美元", quantity=True, tolerance=0.005)),
        ("It rose to 201 billion dollars.", Accepted("2000 亿美元", quantity=True, tolerance=0.005)),
        ("由贾西宣布", Accepted("Andy Jassy", ("贾西",))),
        ("２０００ 亿", Accepted("2000亿")),
    ],
)
def test_it_is_accepted(text, accepted):
    assert answer_is_accepted(text, [Accepted("something else"), accepted])


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("增至 2000 亿元", Accepted("2000 亿美元", quantity=True)),
        ("增至 2010 亿美元", Accepted("2000 亿美元", quantity=True)),
        ("增至 2011 亿美元", Accepted("2000 亿美元", quantity=True, tolerance=0.005)),
        ("in 2025", Accepted("2025 年 12 月", quantity=True)),
        ("over 200 billion dollars", Accepted("2000 亿美元", quantity=True)),
        ("no figure at all", Accepted("2000 亿美元", quantity=True, tolerance=0.5)),
        ("3200 亿", Accepted("200 亿")),
        ("", Accepted("贾西")),
    ],
)
def test_it_is_not_accepted(text, accepted):
    assert not answer_is_accepted(text, [accepted])


FIRST, ALSO_FIRST, SECOND = MustCite("收入 3 亿。"), MustCite("Revenue was 300 million."), MustCite("利润 1 亿。")


@pytest.mark.parametrize(
    ("quotes", "groups", "covered"),
    [
        ([], [], True),
        ([], [[FIRST]], False),
        (["Revenue was 300 million."], [[FIRST, ALSO_FIRST]], True),
        (["收入 3 亿。"], [[FIRST, ALSO_FIRST], [SECOND]], False),
        (["收入 3 亿。", "利润 1 亿。"], [[FIRST, ALSO_FIRST], [SECOND]], True),
        (["收入 3 亿。利润 1 亿。"], [[FIRST], [SECOND]], True),
    ],
)
def test_every_group_must_be_cited_by_one_of_its_passages(quotes, groups, covered):
    assert citations_cover(quotes, groups) is covered
