"""The seam to what writes an answer, and the one that is always there: the extractive answerer.

An extractive answer is made of sentences of the documents, unchanged, each with its citation number; when they are
in another language than the question, one line in the question's language introduces them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer import QuestionLanguage
from rag.evidence import Evidence
from rag.question import Question

# A second sentence is cited where it is nearly as good as the first and holds words of the question that the first
# lacks: the other side of a comparison, the year that the first leaves out.
_SECOND_WITHIN = 1.0  # in units of the sentence score
_SECOND_ADDS = 0.2  # share of what the evidence holds of the question

_INTRODUCTION: dict[QuestionLanguage, str] = {
    "zh": "原文是英文：",
    "en": "The source says, in Chinese:",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer's text, piece by piece as it may be shown, and the evidence it cites: [1] is `cited[0]`."""

    pieces: tuple[str, ...]
    cited: tuple[Evidence, ...]


class Answerer(Protocol):
    """Writes the answer to a question that the evidence answers."""

    name: str

    def answer(self, question: Question, evidence: Sequence[Evidence]) -> Draft:
        """A draft in the language of the question; `evidence` is ranked, best first, and not empty."""
        ...


class ExtractiveAnswerer:
    """Quotes the best sentence, or two."""

    name = "extractive"

    def answer(self, question: Question, evidence: Sequence[Evidence]) -> Draft:
        cited = self._choose(question, evidence)
        pieces = [f"{one_line(item.text)} [{number}]" for number, item in enumerate(cited, 1)]
        joined = [piece if index == len(pieces) - 1 else piece + " " for index, piece in enumerate(pieces)]
        if any(item.hit.chunk.language not in (question.language, "mixed") for item in cited):
            joined.insert(0, _INTRODUCTION[question.language] + (" " if question.language == "en" else ""))
        return Draft(tuple(joined), tuple(cited))

    def _choose(self, question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
        best, *others = evidence
        held: dict[str, float] = {}
        for item in reversed(evidence):
            held |= item.held
        for other in others:
            if best.score - other.score > _SECOND_WITHIN:
                break
            same_language = other.hit.chunk.language == best.hit.chunk.language
            if same_language and other.adds_to(best) >= _SECOND_ADDS * sum(held.values()):
                return [best, other]
        return [best]


def one_line(text: str) -> str:
    """A quote as shown inside a line of text: the soft line breaks of its file become spaces."""
    return " ".join(text.split())
