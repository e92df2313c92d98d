"""Browsers: the cookie by which one is known again, and who has logged in with which key.

Log-ins are kept in memory, by the hash of the cookie: whoever reads the memory of the server's other parts finds no
cookie to send, and a restart logs everyone out.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

COOKIE = "tongwen_session"
IDLE_SECONDS = 12 * 3600.0
_REMEMBERED = 400 * 24 * 3600  # seconds, the most that browsers keep a cookie
_MOST = 10_000  # log-ins at a time
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """What a cookie holds: 256 random bits."""
    return secrets.token_urlsafe(32)


def cookie_of(headers: Headers) -> str | None:
    """The token of the browser; None where it sends none, or something that never was one."""
    token = cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def session_of(token: str, user: str = "") -> str:
    """The name of a browser's session, from which its cookie cannot be found; each `user` of a browser has another."""
    return hashlib.sha256(f"{token}\n{user}".encode("utf-8", "replace")).hexdigest()


def set_cookie(token: str, https: bool, remembered: bool = False) -> str:
    """The header that gives a browser its cookie, until it is closed or to be `remembered`; "" takes it away."""
    lifetime = f"; Max-Age={_REMEMBERED if token else 0}" if remembered or not token else ""
    return f"{COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/{lifetime}{'; Secure' if https else ''}"


class LogIns:
    """Which browser has logged in with which key. Not safe to share between threads: it lives in the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[str, tuple[str, float]] = OrderedDict()  # session: id of the key, last seen

    def begin(self, key_id: str) -> str:
        """The token of a new session."""
        token = new_token()
        self._held[session_of(token)] = (key_id, self._clock())
        while len(self._held) > _MOST:
            self._held.popitem(last=False)
        return token

    def key_id(self, token: str) -> str | None:
        """The id of the key that the browser logged in with, where it was not idle for too long since."""
        session = session_of(token)
        key_id, seen = self._held.get(session, ("", 0.0))
        now = self._clock()
        if not key_id or now - seen >= IDLE_SECONDS:
            self._held.pop(session, None)
            return None
        self._held[session] = (key_id, now)
        self._held.move_to_end(session)
        return key_id

    def end(self, token: str) -> None:
        self._held.pop(session_of(token), None)
