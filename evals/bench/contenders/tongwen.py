"""Tongwen itself, as its doors use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evals.bench.clock import Clock, Stage, Timed
from index.library import Library
from index.loading import make_document
from rag.assistant import Assistant

if TYPE_CHECKING:
    from index.embedding import Embedder
    from index.snapshot import Snapshot

_STAGES: Mapping[str, Stage] = {
    "search_vectors": "dense",
    "cosines": "dense",
    "background": "dense",
    "search_terms": "lexical",
    "holding_counts": "lexical",
    "chunk_terms": "lexical",
}


class _TimedLibrary(Library):
    """A library of whose snapshots the searches are timed."""

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        super().__init__(folder, embedder)
        self._clock = clock

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with super().snapshot() as snapshot:
            yield cast("Snapshot", Timed(snapshot, self._clock, _STAGES))


class Tongwen:
    """A library of one document for each text, and the assistant over it. It answers without a language model."""

    rest: Stage = "fuse"

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        self._library = _TimedLibrary(folder, embedder, clock)

    def add(self, texts: Iterable[str]) -> None:
        documents = (make_document(text, name=str(place), source=f"bench:{place}") for place, text in enumerate(texts))
        for added in self._library.add(documents):
            assert added.chunks == 1, "the texts of a benchmark are as short as a passage"

    def search(self, question: str, k: int) -> list[int]:
        return [int(hit.title) for hit in self._assistant.search(question, k)]

    def answer(self, question: str) -> str | None:
        return self._assistant.ask(question).text

    @cached_property
    def _assistant(self) -> Assistant:
        return Assistant(self._library)
