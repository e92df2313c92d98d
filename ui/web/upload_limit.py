"""How much a visitor may send: files, where Gradio takes them and from those who may add documents; else little."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.formats.registry import MAX_FILE_BYTES
from ui.messages import InterfaceLanguage
from ui.visitors import visitor_of

UPLOAD_LIMIT = 10 * MAX_FILE_BYTES  # bytes of all files that are sent together; each has its own limit when it is read
_ENVELOPE = 1024 * 1024  # bytes that multipart puts around them
_UPLOAD = "/gradio_api/upload"

# The page shows them as they are.
_TOO_MUCH: Mapping[InterfaceLanguage, str] = {
    "zh": f"一次上传的文件合计超过 {UPLOAD_LIMIT // 1_000_000} MB；请分几次上传。",
    "en": f"The files are over {UPLOAD_LIMIT // 1_000_000} MB together; upload them in several parts.",
}
_NOT_ALLOWED: Mapping[InterfaceLanguage, str] = {
    "zh": "您没有添加文档的权限；请向管理员申请。",
    "en": "You may not add documents; ask the administrator for the right to.",
}


class UploadLimit:
    """Lets bodies of up to `limit` bytes through, and uploads of up to `UPLOAD_LIMIT` of visitors who may write.

    Stands inside the walls that note who the visitor is, and before anything of the body is read.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._small = RequestBodyLimitMiddleware(app, limit)
        self._large = RequestBodyLimitMiddleware(app, UPLOAD_LIMIT + _ENVELOPE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = _uploading(scope)
        if language is None:
            await self._small(scope, receive, send)
        elif visitor_of(scope).may("write"):
            await self._large(scope, receive, _explaining(send, language))
        else:
            await PlainTextResponse(_NOT_ALLOWED[language], 403)(scope, receive, send)


def _uploading(scope: Scope) -> InterfaceLanguage | None:
    """The language of the page from which files are being sent; None of any other request."""
    if scope["type"] != "http":
        return None
    path = scope["path"].rstrip("/")
    return next((language for language in _TOO_MUCH if path == f"/{language}{_UPLOAD}"), None)


def _explaining(send: Send, language: InterfaceLanguage) -> Send:
    """In the place of the two words of a 413, what to do, in the language of the page."""
    refused = False

    async def explain(message: Message) -> None:
        nonlocal refused
        if message["type"] == "http.response.start" and message["status"] == 413:
            refused = True
            body = _TOO_MUCH[language].encode()
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        elif not refused:
            await send(message)

    return explain
