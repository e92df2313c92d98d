"""What happens to documents between being added and being stored: cut, embedded, and committed in batches.

A library holds the present text of every source. A text that several sources hold is one document; a source whose
text has changed lets go of the earlier one, which goes when no source holds it any more. Standard input ("-") is no
source that can change: its texts stay until they are removed.

A file may hold several documents, and more than a batch of them. It is noted as stored when all of them are: one that
was interrupted is read again, and what was stored of it is found there and not embedded again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from index import database, feedback_rows, file_rows, rows
from index.chunking import chunk_document
from index.embedding import Embedder, Progress, Vector, Vectors
from index.extraction import LoadedFile, Rejected
from index.schema import Chunk, Document
from index.transactions import transaction

# A batch is committed when it has this many new chunks, or this many documents.
_BATCH_CHUNKS = 256
_BATCH_DOCUMENTS = 256

Outcome = Literal["added", "replaced", "unchanged"]
FileOutcome = Literal["added", "changed", "unchanged", "rejected"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one document."""

    document: Document
    outcome: Outcome
    chunks: int
    embedded: int  # chunks whose text was not in the library before


@dataclass(frozen=True, slots=True)
class AddedFile:
    """What became of one file that was offered."""

    source: str
    outcome: FileOutcome  # "rejected" where all of it was; a part that was rejected is in `rejected` only
    documents: tuple[Added, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    removed: int = 0  # texts that it held before and holds no longer
    kept: int = 0  # texts of an earlier state that stay, since what they came from is rejected now


@dataclass(frozen=True, slots=True)
class EmbeddedChunks:
    """Chunks with the vectors of their texts."""

    chunks: Sequence[Chunk]
    keys: Sequence[str]
    vectors: Vectors
    fresh: frozenset[str]  # the keys whose vectors were not stored before


def embed_chunks(
    connection: sqlite3.Connection | None,
    embedder: Embedder,
    chunks: Sequence[Chunk],
    progress: Progress | None,
    held: Mapping[str, Vector] | None = None,
) -> EmbeddedChunks:
    """Embed the texts that have a vector neither in the library, where one is given, nor among those that are held."""
    keys = [rows.embedding_key(chunk) for chunk in chunks]
    known = rows.embeddings_by_key(connection, keys) if connection else {}
    known.update((key, vector) for key, vector in (held or {}).items() if key in keys)
    fresh = {key: rows.searched_text(chunk) for key, chunk in zip(keys, chunks, strict=True) if key not in known}
    if fresh:
        known.update(zip(fresh, embedder.embed_passages(list(fresh.values()), progress), strict=True))
    vectors = np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)
    return EmbeddedChunks(chunks, keys, vectors, frozenset(fresh))


@dataclass(slots=True)
class _OpenFile:
    """A file of which not all is stored yet."""

    loaded: LoadedFile
    known: bool  # it was offered before
    number: int | None = None  # of its row, once something of it is in a batch
    added: list[Added] = field(default_factory=list)


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
        self._batch: list[Document | _OpenFile] = []  # an open file stands behind its documents and closes it
        self._new: dict[str, list[Chunk]] = {}  # by the id of those documents of the batch that are not stored
        self._open: dict[int, _OpenFile] = {}  # the file of a document of the batch, by its place there
        self._changed = False  # whether the batch changes what the published hash is of: a second source does, too
        # Documents that lost a source, and perhaps their last; some from a run that was interrupted.
        self._let_go = dict.fromkeys(rows.documents_without_source(connection))

    def add(self, documents: Iterable[Document]) -> Iterator[Added]:
        """Store documents, and yield what became of each, in their order, once its batch is committed."""
        for document in documents:
            if self._take(document):
                yield from self._commit()[0]
        yield from self._commit()[0]

    def add_files(self, files: Iterable[LoadedFile]) -> Iterator[AddedFile]:
        """Store what files hold, and yield what became of each, in their order, once all of it is committed.

        A text that a file held before and holds no longer goes, unless the file, or the part of it from which the
        text came, is rejected now.
        """
        for loaded in files:
            file = _OpenFile(loaded, file_rows.is_known(self._connection, loaded.source))
            for document in loaded.documents:
                if self._take(document, file):
                    yield from self._commit()[1]
            self._batch.append(file)
            if len(self._batch) >= _BATCH_DOCUMENTS:
                yield from self._commit()[1]
        yield from self._commit()[1]

    def _take(self, document: Document, file: _OpenFile | None = None) -> bool:
        """Put a document into the batch; whether this is full now."""
        if file is not None:
            self._open[len(self._batch)] = file
        self._batch.append(document)
        if document.id not in self._new and rows.chunk_count(self._connection, document.id) is None:
            self._new[document.id] = chunk_document(document)
        return len(self._batch) >= _BATCH_DOCUMENTS or sum(map(len, self._new.values())) >= _BATCH_CHUNKS

    def _commit(self) -> tuple[list[Added], list[AddedFile]]:
        """Store the batch in one transaction, begin the next, and return the documents and the files that are whole."""
        if not self._batch:
            return [], []
        embedded = embed_chunks(
            self._connection, self._embedder, [chunk for cut in self._new.values() for chunk in cut], self._progress
        )
        self._require_space(len(embedded.chunks))
        fresh = Counter(
            chunk.document_id
            for chunk, key in zip(embedded.chunks, embedded.keys, strict=True)
            if key in embedded.fresh
        )
        added: list[Added] = []
        whole: list[AddedFile] = []
        with transaction(self._connection):
            self._insert_new(embedded)
            for place, item in enumerate(self._batch):
                if isinstance(item, _OpenFile):
                    whole.append(self._close(item))
                    continue
                outcome = self._link(item, self._open.get(place))
                added.append(Added(item, outcome, self._chunk_count(item), fresh.pop(item.id, 0)))
                if place in self._open:
                    self._open[place].added.append(added[-1])
            self._delete_let_go()
            if self._changed:
                database.count_change(self._connection)
        self._batch, self._new, self._open, self._changed = [], {}, {}, False
        return added, whole

    def _insert_new(self, embedded: EmbeddedChunks) -> None:
        documents = {one.id: one for one in reversed(self._batch) if isinstance(one, Document)}  # the first of each id
        for document_id in self._new:
            rows.insert_document(self._connection, documents[document_id])
        rows.insert_chunks(self._connection, embedded.chunks, embedded.keys, embedded.vectors)

    def _link(self, document: Document, file: _OpenFile | None) -> Outcome:
        """Note that a source holds a stored text now, and what that means."""
        if file is not None and file.number is None:
            file.number = file_rows.begin(self._connection, file.loaded.source)
        number = file.number if file is not None else None
        earlier = None
        if document.source != "-":
            earlier = rows.document_of_source(self._connection, document.source, number)
        first = not rows.has_source(self._connection, document.id)
        if earlier != document.id:
            if earlier is not None:
                rows.delete_source(self._connection, document.source, number)
                self._let_go[earlier] = None
            self._changed |= rows.insert_source(self._connection, document.source, document.id)
        if number is not None:
            file_rows.link(self._connection, document.source, number)
        if earlier not in (None, document.id):
            return "replaced"
        return "added" if first else "unchanged"

    def _close(self, file: _OpenFile) -> AddedFile:
        """Let go of what the file no longer holds, and note that it is stored whole."""
        loaded = file.loaded
        source = loaded.source
        held = {document.source for document in loaded.documents}
        refused = {f"{source}#{one.member}" if one.member else source for one in loaded.rejected}
        number = file_rows.number_of(self._connection, source)
        removed = kept = 0
        for earlier in file_rows.sources(self._connection, source):
            if earlier in held:
                continue
            if source in refused or earlier in refused:
                kept += 1
                continue
            document_id = rows.document_of_source(self._connection, earlier, number)
            rows.delete_source(self._connection, earlier, number)
            self._changed = True
            if document_id is not None:
                self._let_go[document_id] = None
            removed += 1
        if loaded.documents or loaded.state or file.known:  # else a remark on something that is no file
            file_rows.finish(self._connection, source, loaded.state, loaded.rejected)
        if loaded.rejected and not loaded.documents:
            outcome: FileOutcome = "rejected"
        elif not file.known and loaded.documents:
            outcome = "added"
        else:
            changed = removed or any(one.outcome != "unchanged" for one in file.added)
            outcome = "changed" if changed else "unchanged"
        return AddedFile(source, outcome, tuple(file.added), loaded.rejected, loaded.notes, removed, kept)

    def _delete_let_go(self) -> None:
        """Remove the documents that no source holds any more.

        Not while a file is half stored: its next part may hold what this one let go of.
        """
        if self._open and not isinstance(self._batch[-1], _OpenFile):
            return
        deleted = [one for one in self._let_go if rows.delete_if_without_source(self._connection, one)]
        feedback_rows.strike_answers(self._connection, deleted)
        self._changed |= bool(deleted)
        self._let_go = {}

    def _chunk_count(self, document: Document) -> int:
        if document.id in self._new:
            return len(self._new[document.id])
        return rows.chunk_count(self._connection, document.id) or 0
