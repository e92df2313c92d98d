"""Texts and vectors that are drawn from the distribution of those that there are."""

import re
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.bench.drawing import DrawnVectors, draw_texts
from evals.bench.errors import BenchError
from evals.development_set import development_documents
from index.chunking import MAX_CHUNK_WORDS, chunk_document, count_words
from index.embedding import HashingEmbedder
from index.loading import make_document
from index.terms import terms

GIVEN = [chunk.text for document in development_documents() for chunk in chunk_document(document)]
DRAWN = list(islice(draw_texts(GIVEN), 1000))


def test_drawn_texts_differ_from_each_other_and_from_those_given():
    assert len({*GIVEN, *DRAWN}) == len(GIVEN) + len(DRAWN)


def test_they_are_the_same_in_every_run():
    assert list(islice(draw_texts(GIVEN), 20)) == DRAWN[:20]


def test_each_is_one_passage():
    assert max(map(count_words, DRAWN)) <= MAX_CHUNK_WORDS
    assert [len(chunk_document(make_document(text, name="1", source="-"))) for text in DRAWN[:50]] == [1] * 50


@given(
    st.lists(st.text("深水港在北岸。 ab,\n9", min_size=1).filter(lambda text: any(map(str.isalnum, text))), min_size=2)
)
@settings(max_examples=50, deadline=None)
def test_of_whatever_is_given_new_passages_are_drawn(texts):
    drawn = list(islice(draw_texts(texts), 20))
    assert len({*texts, *drawn}) == len({*texts}) + 20
    assert all(any(map(str.isalnum, text)) and count_words(text) <= MAX_CHUNK_WORDS for text in drawn)


def test_of_nearly_nothing_no_more_than_there_is_can_be_drawn():
    with pytest.raises(BenchError, match="too few"):
        list(draw_texts(["哈", "哈哈"]))


@pytest.mark.parametrize("script", [r"[一-鿿]{2}", r"[a-z]+"], ids=["pairs of characters", "English words"])
def test_terms_are_as_frequent_as_in_the_texts_given(script):
    def shares(texts):
        counts = Counter(term for text in texts for term in terms(text) if re.fullmatch(script, term))
        return {term: count / counts.total() for term, count in counts.items()}

    given, drawn = shares(GIVEN), shares(DRAWN)
    frequent = sorted(given, key=lambda term: -given[term])[:100]
    assert np.corrcoef([given[term] for term in frequent], [drawn.get(term, 0) for term in frequent])[0, 1] > 0.95
    assert drawn.keys() <= given.keys() | {term for term in drawn if drawn[term] < 1e-3}


@pytest.fixture
def vectors():
    """Two clusters, as two languages are."""
    chance = np.random.default_rng(3)
    raw = chance.normal(size=(400, 16)) * np.linspace(0.1, 0.6, 16) + np.where(np.arange(400) % 2, 1.5, -1.5)[:, None]
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def drawing(vectors):
    return DrawnVectors(HashingEmbedder(), [f"given {place}" for place in range(len(vectors))], vectors)


def test_measured_texts_keep_their_vectors(drawing, vectors):
    assert np.array_equal(drawing.embed_passages(["given 7", "given 0"]), vectors[[7, 0]])


def test_a_text_always_has_the_same_drawn_vector_of_length_one(drawing):
    first, again, other = drawing.embed_passages(["新的文字", "新的文字", "a new text"])
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    assert np.linalg.norm(first) == pytest.approx(1, abs=1e-5)


def test_mean_and_covariance_are_near_those_measured(drawing, vectors):
    drawn = drawing.embed_passages([f"drawn {place}" for place in range(4000)])
    assert np.abs(drawn.mean(axis=0) - vectors.mean(axis=0)).max() < 0.03
    assert np.abs(np.cov(drawn.T) - np.cov(vectors.T)).max() < 0.02


def test_questions_are_read_by_the_model(drawing):
    assert np.array_equal(drawing.embed_question("深度是多少？"), HashingEmbedder().embed_question("深度是多少？"))
