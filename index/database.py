"""The SQLite file that is the truth of a library: its tables, how it is opened, and what its errors mean.

What the rows hold is in `index.rows`. One connection serves one thread at a time.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing, StorageFailed

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x746F6E67  # "tong"
_BUSY_SECONDS = 5.0

# Long values stand last in their rows, so that a list of documents does not read the texts.
_TABLES = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,  -- in the order in which they were added
    id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, language TEXT NOT NULL, characters INTEGER NOT NULL,
    added_at TEXT NOT NULL, metadata TEXT NOT NULL, checksum BLOB NOT NULL, text TEXT NOT NULL
);
CREATE TABLE sources (  -- where each text was found; a document whose last source is gone goes too
    number INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id), source TEXT NOT NULL, UNIQUE (document_id, source)
);
CREATE INDEX sources_by_source ON sources (source);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents (id),
    start INTEGER NOT NULL, end INTEGER NOT NULL, section TEXT NOT NULL, language TEXT NOT NULL,
    checksum BLOB NOT NULL,
    embedding_key TEXT NOT NULL,  -- hash of the text that was embedded
    embedding_checksum BLOB NOT NULL, embedding BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (document_id);
CREATE INDEX chunks_by_embedding ON chunks (embedding_key);
"""
# The terms are cut by index.terms; "ascii" splits them at white space only and leaves other scripts whole.
_TERM_TABLES = """
CREATE VIRTUAL TABLE chunk_terms USING fts5 (language, terms, tokenize = "ascii tokenchars '.'", detail = column);
CREATE VIRTUAL TABLE term_counts USING fts5vocab (chunk_terms, col);
"""


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn an error of SQLite into one of ours that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _library_error(path, error) from error


def _library_error(path: Path, error: sqlite3.Error) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy(f"{path} is in use by another process; try again when it has finished")
    if code == sqlite3.SQLITE_FULL:
        return StorageFailed(f"no space left to write {path}; nothing was lost, free some space and try again")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageFailed(f"{path} cannot be opened ({error}); check the permissions of the file and its folder")
    if code == sqlite3.SQLITE_IOERR:
        return StorageFailed(f"{path} cannot be read or written ({error}); check the disk and its free space")
    return LibraryDamaged(
        f"{path} is damaged ({error}); restore it from a copy, or move it away and add the documents again"
    )


def connect(path: Path, create: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, to read and to write. Only with `create` is a missing file made."""
    return _open(path, "mode=rwc" if create else "mode=rw")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection to read, also where nothing can be written: in a read-only folder, or on a full disk."""
    try:
        return _open(path, "mode=rw")  # even to read in WAL mode, SQLite writes beside the file
    except sqlite3.OperationalError:
        journal = path.with_name(path.name + "-wal")
        if journal.exists() and journal.stat().st_size:
            raise  # a writer is at work, or was killed: the file alone is not the state
        return _open(path, "mode=ro&immutable=1")


def _open(path: Path, parameters: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{parameters}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "cell_size_check = ON",
            "trusted_schema = OFF",
            "secure_delete = ON",
            "schema_version",  # reads the file, so that it fails here where it cannot be read
        ):
            connection.execute(f"PRAGMA {pragma}").fetchone()
    except UnicodeDecodeError as error:  # SQLite's message quotes the damage
        connection.close()
        raise sqlite3.DatabaseError("its tables cannot be read") from error
    except BaseException:
        connection.close()
        raise
    return connection


def create_schema(connection: sqlite3.Connection, embedder_name: str, embedder: str, chunker: str) -> None:
    """Make the tables of a new library; nothing where the file holds anything already."""
    if not _is_blank(connection):
        return
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        for statement in _statements(_TABLES + _TERM_TABLES):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        write_settings(connection, embedder_name=embedder_name, embedder=embedder, chunker=chunker)
        count_change(connection)


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `LibraryMismatch` where the file is not a library of this schema, `LibraryMissing` where it is blank."""
    if _is_blank(connection):
        # What a process leaves that was killed while it made the library.
        raise LibraryMissing(f"no library at {path.parent}; make one with `tongwen add FILE` or `tongwen add --sample`")
    version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
    if application != _APPLICATION_ID:
        raise LibraryMismatch(f"{path} is not a Tongwen library; choose another folder with --library")
    if version != SCHEMA_VERSION:
        raise LibraryMismatch(
            f"{path} has schema {version}, this program reads {SCHEMA_VERSION}; use the release that made it"
        )


def has_whole_schema(connection: sqlite3.Connection) -> bool:
    """Whether every table and index is there, and defined as when it was made."""
    stored = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master")}
    return {statement.strip().rstrip(";") for statement in _statements(_TABLES + _TERM_TABLES)} <= stored


def recreate_terms(connection: sqlite3.Connection) -> None:
    """Replace the lexical index by an empty one, in the transaction that is open."""
    for table in ("term_counts", "chunk_terms"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _statements(_TERM_TABLES):
        connection.execute(statement)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the writes inside, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def read_settings(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM settings"))


def write_settings(connection: sqlite3.Connection, **values: str) -> None:
    connection.executemany("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", values.items())


def content_version(connection: sqlite3.Connection) -> str:
    """A word that is another after every committed change of what is searched, and never comes again.

    Not a counter: that of a file restored from a copy would count to a state that was published once with other
    vectors.
    """
    row = connection.execute("SELECT value FROM settings WHERE key = 'content_version'").fetchone()
    return str(row[0]) if row else ""


def count_change(connection: sqlite3.Connection) -> None:
    """Give the state a new `content_version`, in the transaction that is open."""
    write_settings(connection, content_version=secrets.token_hex(8))


def _is_blank(connection: sqlite3.Connection) -> bool:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables and not _pragma(connection, "application_id")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, since `executescript` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
