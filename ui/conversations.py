"""The conversations of each browser, in memory: what is said stays with whoever said it, and goes when the server ends.

A session is a browser (`ui.visitors`). Nothing of one session can be reached from another: ids are looked up within it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from index.errors import TongwenError
from ui.conversation import Turn

MOST_SESSIONS = 1_000  # the one that was idle longest goes first
MOST_CONVERSATIONS = 100  # of one session; likewise
MOST_TURNS = 200  # of one conversation
IDLE_SECONDS = 24 * 3600.0
LONGEST_TITLE = 40  # characters
_ENDS = " \t\n，。！？；：、,.!?;:"


class ConversationUnknown(TongwenError):
    """The session has no conversation of that id."""


class ConversationFull(TongwenError):
    """The conversation has as many turns as one can have."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns under a title, which is the first question until it is named otherwise."""

    id: str  # cannot be guessed
    title: str
    created_at: datetime  # UTC
    changed_at: datetime  # when something was last said
    turns: tuple[Turn, ...] = ()
    named: bool = False  # by a person


@dataclass(slots=True)
class _Session:
    conversations: OrderedDict[str, Conversation] = field(default_factory=OrderedDict)  # the last to change is last
    seen: float = 0.0


class Conversations:
    """Safe to share between threads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._now = now
        self._lock = threading.RLock()
        self._sessions: OrderedDict[str, _Session] = OrderedDict()  # the last to be seen is last

    def list(self, session: str) -> list[Conversation]:
        """All conversations of the session, the last to change first."""
        with self._lock:
            found = self._seen(session)
            return list(reversed(found.conversations.values())) if found else []

    def get(self, session: str, conversation: str) -> Conversation:
        """Raises `ConversationUnknown`."""
        with self._lock:
            found = self._seen(session)
            if found is None or conversation not in found.conversations:
                raise ConversationUnknown("this browser has no such conversation; choose one of the list")
            return found.conversations[conversation]

    def create(self, session: str, turns: Iterable[Turn] = ()) -> Conversation:
        """A new conversation. Where there are too many, the one that was idle longest goes."""
        now = self._now()
        created = Conversation(secrets.token_hex(8), "", now, now)
        return self._put(session, _with_turns(created, tuple(turns), now))

    def replace_turns(self, session: str, conversation: str, turns: Iterable[Turn]) -> Conversation:
        """Let it have those turns. Raises `ConversationUnknown`, or `ConversationFull` where they are too many."""
        with self._lock:
            return self._put(session, _with_turns(self.get(session, conversation), tuple(turns), self._now()))

    def rename(self, session: str, conversation: str, title: str) -> Conversation:
        """Give it a title; where that is only space, the first question is it again. Raises `ConversationUnknown`."""
        with self._lock:
            found = self.get(session, conversation)
            title = shortened(title)
            renamed = replace(found, title=title or _title(found.turns), named=bool(title))
            self._sessions[session].conversations[conversation] = renamed  # where it stands: nothing was said
            return renamed

    def delete(self, session: str, conversation: str) -> Conversation:
        """Forget it, and return what it was: `restore` puts it back. Raises `ConversationUnknown`."""
        with self._lock:
            found = self.get(session, conversation)
            del self._sessions[session].conversations[conversation]
            return found

    def restore(self, session: str, conversation: Conversation) -> None:
        """Put a deleted conversation back, in its place by the time when something was last said."""
        with self._lock:
            found = self._seen(session) or self._begin(session)
            held = [*found.conversations.values(), conversation]
            held.sort(key=lambda known: known.changed_at)
            found.conversations = OrderedDict((known.id, known) for known in held[-MOST_CONVERSATIONS:])

    def forget_session(self, session: str) -> None:
        """Forget all that was said in the session."""
        with self._lock:
            self._sessions.pop(session, None)

    def _put(self, session: str, conversation: Conversation) -> Conversation:
        with self._lock:
            found = self._seen(session) or self._begin(session)
            found.conversations[conversation.id] = conversation
            found.conversations.move_to_end(conversation.id)
            while len(found.conversations) > MOST_CONVERSATIONS:
                found.conversations.popitem(last=False)
            return conversation

    def _begin(self, session: str) -> _Session:
        begun = self._sessions[session] = _Session(seen=self._clock())
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return begun

    def _seen(self, session: str) -> _Session | None:
        """The session, noted as seen now; None of one that has said nothing, or was idle for too long."""
        now = self._clock()
        while self._sessions and now - next(iter(self._sessions.values())).seen > IDLE_SECONDS:
            self._sessions.popitem(last=False)
        found = self._sessions.get(session)
        if found:
            found.seen = now
            self._sessions.move_to_end(session)
        return found


def shortened(text: str) -> str:
    """A title of at most `LONGEST_TITLE` characters on one line; cut between words where there are any."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[: LONGEST_TITLE - 1]
    if line[LONGEST_TITLE - 1].isascii() and line[LONGEST_TITLE - 1].isalnum() and " " in cut[LONGEST_TITLE // 2 :]:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(_ENDS) + "…"


def _with_turns(conversation: Conversation, turns: tuple[Turn, ...], now: datetime) -> Conversation:
    if len(turns) > MOST_TURNS:
        raise ConversationFull(f"a conversation has at most {MOST_TURNS} turns; start a new one")
    title = conversation.title if conversation.named else _title(turns)
    return replace(conversation, title=title, turns=turns, changed_at=now)


def _title(turns: tuple[Turn, ...]) -> str:
    return shortened(turns[0].question) if turns else ""
