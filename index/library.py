"""A library: a folder of documents that can be added to, removed from and searched, by one writer and many readers.

    library/  LOCK  library.db  CURRENT  gen/000012/…  quarantine/

`library.db` is the only truth. A change is one transaction; when it has committed, the vectors are published as a new
generation (`index.generations`), and until then readers build them from the database. A reader takes a `Snapshot`,
which sees one state of documents, terms and vectors for as long as it is held.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from sqlite3 import Connection
from typing import TypeVar

from index import database, feedback_rows, file_rows, generations, removal, rows, verification
from index.access import LOCK_WAIT_SECONDS, Access
from index.chunking import CHUNKER_VERSION, EARLIER_CHUNKERS, chunk_document
from index.embedding import Embedder, Progress
from index.errors import DocumentUnknown, FeedbackUnknown, LibraryDamaged, LibraryMismatch
from index.extraction import FileState, LoadedFile
from index.file_rows import StoredFile
from index.ingest import Added, AddedFile, Ingest, embed_chunks
from index.removal import RemovedDocument
from index.schema import Document, DocumentSummary, Feedback, FeedbackState, FeedbackVerdict
from index.snapshot import Snapshot
from index.state_vectors import VectorSource
from index.transactions import transaction
from index.vector_store import FaissStore, VectorStore

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Library:
    """The library in a folder. Safe to share between threads; any number of processes may read, one writes."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        store: type[VectorStore] = FaissStore,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> None:
        """Nothing is read or made yet: the first document that is added makes the folder."""
        self.folder = folder
        self.embedder = embedder
        self._access = Access(folder, lock_wait_seconds)
        self._path = self._access.path
        self._vectors = VectorSource(folder, embedder.fingerprint, store)

    def exists(self) -> bool:
        return self._access.exists()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The present state for searching. Raises `LibraryMissing`, `LibraryMismatch` or `LibraryDamaged`."""
        with self._access.reading() as connection:
            self._check_maker(connection)
            yield Snapshot(connection, self._vectors.of(connection), self._path)

    def version(self) -> str:
        """Another after every change of what is searched; "" while there is no library."""
        if not self.exists():
            return ""
        with self._access.reading() as connection, database.database_errors(self._path):
            return database.content_version(connection)

    def degraded(self) -> str | None:
        """Why passages are found by their words alone, in one line that ends with what to do; else None."""
        with self.snapshot() as snapshot:
            return snapshot.degraded

    def documents(self) -> list[DocumentSummary]:
        """The documents in the order in which they were added, whatever embedder made the library."""
        with self._access.reading() as connection, database.database_errors(self._path):
            return rows.read_summaries(connection)

    def add(self, documents: Iterable[Document], progress: Progress | None = None) -> Iterator[Added]:
        """Add documents, and yield what became of each once it is safely stored.

        A text that is in the library already is left alone; one from the same file or address replaces the earlier
        text of that source (`index.ingest` has the rules). Texts that were embedded before are not embedded again.
        `progress` is called with the number of chunks just embedded.
        """
        yield from self._ingest(documents, progress, Ingest.add)

    def add_files(self, files: Iterable[LoadedFile], progress: Progress | None = None) -> Iterator[AddedFile]:
        """The same with all that each file holds, and yield what became of each file.

        A file that is offered again lets go of what it holds no longer. Of one that is rejected now, or of a rejected
        part of it, the earlier texts stay. An interrupted run leaves whole batches, and the next goes on from there.
        """
        yield from self._ingest(files, progress, Ingest.add_files)

    def files(self) -> list[StoredFile]:
        """The files that were offered, by path, and what is known of each."""
        with self._access.reading() as connection, database.database_errors(self._path):
            return sorted(file_rows.read(connection), key=lambda file: file.path)

    def note_states(self, states: Mapping[str, FileState]) -> None:
        """Note that files, by path, have another state with the same content."""
        with self._access.writing() as connection, database.database_errors(self._path), transaction(connection):
            for file in file_rows.read(connection):
                if file.path in states:
                    file_rows.finish(connection, file.path, states[file.path], file.rejected)

    def remove_files(self, paths: Iterable[str]) -> list[str]:
        """Forget files, and take the documents out that stand in no other; the ids of those."""
        with self._access.writing() as connection, database.database_errors(self._path):
            with self._removing(connection):
                held: dict[str, None] = {}
                for path in paths:
                    held.update(dict.fromkeys(file_rows.document_ids(connection, path)))
                    file_rows.delete(connection, path)
                gone = [document_id for document_id in held if rows.delete_if_without_source(connection, document_id)]
                if gone:
                    self._forget(connection, gone)
                elif held:
                    database.count_change(connection)  # the published hash is of the sources too
            self._vectors.publish(connection)
            return gone

    def files_of(self, document_id: str) -> list[str]:
        """The paths and addresses of the files in which a document was found; none of a text that came without one."""
        with self._access.reading() as connection, database.database_errors(self._path):
            return file_rows.paths_of_document(connection, document_id)

    def remove(self, document_id: str) -> DocumentSummary:
        """Take a document out of the library and its files, and return what it was; raises `DocumentUnknown`."""
        return self._remove(document_id, lambda connection, summary: summary)

    def take_out(self, document_id: str) -> RemovedDocument:
        """The same, and return all that the library held of it, for `put_back`.

        Raises `LibraryDamaged`, and takes nothing out, where the document is not what was written.
        """
        return self._remove(document_id, removal.hold)

    def put_back(self, removed: RemovedDocument) -> DocumentSummary:
        """Undo `take_out`: the document has its id, place, time and sources again, and the files and answers theirs.

        Nothing is embedded anew that was embedded with the present embedder. Raises `SourceTaken`, and changes
        nothing, where another text has come from all of its sources.
        """
        with self._access.writing() as connection, database.database_errors(self._path):
            self._check_maker(connection)
            self._vectors.check(connection)  # or it would be published with its damage, and so be taken for right
            held = removed.vectors if removed.embedder == self.embedder.fingerprint else None
            embedded = embed_chunks(connection, self.embedder, chunk_document(removed.document), None, held)
            self._access.require_space(len(embedded.chunks))
            with transaction(connection):
                removal.restore(connection, removed, embedded)
                database.count_change(connection)
            self._vectors.publish(connection)
            return removed.summary

    def rebuild(self, progress: Progress | None = None) -> int:
        """Cut, embed and publish every document anew with the present chunker and embedder; the number of chunks.

        Vectors are reused where embedder and text are the same. Readers see the old state until it is done. It cures
        everything but damage to the texts themselves, which raises `LibraryDamaged` and changes nothing. What cannot
        be checked then, the sources, is read again with the files when they are next offered.
        """
        with self._access.writing() as connection:
            damaged = self._is_damaged(connection)
            self._vectors.set_damage_aside()
            with database.database_errors(self._path), transaction(connection):
                connection.execute("REINDEX")
                database.recreate_terms(connection)
                made_by = database.read_settings(connection).get("embedder")
                known = connection if made_by == self.embedder.fingerprint else None
                rows.delete_lost(connection)
                total = 0
                for document_id in rows.document_ids(connection):
                    document = rows.read_document(connection, document_id)
                    assert document is not None  # listed in this transaction
                    embedded = embed_chunks(known, self.embedder, chunk_document(document), progress)
                    rows.replace_chunks(connection, document_id, embedded.chunks, embedded.keys, embedded.vectors)
                    total += len(embedded.chunks)
                if damaged:
                    file_rows.doubt_all(connection)
                    database.forget_damage(connection)
                database.write_settings(connection, **self._making())
                database.count_change(connection)
            self._vectors.publish(connection)
            return total

    def verify(self) -> list[str]:
        """Read every stored byte and return what keeps it from use, one line each; empty when all is well.

        Raises only where there is no library, or it cannot be opened.
        """
        problems: list[str] = []
        try:
            with self._access.reading() as connection:
                problems += verification.find_problems(connection)
                self._check_maker(connection)
                self._vectors.check(connection)
        except (LibraryDamaged, LibraryMismatch) as error:
            problems.append(str(error))
        try:
            generations.load(self.folder)
        except LibraryDamaged as error:
            problems.append(str(error))
        return problems

    # Feedback

    def add_feedback(
        self,
        verdict: FeedbackVerdict,
        question: str,
        answer: str,
        reason: str = "",
        correction: str = "",
        documents: Sequence[str] = (),
    ) -> Feedback:
        """Keep what a person said of an answer, and return it with the id and the state that it was given.

        `answer` is the JSON that `ask --json` prints, `documents` the ids of those that it cites.
        """
        with self._access.writing() as connection, database.database_errors(self._path), transaction(connection):
            feedback = Feedback(
                id=secrets.token_hex(8),
                created_at=datetime.now(UTC),
                verdict=verdict,
                question=question,
                answer=answer,
                reason=reason,
                correction=correction,
                state="pending",
                library_version=database.content_version(connection),
                documents=tuple(documents),
            )
            feedback_rows.insert(connection, feedback)
            return feedback

    def feedback(self, state: FeedbackState | None = None) -> list[Feedback]:
        """All feedback, or that of one state, oldest first."""
        with self._access.reading() as connection, database.database_errors(self._path):
            return feedback_rows.read(connection, state)

    def set_feedback_state(self, feedback_id: str, state: FeedbackState) -> Feedback:
        """Approve or dismiss what was said, and return it as it is now; raises `FeedbackUnknown`."""
        with self._access.writing() as connection, database.database_errors(self._path), transaction(connection):
            known = {feedback.id: feedback for feedback in feedback_rows.read(connection)}
            if feedback_id not in known:
                raise FeedbackUnknown(f"no feedback {feedback_id!r} in {self.folder}; check its id")
            changed = replace(known[feedback_id], state=state)
            feedback_rows.replace(connection, changed)
            return changed

    # Changing

    def _ingest(
        self,
        items: Iterable[_Item],
        progress: Progress | None,
        add: Callable[[Ingest, Iterable[_Item]], Iterator[_Result]],
    ) -> Iterator[_Result]:
        waiting = iter(items)
        first = next(waiting, None)
        if first is None:
            return  # and no library is made for nothing
        with self._access.writing(new=self._making()) as connection:
            self._check_maker(connection)
            self._vectors.check(connection)  # or it would be published with its damage, and so be taken for right
            try:
                ingest = Ingest(connection, self.embedder, self._access.require_space, progress)
                with database.database_errors(self._path):
                    yield from add(ingest, chain([first], waiting))
            finally:
                self._vectors.publish(connection)

    def _remove(self, document_id: str, hold: Callable[[Connection, DocumentSummary], _Result]) -> _Result:
        """Take a document out, and return what `hold` reads of it before it goes."""
        with self._access.writing() as connection, database.database_errors(self._path):
            summary = rows.read_summary(connection, document_id)
            if summary is None:
                raise DocumentUnknown(f"no document {document_id!r} in {self.folder}; `tongwen list` shows the ids")
            with self._removing(connection):
                held = hold(connection, summary)
                paths = file_rows.paths_of_document(connection, document_id)
                rows.delete_document(connection, document_id)
                file_rows.delete_emptied(connection, paths)
                self._forget(connection, [document_id])
            self._vectors.publish(connection)
            return held

    @contextmanager
    def _removing(self, connection: Connection) -> Iterator[None]:
        """A transaction that removes, from a damaged library too: removing is what cures some damage."""
        damaged = self._is_damaged(connection)
        with transaction(connection):
            if damaged:
                database.recreate_terms(connection)  # it may be past changing
            yield
            if damaged:
                self._repair(connection)

    def _repair(self, connection: Connection) -> None:
        """Write the lexical index anew where the rest is sound; else note the damage, which is searched no more.

        For what is left is published with the state, and would be taken for right.
        """
        try:
            if rows.has_lost_chunks(connection):
                raise LibraryDamaged("some document is not whole")
            for document_id in rows.document_ids(connection):
                document = rows.read_document(connection, document_id)
                assert document is not None  # listed in this transaction
                rows.check_chunks(connection, document)
                rows.insert_terms_anew(connection, document)
        except LibraryDamaged:
            database.recreate_terms(connection)
            database.note_damage(connection)
        else:
            file_rows.doubt_all(connection)
            database.forget_damage(connection)

    def _is_damaged(self, connection: Connection) -> bool:
        try:
            self._vectors.check(connection)
        except LibraryDamaged:
            return True
        return False

    def _forget(self, connection: Connection, document_ids: Sequence[str]) -> None:
        """Let go of what else the library holds of deleted documents, in the transaction that is open."""
        feedback_rows.strike_answers(connection, document_ids)
        rows.purge_terms(connection)
        database.count_change(connection)

    # How it is made

    def _making(self) -> dict[str, str]:
        """What decides chunks and vectors, as a library records it."""
        return {
            "embedder": self.embedder.fingerprint,
            "embedder_name": self.embedder.name,
            "chunker": CHUNKER_VERSION,
        }

    def _check_maker(self, connection: Connection) -> None:
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
        if made["chunker"] not in (CHUNKER_VERSION, *EARLIER_CHUNKERS):
            raise LibraryMismatch(
                f"{self.folder} was cut by chunker {made['chunker']}, now it is {CHUNKER_VERSION}; "
                "run `tongwen rebuild`"
            )
