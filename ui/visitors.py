"""Who makes a request, and what they may do: known before anything of the request is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope as RequestScope

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")  # each holds those before it
EVERYTHING = frozenset(SCOPES)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever makes a request."""

    session: str  # of a browser, unguessable: its conversations belong to it; "" of a program
    name: str  # of the key or the user; "" where none is asked for
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


def visitor_of(request: RequestScope) -> Visitor:
    """The visitor whom the walls of the server noted in the scope of a request."""
    visitor: Visitor = request["state"]["visitor"]
    return visitor
