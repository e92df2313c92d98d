"""Tongwen in a LangChain application: a retriever, and the assistant as one link of a chain."""

from __future__ import annotations

from typing import Any

from index.errors import PackageMissing

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable, RunnableLambda
except ModuleNotFoundError as error:
    raise PackageMissing(
        f"rag.adapters.langchain needs the package {error.name}; run `pip install 'tongwen[langchain]'`"
    ) from error

from pydantic import ConfigDict, Field

from index.schema import Hit
from rag.adapters.metadata import passage_metadata
from rag.answer_json import answer_json
from rag.assistant import Assistant
from rag.library_retriever import Retriever


class TongwenRetriever(BaseRetriever):
    """At most `k` passages, best first; what is known of each is in its metadata (`rag.adapters.metadata`)."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = Field(default=6, ge=1)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.retriever.retrieve(query, self.k)]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in await self.retriever.aretrieve(query, self.k)]


def answer_link(assistant: Assistant) -> Runnable[str, dict[str, Any]]:
    """A link from a question to its checked answer, as the object of `ask --json`; sync and async."""

    def ask(question: str) -> dict[str, Any]:
        return answer_json(assistant.ask(question))

    async def aask(question: str) -> dict[str, Any]:
        return answer_json(await assistant.aask(question))

    return RunnableLambda(ask, aask, name="tongwen")


def _document(hit: Hit) -> Document:
    return Document(id=hit.chunk.id, page_content=hit.chunk.text, metadata=passage_metadata(hit) | {"score": hit.score})
