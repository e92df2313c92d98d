"""The exports of conversations over HTTP, each for the browser session that holds the conversation."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from ui.conversations import Conversation, Conversations, ConversationUnknown
from ui.messages import InterfaceLanguage, preferred_language
from ui.rendering.export import ExportKind, Origin, conversation_json, conversation_markdown, file_name
from ui.visitors import visitor_of

_TYPES: dict[ExportKind, str] = {"md": "text/markdown; charset=utf-8", "json": "application/json; charset=utf-8"}


def export_router(
    conversations: Conversations,
    program_version: str,
    library_version: Callable[[], str],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> APIRouter:
    """`GET /conversations/{id}/export.md` and `….json`; `?language=zh|en`, else as the browser prefers."""
    router = APIRouter()

    def export(request: Request, conversation_id: str, kind: ExportKind) -> Response:
        session = visitor_of(request.scope).session
        try:
            if not session:
                raise ConversationUnknown("a program has no conversations; ask with a browser")
            conversation = conversations.get(session, conversation_id)
        except ConversationUnknown as error:
            return PlainTextResponse(str(error), 404, {"cache-control": "no-store"})
        origin = Origin(program_version, library_version(), clock())
        if kind == "json":
            content = conversation_json(conversation, origin)
        else:
            content = conversation_markdown(conversation, origin, _language(request))
        return Response(content.encode(), media_type=_TYPES[kind], headers=_headers(conversation, kind))

    @router.get("/conversations/{conversation_id}/export.md")
    def export_markdown(request: Request, conversation_id: str) -> Response:
        return export(request, conversation_id, "md")

    @router.get("/conversations/{conversation_id}/export.json")
    def export_json(request: Request, conversation_id: str) -> Response:
        return export(request, conversation_id, "json")

    return router


def _language(request: Request) -> InterfaceLanguage:
    match request.query_params.get("language"):
        case "zh":
            return "zh"
        case "en":
            return "en"
    return preferred_language(request.headers.get("accept-language", ""))


def _headers(conversation: Conversation, kind: ExportKind) -> dict[str, str]:
    encoded = quote(file_name(conversation, kind), safe="")
    return {
        # RFC 6266: the first name for whoever cannot read the second, which is UTF-8 (RFC 8187).
        "content-disposition": f"attachment; filename=\"conversation.{kind}\"; filename*=UTF-8''{encoded}",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
