"""Adding to a library on a disk, or under a limit of file sizes, that has not room for all of it."""

from __future__ import annotations

import os
import resource
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from torture.corpus import Answers, answers, documents, open_library, stored_texts, texts
from torture.processes import copy_folder, fork

from index import generations
from index.errors import StorageFailed, TongwenError
from index.schema import Document

_SHORT_BY = (1, 10, 100)
_ROOM_LOOKED_FOR = "index.access._BYTES_PER_CHUNK"
_WAS_FULL = 3  # exit code


@dataclass
class Figures:
    """What was tried and what went wrong."""

    n: int = 0
    full: int = 0  # where the room did not suffice
    failures: list[str] = field(default_factory=list)

    def count(self, where: str, fault: str | None) -> None:
        self.n += 1
        if fault:
            self.failures.append(f"{where}: {fault}")


def fill_levels(disk: Path, levels: int) -> Figures:
    """Add documents to a library on a small, otherwise empty disk that has 1 % … 110 % of the room they need left.

    At every other level the library does not look for room beforehand, so that the disk is full in mid-work, as when
    somebody else fills it.
    """
    figures = Figures()
    old, new = documents(6), documents(60, name="new")
    prepared = disk / "prepared"
    list(open_library(prepared).add(old))
    expected = answers(open_library(prepared), old)
    needed = _needed(disk, prepared, old, new, expected)
    for level in range(levels):
        share = 0.01 + 1.09 * level / max(levels - 1, 1)
        checked = level % 2 == 0
        folder = copy_folder(prepared, disk / "library")
        ballast = _fill(disk, int(needed * share))
        with nullcontext() if checked else patch(_ROOM_LOOKED_FOR, 0):
            fault, full = _add_on_full_disk(folder, old, new, expected)
        figures.full += full
        ballast.unlink()
        figures.count(f"{share:.0%} of the room needed", fault or _add_again(folder, [*old, *new]))
    return figures


def _needed(disk: Path, prepared: Path, old: list[Document], new: list[Document], expected: Answers) -> int:
    """The least room, to 16 kB, in which adding succeeds where the library does not look for room beforehand."""
    too_little, enough = 0, _free(disk) // 2
    while enough - too_little > 16_000:
        room = (too_little + enough) // 2
        folder = copy_folder(prepared, disk / "library")
        ballast = _fill(disk, room)
        with patch(_ROOM_LOOKED_FOR, 0):
            _, full = _add_on_full_disk(folder, old, new, expected)
        ballast.unlink()
        too_little, enough = (room, enough) if full else (too_little, room)
    return enough


def _free(disk: Path) -> int:
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize


def _fill(disk: Path, leave: int) -> Path:
    """A file that takes all the free space but `leave` bytes."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(_free(disk) - leave, 0)))
    return ballast


def _add_on_full_disk(
    folder: Path, old: list[Document], new: list[Document], expected: Answers
) -> tuple[str | None, bool]:
    """What is wrong with how the library takes it, and whether the room did not suffice."""
    reported, full = dict(texts(old)), False
    try:
        for added in open_library(folder).add(new):
            reported[added.document.id] = added.document.text
    except StorageFailed as error:
        full = True
        if ("free some space" not in str(error) and "free space" not in str(error)) or "\n" in str(error):
            return f"a message that does not help: {error}", full
    except TongwenError as error:
        return f"{type(error).__name__} {error}", full
    try:
        library = open_library(folder)
        found = stored_texts(library)
        if not full and found != texts([*old, *new]):
            return "success was reported for less than all", full
        if lost := reported.keys() - found.keys():
            return f"{len(lost)} acknowledged documents are gone", full
        if found == texts(old) and answers(library, old) != expected:
            return "an old question has another answer", full
        if problems := library.verify():
            return f"verify: {problems}", full
    except TongwenError as error:
        return f"unusable: {error}", full
    return None, full


def _add_again(folder: Path, all_documents: list[Document]) -> str | None:
    """What is wrong when there is room again and the documents are added once more."""
    library = open_library(folder)
    list(library.add(all_documents))
    if stored_texts(open_library(folder)) != texts(all_documents):
        return "the work cannot be resumed"
    problems = library.verify()
    return f"verify after resuming: {problems}" if problems else None


def size_limits(base: Path) -> Figures:
    """Add documents where no file may grow to the size that one of them would have: 1, 10 and 100 bytes less."""
    figures = Figures()
    old, new = documents(6), documents(60, name="new")
    prepared, folder = base / "prepared", base / "library"
    list(open_library(prepared).add(old))
    expected = answers(open_library(prepared), old)
    finished = copy_folder(prepared, base / "finished")
    list(open_library(finished).add(new))
    sizes = {path.name: path.stat().st_size for path in finished.rglob("*") if path.is_file() and path.stat().st_size}
    for name, size in sorted(sizes.items()):
        for short in _SHORT_BY:
            copy_folder(prepared, folder)
            child = fork(lambda: _add_limited(folder, size - short, old, new, expected))  # noqa: B023 (called at once)
            _, status = os.waitpid(child, 0)
            code = os.waitstatus_to_exitcode(status)
            figures.full += code == _WAS_FULL
            # Where only the copy into library.db falls short, all is in the journal, and success is true.
            fault = None if code in (0, _WAS_FULL) else f"exit code {code}"
            figures.count(f"no file over the size of {name} less {short}", fault or _add_again(folder, [*old, *new]))
    return figures


def _add_limited(folder: Path, limit: int, old: list[Document], new: list[Document], expected: Answers) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(limit, 0), resource.RLIM_INFINITY))
    fault, full = _add_on_full_disk(folder, old, new, expected)
    assert fault is None, fault
    if full:
        os._exit(_WAS_FULL)


def short_generations(base: Path) -> Figures:
    """Publish vectors where one of the files ends up to 100 bytes early: an error each time, and the old ones stay."""
    figures = Figures()
    generations.publish(base, "old", "embedder", {"vectors": b"old"})
    files = {"vectors.zh": os.urandom(40_000), "vectors.en": os.urandom(50_000)}
    for size in (40_000, 50_000):
        for short in _SHORT_BY:
            child = fork(lambda: _publish_limited(base, size - short, files))  # noqa: B023 (called at once)
            _, status = os.waitpid(child, 0)
            loaded = generations.load(base)
            figures.full += 1
            fault = f"exit code {os.waitstatus_to_exitcode(status)}" if status else None
            if loaded is None or loaded[1] != {"vectors": b"old"}:
                fault = "the old vectors are gone"
            figures.count(f"{size} bytes less {short}", fault)
    return figures


def _publish_limited(base: Path, limit: int, files: dict[str, bytes]) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        generations.publish(base, "new", "embedder", files)
    except StorageFailed as error:
        assert "free some space" in str(error)  # noqa: PT017 (runs in a fork, not in a test)
        return
    raise AssertionError("success was reported for a short file")
