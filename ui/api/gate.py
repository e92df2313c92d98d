"""A bound on what is done at a time: so many run, so many wait their turn, and one more is told to come back."""

from __future__ import annotations

import asyncio
from types import TracebackType

from index.errors import TongwenError


class ServerBusy(TongwenError):
    """As much is being done and waited for as the server takes on."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the server is answering as much as it can; try again in {retry_after} seconds")
        self.retry_after = retry_after


class Gate:
    """An async context manager; entering it waits for a place, or raises `ServerBusy`. For one event loop."""

    def __init__(self, running: int, waiting: int, wait_seconds: float, retry_after: int = 5) -> None:
        self.running = 0
        self.waiting = 0
        self._places = asyncio.Semaphore(running)
        self._most_waiting = waiting
        self._wait_seconds = wait_seconds
        self._retry_after = retry_after

    async def __aenter__(self) -> None:
        if self._places.locked() and self.waiting >= self._most_waiting:
            raise ServerBusy(self._retry_after)
        self.waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise ServerBusy(self._retry_after) from None
        finally:
            self.waiting -= 1
        self.running += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.running -= 1
        self._places.release()
