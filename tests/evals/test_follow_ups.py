"""The sets of follow-ups hold together, their means are right, and the rules do on them what is claimed."""

import json
from pathlib import Path

import pytest

import evals
from evals.cases import CaseError
from evals.development_set import development_documents
from evals.follow_ups import FollowUp, read_follow_ups, run_follow_ups
from index.embedding import open_embedder
from index.loading import load_samples
from rag.answer import Exchange

FOLDER = Path(evals.__file__).parent
SETS = {
    "article": (FOLDER / "suites" / "follow-ups" / "cases.jsonl", load_samples),
    "development": (FOLDER / "development" / "follow-ups.jsonl", development_documents),
}
GOOD = {
    "id": "zh-01", "language": "zh", "kind": "period", "history": [{"question": "收入是多少？", "answer": "3 亿。"}],
    "question": "去年呢？", "standalone": "去年的收入是多少？", "must_cite": ["收入 3 亿。"],
    "slots": [["去年", "2025"], ["收入"]], "replaced": ["今年"],
}  # fmt: skip


@pytest.fixture(scope="module", params=SETS)
def shipped(request):
    path, documents = SETS[request.param]
    return read_follow_ups(path), [document.text for document in documents()]


def test_there_are_enough_of_each_language(shipped):
    cases, _ = shipped
    counts = {language: sum(case.language == language for case in cases) for language in ("zh", "en", "mixed")}
    assert counts["zh"] >= 25
    assert counts["en"] >= 25
    assert counts["mixed"] >= 10
    assert len({case.id for case in cases}) == len(cases)


def test_the_sentences_to_cite_stand_in_documents_of_both_languages(shipped):
    cases, texts = shipped
    for case in cases:
        assert len(case.must_cite) == 2
        assert all(sum(sentence in text for text in texts) == 1 for sentence in case.must_cite), case.id


def test_a_follow_up_needs_the_turn_before_it(shipped):
    cases, _ = shipped
    assert [case.id for case in cases if case.question == case.standalone or not case.history] == []


def test_reading_keeps_every_field(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(GOOD) + "\n\n", "utf-8")
    (case,) = read_follow_ups(path)
    assert case.history == (Exchange("收入是多少？", "3 亿。"),)
    assert (case.slots, case.replaced) == ((("去年", "2025"), ("收入",)), ("今年",))


@pytest.mark.parametrize("line", ["{", "3", "{}", json.dumps(GOOD | {"history": ["收入？"]})])
def test_a_bad_line_is_named(tmp_path, line):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n{line}", "utf-8")
    with pytest.raises(CaseError, match=r"cases\.jsonl:2"):
        read_follow_ups(path)


@pytest.mark.parametrize(
    ("made", "right"),
    [
        ("去年的收入是多少？", True),
        ("2025 年的收入？", True),
        ("去年呢？", False),
        ("今年和去年的收入？", False),
    ],
)
def test_every_slot_is_said_and_nothing_that_was_replaced(made, right):
    case = FollowUp(**GOOD | {"slots": (("去年", "2025"), ("收入",)), "replaced": ("今年",)})
    assert case.is_carried_over(made) is right


@pytest.fixture(scope="module")
def development():
    return run_follow_ups("development", open_embedder())


def test_the_made_forms_find_nearly_what_the_hand_written_ones_find(development):
    figures = development.figures()
    for language in ("zh", "en", "mixed"):
        assert figures[f"recall@5 made, {language}"].mean >= figures[f"recall@5 by hand, {language}"].mean - 0.05
    assert figures["recall@5 as asked, all"].mean < figures["recall@5 made, all"].mean
    assert figures["slots carried over, all"].mean >= 0.9


def test_hardly_any_complete_question_is_changed(development):
    figure = development.figures()["complete questions changed"]
    assert figure.n >= 60
    assert figure.mean <= 0.02
    assert figure.mean == len(development.rewritten) / figure.n


def test_the_figures_are_those_of_the_cases(development):
    written = development.to_json()
    assert written["n"] == len(written["cases"]) == 60
    right = [case["carried_over"] for case in written["cases"]]
    assert written["figures"]["slots carried over, all"]["mean"] == pytest.approx(sum(right) / 60)
