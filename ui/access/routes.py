"""Which scope each address of the server needs. What is not listed here needs `admin`, so that nothing new is open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from starlette.routing import compile_path

from ui.visitors import Scope

Need = Scope | Literal["open"]

PAGES: Mapping[str, str] = {  # the chat, as a person opens it: where to log in for it
    "/": "/login",
    "/zh": "/login?language=zh",
    "/zh/": "/login?language=zh",
    "/en": "/login?language=en",
    "/en/": "/login?language=en",
}

_DOCUMENT = re.compile(r"/documents/[A-Za-z0-9._~-]+(\?[A-Za-z0-9%=&+._~-]*)?")  # where a citation leads
_OPEN: Mapping[str, Need] = {"GET": "open", "HEAD": "open"}
_READ: Mapping[str, Need] = {"GET": "read", "HEAD": "read"}
_ASK: Mapping[str, Need] = {"POST": "read"}

_LISTED: dict[str, Mapping[str, Need]] = {
    "/login": {**_OPEN, "POST": "open"},
    "/logout": {**_OPEN, "POST": "open"},
    "/healthz": _OPEN,
    "/readyz": _OPEN,
    "/metrics": _READ,
    "/api/v1/openapi.json": _READ,
    "/api/v1/problems": _READ,
    "/api/v1/ask": _ASK,
    "/api/v1/search": _ASK,
    "/api/v1/feedback": _ASK,
    "/api/v1/documents": {**_READ, "POST": "write"},
    "/api/v1/documents/files": {"POST": "write"},
    "/api/v1/documents/{document_id}": {**_READ, "DELETE": "write"},
    "/v1/models": _READ,
    "/v1/models/{model:path}": _READ,
    "/v1/chat/completions": _ASK,
    "/v1/embeddings": _ASK,
    "/mcp": {**_READ, "POST": "read", "DELETE": "read"},
    "/page.js": _READ,
    "/library_page.js": _READ,
    "/documents/{document_id}": _READ,
    "/conversations/{conversation_id}/export.{kind}": _READ,
    "/favicon.ico": _READ,
    **dict.fromkeys(PAGES, _READ),
}
# Of what Gradio has, that which the pages use. Its handlers ask the visitor what they may do beside reading.
_GRADIO: Mapping[str, Mapping[str, Need]] = {
    "/config": _READ,
    "/config/": _READ,
    "/theme.css": _READ,
    "/favicon.ico": _READ,
    "/robots.txt": _READ,
    "/manifest.json": _READ,
    "/static/{path:path}": _READ,
    "/assets/{path:path}": _READ,
    "/svelte/{path:path}": _READ,
    "/gradio_api/theme.css": _READ,
    "/gradio_api/info": _READ,
    "/gradio_api/info/": _READ,
    "/gradio_api/file={path:path}": _READ,
    "/gradio_api/file/{path:path}": _READ,
    "/gradio_api/heartbeat/{session}": _READ,
    "/gradio_api/queue/join": _ASK,
    "/gradio_api/queue/data": _READ,
    "/gradio_api/queue/status": _READ,
    "/gradio_api/call/{name}": _ASK,
    "/gradio_api/call/{name}/{event}": _READ,
    "/gradio_api/call/v2/{name}": _ASK,
    "/gradio_api/call/v2/{name}/{event}": _READ,
    "/gradio_api/run/{name}": _ASK,
    "/gradio_api/api/{name}": _ASK,
    "/gradio_api/cancel": _ASK,
    "/gradio_api/reset": _ASK,
    "/gradio_api/upload": {"POST": "write"},
    "/gradio_api/upload_progress": {"GET": "write"},
}
for _page in ("/zh", "/en"):
    _LISTED |= {_page + path: needs for path, needs in _GRADIO.items()}

_EXACT = {path: needs for path, needs in _LISTED.items() if "{" not in path}
_PATTERNS = [(compile_path(path)[0], needs) for path, needs in _LISTED.items() if "{" in path]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a request needs."""

    need: Need
    methods: tuple[str, ...]  # those of its address that are listed; where its own is none of them, it needs admin


def requirement(method: str, path: str) -> Requirement:
    """What that method of that address needs. The path is the one that is routed by: decoded, and not tidied up."""
    methods: dict[str, Need] = {}
    for needs in _matching(path):
        methods = {**needs, **methods}  # the first that lists a method has it
    return Requirement(methods.get(method, "admin"), tuple(sorted(methods)))


def log_in_address(path: str, query: str) -> str | None:
    """Where a person logs in who opened that page; None where it is no page."""
    if path in PAGES:
        return PAGES[path]
    opened = f"{path}?{query}" if query else path
    return f"/login?{urlencode({'next': opened})}" if may_follow(opened) else None


def may_follow(address: str) -> bool:
    """Whether a log-in may lead there: a document of this server, and nothing that only looks like one."""
    return _DOCUMENT.fullmatch(address) is not None


def _matching(path: str) -> Iterator[Mapping[str, Need]]:
    if path in _EXACT:
        yield _EXACT[path]
    for pattern, needs in _PATTERNS:
        if pattern.fullmatch(path):
            yield needs
