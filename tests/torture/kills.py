"""A writer killed at a moment that nobody chose, over and over, while it adds documents one small batch at a time."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from torture.corpus import best_answers, documents, open_library, stored_texts, texts
from torture.processes import copy_folder, fork
from torture_report import progress

from index.errors import TongwenError
from index.schema import Document

_BATCH = 20


@dataclass
class Kills:
    """What was tried and what went wrong."""

    n: int = 0
    finished: int = 0  # writers that were done before the kill
    acknowledged: int = 0
    restart_seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def kill_writers(base: Path, kills: int, count: int, seed: int) -> Kills:
    """Kill so many writers, each of which adds `count` documents to a library of 50, and check what each leaves.

    It opens without help; every acknowledged document is there with its text, and no text is there that is not whole;
    the old questions find what they found; and every tenth time the interrupted work is resumed to its end.
    """
    figures, moments = Kills(), random.Random(seed)
    old, new = documents(50), documents(count, name="new")
    prepared = base / "prepared"
    list(open_library(prepared).add(old))
    expected = best_answers(open_library(prepared), old)
    assert len(expected) == 2 * len(old)
    begun = time.perf_counter()
    _add(copy_folder(prepared, base / "trial"), new, base / "trial.journal")
    longest = time.perf_counter() - begun
    for number in range(kills):
        folder, journal = copy_folder(prepared, base / "library"), base / "journal"
        journal.unlink(missing_ok=True)
        writer = fork(lambda: _add(folder, new, journal))  # noqa: B023 (called at once)
        time.sleep(moments.uniform(0, longest))
        os.kill(writer, signal.SIGKILL)
        _, status = os.waitpid(writer, 0)
        figures.finished += os.WIFEXITED(status)
        acknowledged = {line for line in journal.read_text().splitlines() if line} if journal.exists() else set()
        figures.acknowledged += len(acknowledged)
        fault = _fault(figures, folder, old, new, acknowledged, expected, resume=number % 10 == 9)
        figures.n += 1
        if fault:
            figures.failures.append(f"kill {number}: {fault}")
        if number % 20 == 19:
            progress(f"{number + 1} writers killed, {figures.acknowledged} documents, {len(figures.failures)} failures")
    return figures


def _add(folder: Path, new: list[Document], journal: Path) -> None:
    """Add documents, and note the id of each in the journal once the library has acknowledged it."""
    library = open_library(folder)
    descriptor = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for start in range(0, len(new), _BATCH):
        for added in library.add(new[start : start + _BATCH]):
            os.write(descriptor, f"{added.document.id}\n".encode())
        os.fsync(descriptor)


def _fault(
    figures: Kills,
    folder: Path,
    old: list[Document],
    new: list[Document],
    acknowledged: set[str],
    expected: list[str],
    resume: bool,
) -> str | None:
    try:
        begun = time.perf_counter()
        library = open_library(folder)
        answers = best_answers(library, old)
        figures.restart_seconds.append(time.perf_counter() - begun)
        found, written = stored_texts(library), texts([*old, *new])
        if lost := {*acknowledged, *texts(old)} - found.keys():
            return f"{len(lost)} acknowledged documents are gone"
        if any(written.get(identity) != text for identity, text in found.items()):
            return "a document is not what was added"
        if answers != expected:
            return "an old question has another answer"
        if problems := library.verify():
            return f"verify: {problems}"
        if resume:
            list(library.add(new))
            if stored_texts(open_library(folder)) != written:
                return "the work cannot be resumed"
    except TongwenError as error:
        return f"unusable: {error}"
    return None
