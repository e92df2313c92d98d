"""Several processes that add, remove and rebuild at once, one of which is killed while it holds the lock."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from torture.corpus import documents, open_library, stored_texts, texts
from torture.processes import copy_folder, fork
from torture_report import progress

from index.errors import LibraryBusy, TongwenError
from index.schema import Document
from index.storage import writer_lock


@dataclass
class Figures:
    """What was tried and what went wrong."""

    n: int = 0
    processes: int = 0
    busy: int = 0  # changes that were refused at once because another process wrote
    failures: list[str] = field(default_factory=list)


def let_compete(base: Path, rounds: int, seed: int) -> Figures:
    """In each round 2 to 4 processes change one library at once, and two more find its lock held.

    One adds, one removes, one rebuilds, one adds other documents; all wait for their turn. Before them a process takes
    the lock, and is killed while it has it; a change that does not wait is refused meanwhile.
    """
    figures, choose = Figures(), random.Random(seed)
    old = documents(12)
    prepared = base / "prepared"
    list(open_library(prepared).add(old))
    for number in range(rounds):
        folder = copy_folder(prepared, base / "library")
        added = documents(9, name=f"round{number}x"), documents(9, name=f"round{number}y")
        works = [
            lambda: _add(folder, added[0]),  # noqa: B023 (called within the round)
            lambda: [open_library(folder, 300).remove(document.id) for document in old[:3]],  # noqa: B023
            lambda: open_library(folder, 300).rebuild(),  # noqa: B023
            lambda: _add(folder, added[1]),  # noqa: B023
        ][: choose.randint(2, 4)]
        holder = fork(lambda: _hold(folder))  # noqa: B023
        _wait_for(folder / "held")
        rivals = [fork(work) for work in works]
        figures.processes += 1 + len(rivals)
        try:
            list(open_library(folder, 0).add(added[0]))
            figures.failures.append(f"round {number}: a second writer was let in")
        except LibraryBusy as error:
            figures.busy += 1
            if f"pid {holder})" not in str(error):
                figures.failures.append(f"round {number}: {error}")
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
        codes = [os.waitstatus_to_exitcode(os.waitpid(rival, 0)[1]) for rival in rivals]
        expected = [*old[3:], *added[0], *(added[1] if len(works) == 4 else [])]
        figures.n += 1
        if fault := f"exit codes {codes}" if any(codes) else _fault(folder, texts(expected)):
            figures.failures.append(f"round {number}: {fault}")
        if number % 20 == 19:
            progress(f"{number + 1} rounds of rivals: {len(figures.failures)} failures")
    return figures


def _add(folder: Path, added: list[Document]) -> None:
    for start in range(0, len(added), 3):
        assert len(list(open_library(folder, 300).add(added[start : start + 3]))) == 3


def _hold(folder: Path) -> None:
    with writer_lock(folder / "LOCK", 0):
        (folder / "held").touch()
        time.sleep(300)


def _wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.001)


def _fault(folder: Path, expected: dict[str, str]) -> str | None:
    library = open_library(folder, 0)  # no lock may be left
    try:
        if stored_texts(library) != expected:
            return "documents are lost or left"
        listed = [one.id for one in library.documents()]
        if len(listed) != len(set(listed)):
            return "a document is there twice"
        if problems := library.verify():
            return f"verify: {problems}"
        library.remove(listed[0])
    except TongwenError as error:
        return f"unusable: {error}"
    return None
