"""An answer on its way to a client: made in threads, one of a bounded number, and ended when the client has gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import anyio
from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.answer import Answer
from ui.api.gate import Gate
from ui.api.metrics import AnswerOutcome, Metrics


class ClientGone(Exception):
    """The client has closed the connection: nobody waits for the answer."""


class AnswerStream:
    """The pieces of one answer's text, then the `Answer`. Close it, however it ended: until then it holds a place."""

    def __init__(self, request: Request, events: Iterator[str | Answer], gate: Gate, metrics: Metrics) -> None:
        self._request = request
        self._events = events
        self._gate = gate
        self._metrics = metrics
        self._held = AsyncExitStack()
        self._outcome: AnswerOutcome | None = None  # None until it has begun, and once it is counted

    async def open(self) -> str | Answer:
        """Wait for a place and begin; the first event. Raises what the assistant raises, and is closed then."""
        await self._held.enter_async_context(self._gate)
        self._outcome = "cut"
        try:
            return await self.next()
        except BaseException:
            await self.close()
            raise

    async def next(self) -> str | Answer:
        """The next event; raises `ClientGone` where nobody waits for it any more."""
        if await self._request.is_disconnected():
            raise ClientGone
        try:
            event = await anyio.to_thread.run_sync(next, self._events, None)
        except Exception:
            self._outcome = "failed"
            raise
        if event is None:
            raise RuntimeError("a stream of an answer ended without it")
        if isinstance(event, Answer):
            self._outcome = "refused" if event.refused else "answered" if event.complete else "incomplete"
        return event

    async def answer(self) -> Answer:
        """The answer itself, and the stream closed."""
        event = await self.open()
        try:
            while not isinstance(event, Answer):
                event = await self.next()
            return event
        finally:
            await self.close()

    async def close(self) -> None:
        """End the answerer's work and let the next one in."""
        with anyio.CancelScope(shield=True):
            async with self._held:
                close = getattr(self._events, "close", None)
                if close is not None:
                    await anyio.to_thread.run_sync(close)
        if self._outcome is not None:
            self._metrics.count_answer(self._outcome)
            self._outcome = None


class EventResponse(StreamingResponse):
    """Server-sent events of an answer, which is closed when they end or the client goes."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], stream: AnswerStream) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._stream.close()


async def nobody_waits(request: Request, error: Exception) -> Response:
    """What is answered to a client that has gone; the status is for the figures alone."""
    return Response(status_code=499)
