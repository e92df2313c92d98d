"""The schema of a library as numbered steps, from an empty file to what this program writes.

A new library goes through all of them, an older one through those that it lacks, each in one transaction, when a
writer opens it: so both end with the very same tables. A reader changes nothing and may have no right to: it sees an
older library through temporary views, which hold the defaults of what is not there yet.

A step that was released is never edited; the next change of the schema is the next step, and a library of the
schema before it goes into the tests.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

from index.transactions import transaction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the schema."""

    changes: str  # a script
    views: str  # what shows a reader the schema before it as the one after it


# The terms are cut by index.terms; "ascii" splits them at white space only and leaves other scripts whole.
TERM_TABLES = """
CREATE VIRTUAL TABLE chunk_terms USING fts5 (language, terms, tokenize = "ascii tokenchars '.'", detail = column);
CREATE VIRTUAL TABLE term_counts USING fts5vocab (chunk_terms, col);
"""

# Long values stand last in their rows, so that a list of documents does not read the texts.
_FIRST = Step(
    changes="""
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
    + TERM_TABLES,
    views="",
)

_FILES_PLACES_FEEDBACK = Step(
    changes="""
CREATE TABLE files (  -- every file that was offered, and what came of it
    number INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    size INTEGER, modified_ns INTEGER, sha256 TEXT,  -- NULL until the whole file is stored
    rejected TEXT NOT NULL,  -- JSON: pairs of member and reason
    reader TEXT NOT NULL,
    checksum BLOB NOT NULL
);
ALTER TABLE sources ADD COLUMN file INTEGER REFERENCES files (number);
CREATE INDEX sources_by_file ON sources (file);
ALTER TABLE documents ADD COLUMN places TEXT NOT NULL DEFAULT '[]';
CREATE TABLE feedback (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, verdict TEXT NOT NULL, state TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, reason TEXT NOT NULL, correction TEXT NOT NULL,
    library_version TEXT NOT NULL, documents TEXT NOT NULL, checksum BLOB NOT NULL
);
""",
    views="""
CREATE TEMP VIEW sources AS SELECT *, NULL AS file FROM main.sources;
CREATE TEMP VIEW documents AS SELECT *, '[]' AS places FROM main.documents;
CREATE TEMP TABLE files (number, path, size, modified_ns, sha256, rejected, reader, checksum);
CREATE TEMP TABLE feedback (
    number, id, created_at, verdict, state, question, answer, reason, correction, library_version, documents, checksum
);
""",
)

STEPS = (_FIRST, _FILES_PLACES_FEEDBACK)
SCHEMA_VERSION = len(STEPS)


def take_all(connection: sqlite3.Connection) -> None:
    """Make all tables in a blank file, in the transaction that is open."""
    for number in range(SCHEMA_VERSION):
        _take(connection, number)
    _note_release(connection)


def migrate(connection: sqlite3.Connection) -> None:
    """Take the steps that a library lacks, each in one transaction."""
    while (stored := schema_of(connection)) < SCHEMA_VERSION:
        with transaction(connection):
            _take(connection, stored)
            _note_release(connection)
        logger.info("library taken from schema %d to %d", stored, stored + 1)


def show_as_present(connection: sqlite3.Connection) -> None:
    """Let a reader see an older library as one of this schema; nothing is written to its file."""
    for step in STEPS[schema_of(connection) :]:
        for statement in statements(step.views):
            connection.execute(statement)


def schema_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA main.user_version").fetchone()[0])


def has_whole_schema(connection: sqlite3.Connection) -> bool:
    """Whether every table and index of the library's schema is there, and defined as when it was made."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        for number in range(schema_of(connection)):
            _take(model, number)
        return _definitions(model) <= _definitions(connection)


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, since `executescript` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _take(connection: sqlite3.Connection, number: int) -> None:
    for statement in statements(STEPS[number].changes):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {number + 1}")


def _definitions(connection: sqlite3.Connection) -> set[str]:
    """What SQLite itself makes for a table, and FTS5 for its own, is not part of it: that may change with them."""
    return {
        row[0]
        for row in connection.execute("SELECT sql FROM main.sqlite_master WHERE sql IS NOT NULL")
        if not row[0].startswith("CREATE TABLE 'chunk_terms_")
    }


def _note_release(connection: sqlite3.Connection) -> None:
    """Write down which release has this schema, for the message of one that does not read it."""
    from importlib.metadata import PackageNotFoundError, version  # only a writer needs what this loads

    with suppress(PackageNotFoundError):
        values = ("release", version("tongwen"))
        connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", values)
