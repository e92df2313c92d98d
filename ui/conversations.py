"""TEMPORARY stand-in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from index.errors import TongwenError
from ui.conversation import Turn


class ConversationUnknown(TongwenError): ...


class ConversationFull(TongwenError): ...


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    title: str
    created_at: datetime
    changed_at: datetime
    turns: tuple[Turn, ...] = ()


class Conversations:
    def __init__(self) -> None:
        self._by: dict[str, dict[str, Conversation]] = {}

    def list(self, session):
        return sorted(self._by.get(session, {}).values(), key=lambda c: c.changed_at, reverse=True)

    def get(self, session, id):
        try:
            return self._by[session][id]
        except KeyError:
            raise ConversationUnknown("x") from None

    def create(self, session, turns=()):
        now = datetime.now(UTC)
        c = Conversation(secrets.token_hex(8), "", now, now, tuple(turns))
        self._by.setdefault(session, {})[c.id] = c
        return c

    def replace_turns(self, session, id, turns):
        c = replace(self.get(session, id), turns=tuple(turns), changed_at=datetime.now(UTC))
        self._by[session][id] = c
        return c
