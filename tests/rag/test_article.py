"""Chinese questions about the article that the project is measured by, with the embedder that ships."""

import json
from pathlib import Path

import pytest

from evals.metrics.matching import answer_is_right, quote_is_expected
from index.embedding import open_embedder
from index.library import Library
from index.loading import load_file
from rag.assistant import Assistant

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / ".." / "shared" / "article" / "amazon-capex.txt"
QUESTIONS = [json.loads(line) for line in (ROOT / "tests/data/article_questions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def document():
    if not ARTICLE.exists():
        pytest.skip("the article is not beside this checkout, at ../shared/article")
    return load_file(ARTICLE)


@pytest.fixture(scope="module")
def answers(document, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("article") / "library", open_embedder())
    list(library.add([document]))
    assistant = Assistant(library)
    return [assistant.ask(question["question"]) for question in QUESTIONS]


def test_at_least_18_of_20_are_answered_right_with_the_right_sentence(answers):
    wrong = [
        question["question"]
        for question, answer in zip(QUESTIONS, answers, strict=True)
        if answer.refused
        or not answer_is_right(answer.text, question["answers"])
        or not any(quote_is_expected(citation.quote, [question["must_contain"]]) for citation in answer.citations)
    ]
    assert len(QUESTIONS) == 20
    assert len(wrong) <= 2, wrong


def test_every_citation_is_a_stretch_of_the_article(answers, document):
    citations = [citation for answer in answers for citation in answer.citations]
    assert all(document.text[citation.start : citation.end] == citation.quote for citation in citations)
