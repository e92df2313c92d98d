"""txtai with a hybrid index that keeps the texts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from txtai import Embeddings

from evals.bench.clock import Clock, Stage, Timed

if TYPE_CHECKING:
    from index.embedding import Embedder, Vectors


class TxtaiHybrid:
    """FAISS, BM25 and SQLite, put together by txtai. Questions go through the embedder as passages do."""

    rest: Stage = "fuse"

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

        def transform(texts: list[str]) -> Vectors:  # txtai takes plain functions only
            return embedder.embed_passages(texts)

        self._transform = transform

    def add(self, texts: Iterable[str]) -> None:
        index = Embeddings(method="external", transform=self._transform, hybrid=True, content=True)
        index.index(enumerate(texts))
        index.save(str(self._folder))

    def search(self, question: str, k: int) -> list[int]:
        return [int(found["id"]) for found in self._index.search(question, k)]

    def answer(self, question: str) -> str | None:
        return None

    @cached_property
    def _index(self) -> Any:
        index = Embeddings()
        index.load(str(self._folder), config={"transform": self._transform})
        index.ann = Timed(index.ann, self._clock, {"search": "dense"})
        index.scoring = Timed(index.scoring, self._clock, {"search": "lexical", "batchsearch": "lexical"})
        return index
