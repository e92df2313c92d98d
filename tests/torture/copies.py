"""Backups made while a library is written to, and libraries put back from them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from torture.corpus import open_library, stored_texts, texts
from torture.processes import copy_folder, fork
from torture.readers import edition
from torture_report import progress

from index.backup import back_up, restore
from index.errors import TongwenError
from index.library import Library


@dataclass
class Figures:
    """What was tried and what went wrong."""

    n: int = 0
    versions: set[int] = field(default_factory=set)  # that some backup holds
    failures: list[str] = field(default_factory=list)


def copy_while_changed(base: Path, copies: int) -> Figures:
    """Back up a library that another process changes without a pause, and put each copy in the place of another one.

    Each holds one whole edition, passes `verify`, and takes a change.
    """
    figures, folder, stop = Figures(), base / "library", base / "stop"
    list(open_library(folder).add(edition(0)))
    earlier = copy_folder(folder, base / "earlier")
    writer = fork(lambda: _change(folder, stop))
    for number in range(copies):
        restored, backup = copy_folder(earlier, base / "restored"), base / "backup"
        copy_folder(Path("/nonexistent"), backup)
        figures.n += 1
        try:
            back_up(folder, backup)
            restore(backup, restored)
            fault = _fault(figures, open_library(restored))
        except TongwenError as error:
            fault = f"{type(error).__name__}: {error}"
        if fault:
            figures.failures.append(f"copy {number}: {fault}")
    stop.touch()
    _, status = os.waitpid(writer, 0)
    if status:
        figures.failures.append("the writer failed")
    progress(f"{copies} copies of {len(figures.versions)} versions: {len(figures.failures)} failures")
    return figures


def _fault(figures: Figures, library: Library) -> str | None:
    found = stored_texts(library)
    version = int(re.findall(r"edition(\d+)", next(iter(found.values()), "edition0"))[0])
    if found != texts(edition(version)):
        return "not one whole edition"
    figures.versions.add(version)
    if problems := library.verify():
        return f"verify: {problems}"
    list(library.add(edition(version + 1)))
    return None if stored_texts(library) == texts(edition(version + 1)) else "it takes no change"


def _change(folder: Path, stop: Path) -> None:
    library, version = open_library(folder), 0
    while not stop.exists():
        version += 1
        list(library.add(edition(version)))
