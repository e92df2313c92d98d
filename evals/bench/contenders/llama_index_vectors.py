"""LlamaIndex as its quickstart has it: a `VectorStoreIndex` of documents, kept in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.embeddings import BaseEmbedding
from pydantic import PrivateAttr

from evals.bench.clock import Clock, Stage

if TYPE_CHECKING:
    from index.embedding import Embedder


class _SameEmbedder(BaseEmbedding):
    """The embedder of the benchmark in LlamaIndex's shape, with LlamaIndex's own batches (10 texts)."""

    _embedder: Any = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(model_name=embedder.name)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(self._embedder.embed_question(query).tolist())

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return list(self._embedder.embed_passages(texts).tolist())


class LlamaIndexVectors:
    """Dense search only, over vectors and nodes that are all in memory."""

    rest: Stage = "dense"

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        self._folder = folder
        self._embedder = _SameEmbedder(embedder)

    def add(self, texts: Iterable[str]) -> None:
        documents = [Document(text=text, id_=str(place)) for place, text in enumerate(texts)]
        index = VectorStoreIndex.from_documents(documents, embed_model=self._embedder)
        index.storage_context.persist(str(self._folder))

    def search(self, question: str, k: int) -> list[int]:
        return [
            int(found.node.ref_doc_id or "")
            for found in self._index.as_retriever(similarity_top_k=k).retrieve(question)
        ]

    def answer(self, question: str) -> str | None:
        return None

    @cached_property
    def _index(self) -> Any:
        storage = StorageContext.from_defaults(persist_dir=str(self._folder))
        return load_index_from_storage(storage, embed_model=self._embedder)
