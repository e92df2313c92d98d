"""The library for clients of the Model Context Protocol: tools to search, ask and read, and documents as resources.

Tools give a text for a model to read, and beside it the object that `tongwen … --json` prints. Questions, ids and
offsets come from outside: what cannot be used is answered with the one line that says so, never with a traceback.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from importlib import metadata
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI
from pydantic import Field

from index.errors import DocumentUnknown, PackageMissing, TongwenError

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
    from mcp.server.transport_security import TransportSecuritySettings
    from mcp.types import CallToolResult, Resource, TextContent, ToolAnnotations
except ImportError as error:  # an earlier version has the package and not these names
    raise PackageMissing("the package mcp is missing or before 2.3; run `pip install 'tongwen[mcp]'`") from error

from index.library import Library
from index.schema import Document, DocumentSummary, sha256_text
from rag.answer import Exchange
from rag.answer_json import answer_json, place_json
from rag.assistant import Assistant
from ui.contract import list_json, search_json
from ui.rendering.escaping import one_line
from ui.rendering.terminal import plain_text
from ui.security import LOOPBACK

PATH = "/mcp"
LONGEST_SPAN = 100_000  # characters that one call gives
BODY_LIMIT = 1024 * 1024  # bytes of one request over HTTP
_PREFIX = "tongwen://documents/"
_INSTRUCTIONS = (
    "Answers questions in Chinese and English from the user's own documents. `ask` gives a checked answer whose "
    "sentences cite exact quotes as [1], [2], or a refusal where the documents do not hold the answer; keep the "
    "citations. `search` gives passages. A quote is text[start:end] of its document, which `fetch_span` reads."
)
_READING = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_Result = TypeVar("_Result")
Structured = Annotated[CallToolResult, dict[str, Any]]


class _Server(MCPServer[Any]):
    """One whose resources are the documents that the library holds at the moment."""

    def __init__(self, library: Library, **options: Any) -> None:
        super().__init__("tongwen", **options)
        self._library = library

    async def list_resources(self) -> list[Resource]:
        with _resource_errors():
            return [_resource(summary) for summary in await asyncio.to_thread(self._library.documents)]


def build_server(assistant: Assistant, answering: AbstractAsyncContextManager[None] | None = None) -> MCPServer[Any]:
    """The server, for any transport; questions and searches are worked on within `answering`, a bound on them."""
    place = answering or nullcontext()
    library = assistant.library
    server = _Server(
        library,
        title="同文 Tongwen",
        instructions=_INSTRUCTIONS,
        version=metadata.version("tongwen"),
        log_level="ERROR",
    )

    @server.tool(title="Search the documents", annotations=_READING)
    async def search(
        question: Annotated[str, Field(description="A question or a few words, in Chinese or English.")],
        k: Annotated[int, Field(ge=1, le=100, description="How many passages at most.")] = 6,
    ) -> Structured:
        """Find the passages that are nearest to a question, best first, without an answer."""
        with _tool_errors():
            async with place:
                hits = await assistant.retriever.aretrieve(question, k)
                degraded = await asyncio.to_thread(library.degraded)
        lines = [f"{rank}. {one_line(hit.title)}\n{hit.chunk.text}" for rank, hit in enumerate(hits, 1)]
        return _both("\n\n".join(lines), search_json(question, hits, degraded))

    @server.tool(title="Ask the documents", annotations=_READING)
    async def ask(
        question: Annotated[str, Field(description="A question in Chinese or English.")],
        history: Annotated[
            list[dict[str, str]], Field(max_length=100, description="Earlier turns, as {question, answer}.")
        ] = [],  # noqa: B006  # it is copied by the validation and never changed
    ) -> Structured:
        """Answer a question from the documents, each sentence with the exact quotes it rests on, or refuse."""
        if any(not {"question", "answer"} <= turn.keys() for turn in history):
            raise ToolError("a turn of the history lacks question or answer; give both as texts")
        turns = [Exchange(turn["question"], turn["answer"]) for turn in history]
        with _tool_errors():
            async with place:
                answer = await assistant.aask(question, turns)
        return _both(plain_text(answer), answer_json(answer))

    @server.tool(title="List the documents", annotations=_READING)
    async def list_documents() -> Structured:
        """List the documents of the library, in the order in which they were added, with their ids."""
        with _tool_errors():
            summaries = await asyncio.to_thread(library.documents)
        lines = [f"{summary.id}  {one_line(summary.title)}  [{summary.language}]" for summary in summaries]
        return _both("\n".join(lines) or "The library is empty.", list_json(summaries))

    @server.tool(title="Read a stretch of a document", annotations=_READING)
    async def fetch_span(
        document_id: Annotated[str, Field(description="As search, ask and list_documents give it.")],
        start: Annotated[int, Field(ge=0, description="First character, counted from 0.")],
        end: Annotated[int, Field(ge=0, description="The character behind the last.")],
    ) -> Structured:
        """Read document.text[start:end], exactly as it is stored."""
        with _tool_errors():
            document = await asyncio.to_thread(_document, library, document_id)
        if not start < end <= len(document.text):
            raise ToolError(f"there is no text at {start}:{end}; the document has {len(document.text)} characters")
        if end - start > LONGEST_SPAN:
            raise ToolError(f"{end - start} characters are too many; fetch at most {LONGEST_SPAN} at a time")
        text = document.text[start:end]
        return _both(
            text,
            {
                "document_id": document.id,
                "title": document.title,
                "start": start,
                "end": end,
                "text": text,
                "sha256": sha256_text(text),
                "place": place_json(document.place_at(start)),
            },
        )

    @server.resource(_PREFIX + "{document_id}", name="document", mime_type="text/plain")
    async def read_document(document_id: str) -> str:
        """The whole text of a document, exactly as it is stored."""
        with _resource_errors():
            return (await asyncio.to_thread(_document, library, document_id)).text

    return server


def mount(
    app: FastAPI,
    assistant: Assistant,
    answering: AbstractAsyncContextManager[None] | None = None,
    hosts: Sequence[str] = LOOPBACK,
) -> None:
    """Serve streamable HTTP at `PATH` of `app`, to requests made to one of `hosts` and from no other origin.

    Each request stands by itself, so the server keeps no sessions. `answering` is that of `build_server`.
    """
    server = build_server(assistant, answering)
    names = [pattern for host in hosts for pattern in (host, f"{host}:*")]
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        max_request_body_size=BODY_LIMIT,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=names,
            allowed_origins=[f"{scheme}://{name}" for scheme in ("http", "https") for name in names],
        ),
    )
    app.router.routes[:0] = inner.routes  # before what is mounted at "/"
    app.router.lifespan_context = _with_sessions(server, app.router.lifespan_context)


def _with_sessions(server: MCPServer[Any], lifespan: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @asynccontextmanager
    async def both(app: FastAPI) -> AsyncIterator[Any]:
        async with server.session_manager.run(), lifespan(app) as state:
            yield state

    return both


def _document(library: Library, document_id: str) -> Document:
    with library.snapshot() as snapshot:
        return snapshot.document(document_id)


def _resource(summary: DocumentSummary) -> Resource:
    return Resource(
        uri=_PREFIX + summary.id,
        name=summary.id,
        title=one_line(summary.title),
        description=f"{summary.characters} characters, language: {summary.language}",
        mime_type="text/plain",
    )


def _both(text: str, content: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=content)


@contextmanager
def _tool_errors() -> Iterator[None]:
    try:
        yield
    except TongwenError as error:
        raise ToolError(one_line(str(error))) from error


@contextmanager
def _resource_errors() -> Iterator[None]:
    try:
        yield
    except DocumentUnknown as error:
        raise ResourceNotFoundError(one_line(str(error))) from error
    except TongwenError as error:
        raise ResourceError(one_line(str(error))) from error
