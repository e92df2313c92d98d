"""The seam to what writes an answer: sentence by sentence, each with the evidence that it rests on.

An answerer drafts; it does not cite. `rag.grounding` ties each drafted sentence to exact sentences of the documents,
checks its figures and names against them, and only then is it shown.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from index.errors import TongwenError
from rag.answer import NoteCode, Usage
from rag.evidence import Evidence
from rag.question import Question

Role = Literal[
    "short",  # the amount, date or name that was asked for, by itself
    "quote",  # sentences of the documents, word for word
    "gloss",  # what a quote says, in the language of the question: its figures, for the reader of the other language
    "prose",  # a sentence that a model wrote
    "frame",  # says something of the answer and nothing of the documents: cites nothing and is not checked
]


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence of a draft, without citation numbers.

    `evidence` is what it may rest on: the exact sentences of a quote, every sentence of the passages that a model
    named, or of all passages where it named none. Empty for a frame.
    """

    text: str
    role: Role
    evidence: Sequence[Evidence] = ()
    paragraph: bool = False  # it begins a new line


@dataclass(frozen=True, slots=True)
class DraftEnd:
    """The last event of a draft. A draft that stops without one broke off."""

    complete: bool = True  # False: the model was cut off, ran into its limit or repeated itself
    refused: bool = False  # the model found no answer in the evidence
    notes: tuple[NoteCode, ...] = ()
    usage: Usage | None = None


Draft = Generator[DraftSentence | DraftEnd, None, None]


class AnswererUnavailable(TongwenError):
    """The answerer could not begin: nothing of its draft exists, and another may answer instead."""


class Answerer(Protocol):
    """Writes the answer to a question that the evidence answers."""

    @property
    def name(self) -> str:
        """Who answers, as `Answer.answerer` has it."""
        ...

    def draft(self, question: Question, evidence: Sequence[Evidence]) -> Draft:
        """The sentences as they become known, then a `DraftEnd`.

        `evidence` is every sentence of the retrieved passages, best first, and not empty. Raises
        `AnswererUnavailable` before the first sentence, or never. Closing the iterator frees whatever it holds.
        """
        ...
