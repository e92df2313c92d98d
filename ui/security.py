"""The walls around the web chat, as plain ASGI middleware: who may ask, and what the page may load.

The content security policy is what holds when all else fails: even markup that slipped through could neither run nor
fetch anything from elsewhere.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.login_page import LOGIN_PATH, LOGIN_POLICY
from ui.api.doors import is_api
from ui.api.problems import Problem

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAGES = frozenset({"/zh", "/zh/", "/en", "/en/"})  # those that carry inline scripts of their own

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)


def harden(app: FastAPI, hosts: Sequence[str] = LOOPBACK, scripts: Sequence[str] = ()) -> None:
    """Put the walls around `app`, which then answers only requests made to one of `hosts`.

    `scripts` are addresses of our own that each page loads before anything else.
    """
    app.add_middleware(SameOrigin)
    app.add_middleware(KnownHosts, hosts=hosts)
    app.add_middleware(PageHeaders, scripts=scripts)  # added last, so it is outermost: refusals carry the headers too


class PageHeaders:
    """Adds the security headers to every response, and to the page's own scripts the nonce that lets them run."""

    def __init__(self, app: ASGIApp, scripts: Sequence[str] = ()) -> None:
        self.app = app
        self._scripts = scripts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        is_page = scope["path"] in PAGES
        start: Message = {}
        page = bytearray()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_form = scope["path"] == LOGIN_PATH
                headers["content-security-policy"] = LOGIN_POLICY if is_form else POLICY.format(nonce=nonce)
                headers["x-content-type-options"] = "nosniff"
                # With no-referrer, a browser sends a form from the origin "null", which `SameOrigin` refuses.
                headers["referrer-policy"] = "same-origin" if is_form else "no-referrer"
                headers["cross-origin-opener-policy"] = "same-origin"
                if is_page:
                    start.update(message)
                    return
            elif is_page and message["type"] == "http.response.body":
                page.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = with_nonce(with_scripts(bytes(page), self._scripts), nonce)
                if "content-length" in (headers := MutableHeaders(scope=start)):
                    headers["content-length"] = str(len(body))
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(uncompressed(scope) if is_page else scope, receive, send_with_headers)


def with_scripts(page: bytes, scripts: Sequence[str]) -> bytes:
    """`page` with our own scripts before all others. What Gradio is told to put into its head, it adds too late."""
    tags = "".join(f'<script src="{address}"></script>' for address in scripts)
    return page.replace(b"<head>", b"<head>" + tags.encode(), 1)


def with_nonce(page: bytes, nonce: str) -> bytes:
    """`page` with `nonce` in each script tag. Gradio escapes "<" in the data it embeds, so only its own tags match."""
    return re.sub(rb"<script(?=[\s>])", b'<script nonce="%s"' % nonce.encode(), page)


def uncompressed(scope: Scope) -> Scope:
    """The same request, asking for a reply that can be read and changed on its way."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


class SameOrigin:
    """Refuses what the page of another site sends: it must not ask questions in its visitor's name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            if is_api(scope["path"]):
                problem = Problem("wrong_origin", "requests from another origin are refused; ask from a program")
                await problem.response(scope["path"])(scope, receive, send)
            else:
                await PlainTextResponse("Requests from another origin are refused", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class KnownHosts:
    """Refuses requests that name another host, those to the API in its own words."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app = app
        self._hosts = list(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = False

        async def pass_on(*_: object) -> None:
            nonlocal known
            known = True

        async def drop(_: Message) -> None:
            pass

        # Without this, a page elsewhere could point its own name at 127.0.0.1 and read the library (DNS rebinding).
        guarded = TrustedHostMiddleware(pass_on, allowed_hosts=self._hosts, www_redirect=False)
        refuse = scope["type"] == "http" and is_api(scope["path"])
        await guarded(scope, receive, drop if refuse else send)
        if known:
            await self.app(scope, receive, send)
        elif refuse:
            problem = Problem("wrong_host", f"this server answers only at {', '.join(self._hosts)}; use one of them")
            await problem.response(scope["path"])(scope, receive, send)
