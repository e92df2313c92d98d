"""What was found for a question before an answer is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer_signs import AnswerSigns
from rag.evidence import Evidence
from rag.question import Question
from rag.retriever import Retrieval


@dataclass(frozen=True, slots=True)
class Findings:
    """What speaks for an answer, and what it may be drawn from."""

    asked: str  # the question as it was asked; `question` is its stand-alone form
    question: Question
    retrieval: Retrieval
    evidence: Sequence[Evidence]  # every sentence of the passages, best first
    signs: AnswerSigns | None  # what speaks for the best evidence; None where there is none
    retrieve_ms: float
