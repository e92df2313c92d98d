"""Reading and writing the rows of a library: documents with their sources, and chunks with vectors and terms.

Documents, chunks and vectors carry checksums, because SQLite does not notice a flipped bit inside a value; they are
compared whenever such a row is read. Everything that writes does so in the transaction that is open.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import UTC, datetime

import numpy as np

from index.checksums import checksum_of
from index.embedding import Vector, Vectors
from index.errors import LibraryDamaged
from index.language import as_seen
from index.schema import Chunk, Document, DocumentSummary, Language, Place
from index.terms import terms

# Documents and their sources

# Two files may have one source: `a.zip#b` is the member `b` of `a.zip`, or a file beside it.
_AT_SOURCE = "source = ? AND (? IS NULL OR file IS NULL OR file = ?)"


def insert_document(connection: sqlite3.Connection, document: Document, number: int | None = None) -> None:
    """Write a document as the last, or in the place `number` of the order, which has to be free."""
    metadata = json.dumps(dict(document.metadata), ensure_ascii=False)
    places = json.dumps([astuple(place) for place in document.places], ensure_ascii=False)
    values = (document.id, document.title, document.language, document.added_at.isoformat(), metadata, document.text)
    connection.execute(
        "INSERT INTO documents (number, id, title, language, added_at, metadata, text, places, characters, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, *values, places, len(document.text), _document_checksum(*values, places)),
    )


def delete_document(connection: sqlite3.Connection, document_id: str) -> None:
    """Remove a document from every table."""
    delete_chunks(connection, document_id)
    connection.execute("DELETE FROM sources WHERE document_id = ?", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def read_document(connection: sqlite3.Connection, document_id: str) -> Document | None:
    """The document with its first source; raises `LibraryDamaged` where its checksum is wrong."""
    row = connection.execute(
        "SELECT id, title, language, added_at, metadata, text, places, checksum FROM documents WHERE id = ?",
        (document_id,),
    ).fetchone()
    if row is None:
        return None
    *values, checksum = row
    if _document_checksum(*values) != checksum:
        raise LibraryDamaged(
            f"document {document_id} is not what was written; `tongwen remove {document_id}` and add it again"
        )
    identity, title, language, added_at, metadata, text, places = values
    found = connection.execute(
        "SELECT source FROM sources WHERE document_id = ? ORDER BY number LIMIT 1", (document_id,)
    ).fetchone()
    source = found[0] if found else ""
    return Document(
        id=identity,
        title=title,
        source=source,
        language=language,
        text=text,
        added_at=datetime.fromisoformat(added_at),
        metadata=json.loads(metadata),
        places=tuple(Place(*place) for place in json.loads(places)),
    )


def read_places(connection: sqlite3.Connection, document_id: str) -> tuple[Place, ...]:
    """The places of a document; raises `LibraryDamaged` where its checksum is wrong."""
    row = connection.execute("SELECT places FROM documents WHERE id = ?", (document_id,)).fetchone()
    if row is None or row[0] == "[]":  # as of most documents: then the text need not be read
        return ()
    document = read_document(connection, document_id)
    return document.places if document else ()


def document_ids(connection: sqlite3.Connection) -> list[str]:
    """In the order in which the documents were added."""
    return [row[0] for row in connection.execute("SELECT id FROM documents ORDER BY number").fetchall()]


_SUMMARIES = (
    "SELECT id, title, (SELECT source FROM sources WHERE document_id = d.id ORDER BY number LIMIT 1), language, "
    "(SELECT count(*) FROM chunks WHERE document_id = d.id), characters, added_at FROM documents d"
)


def read_summaries(connection: sqlite3.Connection) -> list[DocumentSummary]:
    """The documents in the order in which they were added."""
    try:
        return [_summary(*row) for row in connection.execute(f"{_SUMMARIES} ORDER BY number")]
    except (ValueError, TypeError) as error:
        raise LibraryDamaged(f"the list of documents cannot be read ({error}); run `tongwen verify`") from error


def read_summary(connection: sqlite3.Connection, document_id: str) -> DocumentSummary | None:
    """That of one document, also of a damaged one: a time that cannot be read is the first of all."""
    row = connection.execute(f"{_SUMMARIES} WHERE id = ?", (document_id,)).fetchone()
    if row is None:
        return None
    try:
        return _summary(*row)
    except (ValueError, TypeError):
        return _summary(*(*row[:-1], datetime.min.replace(tzinfo=UTC).isoformat()))


def _summary(
    identity: str, title: str, source: str | None, language: Language, chunks: int, characters: int, added_at: str
) -> DocumentSummary:
    return DocumentSummary(
        identity, title, source or "", language, chunks, characters, datetime.fromisoformat(added_at)
    )


def chunk_count(connection: sqlite3.Connection, document_id: str) -> int | None:
    """How many chunks a document has; None where it is not stored."""
    if connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is None:
        return None
    row = connection.execute("SELECT count(*) FROM chunks WHERE document_id = ?", (document_id,)).fetchone()
    return int(row[0])


def document_of_source(connection: sqlite3.Connection, source: str, file: int | None = None) -> str | None:
    """The id of the document that was last found at `source`, in the file of that number where one is given."""
    row = connection.execute(
        f"SELECT document_id FROM sources WHERE {_AT_SOURCE} ORDER BY number DESC LIMIT 1", (source, file, file)
    ).fetchone()
    return row[0] if row else None


def has_source(connection: sqlite3.Connection, document_id: str) -> bool:
    return connection.execute("SELECT 1 FROM sources WHERE document_id = ?", (document_id,)).fetchone() is not None


def insert_source(connection: sqlite3.Connection, source: str, document_id: str) -> bool:
    """Note that a source holds a document; whether that was not known."""
    inserted = connection.execute(
        "INSERT OR IGNORE INTO sources (source, document_id) VALUES (?, ?)", (source, document_id)
    )
    return inserted.rowcount > 0


def delete_source(connection: sqlite3.Connection, source: str, file: int | None = None) -> None:
    connection.execute(f"DELETE FROM sources WHERE {_AT_SOURCE}", (source, file, file))


def documents_without_source(connection: sqlite3.Connection) -> list[str]:
    """What an interrupted change left behind."""
    found = connection.execute(
        "SELECT id FROM documents WHERE NOT EXISTS (SELECT 1 FROM sources WHERE document_id = documents.id)"
    )
    return [row[0] for row in found]


def delete_if_without_source(connection: sqlite3.Connection, document_id: str) -> bool:
    """Remove a document that no source holds any more; whether it was one."""
    if has_source(connection, document_id):
        return False
    delete_document(connection, document_id)
    return True


# Chunks and their vectors


def insert_chunks(
    connection: sqlite3.Connection, chunks: Sequence[Chunk], keys: Sequence[str], vectors: Iterable[Vector]
) -> None:
    """Write chunks with the vectors of their `searched_text`, each known by its key."""
    for chunk, key, vector in zip(chunks, keys, vectors, strict=True):
        embedding = np.asarray(vector, "<f4").tobytes()
        section = json.dumps(chunk.section, ensure_ascii=False)
        place = (chunk.id, chunk.document_id, chunk.start, chunk.end, section, chunk.language)
        embedded = (chunk.language, key, embedding)
        cursor = connection.execute(
            "INSERT INTO chunks (id, document_id, start, end, section, language, checksum, embedding_checksum, "
            "embedding_key, embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, checksum_of(*place, chunk.text), checksum_of(*embedded), key, embedding),
        )
        assert cursor.lastrowid is not None
        _insert_terms(connection, cursor.lastrowid, chunk)


def insert_terms_anew(connection: sqlite3.Connection, document: Document) -> None:
    """Write the terms of the chunks of a document into a lexical index that was emptied."""
    for number, identity, start, end, section, language in connection.execute(
        "SELECT number, id, start, end, section, language FROM chunks WHERE document_id = ?", (document.id,)
    ).fetchall():
        text = document.text[start:end]
        chunk = Chunk(identity, document.id, start, end, tuple(json.loads(section)), language, text)
        _insert_terms(connection, number, chunk)


def _insert_terms(connection: sqlite3.Connection, number: int, chunk: Chunk) -> None:
    connection.execute(
        "INSERT INTO chunk_terms (rowid, language, terms) VALUES (?, ?, ?)",
        (number, chunk.language, " ".join(terms(searched_text(chunk)))),
    )


def delete_chunks(connection: sqlite3.Connection, document_id: str) -> None:
    numbers = "SELECT number FROM chunks WHERE document_id = ?"
    connection.execute(f"DELETE FROM chunk_terms WHERE rowid IN ({numbers})", (document_id,))
    connection.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))


_LOST = "document_id NOT IN (SELECT id FROM documents)"


def has_lost_chunks(connection: sqlite3.Connection) -> bool:
    """Whether there are chunks of documents that are not stored: damage to an id makes such."""
    return connection.execute(f"SELECT 1 FROM chunks WHERE {_LOST}").fetchone() is not None


def delete_lost(connection: sqlite3.Connection) -> None:
    """Remove the chunks and sources of documents that are not stored; the lexical index stays as it is."""
    for table in ("chunks", "sources"):
        connection.execute(f"DELETE FROM {table} WHERE {_LOST}")


def replace_chunks(
    connection: sqlite3.Connection,
    document_id: str,
    chunks: Sequence[Chunk],
    keys: Sequence[str],
    vectors: Iterable[Vector],
) -> None:
    """Write the chunks of a document in the place of the earlier ones, also of those that damage gave to another."""
    delete_chunks(connection, document_id)
    connection.executemany("DELETE FROM chunks WHERE id = ?", [(chunk.id,) for chunk in chunks])
    insert_chunks(connection, chunks, keys, vectors)


def purge_terms(connection: sqlite3.Connection) -> None:
    """Merge the lexical index: until then FTS5 marks the terms of deleted chunks as gone and keeps their bytes."""
    connection.execute("INSERT INTO chunk_terms (chunk_terms) VALUES ('optimize')")


def searched_text(chunk: Chunk) -> str:
    """What is embedded and indexed of a chunk: the headings above it, then its text."""
    return "\n".join((*chunk.section, chunk.text))


def embedding_key(chunk: Chunk) -> str:
    """What names the vector of a chunk: the same for every `searched_text` that looks the same.

    With the first chunker, what is not seen was part of the name, the vector and the terms alike; so a rebuild makes
    vectors anew where that matters, and there alone.
    """
    return hashlib.sha256(as_seen(searched_text(chunk)).encode()).hexdigest()[:32]


def searched_as_spelled(connection: sqlite3.Connection) -> int:
    """How many documents have chunks from before what is not seen was left out of their search copy."""
    count = 0
    for document_id, text in connection.execute("SELECT id, text FROM documents"):
        if as_seen(text) == text:
            continue
        stored = connection.execute(
            "SELECT id, start, end, section, language, embedding_key FROM chunks WHERE document_id = ?", (document_id,)
        )
        count += any(
            key
            != embedding_key(
                Chunk(identity, document_id, start, end, tuple(json.loads(section)), language, text[start:end])
            )
            for identity, start, end, section, language, key in stored
        )
    return count


def read_chunk(connection: sqlite3.Connection, number: int) -> tuple[Chunk, str] | None:
    """The chunk of that number and the title of its document; raises `LibraryDamaged` where its checksum is wrong."""
    row = connection.execute(
        "SELECT title, c.checksum, c.id, document_id, start, end, section, c.language, "
        "substr(text, start + 1, end - start) FROM chunks c JOIN documents d ON d.id = document_id WHERE c.number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    title, checksum, *values = row
    _check_chunk(title, checksum, values)
    identity, document_id, start, end, section, language, text = values
    return Chunk(identity, document_id, start, end, tuple(json.loads(section)), language, text), title


def check_chunks(connection: sqlite3.Connection, document: Document) -> None:
    """Raise `LibraryDamaged` where a chunk of `document`, or its vector, is not what was written."""
    for *place, checksum, key, embedding, embedding_checksum in connection.execute(
        "SELECT id, document_id, start, end, section, language, checksum, embedding_key, embedding, embedding_checksum "
        "FROM chunks WHERE document_id = ?",
        (document.id,),
    ):
        _, _, start, end, _, language = place
        _check_chunk(document.title, checksum, [*place, document.text[start:end]])
        _check_vector(language, key, embedding, embedding_checksum)


def embeddings_by_key(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, Vector]:
    """The stored vectors of texts that were embedded before; a damaged one counts as not stored."""
    found = {}
    for key in keys:
        row = connection.execute(
            "SELECT embedding_checksum, language, embedding_key, embedding FROM chunks WHERE embedding_key = ? LIMIT 1",
            (key,),
        ).fetchone()
        if row and checksum_of(*row[1:]) == row[0]:
            found[key] = np.frombuffer(row[-1], "<f4")
    return found


def chunk_counts(connection: sqlite3.Connection) -> dict[Language, int]:
    """How many chunks each language has that occurs."""
    return dict(connection.execute("SELECT language, count(*) FROM chunks GROUP BY language"))


def all_embeddings(connection: sqlite3.Connection) -> dict[Language, tuple[list[int], Vectors]]:
    """For each language that occurs, the numbers of its chunks, ascending, and their vectors.

    Raises `LibraryDamaged` where one of them is not what was written.
    """
    found: dict[Language, tuple[list[int], list[Vector]]] = {}
    for number, language, key, embedding, checksum in connection.execute(
        "SELECT number, language, embedding_key, embedding, embedding_checksum FROM chunks ORDER BY number"
    ):
        _check_vector(language, key, embedding, checksum)
        numbers, vectors = found.setdefault(language, ([], []))
        numbers.append(number)
        vectors.append(np.frombuffer(embedding, "<f4"))
    return {language: (numbers, np.stack(vectors)) for language, (numbers, vectors) in found.items()}


# Checksums


def _check_chunk(title: str, checksum: bytes, values: Sequence[str | int]) -> None:
    if checksum_of(*values) != checksum:
        raise LibraryDamaged(f"a stored passage of {title!r} is not what was written; run `tongwen rebuild`")


def _check_vector(language: str, key: str, embedding: bytes, checksum: bytes) -> None:
    if checksum_of(language, key, embedding) != checksum:
        raise LibraryDamaged("a stored vector is not what was written; run `tongwen rebuild`")


def _document_checksum(*values: str) -> bytes:
    """Of the values and the places, which come last; without places the same as before documents had any."""
    return checksum_of(*(values[:-1] if values[-1] == "[]" else values))
