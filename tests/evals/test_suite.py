"""The shipped fact suite, asked of the product as it ships."""

import json
from pathlib import Path

import pytest

from evals.cases import CaseError, read_cases
from evals.suite import is_right, run_suite
from index.embedding import open_embedder

CASES = Path(__file__).parents[2] / "evals" / "suites" / "article" / "cases.jsonl"


@pytest.fixture(scope="module")
def runs():
    return [run_suite("article", open_embedder()) for _ in range(2)]


def test_what_ships_answers_most_questions_and_refuses_most_that_have_no_answer(runs):
    figures = runs[0].figures()
    assert figures["accuracy zh"].mean > 0.75
    assert figures["accuracy en"].mean > 0.75
    assert figures["accuracy zh, other language's documents"].mean > 0.6
    assert figures["accuracy en, other language's documents"].mean > 0.6
    assert figures["refusal recall"].mean > 0.5
    assert figures["false refusals"].mean < 0.15


def test_a_run_gives_the_same_figures_again(runs):
    assert runs[0].figures() == runs[1].figures()


def test_every_case_is_asked_once(runs):
    ids = [record.case.id for record in runs[0].records]
    assert ids == [case.id for case in read_cases(CASES)]


def test_a_case_is_right_as_its_parts_say(runs):
    for record in runs[0].records:
        if record.case.answerable:
            assert is_right(record) == (record.answered_right and record.cited_right and not record.answer.refused)
        else:
            assert is_right(record) == record.answer.refused


def test_the_documents_are_those_of_the_case(runs):
    for record in runs[0].records:
        if record.case.documents != "both":
            assert {citation.language for citation in record.answer.citations} <= {record.case.documents, "mixed"}


def test_the_run_goes_into_json(runs):
    content = json.loads(json.dumps(runs[0].to_json(), ensure_ascii=False))
    assert content["n"] == len(content["cases"]) == len(runs[0].records)
    assert set(content["figures"]["accuracy"]) == {"mean", "low", "high", "n"}


def test_a_suite_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(CaseError, match=r"no suite 'none'.*article"):
        run_suite("none", open_embedder("hashing"))
