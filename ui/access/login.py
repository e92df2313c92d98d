"""`/login` and `/logout`: a key is exchanged for a session of the browser, and the session ended."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from ui.access.access import Access
from ui.access.login_page import LOGIN_PATH, Asked, login_page
from ui.access.routes import may_follow
from ui.access.sessions import set_cookie
from ui.api.problems import Problem, Refused
from ui.messages import MESSAGES, InterfaceLanguage, preferred_language
from ui.visitors import visitor_of

_BODY_LIMIT = 4096  # bytes; a key has 46
_FORM = "application/x-www-form-urlencoded"
_PRIVATE = {"cache-control": "no-store", "vary": "accept-language, cookie"}
_SAFE = frozenset({"GET", "HEAD"})  # methods that change nothing


class LogIn:
    """The page, and what its form sends. Where nobody has to log in it leads to the chat."""

    def __init__(self, access: Access | None) -> None:
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._respond(Request(scope, receive)))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        asked = _asked(request)
        language = asked.language or preferred_language(request.headers.get("accept-language", ""))
        if request.method == "POST" and self._access:
            return await self._log_in(request, self._access, asked, language)
        if request.method not in _SAFE:
            return _wrong_method("GET, HEAD, POST")
        if self._access is None:
            return _see_other(asked.target)
        visitor = visitor_of(request.scope)
        name = visitor.name if visitor.scopes else None
        page = login_page(language, asked, name=name, can_leave=self._access.is_logged_in(request.scope))
        return HTMLResponse(page, headers=_PRIVATE)

    async def _log_in(self, request: Request, access: Access, asked: Asked, language: InterfaceLanguage) -> Response:
        key = await _read_key(request)
        if key is None:
            detail = f"the form cannot be read; open {LOGIN_PATH} and enter a key there"
            return Problem("malformed_body", detail).response(LOGIN_PATH)
        try:
            token = await access.log_in(request.scope, key)
        except Refused as refused:
            page = login_page(language, asked, problem=refused.problem)
            headers = {**_PRIVATE, **refused.problem.headers}
            if refused.problem.retry_after:
                headers["Retry-After"] = str(refused.problem.retry_after)
            return HTMLResponse(page, refused.problem.status, headers)
        response = _see_other(asked.target)
        response.headers["set-cookie"] = set_cookie(token, access.https)
        return response


class LogOut:
    """Ends the session of a browser. Following a link ends nothing."""

    def __init__(self, access: Access | None) -> None:
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = _see_other(LOGIN_PATH) if request.method in {*_SAFE, "POST"} else _wrong_method("GET, HEAD, POST")
        if request.method == "POST" and self._access and self._access.is_logged_in(scope):
            self._access.log_out(scope)
            response.headers["set-cookie"] = set_cookie("", self._access.https)
        await response(scope, receive, send)


async def _read_key(request: Request) -> str | None:
    """What was entered; None where the body is not that of the form."""
    if Headers(scope=request.scope).get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _BODY_LIMIT:
            return None
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        return None
    return fields.get("key", [""])[0].strip()


def _asked(request: Request) -> Asked:
    """What the address names, as links to the page do; what it cannot mean is passed over."""
    language = request.query_params.get("language")
    following = request.query_params.get("next", "")
    return Asked(
        next((each for each in MESSAGES if each == language), None), following if may_follow(following) else None
    )


def _see_other(address: str) -> Response:
    return RedirectResponse(address, 303, _PRIVATE)


def _wrong_method(allowed: str) -> Response:
    detail = f"this address has no such method; it has {allowed}"
    return Problem("method_not_allowed", detail, headers={"Allow": allowed}).response(LOGIN_PATH)
