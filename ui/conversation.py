"""One question and what comes of it: the value that the web chat keeps, streams and renders.

A `Turn` is plain data, so a conversation can be shown again in another language, exported or stored.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from index.errors import TongwenError
from rag.answer import Answer, Exchange

logger = logging.getLogger(__name__)


class Assistant(Protocol):
    """What the chat needs of an assistant."""

    def stream(self, question: str, history: Sequence[Exchange] = ()) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they become known, the `Answer` last; `history` is oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with as much of its answer as is known."""

    question: str
    status: Literal["working", "answered", "incomplete", "failed"] = "working"
    text: str = ""  # of the answer, so far
    answer: Answer | None = None  # set exactly when the status is "answered"; it is complete
    problem: str = ""  # what is said of an answer that broke off; the code of what a failed one met, where known
    reference: str = ""  # stands in the log beside the cause, of a failed turn that we cannot

    def stopped(self) -> Turn:
        """The same turn, not waited for any longer."""
        return replace(self, status="incomplete") if self.status == "working" else self


def exchanges(turns: Iterable[Turn]) -> tuple[Exchange, ...]:
    """The answered turns as a later question may refer to them, each in its stand-alone form.

    The text of a refusal speaks of the library and not of the subject, so nothing can refer to it.
    """
    answers = [turn.answer for turn in turns if turn.answer]
    return tuple(Exchange(answer.standalone, "" if answer.refused else answer.text) for answer in answers)


def was_completed(answer: Answer) -> bool:
    """Whether the question left something out that was put in before it was searched."""
    return answer.standalone.strip() != answer.question.strip()


def follow(assistant: Assistant, question: str, history: Sequence[Exchange] = ()) -> Iterator[Turn]:
    """The turn as it grows, first without any text; the last one is not "working". Never raises an `Exception`."""
    turn = Turn(question)
    yield turn
    try:
        for piece in assistant.stream(question, history):
            turn = _with_answer(turn, piece) if isinstance(piece, Answer) else replace(turn, text=turn.text + piece)
            yield turn
    except TongwenError as error:
        from ui.api.problems import problem_of  # the web's own, which a terminal does not wait for

        logger.warning("a question was not answered: %s", error)
        yield replace(turn, status="failed", problem=problem_of(error).code)
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("a question failed, reference %s", reference)
        yield replace(turn, status="failed", reference=reference)
    else:
        if turn.status == "working":
            yield turn.stopped()


def _with_answer(turn: Turn, answer: Answer) -> Turn:
    """The turn as it ends. An answer that broke off is not kept as one: only its text is, with what is said of it."""
    if answer.complete:
        return replace(turn, status="answered", text=answer.text, answer=answer)
    said = " ".join(note.text for note in answer.notes)
    return replace(turn, status="incomplete", text=answer.text, problem=said)
