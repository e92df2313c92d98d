"""The SQLite file that is the truth of a library: documents, chunks with their vectors, and lexical terms.

One connection serves one thread. Rows of a chunk carry a checksum over text, offsets and vector, because SQLite does
not notice a flipped bit inside a value; it is compared whenever a chunk is read.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np

from index.embedding import Vector, Vectors
from index.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch, StorageFailed
from index.schema import Chunk, Document, DocumentSummary, Language, sha256_text
from index.terms import terms

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x746F6E67  # "tong"
_BUSY_MILLISECONDS = 5000

_SCHEMA = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL,
    characters INTEGER NOT NULL, sha256 TEXT NOT NULL, added_at TEXT NOT NULL, metadata TEXT NOT NULL
);
CREATE INDEX documents_by_source ON documents (source);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again, so a vector is never taken for another's
    id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents (id),
    start INTEGER NOT NULL, end INTEGER NOT NULL, section TEXT NOT NULL, language TEXT NOT NULL,
    embedding_key TEXT NOT NULL,  -- hash of the text that was embedded
    embedding BLOB NOT NULL, checksum BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (document_id);
CREATE INDEX chunks_by_embedding ON chunks (embedding_key);
-- The terms are cut by index.terms; "ascii" splits them at white space only and leaves other scripts whole.
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
        return StorageFailed(f"{path} cannot be opened for writing; check its permissions")
    if code == sqlite3.SQLITE_IOERR:
        return StorageFailed(f"{path} cannot be read or written ({error}); check the disk and its free space")
    return LibraryDamaged(
        f"{path} is damaged ({error}); restore it from a copy, or move it away and add the documents again"
    )


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode to a database, which is made where there is none."""
    connection = sqlite3.connect(path, timeout=_BUSY_MILLISECONDS / 1000, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cell_size_check = ON",
            "trusted_schema = OFF",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def create_schema(connection: sqlite3.Connection, embedder_name: str, embedder: str, chunker: str) -> None:
    """Make the tables of a new library; nothing where they are there already."""
    if _pragma(connection, "user_version"):
        return
    with transaction(connection):
        if _pragma(connection, "user_version"):
            return
        for statement in _statements(_SCHEMA):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        write_settings(connection, embedder_name=embedder_name, embedder=embedder, chunker=chunker, content_version="0")


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `LibraryMismatch` where the file is not a library of this schema."""
    version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
    if application != _APPLICATION_ID:
        raise LibraryMismatch(f"{path} is not a Tongwen library; choose another folder with --library")
    if version != SCHEMA_VERSION:
        raise LibraryMismatch(
            f"{path} has schema {version}, this program reads {SCHEMA_VERSION}; use the release that made it"
        )


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


def content_version(connection: sqlite3.Connection) -> int:
    """A number that grows with every committed change of the documents."""
    return int(connection.execute("SELECT value FROM settings WHERE key = 'content_version'").fetchone()[0])


def insert_document(
    connection: sqlite3.Connection, document: Document, chunks: Sequence[Chunk], keys: Sequence[str], vectors: Vectors
) -> None:
    """Write a document with its chunks, in the transaction that is open."""
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.id,
            document.title,
            document.source,
            document.language,
            document.text,
            len(document.text),
            sha256_text(document.text),
            document.added_at.isoformat(),
            json.dumps(dict(document.metadata), ensure_ascii=False),
        ),
    )
    for chunk, key, vector in zip(chunks, keys, vectors, strict=True):
        embedding = np.asarray(vector, "<f4").tobytes()
        cursor = connection.execute(
            "INSERT INTO chunks (id, document_id, start, end, section, language, embedding_key, embedding, checksum) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                chunk.id,
                chunk.document_id,
                chunk.start,
                chunk.end,
                json.dumps(chunk.section, ensure_ascii=False),
                chunk.language,
                key,
                embedding,
                _checksum(chunk, embedding),
            ),
        )
        connection.execute(
            "INSERT INTO chunk_terms (rowid, language, terms) VALUES (?, ?, ?)",
            (cursor.lastrowid, chunk.language, " ".join(terms(searched_text(chunk)))),
        )


def delete_document(connection: sqlite3.Connection, document_id: str) -> None:
    """Remove a document from every table, in the transaction that is open."""
    numbers = "SELECT number FROM chunks WHERE document_id = ?"
    connection.execute(f"DELETE FROM chunk_terms WHERE rowid IN ({numbers})", (document_id,))
    connection.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def searched_text(chunk: Chunk) -> str:
    """What is embedded and indexed of a chunk: the headings above it, then its text."""
    return "\n".join((*chunk.section, chunk.text))


def embeddings_by_key(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Vector]:
    """The stored vectors of texts that were embedded before."""
    found = {}
    for key in keys:
        row = connection.execute("SELECT embedding FROM chunks WHERE embedding_key = ? LIMIT 1", (key,)).fetchone()
        if row:
            found[key] = np.frombuffer(row[0], "<f4")
    return found


def all_embeddings(connection: sqlite3.Connection) -> dict[Language, tuple[list[int], Vectors]]:
    """For each language that occurs, the numbers of its chunks, ascending, and their vectors."""
    rows: dict[Language, tuple[list[int], list[Vector]]] = {}
    for number, language, embedding in connection.execute("SELECT number, language, embedding FROM chunks ORDER BY 1"):
        numbers, vectors = rows.setdefault(language, ([], []))
        numbers.append(number)
        vectors.append(np.frombuffer(embedding, "<f4"))
    return {language: (numbers, np.stack(vectors)) for language, (numbers, vectors) in rows.items()}


def read_document(connection: sqlite3.Connection, document_id: str) -> Document | None:
    row = connection.execute(
        "SELECT id, title, source, language, text, added_at, metadata FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    if row is None:
        return None
    identity, title, source, language, text, added_at, metadata = row
    return Document(identity, title, source, language, text, datetime.fromisoformat(added_at), json.loads(metadata))


def read_summaries(connection: sqlite3.Connection) -> list[DocumentSummary]:
    """The documents in the order in which they were added."""
    rows = connection.execute(
        "SELECT d.id, title, source, d.language, count(c.number), characters, added_at FROM documents d "
        "LEFT JOIN chunks c ON c.document_id = d.id GROUP BY d.id ORDER BY added_at, d.id"
    )
    return [
        DocumentSummary(identity, title, source, language, chunks, characters, datetime.fromisoformat(added_at))
        for identity, title, source, language, chunks, characters, added_at in rows
    ]


def read_chunk(connection: sqlite3.Connection, number: int) -> tuple[Chunk, str] | None:
    """The chunk of that number and the title of its document; raises `LibraryDamaged` where its checksum is wrong."""
    row = connection.execute(
        "SELECT c.id, document_id, start, end, section, c.language, substr(text, start + 1, end - start), "
        "title, embedding, checksum FROM chunks c JOIN documents d ON d.id = document_id WHERE number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    identity, document_id, start, end, section, language, text, title, embedding, checksum = row
    chunk = Chunk(identity, document_id, start, end, tuple(json.loads(section)), language, text)
    if _checksum(chunk, embedding) != checksum:
        raise LibraryDamaged(
            f"a stored passage of {title!r} is not what was written; run `tongwen verify`, then add the document again"
        )
    return chunk, title


def search_terms(
    connection: sqlite3.Connection, words: Sequence[str], language: Language, k: int
) -> list[tuple[int, float]]:
    """At most `k` (number, BM25) pairs of chunks of one language that hold any of `words`, best first, ties by number.

    BM25 as FTS5 computes it: k1 1.2, b 0.75, and a term in more than half of all chunks counts almost nothing.
    """
    if not words:
        return []
    alternatives = " OR ".join(f'"{word}"' for word in sorted(set(words)))
    rows = connection.execute(
        "SELECT rowid, -bm25(chunk_terms, 0.0, 1.0) FROM chunk_terms WHERE chunk_terms MATCH ? "
        "ORDER BY 2 DESC, 1 LIMIT ?",
        (f"{{language}}: {language} AND {{terms}}: ({alternatives})", k),
    )
    return [(int(number), float(score)) for number, score in rows]


def term_weights(connection: sqlite3.Connection, words: Sequence[str]) -> dict[str, float]:
    """The inverse document frequency of each word, in the form that stays above zero (Lucene's BM25Similarity)."""
    total = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
    weights = {}
    for word in set(words):
        row = connection.execute("SELECT doc FROM term_counts WHERE term = ? AND col = 'terms'", (word,)).fetchone()
        holding = row[0] if row else 0
        weights[word] = math.log(1 + (total - holding + 0.5) / (holding + 0.5))
    return weights


def find_problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the stored rows, one line each; empty where all of them are what was written."""
    problems = [row[0] for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    for document_id, title, text, digest in connection.execute("SELECT id, title, text, sha256 FROM documents"):
        if sha256_text(text) != digest:
            problems.append(f"the text of document {document_id} ({title}) is not what was written")
    for (number,) in connection.execute("SELECT number FROM chunks").fetchall():
        try:
            read_chunk(connection, number)
        except LibraryDamaged as error:
            problems.append(str(error))
    chunks = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
    indexed = connection.execute("SELECT count(*) FROM chunk_terms").fetchone()[0]
    if chunks != indexed:
        problems.append(f"{chunks} chunks, but {indexed} in the lexical index; run `tongwen rebuild`")
    return problems


def _checksum(chunk: Chunk, embedding: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{chunk.document_id} {chunk.start} {chunk.end} {chunk.language} {chunk.section}\n".encode())
    digest.update(chunk.text.encode())
    digest.update(embedding)
    return digest.digest()


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
