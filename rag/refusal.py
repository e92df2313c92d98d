"""Whether the documents answer the question at all: a probability fitted on labelled questions, and a threshold.

A logistic regression over what was measured while looking for evidence. Weights and threshold are in `weights.json`,
written by `python -m evals.fit` from questions asked of libraries that hold their answer and of libraries that do
not, near misses included; evals/README.md has the curve and the chosen point.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from index.embedding import Embedder
from index.schema import Hit
from index.terms import terms
from rag.evidence import Evidence
from rag.quantities import find_quantities
from rag.question import Question
from rag.retriever import Retrieval, embedder_reads


class AnswerSigns(NamedTuple):
    """What speaks for an answer being there, each about 0 to 1."""

    coverage: float  # share of the question's term weight in the passage of the best sentence, headings and title
    overlap: float  # the same of the best sentence alone
    rarest: float  # 1 where the passage holds the most telling term of the question
    likeness: float  # cosine of the best passage with the question, where the embedder reads both
    sentence_likeness: float  # how far the best sentence's cosine is over that of the other candidates
    agreement: float  # 1 where the best passage is the first of the dense and of the lexical search
    kind: float  # share of the asked kinds that the best sentence supplies; 1 where none is asked
    figures: float  # share of the question's own figures that stand in the passage; 1 where it has none
    names: float  # share of the question's names in Latin letters that stand in the passage; 1 where it has none


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """`threshold` is on the probability that the question is answered."""

    weights: AnswerSigns
    bias: float
    threshold: float

    def probability(self, signs: AnswerSigns) -> float:
        """Between 0 and 1: that the best evidence answers the question."""
        total = self.bias + sum(weight * sign for weight, sign in zip(self.weights, signs, strict=True))
        return 1 / (1 + math.exp(-total))


def judge(
    question: Question, retrieval: Retrieval, evidence: Sequence[Evidence], embedder: Embedder
) -> tuple[float, float]:
    """The probability that the best evidence, of which there is some, answers the question, and its threshold."""
    model = refusal_model(across=is_across(question, evidence[0]))
    return model.probability(answer_signs(question, retrieval, evidence, embedder)), model.threshold


def is_across(question: Question, evidence: Evidence) -> bool:
    """Whether the evidence is in the other language than the question."""
    return evidence.hit.chunk.language not in (question.language, "mixed")


def answer_signs(
    question: Question, retrieval: Retrieval, evidence: Sequence[Evidence], embedder: Embedder
) -> AnswerSigns:
    """The signs of the best sentence; `evidence` holds at least one."""
    best = evidence[0]
    passage = _passage_text(best.hit)
    words = set(terms(passage))
    weights = retrieval.term_weights
    total = sum(weights[term] for term in question.terms)
    telling = max(question.terms, key=lambda term: (weights[term], len(term)), default="")
    return AnswerSigns(
        coverage=sum(weights[term] for term in question.terms if term in words) / total if total else 0.0,
        overlap=best.signals.overlap,
        rarest=float(telling in words),
        likeness=best.hit.dense_score if embedder_reads(embedder, question, best.hit.chunk.language) else 0.0,
        sentence_likeness=best.signals.likeness,
        agreement=float(best.hit.dense_rank == 1 and best.hit.lexical_rank == 1),
        kind=best.signals.kind if question.kinds else 1.0,
        figures=_figures_found(question, passage),
        names=_names_found(question, words),
    )


def _passage_text(hit: Hit) -> str:
    return "\n".join((hit.title, *hit.chunk.section, hit.chunk.text))


def _figures_found(question: Question, passage: str) -> float:
    asked = {(quantity.kind, quantity.value) for quantity in question.quantities}
    found = {(quantity.kind, quantity.value) for quantity in find_quantities(passage)}
    return len(asked & found) / len(asked) if asked else 1.0


def _names_found(question: Question, words: set[str]) -> float:
    names = set(question.names)
    return len(names & words) / len(names) if names else 1.0


@cache
def refusal_model(across: bool) -> RefusalModel:
    """The fitted model that ships with the program, for evidence in the question's language or across."""
    fitted: dict[str, Any] = json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))["refusal"]
    content = fitted["across" if across else "same"]
    return RefusalModel(AnswerSigns(**content["weights"]), content["bias"], content["threshold"])
