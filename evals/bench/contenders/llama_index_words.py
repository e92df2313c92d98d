"""LlamaIndex's `BM25Retriever`, with its defaults."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from llama_index.core import Document
from llama_index.core.node_parser import SentenceSplitter
from llama_index.retrievers.bm25 import BM25Retriever

from evals.bench.clock import Clock, Stage

if TYPE_CHECKING:
    from index.embedding import Embedder


class LlamaIndexWords:
    """Lexical search only; nothing is embedded."""

    rest: Stage = "lexical"

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        self._folder = folder

    def add(self, texts: Iterable[str]) -> None:
        documents = [Document(text=text, id_=str(place)) for place, text in enumerate(texts)]
        nodes = SentenceSplitter().get_nodes_from_documents(documents)
        BM25Retriever.from_defaults(nodes=nodes).persist(str(self._folder))

    def search(self, question: str, k: int) -> list[int]:
        self._retriever.similarity_top_k = min(k, len(self._retriever.corpus))
        return [int(found.node.ref_doc_id or "") for found in self._retriever.retrieve(question)]

    def answer(self, question: str) -> str | None:
        return None

    @cached_property
    def _retriever(self) -> BM25Retriever:
        return BM25Retriever.from_persist_dir(str(self._folder))
