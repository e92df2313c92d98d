"""The wall that asks who makes a request, as plain ASGI middleware: before its body is read or anything is called.

Without access control, on this machine alone, everyone may do everything; a browser is still told from others, because
its conversations belong to it.
"""

from __future__ import annotations

import logging

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import TongwenError
from ui.access.access import KEY_MISSING, Access
from ui.access.login import LogIn, LogOut
from ui.access.routes import PAGES, log_in_address, requirement
from ui.access.sessions import cookie_of, new_token, session_of, set_cookie
from ui.api.problems import Problem, Refused
from ui.visitors import EVERYTHING, Visitor

logger = logging.getLogger(__name__)

_SAFE = frozenset({"GET", "HEAD"})  # methods that change nothing


def guard(app: FastAPI, access: Access | None) -> None:
    """Let `app` answer only those who may ask; call it just before `harden`. Without `access`, everyone may."""
    app.router.routes[:0] = [Route("/login", LogIn(access)), Route("/logout", LogOut(access))]
    app.add_middleware(Guard, access=access)


class Guard:
    """Notes the visitor of each request (`ui.visitors`), and refuses what that visitor may not do."""

    def __init__(self, app: ASGIApp, access: Access | None) -> None:
        self.app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        token = cookie_of(Headers(scope=scope))
        fresh = None if token or scope["path"] not in PAGES else new_token()
        visitor = await self._admit(scope, token or fresh)
        if isinstance(visitor, Response):
            await visitor(scope, receive, send)
            return
        scope.setdefault("state", {})["visitor"] = visitor
        if fresh and visitor.session:
            send = _with_cookie(send, set_cookie(fresh, bool(self._access and self._access.https), remembered=True))
        await self.app(scope, receive, send)

    async def _admit(self, scope: Scope, token: str | None) -> Visitor | Response:
        """The visitor, or what is answered in the place of what was asked for."""
        if self._access is None:
            return Visitor(session_of(token) if token else "", "", EVERYTHING)
        if scope["type"] == "websocket":
            return Response(status_code=403)  # nothing here speaks it
        if self._access.https:
            scope["scheme"] = "https"  # what Gradio writes into its pages as their own address
        try:
            visitor = await self._access.visitor(scope, token)
        except Refused as refused:
            return refused.problem.response(scope["path"])
        except TongwenError:
            logger.exception("nobody can be let in")
            detail = "the keys of the server cannot be read; whoever runs it finds the reason in its log"
            return Problem("unavailable", detail).response(scope["path"])
        return _refusal(visitor, scope) or visitor


def _refusal(visitor: Visitor, request: Scope) -> Response | None:
    method, path = request["method"], request["path"]
    required = requirement(method, path)
    if required.need == "open" or visitor.may(required.need):
        return None
    if not visitor.scopes:
        log_in = log_in_address(path, request["query_string"].decode("latin-1")) if method in _SAFE else None
        if log_in:
            return RedirectResponse(log_in, 303, {"cache-control": "no-store"})
        return KEY_MISSING.response(path)
    if required.methods and method not in required.methods:
        allowed = ", ".join(required.methods)
        detail = f"this address has no such method; it has {allowed}"
        return Problem("method_not_allowed", detail, headers={"Allow": allowed}).response(path)
    challenge = f'Bearer realm="tongwen", error="insufficient_scope", scope="{required.need}"'
    detail = f"this needs a key with the scope {required.need}; ask whoever runs the server for one"
    return Problem("scope_missing", detail, headers={"WWW-Authenticate": challenge}).response(path)


def _with_cookie(send: Send, cookie: str) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("set-cookie", cookie)
        await send(message)

    return send_with_cookie
