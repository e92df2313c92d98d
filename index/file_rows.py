"""Reading and writing the rows of files: what was read, and the state that tells that it need not be read again.

A file that holds several documents is recorded before the first of them is stored and marked as whole after the last,
so that an interrupted one is read again. Everything that writes does so in the transaction that is open.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from index.checksums import checksum_of
from index.extraction import FileState, Rejected

# Raised when a reader of some format gives another text of the same bytes: every file is then read again.
READER_VERSION = "1"

# Also of a source that was stored before there was a list of files, or without it.
_IN_FILE = "file = (SELECT number FROM files WHERE path = ?) OR (source = ? AND file IS NULL)"
_TICK_NS = 2_000_000_000  # the coarsest time of a file system that is in use (FAT)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the library knows of a file that was offered."""

    path: str
    state: FileState | None  # None where it is not known to be stored whole; its time may be 0, which tells nothing
    rejected: tuple[Rejected, ...]
    reader: str
    documents: int  # how many it holds


def begin(connection: sqlite3.Connection, path: str) -> int:
    """Note that a file is being stored, and return its number."""
    _write(connection, path, None, ())
    number = number_of(connection, path)
    assert number is not None  # written just now
    return number


def number_of(connection: sqlite3.Connection, path: str) -> int | None:
    row = connection.execute("SELECT number FROM files WHERE path = ?", (path,)).fetchone()
    return int(row[0]) if row else None


def finish(connection: sqlite3.Connection, path: str, state: FileState | None, rejected: Sequence[Rejected]) -> None:
    """Note that all of a file is stored, or that its state alone has changed."""
    _write(connection, path, state, rejected)


def doubt_all(connection: sqlite3.Connection) -> None:
    """Have every file read again when it is offered the next time, since what is known of it may be damaged."""
    for (path,) in connection.execute("SELECT path FROM files").fetchall():
        _write(connection, path, None, ())


def delete(connection: sqlite3.Connection, path: str) -> None:
    """Forget a file and what was found in it; the documents themselves stay until `rows.delete_document`."""
    connection.execute(f"DELETE FROM sources WHERE {_IN_FILE}", (path, path))
    connection.execute("DELETE FROM files WHERE path = ?", (path,))


def delete_emptied(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget those of the files in which nothing is left."""
    for path in paths:
        connection.execute(
            "DELETE FROM files WHERE path = ? AND NOT EXISTS (SELECT 1 FROM sources WHERE file = files.number)", (path,)
        )


def paths_of_document(connection: sqlite3.Connection, document_id: str) -> list[str]:
    """The files in which a document was found."""
    found = connection.execute(
        "SELECT DISTINCT path FROM sources JOIN files ON files.number = file WHERE document_id = ?", (document_id,)
    )
    return [row[0] for row in found]


def document_ids(connection: sqlite3.Connection, path: str) -> list[str]:
    """The documents that were found in a file."""
    found = connection.execute(f"SELECT DISTINCT document_id FROM sources WHERE {_IN_FILE}", (path, path))
    return [row[0] for row in found]


def sources(connection: sqlite3.Connection, path: str) -> list[str]:
    """Where in a file something was found: its path, or `path#member`."""
    found = connection.execute(f"SELECT source FROM sources WHERE {_IN_FILE} ORDER BY number", (path, path))
    return [row[0] for row in found]


def link(connection: sqlite3.Connection, source: str, number: int) -> None:
    """Note in which file a source is, where that is not known yet."""
    connection.execute("UPDATE sources SET file = ? WHERE source = ? AND file IS NULL", (number, source))


def is_known(connection: sqlite3.Connection, path: str) -> bool:
    """Whether the file was offered before, also by a release that kept no list of files."""
    return (
        connection.execute(
            "SELECT 1 FROM files WHERE path = ? UNION ALL SELECT 1 FROM sources WHERE source = ? AND file IS NULL",
            (path, path),
        ).fetchone()
        is not None
    )


def read(connection: sqlite3.Connection) -> Iterator[StoredFile]:
    """Every file, and every path that is a source. One whose row is damaged has no state, so that it is read again."""
    for row in connection.execute(_STORED):
        yield _stored_file(*row)
    for path, documents in connection.execute(
        "SELECT source, count(*) FROM sources WHERE file IS NULL AND source LIKE '/%' "
        "AND source NOT IN (SELECT path FROM files) GROUP BY source"
    ):
        yield StoredFile(path, None, (), "", documents)


def read_one(connection: sqlite3.Connection, path: str) -> StoredFile | None:
    """The file of that path, where it is in the list of files."""
    row = connection.execute(f"{_STORED} WHERE path = ?", (path,)).fetchone()
    return _stored_file(*row) if row else None


def find_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """One line for each row that is not what was written."""
    for path, *values, checksum in connection.execute(
        "SELECT path, size, modified_ns, sha256, rejected, reader, checksum FROM files"
    ):
        if checksum_of(path, *values) != checksum:
            yield f"what is known of the file {path!r} is not what was written; run `tongwen sync` on its folder"


_STORED = (
    "SELECT path, size, modified_ns, sha256, rejected, reader, checksum, "
    "(SELECT count(DISTINCT document_id) FROM sources WHERE file = files.number) FROM files"
)


def _stored_file(path: str, *row: Any) -> StoredFile:
    *values, checksum, documents = row
    size, modified_ns, sha256, rejected, reader = values
    if checksum_of(path, *values) != checksum:
        return StoredFile(path, None, (), "", documents)
    state = FileState(size, modified_ns, sha256) if sha256 else None
    return StoredFile(path, state, tuple(Rejected(*each) for each in json.loads(rejected)), reader, documents)


def _write(connection: sqlite3.Connection, path: str, state: FileState | None, rejected: Sequence[Rejected]) -> None:
    size, modified_ns, sha256 = astuple(state) if state else (None, None, None)
    if state and time.time_ns() - state.modified_ns < _TICK_NS:
        modified_ns = 0  # it may change once more within the same tick of its clock: its time tells nothing
    reasons = json.dumps([(each.reason, each.member) for each in rejected], ensure_ascii=False)
    values = (path, size, modified_ns, sha256, reasons, READER_VERSION)
    connection.execute(
        "INSERT INTO files (path, size, modified_ns, sha256, rejected, reader, checksum) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified_ns = excluded.modified_ns, "
        "sha256 = excluded.sha256, rejected = excluded.rejected, reader = excluded.reader, "
        "checksum = excluded.checksum",
        (*values, checksum_of(*values)),
    )
