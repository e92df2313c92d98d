"""Opening the database of a library: for a reader, who sees one state and changes nothing, or for the one writer."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from index import database, generations, migrations
from index.errors import LibraryDamaged, LibraryMissing, StorageFailed
from index.storage import make_folder, storage_errors, writer_lock

LOCK_WAIT_SECONDS = 5.0
_BYTES_PER_CHUNK = 8_000  # on disk: row, terms and vector, twice over while a generation is replaced


class Access:
    """The way to the database in a folder."""

    def __init__(self, folder: Path, lock_wait_seconds: float = LOCK_WAIT_SECONDS) -> None:
        self.folder = folder
        self.path = folder / "library.db"
        self._lock_wait_seconds = lock_wait_seconds

    def exists(self) -> bool:
        return self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the library, also of one of an older schema."""
        if not self.exists():
            raise _missing(self.folder)
        with self._connected(database.connect_to_read) as connection:
            with database.database_errors(self.path):
                connection.execute("BEGIN")
                database.check_schema(connection, self.path)
                migrations.show_as_present(connection)
            yield connection

    @contextmanager
    def writing(self, new: Mapping[str, str] | None = None) -> Iterator[sqlite3.Connection]:
        """The connection of the one writer, with the library taken to the present schema.

        Where there is none, one is made with the settings `new`; without them `LibraryMissing` is raised.
        """
        if new is not None:
            self._make_folder()
        elif not self.exists():
            raise _missing(self.folder)
        connect = partial(database.connect, create=new is not None)
        with self.locked(), self._connected(connect) as connection:
            with database.database_errors(self.path):
                if new is not None:
                    database.create_schema(connection, new)
                database.check_schema(connection, self.path)
                migrations.migrate(connection)
            yield connection

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the one writer; raises `LibraryBusy`."""
        with writer_lock(self.folder / "LOCK", self._lock_wait_seconds):
            yield

    def require_space(self, chunks: int) -> None:
        """Raise `StorageFailed` where so many new chunks would not find room."""
        needed = chunks * _BYTES_PER_CHUNK
        with storage_errors(self.folder):
            free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise StorageFailed(
                f"{self.folder} needs about {needed // 1_000_000 + 1} MB, {free // 1_000_000} MB are free; "
                "nothing was changed, free some space and try again"
            )

    @contextmanager
    def _connected(self, connect: Callable[[Path], sqlite3.Connection]) -> Iterator[sqlite3.Connection]:
        self._check_not_emptied()
        with database.database_errors(self.path):
            connection = connect(self.path)
        try:
            yield connection
        finally:
            connection.close()

    def _check_not_emptied(self) -> None:
        """Raise `LibraryDamaged` where the database has lost all its bytes: adding to it would hide the loss."""
        if generations.is_published(self.folder) and self.exists() and self.path.stat().st_size == 0:
            raise LibraryDamaged(
                f"{self.path} has lost its content; restore it from a copy, or move it away and add again"
            )

    def _make_folder(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise StorageFailed(f"{self.folder} is a file, not a folder; choose another with --library")
        make_folder(self.folder)


def _missing(folder: Path) -> LibraryMissing:
    return LibraryMissing(f"no library at {folder}; make one with `tongwen add FILE` or `tongwen add --sample`")
