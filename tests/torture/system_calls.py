"""One change of a library, killed or failed at each of its system calls."""

from __future__ import annotations

import errno
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from torture.changes import Change, attempt, fault_of, prepare, state
from torture.corpus import open_library
from torture.processes import copy_folder, quick_folder
from torture.tracing import Call, trace
from torture_report import progress

from index.errors import TongwenError

ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
# Calls that can fail for want of space or by a broken disk.
_FAILING = {"write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "mkdir", "unlink", "unlinkat", "rmdir"}
_NEVER_FULL = {"fsync", "fdatasync", "rename", "unlink", "unlinkat", "rmdir"}  # do not fail with ENOSPC on a local disk


@dataclass
class Figures:
    """What was tried and what went wrong."""

    n: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    failures: list[str] = field(default_factory=list)

    def count(self, call: str, fault: str | None, where: str) -> None:
        self.n += 1
        self.calls[call] += 1
        if fault:
            self.failures.append(f"{where}: {fault}")


def calls_of(change: Change, folder: Path) -> list[Call]:
    """The system calls of the change on its folder, in order."""
    copy_folder(change.prepared, folder)
    calls: list[Call] = []
    assert trace(lambda: attempt(change, folder, folder.with_suffix(".journal")), folder, calls.append) == 0
    return calls


def kill_at_each(name: str, step: int) -> Figures:
    """Kill the change of that name before each `step`-th of its system calls, and check what is left."""
    figures = Figures()
    with quick_folder() as base:
        change, folder, journal = prepare(name, base), base / "library", base / "library.journal"
        calls = calls_of(change, folder)
        for number in range(0, len(calls), step):
            copy_folder(change.prepared, folder)
            journal.unlink(missing_ok=True)
            countdown = _Countdown(number, signal.SIGKILL)
            code = trace(lambda: attempt(change, folder, journal), folder, countdown)
            call = countdown.stopped
            assert call is not None
            assert code == -signal.SIGKILL
            acknowledged = journal.exists() and journal.read_text() == "done"
            figures.acknowledged += acknowledged
            where = f"{name}, killed at call {number}, {call.name} {call.path.relative_to(base)}"
            figures.count(call.name, fault_of(change, folder, acknowledged, resume=True), where)
        progress(f"killed {name} at {figures.n} of {len(calls)} system calls: {len(figures.failures)} failures")
    return figures


def fail_each(name: str, error: str, step: int, on: bool) -> Figures:
    """Let each `step`-th system call that can fail so fail, and check what is reported and what is left.

    With `on` all such calls after it fail too, as on a disk that is full or gone.
    """
    figures, since = Figures(), "from" if on else "at"
    with quick_folder() as base:
        change, folder, journal = prepare(name, base), base / "library", base / "library.journal"
        candidates = [number for number, call in enumerate(calls_of(change, folder)) if _can_fail(call, error)]
        for number in candidates[::step]:
            copy_folder(change.prepared, folder)
            journal.unlink(missing_ok=True)
            countdown = _Countdown(number, ERRORS[error], (lambda call: _can_fail(call, error)) if on else None)
            code = trace(lambda: attempt(change, folder, journal), folder, countdown)
            call = countdown.stopped
            assert call is not None
            where = f"{name}, {error} {since} call {number}, {call.name} {call.path.relative_to(base)}"
            outcome = journal.read_text("utf-8") if code == 0 else f"exit code {code}"
            figures.acknowledged += outcome == "done"
            fault = _wrong_outcome(call, outcome) or fault_of(change, folder, outcome == "done", resume=True)
            figures.count(call.name, fault, where)
        progress(
            f"{error} in {name} {'from' if on else 'at'} {figures.n} system calls: {len(figures.failures)} failures"
        )
    return figures


def fail_each_read() -> Figures:
    """Let each read of a library that is opened and asked fail with EIO: an error of ours, or right answers."""
    figures = Figures()
    with quick_folder() as base:
        change, folder, journal = prepare("add", base), base / "library", base / "library.journal"
        copy_folder(change.prepared, folder)
        calls: list[Call] = []
        assert trace(lambda: _ask(change, folder, journal), folder, calls.append, reads=True) == 0
        assert journal.read_text("utf-8") == "right"
        for number, call in enumerate(calls):
            journal.unlink()
            countdown = _Countdown(number, errno.EIO)
            code = trace(lambda: _ask(change, folder, journal), folder, countdown, reads=True)
            outcome = journal.read_text("utf-8") if code == 0 else f"exit code {code}"
            figures.acknowledged += outcome == "right"
            fault = None if outcome in ("right", "refused") else outcome
            figures.count(call.name, fault, f"EIO at read {number}, {call.path.relative_to(base)}")
        progress(f"EIO at {figures.n} reads: {len(figures.failures)} failures")
    return figures


def _ask(change: Change, folder: Path, journal: Path) -> None:
    """Note in `journal` whether the library answers right, or refuses with an error of ours."""
    try:
        outcome = "right" if state(open_library(folder), change.questions) == change.before else "other answers"
    except TongwenError as error:
        outcome = "refused" if "\n" not in str(error) else f"not one line: {error}"
    journal.write_text(outcome, "utf-8")


class _Countdown:
    """Decides on the call of that number, counted from 0, and on those of the later ones that `also` picks."""

    def __init__(self, number: int, decision: signal.Signals | int, also: Callable[[Call], bool] | None = None) -> None:
        self._left = number
        self._decision = decision
        self._also = also
        self.stopped: Call | None = None

    def __call__(self, call: Call) -> signal.Signals | int | None:
        self._left -= 1
        if self._left == -1:
            self.stopped = call
            return self._decision
        return self._decision if self._left < 0 and self._also and self._also(call) else None


def _can_fail(call: Call, error: str) -> bool:
    return call.name in _FAILING and not (error == "ENOSPC" and call.name in _NEVER_FULL)


def _wrong_outcome(call: Call, outcome: str) -> str | None:
    """What is wrong with what was reported when `call` had failed."""
    if outcome == "done":
        # What is not synced was not stored. After the commit only the copy of it into library.db may fail: the
        # journal holds it until that has succeeded.
        must_fail = call.name in ("fsync", "write") or (call.path.name.endswith("-wal") and call.name == "pwrite64")
        return "reported as success" if must_fail else None
    if outcome.split()[0] not in ("StorageFailed", "LibraryDamaged"):
        return f"reported as {outcome}"
    return None if outcome.split()[0] == "StorageFailed" and "\n" not in outcome else f"reported as {outcome}"
