"""The HTTP API as one application; `ui.web.app` puts it beside the chat, behind the same walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.errors import TongwenError
from index.formats.registry import MAX_FILE_BYTES
from ui.api import ask, documents, feedback, openai_chat, openai_embeddings, openai_models, watching
from ui.api.answers import ClientGone, nobody_waits
from ui.api.body_limit import BodyLimit
from ui.api.documents import FILES_PATH, TEXTS_PATH
from ui.api.gate import Gate
from ui.api.metrics import Measured, Metrics
from ui.api.openapi import OpenApiApp
from ui.api.problems import Refused, problem_of, respond
from ui.api.services import Services

if TYPE_CHECKING:
    from rag.assistant import Assistant

OPENAPI_PATH = "/api/v1/openapi.json"
AT_ONCE = 4  # questions, searches and embeddings worked on at a time
WAITING = 60  # of them that wait; a further one is told to come back
WAIT_SECONDS = 15.0
ADDING_WAITING = 8  # the library has one writer
ADDING_WAIT_SECONDS = 30.0
BODY_LIMIT = 1024 * 1024  # bytes
_ROUTERS = (
    ask.router,
    documents.router,
    feedback.router,
    watching.router,
    openai_models.router,
    openai_chat.router,
    openai_embeddings.router,
)


def build_api(assistant: Assistant, at_once: int = AT_ONCE, waiting: int = WAITING) -> FastAPI:
    """The API of one assistant and its library; at most `at_once` answers are made at a time, `waiting` wait."""
    answering = Gate(at_once, waiting, WAIT_SECONDS)
    metrics = Metrics(answering)
    app = OpenApiApp(
        title="Tongwen",
        version="1",
        summary="Answers in Chinese and English from your documents, with the exact sentence each rests on.",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = Services(assistant, answering, Gate(1, ADDING_WAITING, ADDING_WAIT_SECONDS), metrics)
    for router in _ROUTERS:
        app.include_router(router)
    for kind in (TongwenError, Refused, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, respond)
    app.add_exception_handler(ClientGone, nobody_waits)
    app.add_exception_handler(405, _wrong_method)
    app.add_exception_handler(Exception, _unexpected)
    envelope = BODY_LIMIT  # what multipart or JSON puts around a file
    limits = dict.fromkeys((FILES_PATH, TEXTS_PATH), MAX_FILE_BYTES + envelope)
    app.add_middleware(BodyLimit, limit=BODY_LIMIT, limits=limits)
    app.add_middleware(Measured, metrics=metrics)
    return app


async def _wrong_method(request: Request, error: Exception) -> Response:
    """Names every method of the address; Starlette names those of the first route alone."""
    response = problem_of(error).response(request.url.path)
    allowed = {
        method
        for router in _ROUTERS
        for route in router.routes
        if route.path_regex.match(request.url.path)  # type: ignore[attr-defined]
        for method in route.methods  # type: ignore[attr-defined]
    }
    response.headers["Allow"] = ", ".join(sorted(allowed)) or "GET"
    return response


async def _unexpected(request: Request, error: Exception) -> Response:
    return ask.unexpected(error).response(request.url.path)
