"""Who makes a request, by its key, by what a trusted proxy says, or by a log-in; from its headers alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import anyio
from starlette.datastructures import Headers
from starlette.types import Scope as RequestScope

from index.errors import TongwenError
from ui.access.keys import Key, KeyStore, scopes_of
from ui.access.proxy import TrustedProxy, client_address
from ui.access.sessions import LogIns, cookie_of, session_of
from ui.access.tries import WrongTries
from ui.api.problems import Problem, Refused
from ui.visitors import Visitor

logger = logging.getLogger(__name__)

NOBODY = Visitor("", "", frozenset())
_REALM = 'Bearer realm="tongwen"'
CHALLENGE = {"WWW-Authenticate": _REALM}
KEY_MISSING = Problem(
    "key_missing", "this server asks for a key; send it in the header Authorization: Bearer KEY", headers=CHALLENGE
)
_KEY_INVALID = Problem(
    "key_invalid",
    "this key is not valid: it may be mistyped, expired or revoked; ask whoever runs the server for another",
    headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
)


class Access:
    """What guards one server. It lives in the event loop of that server."""

    def __init__(
        self,
        keys: KeyStore,
        proxy: TrustedProxy | None = None,
        https: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`https`: browsers reach the server over TLS alone, which something in front of it ends."""
        self.https = https
        self._keys = keys
        self._proxy = proxy
        self._log_ins = LogIns(clock)
        self._tries = WrongTries(clock)
        self._noted: dict[str, str] = {}  # id of a key: the day on which its use was last written down

    async def visitor(self, request: RequestScope, token: str | None) -> Visitor:
        """Who makes the request, `NOBODY` where it does not say; raises `Refused` for a key that is not valid.

        `token` is that of the browser, which a proxied visitor is known by.
        """
        headers = Headers(scope=request)
        given = headers.getlist("authorization")
        secrets = [
            secret.strip() for kind, _, secret in (each.partition(" ") for each in given) if kind.lower() == "bearer"
        ]
        if secrets:
            key = await self._check(request, secrets[0] if len(given) == 1 else "")
            return Visitor("", key.name, scopes_of(key.scope))
        if self._proxy and (user := self._proxy.user(request)):
            return Visitor(session_of(token, user) if token else "", user, scopes_of(self._proxy.scope))
        if key_of_session := self._logged_in(headers):
            await self._note_use(key_of_session)
            return Visitor(session_of(token or ""), key_of_session.name, scopes_of(key_of_session.scope))
        return NOBODY

    async def log_in(self, request: RequestScope, secret: str) -> str:
        """The token of a new session, in the place of the one that the browser had; raises `Refused`."""
        key = await self._check(request, secret)
        self.log_out(request)
        return self._log_ins.begin(key.id)

    def log_out(self, request: RequestScope) -> None:
        """End the session of the browser, where it has one."""
        if token := cookie_of(Headers(scope=request)):
            self._log_ins.end(token)

    def is_logged_in(self, request: RequestScope) -> bool:
        """Whether there is a session to end."""
        return self._logged_in(Headers(scope=request)) is not None

    def _logged_in(self, headers: Headers) -> Key | None:
        token = cookie_of(headers)
        key_id = self._log_ins.key_id(token) if token else None
        return self._keys.get(key_id) if key_id else None

    async def _check(self, request: RequestScope, secret: str) -> Key:
        key = self._keys.find(secret)
        if key is None:
            wait = self._tries.count(client_address(request, self._proxy))
            raise Refused(_too_many(wait) if wait else _KEY_INVALID)
        await self._note_use(key)
        return key

    async def _note_use(self, key: Key) -> None:
        """Once a day for each key; that a disk is full does not keep anyone out."""
        today = self._keys.today()
        if today in (key.last_used, self._noted.get(key.id)):
            return
        self._noted[key.id] = today
        try:
            await anyio.to_thread.run_sync(self._keys.note_use, key.id)
        except TongwenError as error:
            logger.warning("that the key %s was used today could not be written down: %s", key.id, error)


def _too_many(wait: int) -> Problem:
    return Problem("too_many_tries", f"too many wrong keys came from this address; wait {wait} seconds", wait)
