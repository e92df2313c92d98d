"""The stages of a search, timed around the calls of objects that know nothing of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

Stage = Literal["embed", "dense", "lexical", "fuse"]
STAGES: tuple[Stage, ...] = ("embed", "dense", "lexical", "fuse")


class Clock:
    """Seconds by stage. One thread uses it, and stages do not contain each other."""

    def __init__(self) -> None:
        self._spent: dict[Stage, float] = {}

    @contextmanager
    def measure(self, stage: Stage) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._spent[stage] = self._spent.get(stage, 0.0) + time.perf_counter() - started

    def take(self) -> dict[Stage, float]:
        """What was measured since this was last called."""
        spent, self._spent = self._spent, {}
        return spent


class Timed:
    """Another object, of which the calls of some methods count as stages. It answers for everything else unchanged."""

    def __init__(self, timed: Any, clock: Clock, stages: Mapping[str, Stage]) -> None:
        """`stages` by name of the method; an `AttributeError` where there is none: its time would go elsewhere."""
        for name in stages:
            getattr(timed, name)
        self._timed = timed
        self._clock = clock
        self._stages = stages

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._timed, name)
        stage = self._stages.get(name)
        return self._timing(value, stage) if stage else value

    def _timing(self, method: Callable[..., Any], stage: Stage) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            with self._clock.measure(stage):
                return method(*arguments, **named)

        return call
