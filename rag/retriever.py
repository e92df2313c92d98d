"""The passages that a question is answered from: dense and lexical search, each per language, fused.

The two searches run within the chunks of each language by itself, and both scores are put on a scale that does not
depend on how many chunks there are: the cosine as its distance from what the question's cosine is with any chunk of
that language, in standard deviations (the z-norm of speaker verification, Auckenthaler et al. 2000), and BM25 as
the share of the most that the question's terms could reach. So a thousand documents of one language take no
rank from the right one of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.embedding import Embedder, Vector
from index.lexicon import bundled_lexicon
from index.schema import Hit, Language
from index.snapshot import Snapshot
from rag.matching import Wording, own_wording, translated_wording
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
    """The passages of one question, best first, and what was looked for."""

    hits: tuple[Hit, ...]
    languages: tuple[Language, ...]  # of the texts that were searched
    own: Wording  # in texts of the question's language, and in mixed ones
    translated: Wording  # in texts of the other language
    question_vector: Vector | None  # None where there was nothing to search
    degraded: str | None = None  # why it was searched by words alone, in one line that ends with what to do

    def wording(self, question: Question, language: Language) -> Wording:
        """What was looked for in texts of that language."""
        return self.translated if is_across(question, language) else self.own


NOTHING_FOUND = Retrieval((), (), Wording({}, {}), Wording({}, {}), None)


def is_across(question: Question, language: Language) -> bool:
    """Whether text of that language is in another one than the question; mixed text is not."""
    return language not in (question.language, "mixed")


def retrieve(snapshot: Snapshot, embedder: Embedder, question: Question, k: int) -> Retrieval:
    """At most `k` hits of one library state, highest score first, equal scores by chunk number."""
    if not snapshot.languages:
        return NOTHING_FOUND  # and no model is loaded for it
    vector = embedder.embed_question(question.text)
    lexicon = bundled_lexicon()
    across = any(is_across(question, language) for language in snapshot.languages)
    retrieval = Retrieval(
        hits=(),
        languages=snapshot.languages,
        own=own_wording(question.terms, snapshot, lexicon),
        translated=translated_wording(question.terms, snapshot, lexicon) if across else Wording({}, {}),
        question_vector=vector,
        degraded=snapshot.degraded,
    )
    found = [
        candidate
        for language in snapshot.languages
        for candidate in _search_language(snapshot, embedder, question, retrieval, vector, language)
    ]
    found.sort(key=lambda candidate: (-candidate.score, candidate.number))
    return replace(retrieval, hits=tuple(_hit(snapshot, candidate) for candidate in found[:k]))


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
        snapshot.places(chunk),
    )


def _search_language(
    snapshot: Snapshot, embedder: Embedder, question: Question, retrieval: Retrieval, vector: Vector, language: Language
) -> Iterator[_Candidate]:
    """What either search finds among the chunks of one language."""
    dense = snapshot.search_vectors(vector, language, _DEPTH)
    lexical = _search_words(snapshot, question, retrieval, language)
    dense_ranks = {number: rank for rank, (number, _) in enumerate(dense, 1)}
    lexical_ranks = {number: rank for rank, (number, _) in enumerate(lexical, 1)}
    numbers = sorted(dense_ranks.keys() | lexical_ranks.keys())
    shares = dict(lexical)
    weights = _weights(embedder, question, language)
    if snapshot.degraded:
        for number, share in lexical:
            yield _Candidate(number, weights.lexical * share, 0.0, None, share, lexical_ranks[number])
        return
    mean, deviation = _usual_cosine(snapshot, vector, language)
    for number, cosine in zip(numbers, snapshot.cosines(vector, language, numbers), strict=True):
        share = shares.get(number, 0.0)
        score = weights.dense * (cosine - mean) / deviation + weights.lexical * share
        yield _Candidate(number, score, cosine, dense_ranks.get(number), share, lexical_ranks.get(number))


def _search_words(
    snapshot: Snapshot, question: Question, retrieval: Retrieval, language: Language
) -> list[tuple[int, float]]:
    """(chunk number, share 0 to 1) of the chunks of one language that hold words of the question, best first.

    In the question's language the share is BM25's part of its ceiling. BM25 knows no weights of single terms, so
    across languages it only finds the candidates, and their share is that of the question which is translated in them.
    """
    wording = retrieval.wording(question, language)
    found = snapshot.search_terms(wording.words, language, _DEPTH)
    if not is_across(question, language):
        return [(number, score / (_BM25_CEILING * wording.weight)) for number, score in found]
    counts = {number: snapshot.chunk_terms(number) for number, _ in found}
    average = sum(count.total() for count in counts.values()) / max(1, len(counts))
    shares = {number: wording.share_of(count, average) for number, count in counts.items()}
    return sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))


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
    weights = ACROSS_LANGUAGES if is_across(question, language) else SAME_LANGUAGE
    if not embedder_reads(embedder, question, language):
        return FusionWeights(weights.dense * UNREAD_LANGUAGE, weights.lexical)
    return weights


def embedder_reads(embedder: Embedder, question: Question, language: Language) -> bool:
    """Whether the cosine of the question with text of that language means anything."""
    return "zh" not in (question.language, language) or embedder.reads_chinese()
