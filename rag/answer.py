"""The nouns of an answer: what the assistant returns and every door prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from index.schema import Language, Place

QuestionLanguage = Literal["zh", "en"]
RefusalReason = Literal["empty_library", "no_question", "not_answered"]  # no question is a greeting, say
Verdict = Literal["equal", "compatible", "different", "missing"]
NoteCode = Literal[
    "sentence_withheld",  # a figure, or as set a name, of it does not stand in what it cites
    "name_unsupported",  # a name is shown that does not stand in what it cites
    "uncited",  # a sentence is shown for which no passage was found to rest on
    "conflict",  # passages give different figures for the same thing
    "wrong_language",  # the model did not write in the language of the question
    "incomplete",  # the answer broke off
    "degraded",  # the library is damaged: passages were found by their words alone
    "llm_unavailable",  # the model did not answer; the answer is extractive
]
EXTRACTIVE = "extractive"  # the name of the answerer that quotes


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
    place: Place | None = None  # page, slide, sheet or part in which the quote begins, where the format has them


@dataclass(frozen=True, slots=True)
class Check:
    """A figure or name of the answer, and whether the sentences it cites hold it."""

    text: str  # as the answer writes it
    supported: bool  # the verdict is "equal" or "compatible"
    verdict: Verdict
    found: str | None = None  # what stands in the cited sentence for it, or in its place; as written there
    citation: int | None = None  # the number of that citation


@dataclass(frozen=True, slots=True)
class Checks:
    """The figures and names of an answer, each in reading order, those of withheld sentences included."""

    figures: tuple[Check, ...] = ()
    names: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer at `answer.text[start:end]`, and the citations it rests on."""

    start: int
    end: int
    citations: tuple[int, ...]  # their numbers; empty where nothing was found that it rests on
    checks: Checks


@dataclass(frozen=True, slots=True)
class Conflict:
    """Figures that different passages give for the same thing; all of them are shown."""

    figures: tuple[str, ...]  # as written, in the order of the citations
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader has to know about an answer, in the language of the question."""

    code: NoteCode
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model reported for one answer, and what they cost where prices are set; None where unknown."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None  # in the currency of the set prices


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier turn of a conversation: what was asked, and the answer's text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question.

    `text` is in the language of the question and cites sentences as [1], [2]. A refusal has `refused` set, a
    `reason`, and in `citations` the closest sentence that was found, if any: it is shown as such, not as an answer.
    An answer that is not `complete` broke off: it may be shown, marked as such, and is never stored as an answer.
    """

    question: str  # as it was asked
    standalone: str  # as it was searched: a follow-up with what it leaves out; else the question itself
    text: str
    short: str | None  # the amount, date, share or name that was asked for, by itself, where there is one
    language: QuestionLanguage
    refused: bool
    reason: RefusalReason | None
    complete: bool
    statements: tuple[Statement, ...]  # in reading order; none of a refusal
    citations: tuple[Citation, ...]
    checks: Checks
    conflicts: tuple[Conflict, ...]
    notes: tuple[Note, ...]
    confidence: float  # probability, as fitted on labelled questions, that the documents answer the question
    answerer: str  # `EXTRACTIVE`, or the model as it was set: "openai:NAME"
    usage: Usage | None
    timings_ms: Mapping[str, float]  # "retrieve", "answer", "total"
