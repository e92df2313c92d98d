"""What keeps a failing model from being asked for ever: tries with pauses, a breaker, and slots.

Nothing here knows what a model is. The clock and the sleep are parameters, so that no test has to wait.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after which pauses something is tried again."""

    tries: int = 3
    base: float = 0.5  # seconds; the bound of the first pause, which doubles with each
    longest: float = 8.0  # no pause is longer, one that the endpoint asks for included

    def pause(self, failed: int, asked: float | None, draw: Callable[[], float] = random.random) -> float | None:
        """Seconds to wait after the try number `failed`; None where it is not worth another.

        The pause is drawn between 0 and a bound that doubles ("full jitter", Brooker, Exponential Backoff and Jitter,
        2015). `asked` is what Retry-After says: waited for as it is, unless it is longer than `longest`.
        """
        if failed >= self.tries or (asked or 0.0) > self.longest:
            return None
        return asked if asked is not None else draw() * min(self.longest, self.base * 2.0 ** (failed - 1))


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """The seconds of a Retry-After header (RFC 9110, 10.2.3: seconds or a date), None where it has none."""
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value[:64])
    except (ValueError, OverflowError):  # the second for a year or an hour of twenty digits
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


class Breaker:
    """Opens after `limit` failures in a row; after `rest` seconds it lets one through and closes if that succeeds."""

    def __init__(self, limit: int = 5, rest: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """Whether to try. Where it half-opens, only the first that asks is let through until that one is reported."""
        with self._lock:
            if self._failures < self._limit:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + self._rest
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._open_until = self._clock() + self._rest


class Slots:
    """At most `count` at a time."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def taken(self, wait: float) -> Iterator[bool]:
        """Hold a slot inside the block; False where none was free for `wait` seconds."""
        taken = self._free.acquire(timeout=wait)
        try:
            yield taken
        finally:
            if taken:
                self._free.release()
