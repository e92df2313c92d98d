"""Retrieval by itself: the passages of one library for a question, without an answer.

What reads questions is imported with the first one: a program that has none yet need not wait for it.
"""

from __future__ import annotations

from pathlib import Path

from index.embedding import Embedder
from index.library import Library
from index.schema import Hit


class Retriever:
    """Finds passages in one library. Safe to share between threads."""

    def __init__(self, library: Library, embedder: Embedder | None = None) -> None:
        """`embedder` stands in for that of the library, where one with the same vectors is at hand."""
        self.library = library
        self._embedder = embedder or library.embedder

    @classmethod
    def open(cls, library: Path | str | None = None) -> Retriever:
        """The retriever over the library in a folder, else over the one that the settings name."""
        from rag.opening import open_library

        return cls(open_library(library))

    def retrieve(self, question: str, k: int = 6) -> list[Hit]:
        """At most `k` passages, best first, as every door gives them; all from one state of the library.

        Raises `QuestionError`, or the `LibraryError` that opening the library raises.
        """
        from rag.question import understand
        from rag.retriever import retrieve

        if k < 1:
            raise ValueError(f"k is {k}; at least one passage can be asked for")
        with self.library.snapshot() as snapshot:
            return list(retrieve(snapshot, self._embedder, understand(question), k).hits)

    async def aretrieve(self, question: str, k: int = 6) -> list[Hit]:
        """The same in a thread."""
        import asyncio

        return await asyncio.to_thread(self.retrieve, question, k)
