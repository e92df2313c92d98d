"""A library: a folder of documents that can be added to, removed from and searched, by one writer and many readers.

    library/  LOCK  library.db  CURRENT  gen/000012/…  quarantine/

`library.db` is the only truth. A change is one transaction; when it has committed, the vectors are published as a new
generation (`index.generations`), and until then readers build them from the database. A reader takes a `Snapshot`,
which sees one state of documents, terms and vectors for as long as it is held.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path

from index import database, generations, rows
from index.chunking import CHUNKER_VERSION, chunk_document
from index.embedding import Embedder, Progress, Vector
from index.errors import (
    DocumentUnknown,
    LibraryDamaged,
    LibraryMismatch,
    LibraryMissing,
    StorageFailed,
)
from index.ingest import Added, Ingest, embed_chunks
from index.schema import Chunk, Document, DocumentSummary, Language
from index.storage import storage_errors, writer_lock
from index.vector_store import FaissStore, VectorStore

logger = logging.getLogger(__name__)

LANGUAGES: tuple[Language, ...] = ("zh", "en", "mixed")
_LOCK_WAIT_SECONDS = 5.0
_BYTES_PER_CHUNK = 8_000  # on disk: row, terms and vector, twice over while a generation is replaced


class Snapshot:
    """One state of a library. Use it within the `with` of `Library.snapshot`, in one thread."""

    def __init__(self, connection: sqlite3.Connection, stores: dict[Language, VectorStore], path: Path) -> None:
        self._connection = connection
        self._stores = stores
        self._path = path

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that some chunk has."""
        return tuple(language for language in LANGUAGES if language in self._stores)

    def chunk_count(self, language: Language) -> int:
        return len(self._stores[language])

    def search_vectors(self, question: Vector, language: Language, k: int) -> list[tuple[int, float]]:
        """At most `k` (chunk number, cosine) pairs of one language, nearest first."""
        return self._stores[language].search(question, k)

    def cosines(self, question: Vector, language: Language, numbers: Sequence[int]) -> list[float]:
        """The cosine of the question with each of the chunks of those numbers, all of that language."""
        return self._stores[language].products(question, numbers)

    def background(self, question: Vector, language: Language) -> tuple[float, float]:
        """Mean and standard deviation of the cosine of the question with the chunks of one language."""
        return self._stores[language].background(question)

    def search_terms(self, words: Sequence[str], language: Language, k: int) -> list[tuple[int, float]]:
        """At most `k` (chunk number, BM25) pairs of one language, best first."""
        with database.database_errors(self._path):
            return rows.search_terms(self._connection, words, language, k)

    def holding_counts(self, words: Iterable[str]) -> dict[str, int]:
        """In how many chunks each word stands as a term."""
        with database.database_errors(self._path):
            return rows.holding_counts(self._connection, words)

    def chunk_terms(self, number: int) -> Counter[str]:
        """How often each term stands in the chunk of that number, headings included."""
        with database.database_errors(self._path):
            return rows.read_terms(self._connection, number)

    def chunk(self, number: int) -> tuple[Chunk, str]:
        """The chunk of that number and its document's title."""
        with database.database_errors(self._path):
            found = rows.read_chunk(self._connection, number)
        if found is None:
            raise LibraryDamaged(f"{self._path} lists a passage that it does not hold; run `tongwen rebuild`")
        return found

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


class Library:
    """The library in a folder. Safe to share between threads; any number of processes may read, one writes."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        store: type[VectorStore] = FaissStore,
        lock_wait_seconds: float = _LOCK_WAIT_SECONDS,
    ) -> None:
        """Nothing is read or made yet: the first document that is added makes the folder."""
        self.folder = folder
        self.embedder = embedder
        self._store = store
        self._lock_wait_seconds = lock_wait_seconds
        self._path = folder / "library.db"
        self._loading = threading.Lock()
        self._loaded: tuple[str, dict[Language, VectorStore]] | None = None

    def exists(self) -> bool:
        return self._path.exists()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The present state for searching. Raises `LibraryMissing`, `LibraryMismatch` or `LibraryDamaged`."""
        with self._reading() as connection:
            self._check_maker(connection)
            yield Snapshot(connection, self._stores(connection), self._path)

    def documents(self) -> list[DocumentSummary]:
        """The documents in the order in which they were added, whatever embedder made the library."""
        with self._reading() as connection, database.database_errors(self._path):
            return rows.read_summaries(connection)

    def add(self, documents: Iterable[Document], progress: Progress | None = None) -> Iterator[Added]:
        """Add documents, and yield what became of each once it is safely stored.

        A text that is in the library already is left alone; one from the same file or address replaces the earlier
        text of that source (`index.ingest` has the rules). Texts that were embedded before are not embedded again.
        `progress` is called with the number of chunks just embedded.
        """
        waiting = iter(documents)
        first = next(waiting, None)
        if first is None:
            return  # and no library is made for nothing
        with self._writing(create=True) as connection:
            self._check_maker(connection)
            try:
                ingest = Ingest(connection, self.embedder, self._require_space, progress)
                with database.database_errors(self._path):
                    yield from ingest.add(chain([first], waiting))
            finally:
                self._publish(connection)

    def remove(self, document_id: str) -> DocumentSummary:
        """Take a document out of the library and its files, and return what it was; raises `DocumentUnknown`."""
        with self._writing() as connection, database.database_errors(self._path):
            summaries = {summary.id: summary for summary in rows.read_summaries(connection)}
            if document_id not in summaries:
                raise DocumentUnknown(f"no document {document_id!r} in {self.folder}; `tongwen list` shows the ids")
            with database.transaction(connection):
                rows.delete_document(connection, document_id)
                rows.purge_terms(connection)
                database.count_change(connection)
            self._publish(connection)
            return summaries[document_id]

    def rebuild(self, progress: Progress | None = None) -> int:
        """Cut, embed and publish every document anew with the present chunker and embedder; the number of chunks.

        Vectors are reused where embedder and text are the same. Readers see the old state until it is done. It cures
        everything but damage to the texts themselves, which raises `LibraryDamaged` and changes nothing.
        """
        with self._writing() as connection:
            self._quarantine_damage()
            with database.database_errors(self._path), database.transaction(connection):
                connection.execute("REINDEX")
                database.recreate_terms(connection)
                made_by = database.read_settings(connection).get("embedder")
                known = connection if made_by == self.embedder.fingerprint else None
                total = 0
                for document_id in rows.document_ids(connection):
                    document = rows.read_document(connection, document_id)
                    assert document is not None  # listed in this transaction
                    embedded = embed_chunks(known, self.embedder, chunk_document(document), progress)
                    rows.delete_chunks(connection, document_id)
                    rows.insert_chunks(connection, embedded.chunks, embedded.keys, embedded.vectors)
                    total += len(embedded.chunks)
                database.write_settings(
                    connection,
                    embedder=self.embedder.fingerprint,
                    embedder_name=self.embedder.name,
                    chunker=CHUNKER_VERSION,
                )
                database.count_change(connection)
            self._publish(connection)
            return total

    def verify(self) -> list[str]:
        """Read every stored byte and return what keeps it from use, one line each; empty when all is well.

        Raises only where there is no library, or it cannot be opened.
        """
        problems: list[str] = []
        try:
            with self._reading() as connection:
                problems += rows.find_problems(connection)
                self._check_maker(connection)
        except (LibraryDamaged, LibraryMismatch) as error:
            problems.append(str(error))
        try:
            generations.load(self.folder)
        except LibraryDamaged as error:
            problems.append(str(error))
        return problems

    # Reading

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the library."""
        if not self.exists():
            raise _missing(self.folder)
        with self._connected(database.connect_to_read) as connection:
            with database.database_errors(self._path):
                connection.execute("BEGIN")
                database.check_schema(connection, self._path)
            yield connection

    @contextmanager
    def _connected(self, connect: Callable[[Path], sqlite3.Connection]) -> Iterator[sqlite3.Connection]:
        self._check_not_emptied()
        with database.database_errors(self._path):
            connection = connect(self._path)
        try:
            yield connection
        finally:
            connection.close()

    def _check_not_emptied(self) -> None:
        """Raise `LibraryDamaged` where the database has lost all its bytes: adding to it would hide the loss."""
        if generations.is_published(self.folder) and self.exists() and self._path.stat().st_size == 0:
            raise LibraryDamaged(
                f"{self._path} has lost its content; restore it from a copy, or move it away and add again"
            )

    def _check_maker(self, connection: sqlite3.Connection) -> None:
        """Raise `LibraryMismatch` where the vectors or chunks are of another making than this program's."""
        with database.database_errors(self._path):
            made = database.read_settings(connection)
        if not {"embedder", "embedder_name", "chunker", "content_version"} <= made.keys():
            raise LibraryDamaged(f"{self._path} does not say how it was made; run `tongwen rebuild`")
        if made["embedder"] != self.embedder.fingerprint:
            raise LibraryMismatch(
                f"{self.folder} was made with the embedder {made['embedder_name']} ({made['embedder']}), "
                f"now it is {self.embedder.name} ({self.embedder.fingerprint}); "
                "run `tongwen rebuild`, or set TONGWEN_EMBEDDER back"
            )
        if made["chunker"] != CHUNKER_VERSION:
            raise LibraryMismatch(
                f"{self.folder} was cut by chunker {made['chunker']}, now it is {CHUNKER_VERSION}; "
                "run `tongwen rebuild`"
            )

    def _stores(self, connection: sqlite3.Connection) -> dict[Language, VectorStore]:
        """The vectors of the state that `connection` sees, from memory, the published generation, or the database."""
        with database.database_errors(self._path):
            version = database.content_version(connection)
        with self._loading:
            if self._loaded is None or self._loaded[0] != version:
                self._loaded = version, self._published(version) or self._built(connection)
            return self._loaded[1]

    def _published(self, version: str) -> dict[Language, VectorStore] | None:
        try:
            loaded = generations.load(self.folder)
            if loaded is None:
                return None
            manifest, files = loaded
            if (manifest.content_version, manifest.embedder) != (version, self.embedder.fingerprint):
                return None
            names: dict[str, Language] = {_file_name(language): language for language in LANGUAGES}
            return {names[name]: self._store.from_bytes(content) for name, content in files.items()}
        except (LibraryDamaged, KeyError) as error:
            logger.warning("published vectors not used, built from library.db instead: %s", error)
            return None

    def _built(self, connection: sqlite3.Connection) -> dict[Language, VectorStore]:
        with database.database_errors(self._path):
            embeddings = rows.all_embeddings(connection)
        return {language: self._store.build(*rows) for language, rows in embeddings.items()}

    # Writing

    @contextmanager
    def _writing(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        """The connection of the one writer."""
        if create:
            self._make_folder()
        elif not self.exists():
            raise _missing(self.folder)
        connect = partial(database.connect, create=create)
        with writer_lock(self.folder / "LOCK", self._lock_wait_seconds), self._connected(connect) as connection:
            with database.database_errors(self._path):
                if create:
                    database.create_schema(connection, self.embedder.name, self.embedder.fingerprint, CHUNKER_VERSION)
                database.check_schema(connection, self._path)
            yield connection

    def _make_folder(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise StorageFailed(f"{self.folder} is a file, not a folder; choose another with --library")
        with storage_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)

    def _publish(self, connection: sqlite3.Connection) -> None:
        """Publish the vectors of the committed state, where they are not published yet."""
        with database.database_errors(self._path):
            version = database.content_version(connection)
        if self._published(version) is None:
            stores = self._built(connection)
            files = {_file_name(language): store.to_bytes() for language, store in stores.items()}
            generations.publish(self.folder, version, self.embedder.fingerprint, files)

    def _quarantine_damage(self) -> None:
        try:
            generations.load(self.folder)
        except LibraryDamaged:
            generations.quarantine(self.folder)

    def _require_space(self, chunks: int) -> None:
        needed = chunks * _BYTES_PER_CHUNK
        with storage_errors(self.folder):
            free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise StorageFailed(
                f"{self.folder} needs about {needed // 1_000_000 + 1} MB, {free // 1_000_000} MB are free; "
                "nothing was changed, free some space and try again"
            )


def _missing(folder: Path) -> LibraryMissing:
    return LibraryMissing(f"no library at {folder}; make one with `tongwen add FILE` or `tongwen add --sample`")


def _file_name(language: Language) -> str:
    return f"vectors.{language}.faiss"
