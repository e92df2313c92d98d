"""The vectors of a state of the library: from memory, from the published generation, or built from the database.

A damaged generation costs time only. Where the vectors of the database itself are damaged there is nothing to build
them from: the state is then degraded and says so, and is searched by words alone until it is rebuilt. An older
generation is no way out, since each is of another content version, and one that fits is never republished.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from index import database, generations, rows
from index.errors import LibraryDamaged
from index.schema import LANGUAGES, Language
from index.state_digest import state_digest
from index.vector_store import VectorStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StateVectors:
    """The vectors of one content version, by the language of their chunks."""

    version: str
    stores: dict[Language, VectorStore]
    problem: str | None = None  # why there are none, in one line that ends with what to do


class VectorSource:
    """Finds the vectors of a state, and keeps those of the last one. Safe to share between threads."""

    def __init__(self, folder: Path, embedder: str, store: type[VectorStore]) -> None:
        """`embedder` is the fingerprint of the one whose vectors are wanted."""
        self._folder = folder
        self._path = folder / "library.db"
        self._embedder = embedder
        self._store = store
        self._loading = threading.Lock()
        self._loaded: StateVectors | None = None

    def of(self, connection: sqlite3.Connection) -> StateVectors:
        """The vectors of the state that `connection` sees."""
        with database.database_errors(self._path):
            version = database.content_version(connection)
        with self._loading:
            if self._loaded is None or self._loaded.version != version:
                self._loaded = self._found(connection, version)
            return self._loaded

    def check(self, connection: sqlite3.Connection) -> None:
        """Raise `LibraryDamaged` where the state is not the one that was published as this content version."""
        with database.database_errors(self._path):
            version = database.content_version(connection)
        published = self._published(version)
        self._check(connection, published[0] if published else None)

    def publish(self, connection: sqlite3.Connection) -> None:
        """Publish the vectors of the committed state, where they are not published yet and not damaged."""
        with database.database_errors(self._path):
            version, state = database.content_version(connection), state_digest(connection)
        published = self._published(version)
        if published and published[0].state == state:
            return
        built = self._built(connection, version)
        if not built.problem:
            files = {_file_name(language): store.to_bytes() for language, store in built.stores.items()}
            generations.publish(self._folder, version, self._embedder, files, state)

    def set_damage_aside(self) -> None:
        """Move a damaged generation into quarantine. The caller holds the writer's lock."""
        try:
            generations.load(self._folder)
        except LibraryDamaged:
            generations.quarantine(self._folder)

    def _found(self, connection: sqlite3.Connection, version: str) -> StateVectors:
        published = self._published(version)
        self._check(connection, published[0] if published else None)
        return StateVectors(version, published[1]) if published else self._built(connection, version)

    def _check(self, connection: sqlite3.Connection, manifest: generations.Manifest | None) -> None:
        with database.database_errors(self._path):
            differs = manifest is not None and manifest.state not in ("", state_digest(connection))
            if differs or database.is_damage_noted(connection):
                raise LibraryDamaged(
                    f"titles, sources or the lexical index in {self._path} are not what was written; "
                    "`tongwen verify` names what it can, then run `tongwen rebuild`"
                )

    def _published(self, version: str) -> tuple[generations.Manifest, dict[Language, VectorStore]] | None:
        try:
            loaded = generations.load(self._folder)
            if loaded is None:
                return None
            manifest, files = loaded
            if (manifest.content_version, manifest.embedder) != (version, self._embedder):
                return None
            names: dict[str, Language] = {_file_name(language): language for language in LANGUAGES}
            return manifest, {names[name]: self._store.from_bytes(content) for name, content in files.items()}
        except (LibraryDamaged, KeyError) as error:
            logger.warning("published vectors not used, built from library.db instead: %s", error)
            return None

    def _built(self, connection: sqlite3.Connection, version: str) -> StateVectors:
        try:
            with database.database_errors(self._path):
                embeddings = rows.all_embeddings(connection)
        except LibraryDamaged as error:
            logger.warning("searched by words alone: %s", error)
            return StateVectors(version, {}, f"passages are found by their words alone: {error}")
        return StateVectors(version, {language: self._store.build(*rows) for language, rows in embeddings.items()})


def _file_name(language: Language) -> str:
    return f"vectors.{language}.faiss"
