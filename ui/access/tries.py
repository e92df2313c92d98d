"""A limit on wrong keys: ten a minute from one address, whatever they were tried at.

A right key is served also from an address that has tried too many wrong ones, so that nobody can lock out another who
comes from the same address. With keys of 256 bits that gives nothing away.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST = 10
SECONDS = 60.0
_MOST_ADDRESSES = 10_000  # that are remembered; those that were quiet for longest are forgotten first


class WrongTries:
    """The wrong tries of the last minute, by address. Not safe to share between threads: it lives in the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, address: str) -> int:
        """Count a wrong try; the seconds to wait where there were too many already, else 0."""
        now = self._clock()
        tries = self._tries.setdefault(address, deque())
        while tries and tries[0] <= now - SECONDS:
            tries.popleft()
        if len(tries) >= MOST:
            return math.ceil(tries[0] + SECONDS - now)
        tries.append(now)
        self._tries.move_to_end(address)
        while len(self._tries) > _MOST_ADDRESSES:
            self._tries.popitem(last=False)
        return 0
