"""Measuring the guard: what counts as caught, as missed and as a false alarm."""

import pytest

from evals.cases import CaseError
from evals.guard import RightAnswer, _read_set, read_answers, try_answer
from evals.name_swaps import KnownName
from evals.statistics import upper_bound
from index.embedding import open_embedder
from index.library import Library
from index.loading import make_document
from rag.assistant import Assistant

TEXTS = {
    "zh": "# 海源电池\n\n海源电池的首席执行官林晓宣布投资 35 亿元在宁波建厂。新工厂每年生产 12 万组电池。",
    "en": "# Haiyuan\n\nLin Xiao said that Haiyuan Batteries would spend 3.5 billion yuan on a plant. It has 4 lines.",
}
NAMES = [
    KnownName("person", ("林晓",), ("Lin Xiao",), True),
    KnownName("person", ("马云",), ("Jack Ma",), False),
]


@pytest.fixture
def trials(tmp_path):
    def run(language, question, answer):
        library = Library(tmp_path, open_embedder("hashing"))
        list(library.add([make_document(TEXTS[language], name="text", source="text", kind="markdown")]))
        assistant = Assistant(library)
        evidence = assistant.find(question).evidence
        names = assistant.names_in(evidence)
        return try_answer(RightAnswer("1", language, language, question, answer), evidence, names, NAMES)

    return run


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("zh", "海源电池投资多少？", "海源电池的林晓宣布投资 35 亿元在宁波建厂。"),
        (
            "en",
            "How much will Haiyuan spend?",
            "Lin Xiao said Haiyuan Batteries would spend 3.5 billion yuan on a plant.",
        ),
    ],
)
def test_a_changed_figure_is_caught_and_the_right_one_is_not(trials, language, question, answer):
    found = trials(language, question, answer)
    assert {trial.flagged for trial in found if trial.group == "figure"} == {True}
    assert {trial.flagged for trial in found if trial.group == "right: figures"} == {False}
    assert sum(trial.headline for trial in found if trial.group == "figure") == 1


def test_a_right_answer_that_the_documents_do_not_hold_is_a_false_alarm(trials):
    found = trials("zh", "海源电池投资多少？", "海源电池投资 36 亿元在宁波建厂。")
    assert [trial.flagged for trial in found if trial.group == "right: figures"] == [True]


@pytest.mark.parametrize("name", ["measuring", "development"])
def test_the_answers_are_balanced_and_distinct(name):
    answers, known, documents = _read_set(name)
    by_direction = {}
    for answer in answers:
        by_direction.setdefault(answer.direction, set()).add(answer.answer)
    assert {len(each) for each in by_direction.values()} == {len(answers) // 4}
    assert len({answer.id for answer in answers}) == len(answers)
    texts = "".join(document.text for document in documents)
    for entry in known:
        assert not entry.in_documents or any(form in texts for form in (*entry.zh, *entry.en))


def test_a_line_that_is_no_answer_is_named(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "1"}\n', "utf-8")
    with pytest.raises(CaseError, match=":1 is no answer"):
        read_answers(path)


@pytest.mark.parametrize(("failures", "n", "bound"), [(0, 100, 0.0370), (1, 10, 0.4042), (0, 0, 1.0)])
def test_upper_bound_is_wilsons(failures, n, bound):
    """1 of 10: 0.0179 to 0.4042 (Brown, Cai and DasGupta 2001)."""
    assert upper_bound(failures, n) == pytest.approx(bound, abs=2e-4)
