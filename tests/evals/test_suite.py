"""A fact suite, asked with the embedder that needs no model."""

import json

import pytest

from evals.cases import CaseError
from evals.suite import is_right, run_suite
from index.embedding import open_embedder


@pytest.fixture(scope="module")
def runs():
    return [run_suite("article", open_embedder("hashing")) for _ in range(2)]


def test_more_than_half_is_answered_right_by_words_alone(runs):
    figures = runs[0].figures()
    assert figures["accuracy zh"].mean > 0.5
    assert figures["accuracy en"].mean > 0.5


def test_a_run_gives_the_same_figures_again(runs):
    assert runs[0].figures() == runs[1].figures()


def test_every_case_is_asked_once(runs):
    ids = [record.case.id for record in runs[0].records]
    assert len(ids) == len(set(ids))
    assert runs[0].figures()["accuracy"].n + sum(not record.case.answerable for record in runs[0].records) == len(ids)


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
