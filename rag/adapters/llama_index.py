"""Tongwen in a LlamaIndex application: a retriever, a query engine and a chat engine.

What was found or cited comes as nodes that say where in which document their text stands (`rag.adapters.metadata`).
Answers are checked and cited by the assistant: no other synthesizer or model takes part.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, closing
from typing import Any

from index.errors import PackageMissing

try:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
    from llama_index.core.base.response.schema import (
        RESPONSE_TYPE,
        AsyncStreamingResponse,
        Response,
        StreamingResponse,
    )
    from llama_index.core.callbacks.base import CallbackManager
    from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
    from llama_index.core.types import TokenAsyncGen, TokenGen
except ModuleNotFoundError as error:
    raise PackageMissing(
        f"rag.adapters.llama_index needs the package {error.name}; run `pip install 'tongwen[llm]'`"
    ) from error

from index.schema import Hit
from rag.adapters.metadata import EMBEDDED, SHOWN_TO_MODELS, Metadata, citation_metadata, passage_metadata
from rag.answer import Answer, Exchange
from rag.answer_json import answer_json
from rag.assistant import Assistant
from rag.library_retriever import Retriever


class TongwenRetriever(BaseRetriever):
    """At most `k` passages, best first. Scores rank the nodes of one question only."""

    def __init__(self, retriever: Retriever, k: int = 6, callback_manager: CallbackManager | None = None) -> None:
        super().__init__(callback_manager)
        self._retriever = retriever
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_passage(hit) for hit in self._retriever.retrieve(query_bundle.query_str, self._k)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_passage(hit) for hit in await self._retriever.aretrieve(query_bundle.query_str, self._k)]


class TongwenQueryEngine(BaseQueryEngine):
    """The assistant. `source_nodes` are the cited sentences by number, `metadata` is the object of `ask --json`.

    A streamed response has both when its text has come to the end.
    """

    def __init__(
        self, assistant: Assistant, streaming: bool = False, callback_manager: CallbackManager | None = None
    ) -> None:
        super().__init__(callback_manager)
        self._assistant = assistant
        self._streaming = streaming

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_passage(hit) for hit in self._assistant.retriever.retrieve(query_bundle.query_str)]

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return _response(self._assistant.ask(query_bundle.query_str))
        sources: list[NodeWithScore] = []
        metadata: dict[str, Any] = {}
        return StreamingResponse(self._pieces(query_bundle.query_str, sources, metadata), sources, metadata)

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return _response(await self._assistant.aask(query_bundle.query_str))
        sources: list[NodeWithScore] = []
        metadata: dict[str, Any] = {}
        return AsyncStreamingResponse(self._apieces(query_bundle.query_str, sources, metadata), sources, metadata)

    def _pieces(self, question: str, sources: list[NodeWithScore], metadata: dict[str, Any]) -> TokenGen:
        with closing(self._assistant.stream(question)) as events:
            for event in events:
                if isinstance(event, Answer):
                    sources += citation_nodes(event)
                    metadata |= answer_json(event)
                else:
                    yield event

    async def _apieces(self, question: str, sources: list[NodeWithScore], metadata: dict[str, Any]) -> TokenAsyncGen:
        async with aclosing(self._assistant.astream(question)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    sources += citation_nodes(event)
                    metadata |= answer_json(event)
                else:
                    yield event

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


class TongwenChatEngine(BaseChatEngine):
    """One conversation with the assistant, follow-ups included; not to be shared between threads.

    `source_nodes` are as of the query engine; those of a streamed response are there when its text has come to the
    end, and the turn is remembered then. An answer that broke off is not remembered.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._messages: list[ChatMessage] = []

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The conversation, oldest message first; each answer's object of `ask --json` in `additional_kwargs`."""
        return self._messages

    def reset(self) -> None:
        self._messages = []

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        answer = self._assistant.ask(message, self._history(chat_history))
        self._remember(answer)
        return AgentChatResponse(answer.text, source_nodes=citation_nodes(answer), metadata=answer_json(answer))

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        answer = await self._assistant.aask(message, self._history(chat_history))
        self._remember(answer)
        return AgentChatResponse(answer.text, source_nodes=citation_nodes(answer), metadata=answer_json(answer))

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        history = self._history(chat_history)
        response = StreamingAgentChatResponse(is_writing_to_memory=False)

        def pieces() -> Generator[ChatResponse, None, None]:
            with closing(self._assistant.stream(message, history)) as events:
                for event in events:
                    if isinstance(event, Answer):
                        self._end(response, event)
                    else:
                        yield _delta(event)

        response.chat_stream = pieces()
        return response

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        history = self._history(chat_history)
        response = StreamingAgentChatResponse(is_writing_to_memory=False)

        async def pieces() -> AsyncGenerator[ChatResponse, None]:
            async with aclosing(self._assistant.astream(message, history)) as events:
                async for event in events:
                    if isinstance(event, Answer):
                        self._end(response, event)
                    else:
                        yield _delta(event)

        response.achat_stream = pieces()
        return response

    def _history(self, given: list[ChatMessage] | None) -> tuple[Exchange, ...]:
        """The conversation as a question may refer to it; one that is given takes the place of what is remembered."""
        if given is not None:
            self._messages = list(given)
        return exchanges(self._messages)

    def _end(self, response: StreamingAgentChatResponse, answer: Answer) -> None:
        response.source_nodes += citation_nodes(answer)
        self._remember(answer)

    def _remember(self, answer: Answer) -> None:
        if answer.complete:
            self._messages += [
                ChatMessage(answer.question, role=MessageRole.USER),
                ChatMessage(
                    answer.text, role=MessageRole.ASSISTANT, additional_kwargs={"tongwen": answer_json(answer)}
                ),
            ]


def exchanges(messages: list[ChatMessage]) -> tuple[Exchange, ...]:
    """The questions of a conversation with the answers behind them; messages of other roles are passed over.

    Of an answer that the chat engine gave, the question is in its stand-alone form, and a refusal has no text: it
    speaks of the library and not of the subject, so nothing can refer to it.
    """
    found: list[Exchange] = []
    question: str | None = None
    for message in messages:
        if message.role == MessageRole.USER:
            question = message.content or ""
        elif message.role == MessageRole.ASSISTANT and question is not None:
            own = message.additional_kwargs.get("tongwen")
            if own:
                found.append(Exchange(own["standalone"], "" if own["refused"] else own["answer"]))
            else:
                found.append(Exchange(question, message.content or ""))
            question = None
    return tuple(found)


def citation_nodes(answer: Answer) -> list[NodeWithScore]:
    """The sentences that an answer cites, by their number."""
    return [
        _node(
            f"{citation.document_id}:{citation.start}-{citation.end}",
            citation.quote,
            citation_metadata(citation),
            citation.score,
        )
        for citation in answer.citations
    ]


def _passage(hit: Hit) -> NodeWithScore:
    return _node(hit.chunk.id, hit.chunk.text, passage_metadata(hit), hit.score)


def _node(identity: str, text: str, metadata: Metadata, score: float) -> NodeWithScore:
    node = TextNode(
        id_=identity,
        text=text,
        metadata=metadata,
        start_char_idx=metadata["start"],
        end_char_idx=metadata["end"],
        excluded_llm_metadata_keys=sorted(metadata.keys() - SHOWN_TO_MODELS),
        excluded_embed_metadata_keys=sorted(metadata.keys() - EMBEDDED),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=str(metadata["document_id"]))},
    )
    return NodeWithScore(node=node, score=score)


def _response(answer: Answer) -> Response:
    return Response(answer.text, citation_nodes(answer), answer_json(answer))


def _delta(piece: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(piece, role=MessageRole.ASSISTANT), delta=piece)
