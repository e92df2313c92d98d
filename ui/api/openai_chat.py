"""`/v1/chat/completions`: the assistant for every program that speaks to OpenAI.

The last message of the user is the question, the earlier turns its history. Citations come twice: as numbered lines
behind the text, for readers, and in the field `citations` of the message, or of the last delta that has content.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from rag.answer import Answer
from rag.answer_json import answer_json
from ui.api.answers import AnswerStream, ClientGone, EventResponse
from ui.api.ask import broken_off, open_stream
from ui.api.openai_models import ASSISTANT_MODEL, require_model
from ui.api.openai_nouns import ChatBody, CompletionObject, Json
from ui.api.openai_text import conversation, footnotes
from ui.api.services import Using

router = APIRouter(tags=["OpenAI-compatible"])

_CHUNKS = (
    'data: {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "…"}}], "…": "…"}\n\ndata: [DONE]\n\n'
)


@router.post(
    "/v1/chat/completions",
    summary="Answer the last message of the user",
    responses={200: {"model": CompletionObject, "content": {"text/event-stream": {"example": _CHUNKS}}}},
)
async def complete(body: ChatBody, request: Request, using: Using) -> Response:
    require_model(body.model, (ASSISTANT_MODEL,))
    question, history = conversation(body.messages)
    stream = open_stream(request, using, question, history)
    completion = _Completion(f"chatcmpl-{secrets.token_hex(12)}", int(time.time()))
    if body.stream:
        first = await stream.open()
        counted = bool(body.stream_options and body.stream_options.include_usage)
        return EventResponse(_chunks(completion, stream, first, counted), stream)
    return JSONResponse(completion.whole(await stream.answer()))


@dataclass(frozen=True, slots=True)
class _Completion:
    """What all chunks of a completion have in common."""

    id: str
    created: int

    def whole(self, answer: Answer) -> Json:
        message = {"role": "assistant", "content": answer.text + footnotes(answer), "refusal": None} | _extra(answer)
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
        return self._head("chat.completion") | {"choices": [choice], "usage": _usage(answer)}

    def chunk(self, delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._head("chat.completion.chunk") | {"choices": [choice]}

    def last(self, answer: Answer) -> Json:
        """The chunk that has the usage and no choice."""
        return self._head("chat.completion.chunk") | {"choices": [], "usage": _usage(answer)}

    def _head(self, kind: str) -> Json:
        return {"id": self.id, "object": kind, "created": self.created, "model": ASSISTANT_MODEL}


async def _chunks(
    completion: _Completion, stream: AnswerStream, first: str | Answer, counted: bool
) -> AsyncIterator[str]:
    event = first
    try:
        yield _data(completion.chunk({"role": "assistant", "content": ""}))
        while not isinstance(event, Answer):
            yield _data(completion.chunk({"content": event}))
            event = await stream.next()
        yield _data(completion.chunk({"content": footnotes(event)} | _extra(event)))
        yield _data(completion.chunk({}, _finish(event)))
        if counted:
            yield _data(completion.last(event))
        yield "data: [DONE]\n\n"
    except ClientGone:
        return
    except Exception as error:
        yield _data(broken_off(error).as_openai())


def _extra(answer: Answer) -> Json:
    return {"citations": answer_json(answer)["citations"], "refused": answer.refused}


def _finish(answer: Answer) -> str:
    return "stop" if answer.complete else "length"


def _usage(answer: Answer) -> Json:
    prompt = (answer.usage.prompt_tokens if answer.usage else None) or 0
    completion = (answer.usage.completion_tokens if answer.usage else None) or 0
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _data(content: Json) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"
