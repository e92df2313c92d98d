"""Whether the documents answer the question at all: a probability fitted on labelled questions, and a threshold.

A logistic regression over what was measured while looking for evidence. Weights and threshold are in `weights.json`,
written by `python -m evals.fit` from questions asked of libraries that hold their answer and of libraries that do
not, near misses included; evals/README.md has the chosen point.
"""

from __future__ import annotations

import json
import math
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from index.lexicon import bundled_lexicon
from index.terms import terms
from rag.evidence import Evidence
from rag.quantities import find_quantities
from rag.question import Question
from rag.retriever import Retrieval, is_across


class AnswerSigns(NamedTuple):
    """What speaks for an answer being there, each about 0 to 1."""

    coverage: float  # share of the question that the passage of the best sentence holds, headings and title included
    overlap: float  # the same of the best sentence alone
    likeness: float  # cosine of the best sentence with the question; 0 where the embedder does not read both
    agreement: float  # 1 where the best passage is the first of the dense and of the lexical search
    kind: float  # share of the asked kinds that the best sentence supplies; 1 where none is asked
    figures: float  # share of the question's own figures that stand in the passage; 1 where it has none
    names: float  # share of its names in Latin letters that stand in the passage, or their translations; 1 of none
    across: float  # 1 where the evidence is in the other language


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """A logistic regression, and the least probability at which an answer is given."""

    weights: AnswerSigns
    bias: float
    threshold: float
    threshold_across: float  # where every text is in the other language than the question, and signs are weaker

    def answers(self, question: Question, retrieval: Retrieval, signs: AnswerSigns) -> bool:
        """Whether what was found is given as an answer."""
        all_across = all(is_across(question, language) for language in retrieval.languages)
        return self.probability(signs) >= (self.threshold_across if all_across else self.threshold)

    def probability(self, signs: AnswerSigns) -> float:
        """Between 0 and 1: that the best evidence answers the question."""
        total = self.bias + sum(weight * sign for weight, sign in zip(self.weights, signs, strict=True))
        return 1 / (1 + math.exp(-total))


def answer_signs(question: Question, retrieval: Retrieval, best: Evidence) -> AnswerSigns:
    """What speaks for it that the best sentence answers the question."""
    language = best.hit.chunk.language
    across = is_across(question, language)
    passage = "\n".join((best.hit.title, *best.hit.chunk.section, best.hit.chunk.text))
    words = set(terms(passage))
    return AnswerSigns(
        coverage=sum(retrieval.wording(question, language).held_by(words).values()),
        overlap=best.signals.overlap,
        likeness=best.signals.likeness,
        agreement=float(best.hit.dense_rank == 1 and best.hit.lexical_rank == 1),
        kind=best.signals.kind if question.kinds else 1.0,
        figures=_figures_found(question, passage),
        names=_names_found(question, words, across),
        across=float(across),
    )


def _figures_found(question: Question, passage: str) -> float:
    asked = {(quantity.kind, quantity.value) for quantity in question.quantities}
    found = {(quantity.kind, quantity.value) for quantity in find_quantities(passage)}
    return len(asked & found) / len(asked) if asked else 1.0


def _names_found(question: Question, words: Set[str], across: bool) -> float:
    """Across languages a name counts where its translation is known, for there it is hardly ever written alike."""
    standing = {name: {name} for name in question.names}
    if across:
        for name, written in standing.items():
            written.update(word for word, _ in bundled_lexicon().translations(name))
        standing = {name: written for name, written in standing.items() if len(written) > 1}
    return sum(not written.isdisjoint(words) for written in standing.values()) / len(standing) if standing else 1.0


@cache
def refusal_model() -> RefusalModel:
    """The fitted model that ships with the program."""
    content: dict[str, Any] = json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))["refusal"]
    return RefusalModel(**content | {"weights": AnswerSigns(**content["weights"])})
