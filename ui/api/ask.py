"""`POST /api/v1/ask` and `POST /api/v1/search`: what `ask --json` and `search --json` print, whole or as events."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import AsyncIterator
from typing import Any

import anyio
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from index.errors import TongwenError
from rag.answer import Answer, Exchange
from rag.answer_json import answer_json
from ui.api.answers import AnswerStream, ClientGone, EventResponse
from ui.api.nouns import AnswerObject, AskBody, SearchBody, SearchObject
from ui.api.problems import Problem, problem_of
from ui.api.services import Services, Using
from ui.contract import search_json

logger = logging.getLogger(__name__)
router = APIRouter(tags=["answers"])

_EVENTS = (
    'event: sentence\ndata: {"text": "The port handled 4 million tonnes. [1]"}\n\n'
    'event: answer\ndata: {"question": "…", "answer": "…", "citations": [], "…": "…"}\n\n'
)


@router.post(
    "/api/v1/ask",
    summary="Answer a question",
    description="The object of `tongwen ask --json`. As server-sent events: `sentence` with pieces of the text, as "
    "each is checked, then one `answer` with the whole object; or `error` with the problem where it broke off.",
    responses={200: {"model": AnswerObject, "content": {"text/event-stream": {"example": _EVENTS}}}},
)
async def ask(body: AskBody, request: Request, using: Using) -> Response:
    history = [Exchange(turn.question, turn.answer) for turn in body.history]
    stream = open_stream(request, using, body.question, history)
    accepted = request.headers.get("accept", "")
    if body.stream or (body.stream is None and "text/event-stream" in accepted):
        first = await stream.open()  # what is wrong with the question is no event yet
        return EventResponse(_events(stream, first), stream)
    return JSONResponse(answer_json(await stream.answer()))


def open_stream(request: Request, using: Services, question: str, history: list[Exchange]) -> AnswerStream:
    """The answer to a question, not begun yet."""
    return AnswerStream(request, using.assistant.stream(question, history), using.answering, using.metrics)


async def _events(stream: AnswerStream, first: str | Answer) -> AsyncIterator[str]:
    event = first
    try:
        while not isinstance(event, Answer):
            yield _event("sentence", {"text": event})
            event = await stream.next()
        yield _event("answer", answer_json(event))
    except ClientGone:
        return
    except Exception as error:
        yield _event("error", broken_off(error).as_json())


def broken_off(error: Exception) -> Problem:
    """The problem of an answer that has begun; what cannot be explained is logged under a reference."""
    return problem_of(error) if isinstance(error, TongwenError) else unexpected(error)


def unexpected(error: Exception) -> Problem:
    """The problem of an error that should not be: its cause stands in the log, not in the response."""
    reference = secrets.token_hex(4)
    logger.error("a request failed, reference %s", reference, exc_info=error)
    return Problem("internal_error", f"something went wrong; look for {reference} in the log of the server")


def _event(name: str, content: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


@router.post(
    "/api/v1/search",
    summary="Find passages",
    description="The object of `tongwen search --json`: passages, best first, without an answer.",
    responses={200: {"model": SearchObject}},
)
async def search(body: SearchBody, using: Using) -> Response:
    def find() -> dict[str, Any]:
        hits = using.assistant.search(body.question, body.k)
        return search_json(body.question, hits, using.library.degraded())

    async with using.answering:
        return JSONResponse(await anyio.to_thread.run_sync(find))
