"""The nouns of an answer: what the assistant returns and every door prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from index.schema import Language

QuestionLanguage = Literal["zh", "en"]
RefusalReason = Literal["empty_library", "not_answered"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One exact sentence of a stored document: `document.text[start:end] == quote`, always."""

    number: int  # as shown in the answer: [1], [2], …
    document_id: str
    title: str
    start: int
    end: int
    quote: str
    sha256: str  # of the quote
    score: float  # ranks the citations of one answer; higher is better
    language: Language
    section: tuple[str, ...]  # headings above the sentence, outermost first
    before: str  # the text of the same chunk that precedes the quote …
    after: str  # … and follows it: before + quote + after is a contiguous stretch of the document


@dataclass(frozen=True, slots=True)
class Check:
    """A figure or name of the answer, and whether the sentences it cites hold it."""

    text: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """The figures of an answer in reading order; names are not checked yet, and so always empty."""

    figures: tuple[Check, ...] = ()
    names: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question.

    `text` is in the language of the question and cites sentences as [1], [2]. A refusal has `refused` set, a
    `reason`, and in `citations` the closest sentence that was found, if any: it is shown as such, not as an answer.
    """

    question: str
    text: str
    language: QuestionLanguage
    refused: bool
    reason: RefusalReason | None
    citations: tuple[Citation, ...]
    checks: Checks
    confidence: float  # probability, as fitted on labelled questions, that the documents answer the question
    answerer: str
    timings_ms: Mapping[str, float]  # "retrieve", "answer", "total"
