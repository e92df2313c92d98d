"""Questions drawn from a library itself, for one that has no labelled cases: its sentences, without their figures.

A drawn question is the longest clause of a sentence, its figures left out. The library answers it; without the passage
that it was drawn from, it does not. People ask in other words, so the scores of drawn questions say nothing by
themselves: they are compared with those of questions drawn alike from the development documents. Deterministic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.errors import QuestionError
from index.sentences import sentence_spans
from index.snapshot import Snapshot
from index.terms import terms
from rag.assistant import Assistant
from rag.quantities import find_quantities
from rag.refusal import RefusalModel, regime_of

MOST_DRAWN = 200
_FEWEST_TERMS = 5
_MOST_CHARACTERS = 400
_CLAUSE = re.compile(r"[，；：。！？、,;:!?()（）\n]+")


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    text: str
    document_id: str
    start: int  # of the sentence in its document
    end: int


@dataclass(frozen=True, slots=True)
class DrawnScores:
    """Margins above the shipped thresholds (`RefusalModel.margin`)."""

    there: tuple[float, ...]
    left_out: tuple[float, ...]


def draw_questions(snapshot: Snapshot, most: int = MOST_DRAWN) -> list[DrawnQuestion]:
    """At most `most`, spread evenly over the library's sentences in the order of document ids."""
    every = [
        question
        for document_id in sorted(summary.id for summary in snapshot.documents())
        for question in _questions(document_id, snapshot.document(document_id).text)
    ]
    step = max(1, -(-len(every) // most))
    return every[::step]


def _questions(document_id: str, text: str) -> Iterator[DrawnQuestion]:
    for start, end in sentence_spans(text):
        clause = _longest_clause(text[start:end][:_MOST_CHARACTERS])
        if len(terms(clause)) >= _FEWEST_TERMS:
            yield DrawnQuestion(clause, document_id, start, end)


def _longest_clause(sentence: str) -> str:
    kept, position = [], 0
    for quantity in find_quantities(sentence):
        kept.append(sentence[position : quantity.start])
        position = quantity.end
    clauses = _CLAUSE.split(" ".join((*kept, sentence[position:])))
    return " ".join(max(clauses, key=len).split())


def score_drawn(assistant: Assistant, model: RefusalModel, questions: Sequence[DrawnQuestion]) -> DrawnScores:
    """Ask each with its passage there and left out; a clause that is no question is passed over."""
    there: list[float] = []
    left_out: list[float] = []
    for drawn in questions:
        try:
            findings = assistant.find(drawn.text)
        except QuestionError:
            continue
        question, retrieval = findings.question, findings.retrieval
        rest = [
            one
            for one in findings.evidence
            if not (
                one.hit.chunk.document_id == drawn.document_id
                and one.hit.chunk.start < drawn.end
                and drawn.start < one.hit.chunk.end
            )
        ]
        for scores, evidence in ((there, findings.evidence), (left_out, rest)):
            signs = assistant.weigh(question, retrieval, evidence)
            if signs:
                regime = regime_of(question, retrieval, evidence[0].hit.chunk.language)
                scores.append(model.margin(signs, regime))
    return DrawnScores(tuple(there), tuple(left_out))
