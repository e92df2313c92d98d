"""The sentences that answer a question: candidates from the retrieved passages, what speaks for each, and the order.

The weights are those of a conditional logit (McFadden 1974), the softmax over the candidates of one question, fitted
by `python -m evals.fit` on development questions whose answers are marked.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from index.embedding import Embedder
from index.language import search_copy
from index.schema import Hit
from index.sentences import sentence_spans
from index.terms import terms
from rag.kinds import asked_unit, supplied_share
from rag.question import Question
from rag.retriever import Retrieval, embedder_reads, is_across

# Added to the fitted weight: a reader would rather have the sentence that needs no translation, and the labels, for
# which either is right, do not know it. On the development cases it costs no right answer, and saves some wrong ones.
_OWN_LANGUAGE = 3.0
_CLAUSE_BORDER = re.compile(r"[，；：。！？;:!?—]|,(?!\d)")  # no term crosses one

_OWN_PASSAGES = 3  # of its language that are looked at, wherever they rank


class Signals(NamedTuple):
    """What speaks for a sentence, each about 0 to 1."""

    passage: float  # score of its passage, as a share of the best passage's
    overlap: float  # share of the question's term weight that the sentence holds
    context: float  # share that only the sentence before it or the headings hold
    likeness: float  # cosine with the question; 0 where the embedder does not read both
    kind: float  # share of the asked kinds (an amount, a date, …) that the sentence supplies
    language: float  # 1 where it is in the language of the question
    clause: float  # the largest share of the question that stands in one clause of it
    brevity: float  # 1 for a sentence of a few words, towards 0 for one of hundreds


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence at `hit.chunk.text[start:end]` with its score; higher is better, within one question."""

    hit: Hit
    start: int
    end: int
    signals: Signals
    score: float
    held: Mapping[str, float]  # the question's terms that it holds, each with its share of the question's weight

    @property
    def text(self) -> str:
        return self.hit.chunk.text[self.start : self.end]

    def adds_to(self, other: Evidence) -> float:
        """Share of the question's weight that this sentence holds and the other does not."""
        return sum(share for term, share in self.held.items() if term not in other.held)


def rank_sentences(question: Question, retrieval: Retrieval, embedder: Embedder, passages: int) -> list[Evidence]:
    """Every sentence of the first `passages` hits, and of the first few in the question's language, best first.

    Ties are in the order of the passages.
    """
    first = retrieval.hits[:passages]
    own = [hit for hit in retrieval.hits if not is_across(question, hit.chunk.language)][:_OWN_PASSAGES]
    chosen = (*first, *(hit for hit in own if hit not in first))
    candidates = [candidate for hit in chosen for candidate in _candidates(hit)]
    likeness = _likeness(question, retrieval, embedder, candidates)
    weights = _weights()
    unit = asked_unit(search_copy(question.text))
    best = max((hit.score for hit in retrieval.hits), default=0.0)
    found = []
    for candidate, like in zip(candidates, likeness, strict=True):
        language = candidate.hit.chunk.language
        wording = retrieval.wording(question, language)
        clauses = [set(terms(clause)) for clause in _CLAUSE_BORDER.split(candidate.text)]
        words = set[str]().union(*clauses)
        held = wording.held_by(words)
        around = wording.held_by(set(terms(candidate.context)))
        signals = Signals(
            passage=candidate.hit.score / best if best > 0 else 0.0,
            overlap=sum(held.values()),
            context=sum(share for term, share in around.items() if term not in held),
            likeness=like,
            kind=supplied_share(question.kinds, unit, candidate.text, question.quantities, candidate.after),
            language=float(not is_across(question, language)),
            clause=max(sum(wording.held_by(clause).values()) for clause in clauses),
            brevity=1 / (1 + math.log1p(len(words) / 10)),
        )
        score = sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
        found.append(Evidence(candidate.hit, candidate.start, candidate.end, signals, score, held))
    return sorted(found, key=lambda evidence: -evidence.score)


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    start: int
    end: int
    context: str  # the headings above the sentence and the sentence before it
    after: str  # the sentence after it

    @property
    def text(self) -> str:
        return self.hit.chunk.text[self.start : self.end]


def _candidates(hit: Hit) -> Iterator[_Candidate]:
    spans = sentence_spans(hit.chunk.text)
    sentences = ["", *(hit.chunk.text[start:end] for start, end in spans), ""]
    for number, (start, end) in enumerate(spans):
        context = "\n".join((*hit.chunk.section, sentences[number]))
        yield _Candidate(hit, start, end, context, after=sentences[number + 2])


def _likeness(
    question: Question, retrieval: Retrieval, embedder: Embedder, candidates: Sequence[_Candidate]
) -> list[float]:
    """The cosine of each sentence with the question; 0 where the embedder does not read both."""
    read = [embedder_reads(embedder, question, candidate.hit.chunk.language) for candidate in candidates]
    sentences = [candidate.text for candidate, reads in zip(candidates, read, strict=True) if reads]
    if not sentences or retrieval.question_vector is None:
        return [0.0] * len(candidates)
    cosines = iter((embedder.embed_passages(sentences) @ retrieval.question_vector).tolist())
    return [next(cosines) if reads else 0.0 for reads in read]


@cache
def _weights() -> Signals:
    content = json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))
    fitted = Signals(**content["sentence"])
    return fitted._replace(language=fitted.language + _OWN_LANGUAGE)
