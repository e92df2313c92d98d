"""What the pages of the chat are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ui.api.gate import Gate
from ui.conversations import Conversations
from ui.preparation import Preparation

if TYPE_CHECKING:
    from rag.answer import Answer, Citation, Exchange
    from rag.counterpart import Counterpart
    from ui.conversation import Assistant
    from ui.feedback import KeepFeedback
    from ui.library_desk import LibraryDesk


AT_ONCE = 4  # questions answered at a time
WAITING = 60  # of them that wait; a further one is told to come back
WAIT_SECONDS = 15.0
WAITING_FOR_SUGGESTIONS = 8  # conversations; a further one goes without


def _none(*_: object) -> Sequence[str]:
    return ()


def _unknown() -> str:
    return ""


def _no_counterpart(_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ChatServices:
    """One assistant and what stands around it. Safe to share between threads."""

    assistant: Assistant
    count_documents: Callable[[], int]
    examples: Callable[[], Sequence[str]] = _none  # questions to begin with
    suggest: Callable[[Answer, Sequence[Exchange]], Sequence[str]] = _none  # what to ask next; given the conversation
    counterpart: Callable[[Citation], Counterpart | None] = _no_counterpart  # what says the same in the other language
    library_version: Callable[[], str] = _unknown  # is written into what is exported
    desk: LibraryDesk | None = None  # of the library, whose documents then have pages
    keep_feedback: KeepFeedback | None = None  # answers have thumbs under them where it is kept
    conversations: Conversations = field(default_factory=Conversations)
    answering: Gate = field(default_factory=lambda: Gate(AT_ONCE, WAITING, WAIT_SECONDS))  # shared with the other doors
    suggesting: Gate = field(default_factory=lambda: Gate(1, WAITING_FOR_SUGGESTIONS, WAIT_SECONDS))  # of `suggest`
    preparation: Preparation = field(default_factory=Preparation)
