"""The SQLite file that is the truth of a library: how it is opened, whose it is, and what its errors mean.

Its tables are in `index.migrations`, what the rows hold in `index.rows`. One connection serves one thread at a time.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten

from index import migrations
from index.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing, StorageFailed
from index.migrations import SCHEMA_VERSION
from index.transactions import transaction

_APPLICATION_ID = 0x746F6E67  # "tong"
_BUSY_SECONDS = 5.0


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn an error of SQLite into one of ours that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _library_error(path, error) from error


def reason(error: Exception) -> str:
    """The text of an error on one short line: some of SQLite's quote a whole table."""
    return shorten(str(error), 120)


def _library_error(path: Path, error: sqlite3.Error) -> LibraryError:
    detail = reason(error)
    code = _primary_code(error)
    if _is_busy(error):
        return LibraryBusy(f"{path} is in use by another process; try again when it has finished")
    if code == sqlite3.SQLITE_FULL:
        return StorageFailed(f"no space left to write {path}; nothing was lost, free some space and try again")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageFailed(f"{path} cannot be opened ({detail}); check the permissions of the file and its folder")
    if code == sqlite3.SQLITE_IOERR:
        return StorageFailed(f"{path} cannot be read or written ({detail}); check the disk and its free space")
    return LibraryDamaged(
        f"{path} is damaged ({detail}); restore it from a copy, or move it away and add the documents again"
    )


def _is_busy(error: sqlite3.Error) -> bool:
    return _primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _primary_code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def connect(path: Path, create: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, to read and to write. Only with `create` is a missing file made."""
    return _open(path, "mode=rwc" if create else "mode=rw")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection to read, also where nothing can be written: in a read-only folder, or on a full disk."""
    try:
        return _open(path, "mode=rw")  # even to read in WAL mode, SQLite writes beside the file
    except sqlite3.OperationalError as error:
        journals = (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal"))
        if _is_busy(error) or any(journal.exists() and journal.stat().st_size for journal in journals):
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


def create_schema(connection: sqlite3.Connection, settings: Mapping[str, str]) -> None:
    """Make the tables of a new library and note how it is made; nothing where the file holds anything already."""
    if not _is_blank(connection):
        return
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        migrations.take_all(connection)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        write_settings(connection, **settings)
        count_change(connection)


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `LibraryMismatch` where the file is not a library that is read, `LibraryMissing` where it is blank."""
    if _is_blank(connection):
        # What a process leaves that was killed while it made the library.
        raise LibraryMissing(f"no library at {path.parent}; make one with `tongwen add FILE` or `tongwen add --sample`")
    schema, application = migrations.schema_of(connection), _pragma(connection, "application_id")
    if application != _APPLICATION_ID:
        raise LibraryMismatch(f"{path} is not a Tongwen library; choose another folder with --library")
    if not 1 <= schema <= SCHEMA_VERSION:
        raise LibraryMismatch(
            f"{path} has schema {schema}, this program reads up to {SCHEMA_VERSION}; "
            f"use release {read_settings(connection).get('release', 'that made it')} or a later one"
        )


def recreate_terms(connection: sqlite3.Connection) -> None:
    """Replace the lexical index by an empty one, in the transaction that is open."""
    for table in ("term_counts", "chunk_terms"):
        try:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
        except sqlite3.DatabaseError:
            _tear_out(connection, table)
    for statement in migrations.statements(migrations.TERM_TABLES):
        connection.execute(statement)


def _tear_out(connection: sqlite3.Connection, table: str) -> None:
    """Remove a virtual table that is so damaged that its module does not open it, even to drop it."""
    connection.execute("PRAGMA writable_schema = ON")
    try:
        connection.execute("DELETE FROM sqlite_master WHERE name = ? AND type = 'table'", (table,))
    finally:
        connection.execute("PRAGMA writable_schema = RESET")  # and so it forgets the table
    own = connection.execute("SELECT name FROM sqlite_master WHERE name GLOB ? AND type = 'table'", (f"{table}_*",))
    for (name,) in own.fetchall():
        connection.execute(f'DROP TABLE "{name}"')


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


def note_damage(connection: sqlite3.Connection) -> None:
    """Note that something was changed, in the transaction that is open, beside damage that is still there."""
    write_settings(connection, damage="noted")


def is_damage_noted(connection: sqlite3.Connection) -> bool:
    return "damage" in read_settings(connection)


def forget_damage(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM settings WHERE key = 'damage'")


def _is_blank(connection: sqlite3.Connection) -> bool:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables and not _pragma(connection, "application_id")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
