"""Which requests are for the API and which for the chat, as plain ASGI middleware around the chat."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIXES = ("/api/v1/", "/v1/")
_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/v1", "/api/v1"})


def is_api(path: str) -> bool:
    """Whether the path is the API's; Gradio has none of them."""
    return path in _PATHS or path.startswith(_PREFIXES)


class Doors:
    """Sends what is for the API there."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self.app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = self._api if scope["type"] == "http" and is_api(scope["path"]) else self.app
        await chosen(scope, receive, send)
