"""The seam to what is measured: something that is asked a case and says what it answers and, where it knows, found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from evals.cases import Case
from evals.metrics.retrieval import Span
from index.errors import TongwenError
from index.schema import Document

SubjectKind = Literal["local", "remote", "openai"]


class NotAnswered(TongwenError):
    """There is no answer to score: the question was not taken, the network failed, or what came back is none."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came of one question."""

    answer: Mapping[str, Any]  # the object of `ask --json`
    retrieved: tuple[tuple[Span, float], ...] | None = None  # chunks with their scores, best first; None: not known
    passages: tuple[Span, ...] | None = None  # chunks that the answer could draw on


class Subject(Protocol):
    """Answers cases. Asked from several threads at once."""

    @property
    def kind(self) -> SubjectKind: ...

    @property
    def name(self) -> str:
        """Who answers, as `Answer.answerer` has it."""
        ...

    @property
    def address(self) -> str | None: ...

    def ask(self, case: Case) -> Response:
        """Raises `NotAnswered` where the case cannot be scored."""
        ...

    def documents_of(self, case: Case) -> Sequence[Document]:
        """What is in the library that the case is asked of, as far as is known."""
        ...

    def fingerprints(self) -> dict[str, str]:
        """Of the parts that decide about the answers."""
        ...
