"""Right answers made wrong: what is changed, that it is changed, and what is left alone."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.mutations import bound_mutations, figure_mutations
from evals.name_swaps import KnownName, name_mutations

NAMES = [
    KnownName("company", ("亚马逊",), ("Amazon",), True),
    KnownName("company", ("谷歌",), ("Google",), True),
    KnownName("company", ("苹果",), ("Apple",), False),
    KnownName("brand", ("亚马逊基础款",), ("Amazon Basics",), True),
]


def kinds(text):
    return {mutation.kind for mutation in figure_mutations(text, Random(1))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("增至 2000 亿美元。", {"digit", "multiplier", "currency"}),
        ("增至 ２０００ 億美元。", {"digit", "multiplier", "currency"}),
        ("It rises to US$200 billion.", {"digit", "multiplier", "currency"}),
        ("下跌超过 20%。", {"share", "points"}),
        ("It fell by 20%.", {"share", "points"}),
        ("约四分之三归 AWS。", {"share"}),
        ("About three quarters go to AWS.", {"share"}),
        ("2025 年 12 月面世。", {"year", "month"}),
        ("It opened on 18 April 2025.", {"year", "month", "day"}),
        ("砍掉约三万个岗位。", {"multiplier", "word"}),
        ("The seven models", {"word"}),
    ],
)
def test_every_kind_of_figure_is_changed(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize("text", ["GPT-4 和 E07", "乘坐 6 号线", "Take Line 6.", "part CV-208", "约 about 近", "AWS"])
def test_names_and_hedges_are_left_alone(text):
    assert figure_mutations(text, Random(1)) == []


TEXTS = st.lists(
    st.sampled_from(
        ["2000 亿美元", "$3.5 billion", "20%", "2025 年 12 月", "May 2024", "三万个", " ten ", "一半", "，", " of "]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@given(text=TEXTS, seed=st.integers(0, 99))
def test_a_change_is_one_and_alters_the_text(text, seed):
    for mutation in figure_mutations(text, Random(seed)):
        changed = mutation.apply(text)
        assert changed != text
        assert changed[: mutation.start] == text[: mutation.start]
        assert changed.endswith(text[mutation.end :])


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("超过 20%", "不到 20%"),
        ("60% 以上", "60% 以下"),
        ("more than 20%", "less than 20%"),
        ("At least 5", "At most 5"),
    ],
)
def test_a_bound_is_turned_round(text, opposite):
    assert [mutation.apply(text) for mutation in bound_mutations(text, Random(1))] == [opposite]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("亚马逊增加开支。", "zh", ["谷歌增加开支。", "苹果增加开支。"]),
        ("Amazon's chips", "en", ["Google's chips", "Apple's chips"]),
        ("亚马逊和谷歌", "zh", ["苹果和谷歌", "亚马逊和苹果"]),
        ("They say Amazon Basics.", "en", []),
    ],
)
def test_a_name_is_exchanged_for_one_of_its_kind_that_is_not_there(text, language, expected):
    assert [mutation.apply(text) for mutation in name_mutations(text, language, NAMES, Random(1))] == expected
