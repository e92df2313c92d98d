"""Making a library as small as what it holds: afterwards no file of it has a byte of what was removed."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index import database, generations, rows
from index.access import Access
from index.errors import LibraryBusy, StorageFailed
from index.state_vectors import VectorSource
from index.storage import storage_errors
from index.transactions import transaction
from index.vector_store import FaissStore

_SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Compaction:
    """What it gained, in bytes of all files of the library."""

    before: int
    after: int

    @property
    def freed(self) -> int:
        return self.before - self.after


def compact(folder: Path, keep_days: float = 0.0) -> Compaction:
    """Rewrite the database, and delete old generations and what lies in the quarantine longer than `keep_days`.

    Raises `LibraryBusy` where another process reads the state of before and so keeps its bytes in the log; all else is
    done then.
    """
    access = Access(folder)
    before = size_of(folder)
    with access.writing() as connection:
        _require_space(access.path)
        with database.database_errors(access.path):
            made_by = database.read_settings(connection).get("embedder", "")
        vectors = VectorSource(folder, made_by, FaissStore)
        vectors.check(connection)  # or damage would be published as the state, and so be taken for right
        with database.database_errors(access.path):
            with transaction(connection):
                rows.purge_terms(connection)
                database.count_change(connection)  # the published hash is that of the lexical index before
            connection.execute("VACUUM")
        vectors.publish(connection)
        generations.keep_current_alone(folder)
        _empty_quarantine(folder, keep_days)
        with database.database_errors(access.path):
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise LibraryBusy(
            f"{folder} is being read by another process, whose view still keeps removed text in its log; "
            "run `tongwen compact` again when it has finished"
        )
    return Compaction(before, size_of(folder))


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder and below."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a file of the log that has just gone
            total += path.stat().st_size if path.is_file() else 0
    return total


def _require_space(path: Path) -> None:
    """A rewritten database stands beside the old one, in the log, until it is whole."""
    with storage_errors(path):
        needed, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < needed:
        raise StorageFailed(
            f"{path.parent} needs about {needed // 1_000_000 + 1} MB to be compacted, {free // 1_000_000} MB are free; "
            "nothing was changed, free some space and try again"
        )


def _empty_quarantine(folder: Path, keep_days: float) -> None:
    oldest = time.time() - keep_days * _SECONDS_PER_DAY
    quarantine = folder / "quarantine"
    with storage_errors(quarantine):
        for path in quarantine.iterdir() if quarantine.is_dir() else ():
            if path.lstat().st_mtime > oldest:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:  # what a person put there
                path.unlink()
        for path in folder.glob("*.tmp"):  # what an interrupted writer left
            path.unlink()
