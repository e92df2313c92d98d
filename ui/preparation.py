"""Work that has to be done before the first question, in a thread, while the page is open and says how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    state: Literal["ready", "working", "failed"]
    done: int = 0  # passages


class Preparation:
    """Ready at once, until it is given something to do."""

    def __init__(self) -> None:
        self._progress = Progress("ready")
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> Progress:
        return self._progress

    def start(self, prepare: Callable[[Callable[[int], None]], None]) -> None:
        """Run `prepare` in a thread of its own; it calls what it is given with the number of passages just done."""
        self._progress = Progress("working")
        self._thread = threading.Thread(target=self._run, args=(prepare,), daemon=True, name="preparation")
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended, or for so long."""
        if self._thread:
            self._thread.join(seconds)

    def _run(self, prepare: Callable[[Callable[[int], None]], None]) -> None:
        def note(finished: int) -> None:
            self._progress = Progress("working", self._progress.done + finished)

        try:
            prepare(note)
        except Exception:
            logger.exception("the library could not be prepared")
            self._progress = Progress("failed", self._progress.done)
        else:
            self._progress = Progress("ready")
