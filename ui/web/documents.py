"""`/documents/ID`: the page of a whole document, where a citation leads. It is ours alone, without Gradio or script."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response

from index.errors import DocumentUnknown, TongwenError
from index.library import Library
from index.schema import Document, sha256_text
from ui.document_messages import Trouble
from ui.messages import InterfaceLanguage, preferred_language
from ui.rendering.document_page import AROUND, STYLE_PATH, Stretch, document_page, trouble_page
from ui.rendering.places import DOCUMENTS_PATH
from ui.visitors import visitor_of

logger = logging.getLogger(__name__)

_STYLE = Path(__file__).with_name("document.css")
_STATUS: Mapping[Trouble, int] = {"forbidden": 403, "gone": 404, "unfit": 422, "unreadable": 503}
_NUMBER = re.compile(r"[0-9]{1,9}")
_PRIVATE = {"cache-control": "no-store"}  # what is removed from the library is not to stay in a browser


class Unfit(ValueError):
    """The link names something that is not in the document."""


def router_for(library: Library) -> APIRouter:
    """The pages of the documents in `library`, for visitors who may read."""
    router = APIRouter()

    @router.get(STYLE_PATH)
    def style() -> Response:
        return FileResponse(_STYLE, media_type="text/css", headers={"cache-control": "no-cache"})

    @router.get(DOCUMENTS_PATH + "/{document_id}")
    def show(document_id: str, request: Request) -> Response:
        """In a thread of its own: a long document takes a while to read."""
        asked = request.query_params
        language = _language(asked, request.headers.get("accept-language", ""))

        def trouble(kind: Trouble, known_id: str = "") -> Response:
            return HTMLResponse(trouble_page(kind, language, known_id), _STATUS[kind], _PRIVATE)

        if not visitor_of(request.scope).may("read"):
            return trouble("forbidden")
        try:
            with library.snapshot() as snapshot:
                document = snapshot.document(document_id)
            return HTMLResponse(document_page(_stretch(document, asked), language), headers=_PRIVATE)
        except DocumentUnknown:
            return trouble("gone")
        except Unfit:
            return trouble("unfit", document_id)
        except TongwenError as error:
            logger.error("a document cannot be shown: %s", error)
            return trouble("unreadable")

    return router


def _language(asked: Mapping[str, str], accept_language: str) -> InterfaceLanguage:
    match asked.get("language"):
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            return preferred_language(accept_language)


def _stretch(document: Document, asked: Mapping[str, str]) -> Stretch:
    """What is to be shown; raises `Unfit` where the link does not fit the document.

    A document's id is the hash of its text, so that a link that fits once fits for ever; one that does not was cut off
    or altered on its way.
    """
    total = len(document.text)
    start, end = _sentence(document, asked) if {"start", "end"} & asked.keys() else (0, 0)
    if "offset" in asked:
        first = _number(asked, "offset")
        if first >= total:
            raise Unfit
        return Stretch(document, first, min(first + 2 * AROUND, total), start, end)
    return Stretch(document, max(0, start - AROUND), min(start + AROUND, total), start, end)


def _sentence(document: Document, asked: Mapping[str, str]) -> tuple[int, int]:
    start, end = _number(asked, "start"), _number(asked, "end")
    if not start < end <= len(document.text):
        raise Unfit
    if asked.get("sha256") not in (None, sha256_text(document.text[start:end])):
        raise Unfit
    return start, end


def _number(asked: Mapping[str, str], name: str) -> int:
    written = asked.get(name, "")
    if not _NUMBER.fullmatch(written):
        raise Unfit
    return int(written)
