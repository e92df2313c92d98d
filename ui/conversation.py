"""One question and what comes of it: the value that the web chat keeps, streams and renders.

A `Turn` is plain data, so a conversation can be shown again in another language, exported or stored.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from index.errors import TongwenError
from rag.answer import Answer

logger = logging.getLogger(__name__)


class Assistant(Protocol):
    """What the chat needs of an assistant."""

    def stream(self, question: str) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they become known, the complete `Answer` last."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with as much of its answer as is known."""

    question: str
    status: Literal["working", "answered", "incomplete", "failed"] = "working"
    text: str = ""  # of the answer, so far
    answer: Answer | None = None  # set exactly when the status is "answered"
    problem: str = ""  # fit to show, of a failed turn that we can explain
    reference: str = ""  # stands in the log beside the cause, of a failed turn that we cannot

    def stopped(self) -> Turn:
        """The same turn, not waited for any longer."""
        return replace(self, status="incomplete") if self.status == "working" else self


def follow(assistant: Assistant, question: str) -> Iterator[Turn]:
    """The turn as it grows, first without any text; the last one is not "working". Never raises an `Exception`."""
    turn = Turn(question)
    yield turn
    try:
        for piece in assistant.stream(question):
            if isinstance(piece, Answer):
                turn = replace(turn, status="answered", text=piece.text, answer=piece)
            else:
                turn = replace(turn, text=turn.text + piece)
            yield turn
    except TongwenError as error:
        yield replace(turn, status="failed", problem=str(error))
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("a question failed, reference %s", reference)
        yield replace(turn, status="failed", reference=reference)
    else:
        if turn.answer is None:
            yield turn.stopped()
