"""What happens to documents between being added and being stored: cut, embedded, and committed in batches.

A library holds the present text of every source. A text that several sources hold is one document; a source whose
text has changed lets go of the earlier one, which goes when no source holds it any more. Standard input ("-") is no
source that can change: its texts stay until they are removed.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from index import database, rows
from index.chunking import chunk_document
from index.embedding import Embedder, Progress, Vectors
from index.schema import Chunk, Document

# A batch is committed when it has this many new chunks, or this many documents.
_BATCH_CHUNKS = 256
_BATCH_DOCUMENTS = 256

Outcome = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one document."""

    document: Document
    outcome: Outcome
    chunks: int
    embedded: int  # chunks whose text was not in the library before


@dataclass(frozen=True, slots=True)
class EmbeddedChunks:
    """Chunks with the vectors of their texts."""

    chunks: Sequence[Chunk]
    keys: Sequence[str]
    vectors: Vectors
    fresh: frozenset[str]  # the keys whose vectors were not stored before


def embed_chunks(
    connection: sqlite3.Connection | None, embedder: Embedder, chunks: Sequence[Chunk], progress: Progress | None
) -> EmbeddedChunks:
    """Embed the texts that have no vector in the library yet; all of them where `connection` is None."""
    keys = [rows.embedding_key(chunk) for chunk in chunks]
    known = rows.embeddings_by_key(connection, keys) if connection else {}
    fresh = {key: rows.searched_text(chunk) for key, chunk in zip(keys, chunks, strict=True) if key not in known}
    if fresh:
        known.update(zip(fresh, embedder.embed_passages(list(fresh.values()), progress), strict=True))
    vectors = np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)
    return EmbeddedChunks(chunks, keys, vectors, frozenset(fresh))


class Ingest:
    """Adds documents through the connection of the one writer."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        embedder: Embedder,
        require_space: Callable[[int], None],
        progress: Progress | None,
    ) -> None:
        """`require_space` is called before a batch is written, with the number of its new chunks."""
        self._connection = connection
        self._embedder = embedder
        self._require_space = require_space
        self._progress = progress
        self._batch: list[Document] = []
        self._new: dict[str, list[Chunk]] = {}  # by the id of those documents of the batch that are not stored

    def add(self, documents: Iterable[Document]) -> Iterator[Added]:
        """Store documents, and yield what became of each, in their order, once its batch is committed."""
        for document in documents:
            self._batch.append(document)
            if document.id not in self._new and rows.chunk_count(self._connection, document.id) is None:
                self._new[document.id] = chunk_document(document)
            if len(self._batch) >= _BATCH_DOCUMENTS or sum(map(len, self._new.values())) >= _BATCH_CHUNKS:
                yield from self._commit()
        yield from self._commit()

    def _commit(self) -> list[Added]:
        """Store the batch in one transaction, and begin the next."""
        embedded = embed_chunks(
            self._connection, self._embedder, [chunk for cut in self._new.values() for chunk in cut], self._progress
        )
        self._require_space(len(embedded.chunks))
        with database.transaction(self._connection):
            self._insert_new(embedded)
            outcomes = [self._link(document) for document in self._batch]
            # Only now: a text that one source let go of may be held by another one of the batch.
            for _, earlier in outcomes:
                if earlier is not None:
                    rows.delete_if_without_source(self._connection, earlier)
            if any(outcome != "unchanged" for outcome, _ in outcomes):
                database.count_change(self._connection)
        fresh = Counter(
            chunk.document_id
            for chunk, key in zip(embedded.chunks, embedded.keys, strict=True)
            if key in embedded.fresh
        )
        added = [
            Added(document, outcome, self._chunk_count(document), fresh.pop(document.id, 0))
            for document, (outcome, _) in zip(self._batch, outcomes, strict=True)
        ]
        self._batch, self._new = [], {}
        return added

    def _insert_new(self, embedded: EmbeddedChunks) -> None:
        documents = {document.id: document for document in reversed(self._batch)}  # the first of each id
        for document_id in self._new:
            rows.insert_document(self._connection, documents[document_id])
        rows.insert_chunks(self._connection, embedded.chunks, embedded.keys, embedded.vectors)

    def _link(self, document: Document) -> tuple[Outcome, str | None]:
        """Note that a source holds a stored text now; what that means, and the id of the text it held before."""
        earlier = None if document.source == "-" else rows.document_of_source(self._connection, document.source)
        if earlier == document.id:
            return "unchanged", None
        first = not rows.has_source(self._connection, document.id)
        if earlier is not None:
            rows.delete_source(self._connection, document.source)
        rows.insert_source(self._connection, document.source, document.id)
        if earlier is not None:
            return "replaced", earlier
        return ("added" if first else "unchanged"), None

    def _chunk_count(self, document: Document) -> int:
        if document.id in self._new:
            return len(self._new[document.id])
        return rows.chunk_count(self._connection, document.id) or 0
