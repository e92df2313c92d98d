"""Reading and writing the rows of `index.database`: documents, chunks with their vectors, and lexical terms.

Documents, chunks and vectors carry checksums, because SQLite does not notice a flipped bit inside a value; they are
compared whenever such a row is read. Everything that writes does so in the transaction that is open.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np

from index import database
from index.embedding import Vector, Vectors
from index.errors import LibraryDamaged
from index.schema import Chunk, Document, DocumentSummary, Language
from index.terms import terms

# Documents and their sources


def insert_document(connection: sqlite3.Connection, document: Document) -> None:
    metadata = json.dumps(dict(document.metadata), ensure_ascii=False)
    values = (document.id, document.title, document.language, document.added_at.isoformat(), metadata, document.text)
    connection.execute(
        "INSERT INTO documents (id, title, language, added_at, metadata, text, characters, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, len(document.text), _checksum(*values)),
    )


def delete_document(connection: sqlite3.Connection, document_id: str) -> None:
    """Remove a document from every table."""
    delete_chunks(connection, document_id)
    connection.execute("DELETE FROM sources WHERE document_id = ?", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def read_document(connection: sqlite3.Connection, document_id: str) -> Document | None:
    """The document with its first source; raises `LibraryDamaged` where its checksum is wrong."""
    row = connection.execute(
        "SELECT id, title, language, added_at, metadata, text, checksum FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    if row is None:
        return None
    *values, checksum = row
    if _checksum(*values) != checksum:
        raise LibraryDamaged(
            f"document {document_id} is not what was written; `tongwen remove {document_id}` and add it again"
        )
    identity, title, language, added_at, metadata, text = values
    found = connection.execute(
        "SELECT source FROM sources WHERE document_id = ? ORDER BY number LIMIT 1", (document_id,)
    ).fetchone()
    source = found[0] if found else ""
    return Document(identity, title, source, language, text, datetime.fromisoformat(added_at), json.loads(metadata))


def document_ids(connection: sqlite3.Connection) -> list[str]:
    """In the order in which the documents were added."""
    return [row[0] for row in connection.execute("SELECT id FROM documents ORDER BY number").fetchall()]


def read_summaries(connection: sqlite3.Connection) -> list[DocumentSummary]:
    """The documents in the order in which they were added."""
    rows = connection.execute(
        "SELECT id, title, (SELECT source FROM sources WHERE document_id = d.id ORDER BY number LIMIT 1), language, "
        "(SELECT count(*) FROM chunks WHERE document_id = d.id), characters, added_at FROM documents d ORDER BY number"
    )
    try:
        return [
            DocumentSummary(identity, title, source or "", language, chunks, count, datetime.fromisoformat(added_at))
            for identity, title, source, language, chunks, count, added_at in rows
        ]
    except (ValueError, TypeError) as error:
        raise LibraryDamaged(f"the list of documents cannot be read ({error}); run `tongwen verify`") from error


def chunk_count(connection: sqlite3.Connection, document_id: str) -> int | None:
    """How many chunks a document has; None where it is not stored."""
    if connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is None:
        return None
    row = connection.execute("SELECT count(*) FROM chunks WHERE document_id = ?", (document_id,)).fetchone()
    return int(row[0])


def document_of_source(connection: sqlite3.Connection, source: str) -> str | None:
    """The id of the document that was last found at `source`."""
    row = connection.execute(
        "SELECT document_id FROM sources WHERE source = ? ORDER BY number DESC LIMIT 1", (source,)
    ).fetchone()
    return row[0] if row else None


def has_source(connection: sqlite3.Connection, document_id: str) -> bool:
    return connection.execute("SELECT 1 FROM sources WHERE document_id = ?", (document_id,)).fetchone() is not None


def insert_source(connection: sqlite3.Connection, source: str, document_id: str) -> None:
    connection.execute("INSERT OR IGNORE INTO sources (source, document_id) VALUES (?, ?)", (source, document_id))


def delete_source(connection: sqlite3.Connection, source: str) -> None:
    connection.execute("DELETE FROM sources WHERE source = ?", (source,))


def delete_if_without_source(connection: sqlite3.Connection, document_id: str) -> None:
    """Remove a document that no source holds any more."""
    if not has_source(connection, document_id):
        delete_document(connection, document_id)


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
            (*place, _checksum(*place, chunk.text), _checksum(*embedded), key, embedding),
        )
        connection.execute(
            "INSERT INTO chunk_terms (rowid, language, terms) VALUES (?, ?, ?)",
            (cursor.lastrowid, chunk.language, " ".join(terms(searched_text(chunk)))),
        )


def delete_chunks(connection: sqlite3.Connection, document_id: str) -> None:
    numbers = "SELECT number FROM chunks WHERE document_id = ?"
    connection.execute(f"DELETE FROM chunk_terms WHERE rowid IN ({numbers})", (document_id,))
    connection.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,))


def purge_terms(connection: sqlite3.Connection) -> None:
    """Merge the lexical index: until then FTS5 marks the terms of deleted chunks as gone and keeps their bytes."""
    connection.execute("INSERT INTO chunk_terms (chunk_terms) VALUES ('optimize')")


def searched_text(chunk: Chunk) -> str:
    """What is embedded and indexed of a chunk: the headings above it, then its text."""
    return "\n".join((*chunk.section, chunk.text))


def embedding_key(chunk: Chunk) -> str:
    """What names the vector of a chunk: the same for the same `searched_text`."""
    return hashlib.sha256(searched_text(chunk).encode()).hexdigest()[:32]


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
        if row and _checksum(*row[1:]) == row[0]:
            found[key] = np.frombuffer(row[-1], "<f4")
    return found


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


# Terms


def search_terms(
    connection: sqlite3.Connection, words: Sequence[str], language: Language, k: int
) -> list[tuple[int, float]]:
    """At most `k` (number, BM25) pairs of chunks of one language that hold any of `words`, best first, ties by number.

    BM25 as FTS5 computes it: k1 1.2, b 0.75, and a term in more than half of all chunks counts almost nothing.
    """
    if not words:
        return []
    alternatives = " OR ".join(f'"{word}"' for word in sorted(set(words)))
    found = connection.execute(
        "SELECT rowid, -bm25(chunk_terms, 0.0, 1.0) FROM chunk_terms WHERE chunk_terms MATCH ? "
        "ORDER BY 2 DESC, 1 LIMIT ?",
        (f"{{language}}: {language} AND {{terms}}: ({alternatives})", k),
    )
    try:
        return [(int(number), float(score)) for number, score in found]
    except TypeError as error:  # FTS5 gives no score where its counts are damaged
        raise LibraryDamaged("the lexical index is damaged; run `tongwen rebuild`") from error


def holding_counts(connection: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    """In how many chunks each word stands as a term."""
    counts = {}
    for word in set(words):
        row = connection.execute("SELECT doc FROM term_counts WHERE term = ? AND col = 'terms'", (word,)).fetchone()
        counts[word] = row[0] if row else 0
    return counts


def read_terms(connection: sqlite3.Connection, number: int) -> Counter[str]:
    """How often each term stands in the chunk of that number; nothing where there is no such chunk."""
    row = connection.execute("SELECT terms FROM chunk_terms WHERE rowid = ?", (number,)).fetchone()
    return Counter(row[0].split()) if row else Counter()


# Problems and checksums


def find_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the stored rows, one line each, each ending with what to do. Survives any damage."""
    try:
        for (line,) in connection.execute("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield f"{line}; run `tongwen rebuild`"
        if not database.has_whole_schema(connection):
            raise sqlite3.DatabaseError("they are not as they were made")
        documents = document_ids(connection)
    except (sqlite3.Error, TypeError) as error:
        yield f"the tables cannot be read ({error}); restore library.db from a copy, or move it away and add again"
        return
    for document_id in documents:
        try:
            document = read_document(connection, document_id)
            if document:
                check_chunks(connection, document)
        except LibraryDamaged as error:
            yield str(error)
        except (sqlite3.Error, TypeError) as error:
            yield f"document {document_id} cannot be read ({error}); `tongwen remove {document_id}` and add it again"
    try:
        _check_terms(connection)
    except sqlite3.Error as error:
        yield f"the lexical index is damaged ({error}); run `tongwen rebuild`"


def _check_terms(connection: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` where the lexical index does not fit its terms, or these not the chunks."""
    numbers = "SELECT number FROM chunks", "SELECT rowid FROM chunk_terms"
    for some, others in (numbers, numbers[::-1]):
        if connection.execute(f"{some} EXCEPT {others} LIMIT 1").fetchone():
            raise sqlite3.DatabaseError("it does not hold the passages of the library")
    # The check is written as an insert, so it runs on a copy: readers must not wait, or need the right to write.
    copy = sqlite3.connect("")
    try:
        connection.backup(copy)
        copy.execute("INSERT INTO chunk_terms (chunk_terms) VALUES ('integrity-check')")
    finally:
        copy.close()


def _check_chunk(title: str, checksum: bytes, values: Sequence[str | int]) -> None:
    if _checksum(*values) != checksum:
        raise LibraryDamaged(f"a stored passage of {title!r} is not what was written; run `tongwen rebuild`")


def _check_vector(language: str, key: str, embedding: bytes, checksum: bytes) -> None:
    if _checksum(language, key, embedding) != checksum:
        raise LibraryDamaged("a stored vector is not what was written; run `tongwen rebuild`")


def _checksum(*values: str | int | bytes) -> bytes:
    """A hash of the values and of where one ends and the next begins."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        content = value if isinstance(value, bytes) else str(value).encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.digest()
