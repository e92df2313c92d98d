"""Files on their way into the library: read and embedded in a thread of their own, which a page can watch and stop.

What was finished before a stop stays; nothing that was not finished is added after it.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from index.errors import TongwenError
from ui.offered import addable

if TYPE_CHECKING:
    from index.extraction import LoadedFile, Rejected
    from index.ingest import AddedFile
    from index.library import Library
    from index.parsing import Parser

logger = logging.getLogger(__name__)

Outcome = Literal["added", "replaced", "unchanged", "failed", "stopped"]
Load = Callable[["Parser"], "Iterator[LoadedFile]"]  # yields what came of each file, in the order of their names

_LOOK_SECONDS = 0.3  # between two looks at the work


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file."""

    name: str
    outcome: Outcome
    documents: int = 0  # that the library holds of it
    rejected: tuple[Rejected, ...] = ()  # why it, or parts of it, are no documents; in English, as `index` says it
    notes: tuple[str, ...] = ()  # what was left out of it, in English


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    state: Literal["waiting", "working", "done"]
    total: int  # files
    read: int = 0
    passages: int = 0  # embedded
    results: tuple[FileResult, ...] = ()  # of all files once it is done
    problem: TongwenError | None = None  # what ended it early
    reference: str = ""  # stands in the log beside the cause, where that cannot be explained


class _Stopped(Exception):
    """Somebody has stopped it."""


class Adding:
    """One run. `follow` does the work and tells of it; `stop` may be called from any thread."""

    def __init__(
        self,
        library: Library,
        names: Sequence[str],
        load: Load,
        turn: threading.Lock,
        discard: Callable[[], None] = lambda: None,
    ) -> None:
        """It waits for `turn`, since the library has one writer; `discard` is called when it is over, come what may."""
        self._library, self._names, self._load, self._turn, self._discard = library, names, load, turn, discard
        self._stop = threading.Event()
        self._moved = threading.Event()
        self._state: Literal["waiting", "working", "done"] = "waiting"
        self._read = 0
        self._passages = 0
        self._sources: dict[int, str] = {}  # of what was handed to the library, by the number of the file
        self._results: dict[int, FileResult] = {}
        self._problem: TongwenError | None = None
        self._reference = ""

    def stop(self) -> None:
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def was_added(self) -> bool:
        """Whether all of it is in the library."""
        results = self._results.values()
        return len(results) == len(self._names) and all(one.outcome not in ("failed", "stopped") for one in results)

    def follow(self) -> Iterator[Progress]:
        """How far it is, whenever that has changed; the last is "done". The work goes on if nobody follows any more."""
        worker = threading.Thread(target=self._run, name="adding", daemon=True)
        worker.start()
        shown = None
        while shown is None or shown.state != "done":
            self._moved.wait(_LOOK_SECONDS)
            self._moved.clear()
            if (progress := self._progress()) != shown:
                yield (shown := progress)

    def _progress(self) -> Progress:
        results = tuple(result for _, result in sorted(self._results.items()))
        state = self._state
        return Progress(state, len(self._names), self._read, self._passages, results, self._problem, self._reference)

    # The work, in its own thread

    def _run(self) -> None:
        try:
            self._wait_for_turn()
            try:
                self._state = "working"
                self._add()
            finally:
                self._turn.release()
        except _Stopped:
            pass
        except TongwenError as error:
            logger.warning("adding files ended early: %s", type(error).__name__)
            self._problem = error
        except Exception:
            self._reference = secrets.token_hex(4)
            logger.exception("adding files failed, reference %s", self._reference)
        finally:
            self._discard()
            self._settle()
            self._state = "done"
            self._moved.set()

    def _wait_for_turn(self) -> None:
        while not self._turn.acquire(timeout=0.1):
            self._check()
        self._moved.set()

    def _add(self) -> None:
        from index.parsing import Parser

        with Parser() as parser:
            files = addable(self._counted(self._load(parser)), self._refuse)
            for added in self._library.add_files(self._handed_over(files), self._embedded):
                number = next(number for number, source in self._sources.items() if source == added.source)
                self._results[number] = _result(self._names[number], added)
                self._moved.set()

    def _counted(self, files: Iterator[LoadedFile]) -> Iterator[LoadedFile]:
        self._check()
        for loaded in files:
            self._read += 1
            self._moved.set()
            yield loaded
            self._check()

    def _handed_over(self, files: Iterator[LoadedFile]) -> Iterator[LoadedFile]:
        for loaded in files:
            self._sources[self._read - 1] = loaded.source
            yield loaded

    def _refuse(self, loaded: LoadedFile) -> None:
        number = self._read - 1
        self._results[number] = FileResult(self._names[number], "failed", 0, loaded.rejected, loaded.notes)

    def _embedded(self, passages: int) -> None:
        self._passages += passages
        self._moved.set()
        self._check()

    def _check(self) -> None:
        if self._stop.is_set():
            raise _Stopped

    def _settle(self) -> None:
        """Say of each file that was not finished what is in the library of it: of a large one, that may be a part."""
        left = [number for number in range(len(self._names)) if number not in self._results]
        held: Counter[str] = Counter()
        if any(number in self._sources for number in left) and self._library.exists():
            held.update({file.path: file.documents for file in self._library.files()})
        for number in left:
            documents = held[self._sources.get(number, "")]
            self._results[number] = FileResult(self._names[number], "stopped", documents)


def _result(name: str, added: AddedFile) -> FileResult:
    outcomes = {one.outcome for one in added.documents}
    outcome: Outcome = "added"
    if added.outcome == "rejected":
        outcome = "failed"
    elif added.removed or "replaced" in outcomes:
        outcome = "replaced"
    elif outcomes <= {"unchanged"}:
        outcome = "unchanged"
    return FileResult(name, outcome, len(added.documents) + added.kept, added.rejected, added.notes)
