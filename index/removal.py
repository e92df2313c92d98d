"""What the library held of a document that is taken out, and putting all of it back.

Nothing of it stays on disk: whoever takes a document out holds it, and once they let go of it, it is gone for good.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from index import database, feedback_rows, file_rows, rows
from index.embedding import Vector
from index.errors import DocumentUnknown, SourceTaken
from index.file_rows import StoredFile
from index.ingest import EmbeddedChunks
from index.schema import Document, DocumentSummary


@dataclass(frozen=True, slots=True)
class HeldSource:
    """Where a document was found, and in which file, if it was one."""

    source: str
    path: str | None


@dataclass(frozen=True, slots=True)
class RemovedDocument:
    """All that the library held of a document."""

    summary: DocumentSummary
    document: Document = field(repr=False)
    number: int  # its place in the order of the documents
    sources: tuple[HeldSource, ...]
    files: tuple[StoredFile, ...]  # in which it was found
    embedder: str  # the fingerprint of the one that made the vectors
    vectors: Mapping[str, Vector] = field(repr=False)  # by the key of the text that was embedded
    answers: Mapping[str, str] = field(repr=False)  # those that quote it, by the id of their feedback


def hold(connection: sqlite3.Connection, summary: DocumentSummary) -> RemovedDocument:
    """All that is to be put back later; raises `LibraryDamaged` where the document is not what was written."""
    document = rows.read_document(connection, summary.id)
    if document is None:
        raise DocumentUnknown(f"no document {summary.id!r}; `tongwen list` shows the ids")
    (number,) = connection.execute("SELECT number FROM documents WHERE id = ?", (summary.id,)).fetchone()
    sources = connection.execute(
        "SELECT source, path FROM sources LEFT JOIN files ON files.number = file WHERE document_id = ? "
        "ORDER BY sources.number",
        (summary.id,),
    ).fetchall()
    paths = file_rows.paths_of_document(connection, summary.id)
    keys = connection.execute("SELECT embedding_key FROM chunks WHERE document_id = ?", (summary.id,)).fetchall()
    return RemovedDocument(
        summary=summary,
        document=document,
        number=number,
        sources=tuple(HeldSource(source, path) for source, path in sources),
        files=tuple(file for path in paths if (file := file_rows.read_one(connection, path))),
        embedder=database.read_settings(connection).get("embedder", ""),
        vectors=rows.embeddings_by_key(connection, (key for (key,) in keys)),
        answers=feedback_rows.answers_citing(connection, summary.id),
    )


def restore(connection: sqlite3.Connection, removed: RemovedDocument, embedded: EmbeddedChunks) -> None:
    """Write it all again, in the transaction that is open; what came in the meantime stays as it is."""
    document_id = removed.document.id
    free = [held for held in removed.sources if _is_free(connection, held, document_id)]
    if removed.sources and not free:
        source = removed.sources[0].source
        raise SourceTaken(f"{source} holds another text by now; remove that one first, then undo again")
    if rows.chunk_count(connection, document_id) is None:  # else the same text was added again
        taken = connection.execute("SELECT 1 FROM documents WHERE number = ?", (removed.number,)).fetchone()
        rows.insert_document(connection, removed.document, None if taken else removed.number)
        rows.insert_chunks(connection, embedded.chunks, embedded.keys, embedded.vectors)
    files = {file.path: file for file in removed.files}
    for held in free:
        rows.insert_source(connection, held.source, document_id)
        if held.path is not None:
            file_rows.link(connection, held.source, _file_number(connection, held.path, files.get(held.path)))
    feedback_rows.restore_answers(connection, removed.answers)


def _is_free(connection: sqlite3.Connection, held: HeldSource, document_id: str) -> bool:
    """Whether no other text has come from there; standard input ("-") gives any number of them."""
    if held.source == "-":
        return True
    number = file_rows.number_of(connection, held.path) if held.path is not None else None
    return rows.document_of_source(connection, held.source, number) in (None, document_id)


def _file_number(connection: sqlite3.Connection, path: str, known: StoredFile | None) -> int:
    """That of the file, which is noted again, as it was, where it is in the list no more."""
    number = file_rows.number_of(connection, path)
    if number is not None:
        return number
    number = file_rows.begin(connection, path)
    if known and known.reader == file_rows.READER_VERSION:  # else it is to be read again when it is next offered
        file_rows.finish(connection, path, known.state, known.rejected)
    return number
