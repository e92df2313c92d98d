"""Scores of one answer, on worked examples."""

import pytest

from evals.scoring import answer_is_right, exact_match, f1, quote_is_expected


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
        ("nothing of it", ["80"], False),
        ("2025", ["2025 年"], False),
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


@pytest.mark.parametrize(
    ("answer", "golds", "score"),
    [
        ("The Cat!", ["cat"], 1),
        ("a cat", ["the cat"], 1),
        ("cats", ["cat"], 0),
        ("《同文》", ["同文"], 1),
        ("ＡＷＳ", ["aws"], 1),
        ("one", ["two", "one"], 1),
        ("", ["one"], 0),
        ("one", [], 0),
    ],
)
def test_exact_match_sets_case_punctuation_and_articles_aside(answer, golds, score):
    assert exact_match(answer, golds) == score


@pytest.mark.parametrize(
    ("answer", "golds", "score"),
    [
        ("the cat sat", ["a cat"], 2 / 3),  # cat, sat against cat
        ("the cat sat", ["dog", "cat sat"], 1),
        ("东京都", ["东京"], 4 / 5),  # by characters
        ("东京 2020 年", ["2020年"], 2 * 2 / 6),  # 东, 京, 2020, 年 against 2020, 年
        ("dog", ["cat"], 0),
        ("", ["cat"], 0),
        ("cat", [], 0),
    ],
)
def test_f1_counts_english_words_and_chinese_characters(answer, golds, score):
    assert f1(answer, golds) == pytest.approx(score)
