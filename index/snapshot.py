"""One state of a library, for searching: documents, terms and vectors that belong together."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from index import database, rows, term_rows
from index.embedding import Vector
from index.errors import DocumentUnknown, LibraryDamaged
from index.schema import LANGUAGES, Chunk, Document, DocumentSummary, Language, Place, place_at
from index.state_vectors import StateVectors


class Snapshot:
    """One state of a library. Use it within the `with` of `Library.snapshot`, in one thread.

    One that is degraded has no vectors: it is searched by words alone, and whatever asks for vectors finds none.
    """

    def __init__(self, connection: sqlite3.Connection, vectors: StateVectors, path: Path) -> None:
        self._connection = connection
        self._stores = vectors.stores
        self._path = path
        self.version = vectors.version  # another after every change of what is searched
        self.degraded = vectors.problem  # why there are no vectors, in one line that ends with what to do; else None
        with database.database_errors(path):
            counted = rows.chunk_counts(connection) if self.degraded else None  # reads every chunk
        self._places: dict[str, tuple[Place, ...]] = {}
        self._counts = counted or {language: len(store) for language, store in self._stores.items()}

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that some chunk has."""
        return tuple(language for language in LANGUAGES if language in self._counts)

    def chunk_count(self, language: Language) -> int:
        return self._counts[language]

    def search_vectors(self, question: Vector, language: Language, k: int) -> list[tuple[int, float]]:
        """At most `k` (chunk number, cosine) pairs of one language, nearest first."""
        return self._stores[language].search(question, k) if not self.degraded else []

    def cosines(self, question: Vector, language: Language, numbers: Sequence[int]) -> list[float]:
        """The cosine of the question with each of the chunks of those numbers, all of that language."""
        return self._stores[language].products(question, numbers)

    def background(self, question: Vector, language: Language) -> tuple[float, float]:
        """Mean and standard deviation of the cosine of the question with the chunks of one language."""
        return self._stores[language].background(question)

    def search_terms(self, words: Sequence[str], language: Language, k: int) -> list[tuple[int, float]]:
        """At most `k` (chunk number, BM25) pairs of one language, best first."""
        with database.database_errors(self._path):
            return term_rows.search_terms(self._connection, words, language, k)

    def holding_counts(self, words: Iterable[str]) -> dict[str, int]:
        """In how many chunks each word stands as a term."""
        with database.database_errors(self._path):
            return term_rows.holding_counts(self._connection, words)

    def chunk_terms(self, number: int) -> Counter[str]:
        """How often each term stands in the chunk of that number, headings included."""
        with database.database_errors(self._path):
            return term_rows.read_terms(self._connection, number)

    def chunk(self, number: int) -> tuple[Chunk, str]:
        """The chunk of that number and its document's title."""
        with database.database_errors(self._path):
            found = rows.read_chunk(self._connection, number)
        if found is None:
            raise LibraryDamaged(f"{self._path} lists a passage that it does not hold; run `tongwen rebuild`")
        return found

    def places(self, chunk: Chunk) -> tuple[Place, ...]:
        """The places of its document in which the chunk stands, in their order."""
        places = self._places.get(chunk.document_id)
        if places is None:
            with database.database_errors(self._path):
                places = rows.read_places(self._connection, chunk.document_id)
            self._places[chunk.document_id] = places
        first = place_at(places, chunk.start)
        return tuple(place for place in places if place == first or chunk.start < place.start < chunk.end)

    def document(self, document_id: str) -> Document:
        """The document with its whole text; raises `DocumentUnknown`."""
        with database.database_errors(self._path):
            document = rows.read_document(self._connection, document_id)
        if document is None:
            raise DocumentUnknown(f"no document {document_id!r}; `tongwen list` shows the ids")
        return document

    def documents(self) -> list[DocumentSummary]:
        with database.database_errors(self._path):
            return rows.read_summaries(self._connection)
