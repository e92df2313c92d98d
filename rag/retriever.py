"""The passages that a question is answered from: dense and lexical search, each per language, fused.

The two searches run within the chunks of each language by itself, and both scores are put on a scale that does not
depend on how many chunks there are: the cosine as its distance from what the question's cosine is with any chunk of
that language, in standard deviations (the z-norm of speaker verification, Auckenthaler et al. 2000), and BM25 as
the share of the most that the question's terms could reach. So a thousand documents of one language take no
rank from the right one of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.embedding import Embedder, Vector
from index.library import Snapshot
from index.schema import Hit, Language
from rag.question import Question

_DEPTH = 50  # candidates of each search in each language
_BM25_CEILING = 2.2  # k1 + 1: the most that one term can count, as a multiple of its weight

# A library of few chunks says little about what a cosine usually is: it counts as if this many more had the usual
# mean and deviation.
_PRIOR_CHUNKS, _PRIOR_MEAN, _PRIOR_DEVIATION = 20, 0.1, 0.1


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What one standard deviation of cosine, and the full lexical share, count."""

    dense: float
    lexical: float


# Fitted on the development questions; see evals/README.md.
SAME_LANGUAGE = FusionWeights(dense=1.0, lexical=25.0)
ACROSS_LANGUAGES = FusionWeights(dense=1.0, lexical=10.0)
UNREAD_LANGUAGE = 0.1  # factor of the dense weight where the embedder does not know the script


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The passages of one question, best first, and what was measured on the way."""

    hits: tuple[Hit, ...]
    term_weights: Mapping[str, float]
    question_vector: Vector | None  # None where there was nothing to search


def retrieve(snapshot: Snapshot, embedder: Embedder, question: Question, k: int) -> Retrieval:
    """At most `k` hits of one library state, highest score first, equal scores by chunk number."""
    weights = snapshot.term_weights(question.terms)
    vector = embedder.embed_question(question.text)
    ceiling = _BM25_CEILING * sum(weights.values()) or 1.0
    found = [
        candidate
        for language in snapshot.languages
        for candidate in _search_language(snapshot, embedder, question, vector, language, ceiling)
    ]
    found.sort(key=lambda candidate: (-candidate.score, candidate.number))
    return Retrieval(tuple(_hit(snapshot, candidate) for candidate in found[:k]), weights, vector)


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: int
    score: float
    cosine: float
    dense_rank: int | None
    share: float
    lexical_rank: int | None


def _hit(snapshot: Snapshot, candidate: _Candidate) -> Hit:
    chunk, title = snapshot.chunk(candidate.number)
    return Hit(
        chunk,
        title,
        candidate.score,
        candidate.cosine,
        candidate.dense_rank,
        candidate.share,
        candidate.lexical_rank,
    )


def _search_language(
    snapshot: Snapshot, embedder: Embedder, question: Question, vector: Vector, language: Language, ceiling: float
) -> Iterator[_Candidate]:
    """What either search finds among the chunks of one language."""
    dense = snapshot.search_vectors(vector, language, _DEPTH)
    lexical = snapshot.search_terms(question.terms, language, _DEPTH)
    dense_ranks = {number: rank for rank, (number, _) in enumerate(dense, 1)}
    lexical_ranks = {number: rank for rank, (number, _) in enumerate(lexical, 1)}
    numbers = sorted(dense_ranks.keys() | lexical_ranks.keys())
    shares = {number: score / ceiling for number, score in lexical}
    mean, deviation = _usual_cosine(snapshot, vector, language)
    weights = _weights(embedder, question, language)
    for number, cosine in zip(numbers, snapshot.cosines(vector, language, numbers), strict=True):
        share = shares.get(number, 0.0)
        score = weights.dense * (cosine - mean) / deviation + weights.lexical * share
        yield _Candidate(number, score, cosine, dense_ranks.get(number), share, lexical_ranks.get(number))


def _usual_cosine(snapshot: Snapshot, vector: Vector, language: Language) -> tuple[float, float]:
    """Mean and standard deviation of the question's cosine with chunks of that language."""
    mean, deviation = snapshot.background(vector, language)
    chunks = snapshot.chunk_count(language)
    share = chunks / (chunks + _PRIOR_CHUNKS)
    return (
        share * mean + (1 - share) * _PRIOR_MEAN,
        math.sqrt(share * deviation**2 + (1 - share) * _PRIOR_DEVIATION**2),
    )


def _weights(embedder: Embedder, question: Question, language: Language) -> FusionWeights:
    weights = SAME_LANGUAGE if language in (question.language, "mixed") else ACROSS_LANGUAGES
    if not embedder_reads(embedder, question, language):
        return FusionWeights(weights.dense * UNREAD_LANGUAGE, weights.lexical)
    return weights


def embedder_reads(embedder: Embedder, question: Question, language: Language) -> bool:
    """Whether the cosine of the question with text of that language means anything."""
    return "zh" not in (question.language, language) or embedder.reads_chinese()
