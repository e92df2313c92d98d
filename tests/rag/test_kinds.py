"""What a question asks for, and what a sentence supplies of it."""

import pytest

from index.language import search_copy
from rag.kinds import asked_kinds, asked_unit, gives_reason_of_before, supplied_share


@pytest.mark.parametrize(
    ("question", "kind", "unit"),
    [
        ("花了多少亿美元？", "money", "USD"),
        ("花了多少億美元？", "money", "USD"),
        ("AWS 花了多少 yuan？", "money", "CNY"),
        ("承担了百分之几？", "share", ""),
        ("How many dollars did it cost?", "money", "USD"),
        ("How many percent is it?", "share", ""),
    ],
)
def test_reads_the_unit_that_is_asked_for(question, kind, unit):
    asked = asked_unit(search_copy(question))
    assert asked is not None
    assert (asked.kind, asked.units) == (kind, {unit})


@pytest.mark.parametrize(
    "question", ["谁是院长？", "有多少名员工？", "Who is it?", "How many people came?", "AWS 是什么"]
)
def test_a_question_may_name_no_unit(question):
    assert asked_unit(question) is None


@pytest.mark.parametrize("question", ["６号线有多长？", "大桥有多高？", "How long is Line 6?", "How heavy is it?"])
def test_asks_for_a_measure(question):
    assert "measure" in asked_kinds(search_copy(question))


@pytest.mark.parametrize(
    ("sentence", "share"), [("花了 5 亿美元。", 1.0), ("It cost 5 million yuan.", 0.5), ("占 18%。", 0.0)]
)
def test_a_figure_in_another_unit_counts_half(sentence, share):
    question = "花了多少美元？"
    assert supplied_share(frozenset({"money"}), asked_unit(question), sentence, ()) == share


@pytest.mark.parametrize(
    ("sentence", "gives"),
    [
        ("原因是那里缺水。", True),
        ("他这样做，是要缩短交货时间。", True),
        ("這是因為那裡缺水。", True),
        ("This was because of the drought.", True),
        ("The aim is to save water.", True),
        ("今天天气很好。", False),
        ("The weather is fine because it is May.", False),
    ],
)
def test_a_sentence_may_give_the_reason_of_the_one_before(sentence, gives):
    assert gives_reason_of_before(sentence) is gives
