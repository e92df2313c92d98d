"""Leading the conversations of a browser: asking, stopping, editing. `ui.web.page` shows what comes of it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import TongwenError
from rag.async_steps import in_threads
from ui.api.gate import ServerBusy
from ui.conversation import Turn, exchanges, follow
from ui.conversations import Conversation, ConversationFull, ConversationUnknown

if TYPE_CHECKING:
    from ui.messages import Messages
    from ui.web.services import ChatServices

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Screen:
    """What one tab shows."""

    conversation: str = ""  # its id; "" of one in which nothing was asked yet
    turns: tuple[Turn, ...] = ()
    notice: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(turn.question for turn in self.turns)


class Chat:
    """Conversations are those of a session, which is a browser: see `ui.visitors`. Safe to share between threads.

    A turn is stored from its first moment, as one that was stopped, and written anew as it grows: whatever happens to
    the page or the answer, what was said is there, and is called what it is.
    """

    def __init__(self, services: ChatServices, messages: Messages) -> None:
        self._services = services
        self._conversations = services.conversations
        self._messages = messages
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, str], object] = {}  # what may write into a conversation

    def open(self, session: str, conversation: str | None = None) -> Screen:
        """That conversation as it stands, else the one that was led last; an empty screen where there is none."""
        if conversation is None:
            conversation = next((known.id for known in self._conversations.list(session)), "")
        found = self._find(session, conversation)
        return Screen(found.id, found.turns) if found else Screen()

    def turn(self, session: str, conversation: str, number: int) -> Turn | None:
        """One turn, counted from 0."""
        found = self._find(session, conversation)
        return found.turns[number] if found and 0 <= number < len(found.turns) else None

    def ask(
        self, session: str, conversation: str, question: str, at: int | None = None
    ) -> Generator[Screen, None, None]:
        """The screen as the answer grows, the turn that is "working" last until it has ended.

        The question takes the place of turn `at`. Where others follow it, they stay where they are, and it begins a
        new conversation with the turns before it.
        """
        found = self._find(session, conversation)
        turns = found.turns if found else ()
        at = len(turns) if at is None or at > len(turns) else at
        if not question.strip():
            yield Screen(conversation, turns)
            return
        if self._services.preparation.progress.state == "working":
            yield Screen(conversation, turns, self._messages.not_prepared)
            return
        said = ""
        if at < len(turns) - 1:
            found, said = None, self._messages.branched
        before = turns[:at]
        try:
            found = found or self._conversations.create(session, before)
            run = self._begin(session, found.id)
            yield from self._follow(session, found.id, run, question, before, said)
        except ConversationFull:
            yield Screen(conversation, turns, self._messages.full)

    async def aask(
        self, session: str, conversation: str, question: str, at: int | None = None
    ) -> AsyncIterator[Screen]:
        """The same in threads, once it is its turn: more than a bounded number do not wait, but are told to try again.

        Closing it stops the answer.
        """
        screens = self.ask(session, conversation, question, at)
        screen = next(screens)
        yield screen
        if not screen.turns or screen.turns[-1].status != "working":
            return
        try:
            async with self._services.answering, aclosing(in_threads(screens)) as answering:
                async for screen in answering:
                    yield screen
        except ServerBusy:
            screens.close()
            turns = (*screen.turns[:-1], Turn(question, "failed", problem="server_busy"))
            self._conversations.replace_turns(session, screen.conversation, turns)
            yield Screen(screen.conversation, turns)

    def stop(self, session: str, conversation: str) -> Screen:
        """End what is being answered there, and keep what was said of it."""
        with self._lock:
            self._runs.pop((session, conversation), None)
        return self.open(session, conversation)

    def delete(self, session: str, conversation: str) -> Conversation:
        """Forget it, what is being answered there too, and return what it was. Raises `ConversationUnknown`."""
        with self._lock:
            self._runs.pop((session, conversation), None)
            return self._conversations.delete(session, conversation)

    async def suggest(self, session: str, conversation: str) -> Sequence[str]:
        """What could be asked after the last answer there; nothing where others wait for suggestions already."""
        found = self._find(session, conversation)
        if not found or not found.turns or not (answer := found.turns[-1].answer):
            return ()
        try:
            async with self._services.suggesting:
                return await asyncio.to_thread(self._services.suggest, answer, exchanges(found.turns))
        except ServerBusy:
            return ()
        except TongwenError as error:  # the next question will be told
            logger.warning("nothing could be suggested: %s", error)
            return ()

    def _find(self, session: str, conversation: str) -> Conversation | None:
        try:
            return self._conversations.get(session, conversation)
        except ConversationUnknown:
            return None

    def _follow(
        self, session: str, conversation: str, run: object, question: str, before: tuple[Turn, ...], said: str
    ) -> Iterator[Screen]:
        for turn in follow(self._services.assistant, question, exchanges(before)):
            if not self._keep(session, conversation, run, (*before, turn.stopped())):
                return
            yield Screen(conversation, (*before, turn), said)
        with self._lock:
            self._runs.pop((session, conversation), None)

    def _begin(self, session: str, conversation: str) -> object:
        with self._lock:
            self._runs[session, conversation] = run = object()
        return run

    def _keep(self, session: str, conversation: str, run: object, turns: tuple[Turn, ...]) -> bool:
        """Store the turns; not where the run was stopped or the conversation deleted since."""
        with self._lock:
            if self._runs.get((session, conversation)) is not run:
                return False
            try:
                self._conversations.replace_turns(session, conversation, turns)
            except ConversationUnknown:
                return False
            return True
