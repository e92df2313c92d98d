"""A blocking iterator for asynchronous programs: each of its steps runs in a thread, and the event loop stays free."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from contextvars import copy_context
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


async def in_threads(generator: Generator[_Item, None, object]) -> AsyncGenerator[_Item, None]:
    """The items of `generator`, one step at a time.

    Closing this, or cancelling the task that waits for it, closes `generator`: at once where it waits between two
    steps, else when the step that is under way has ended, for a thread cannot be interrupted.
    """
    loop = asyncio.get_running_loop()
    steps = _Steps(generator)
    under_way: asyncio.Future[list[_Item]] | None = None
    try:
        while True:
            under_way = loop.run_in_executor(None, copy_context().run, steps.take)
            item = await asyncio.shield(under_way)
            if not item:
                return
            yield item[0]
    finally:
        abandoned = under_way is not None and under_way.cancel()  # keeps it from beginning, and its error from the log
        closing = loop.run_in_executor(None, steps.close)
        if not abandoned:
            await closing


class _Steps(Generic[_Item]):
    """Steps that wait for one another, whatever thread takes them."""

    def __init__(self, generator: Generator[_Item, None, object]) -> None:
        self._generator = generator
        self._lock = threading.Lock()

    def take(self) -> list[_Item]:
        """The next item; an empty list at the end."""
        with self._lock:
            for item in self._generator:
                return [item]
            return []

    def close(self) -> None:
        with self._lock:
            self._generator.close()
