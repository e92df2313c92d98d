"""The same thirty questions through every door: the same passages in the same order, the same text and citations."""

import asyncio
import json
import os
import sys

import httpx
import pytest
from llama_index.core.llms import ChatMessage
from mcp import Client, StdioServerParameters
from openai import OpenAI
from serving import served

from rag.adapters import langchain, llama_index
from rag.answer import Answer
from rag.answer_json import answer_json
from tests.doors.forms import of_json, of_nodes, spans_of_json, spans_of_metadata
from tests.doors.product import product
from ui.command import main
from ui.mcp_server import build_server

K = 6


@pytest.fixture(scope="module")
def expected(assistant, questions):
    """What the assistant says, by question."""
    return {question: of_json(answer_json(assistant.ask(question))) for question in questions}


@pytest.fixture(scope="module")
def expected_spans(assistant, questions):
    """Where the passages stand, by question."""
    return {
        question: [(hit.chunk.document_id, hit.chunk.start, hit.chunk.end, hit.chunk.text) for hit in found]
        for question in questions
        for found in [assistant.retriever.retrieve(question, K)]
    }


def test_the_questions_are_answered_and_refused(expected, expected_spans):
    assert {refused for _, refused, _ in expected.values()} == {True, False}
    assert sum(not refused and bool(cited) for _, refused, cited in expected.values()) >= 20
    assert all(len(spans) == K for spans in expected_spans.values())


def test_python_streamed(assistant, expected):
    for question, form in expected.items():
        *pieces, answer = assistant.stream(question)
        assert of_json(answer_json(answer)) == form
        if not answer.notes:
            assert "".join(pieces) == answer.text


def test_python_asynchronous(assistant, expected, expected_spans):
    async def ask():
        for question, form in expected.items():
            assert of_json(answer_json(await assistant.aask(question))) == form
            events = [event async for event in assistant.astream(question)]
            assert isinstance(events[-1], Answer)
            assert of_json(answer_json(events[-1])) == form
            hits = await assistant.retriever.aretrieve(question, K)
            assert [(hit.chunk.document_id, hit.chunk.start, hit.chunk.end, hit.chunk.text) for hit in hits] == (
                expected_spans[question]
            )

    asyncio.run(ask())


def test_command_line(expected, expected_spans, monkeypatch, capfd):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tongwen", *arguments, "--json"])
        with pytest.raises(SystemExit):
            main()
        return json.loads(capfd.readouterr().out)

    for question, form in expected.items():
        assert of_json(run("ask", question)) == form
        assert spans_of_json(run("search", question, "-k", str(K))["hits"]) == expected_spans[question]


def test_llama_index(assistant, expected, expected_spans):
    retriever = llama_index.TongwenRetriever(assistant.retriever, K)
    engine = llama_index.TongwenQueryEngine(assistant)
    streaming = llama_index.TongwenQueryEngine(assistant, streaming=True)
    for question, form in expected.items():
        found = [(node.text, node.metadata) for node in retriever.retrieve(question)]
        assert spans_of_metadata(found) == expected_spans[question]
        response = engine.query(question)
        assert of_json(response.metadata) == form
        assert of_nodes(str(response), form[1], response.source_nodes) == form
        response = streaming.query(question)
        assert of_nodes("".join(response.response_gen), form[1], response.source_nodes) == form
        chat = llama_index.TongwenChatEngine(assistant)
        assert of_nodes(str(reply := chat.chat(question)), form[1], reply.source_nodes) == form
        reply = chat.stream_chat(question, [])
        assert of_nodes("".join(reply.response_gen), form[1], reply.source_nodes) == form


def test_llama_index_asynchronous(assistant, expected, expected_spans):
    async def ask():
        retriever = llama_index.TongwenRetriever(assistant.retriever, K)
        engine = llama_index.TongwenQueryEngine(assistant)
        streaming = llama_index.TongwenQueryEngine(assistant, streaming=True)
        for question, form in expected.items():
            found = [(node.text, node.metadata) for node in await retriever.aretrieve(question)]
            assert spans_of_metadata(found) == expected_spans[question]
            response = await engine.aquery(question)
            assert of_nodes(str(response), form[1], response.source_nodes) == form
            response = await streaming.aquery(question)
            text = "".join([piece async for piece in response.async_response_gen()])
            assert of_nodes(text, form[1], response.source_nodes) == form
            chat = llama_index.TongwenChatEngine(assistant)
            reply = await chat.astream_chat(question, [ChatMessage("你好", role="system")])
            text = "".join([piece async for piece in reply.async_response_gen()])
            assert of_nodes(text, form[1], reply.source_nodes) == form

    asyncio.run(ask())


def test_langchain(assistant, expected, expected_spans):
    retriever = langchain.TongwenRetriever(retriever=assistant.retriever, k=K)
    link = langchain.answer_link(assistant)

    async def ask_asynchronously(question):
        return await retriever.ainvoke(question), await link.ainvoke(question)

    for question, form in expected.items():
        for documents, answer in (
            (retriever.invoke(question), link.invoke(question)),
            asyncio.run(ask_asynchronously(question)),
        ):
            found = [(document.page_content, document.metadata) for document in documents]
            assert spans_of_metadata(found) == expected_spans[question]
            assert of_json(answer) == form


@pytest.fixture(scope="module")
def address(assistant):
    with served(product(assistant)) as address:
        yield address


def test_http(address, expected, expected_spans):
    with httpx.Client(base_url=address, trust_env=False) as client:
        for question, form in expected.items():
            assert of_json(client.post("/api/v1/ask", json={"question": question}).json()) == form
            found = client.post("/api/v1/search", json={"question": question, "k": K}).json()
            assert spans_of_json(found["hits"]) == expected_spans[question]
            streamed = client.post("/api/v1/ask", json={"question": question, "stream": True}).text
            *pieces, last = [event.split("\n", 1) for event in streamed.rstrip("\n").split("\n\n")]
            assert {name for name, _ in pieces} == {"event: sentence"}
            assert last[0] == "event: answer"
            assert of_json(json.loads(last[1].removeprefix("data: "))) == form
            said = "".join(json.loads(data.removeprefix("data: "))["text"] for _, data in pieces)
            assert said == form[0]


def test_openai(address, expected):
    with OpenAI(base_url=f"{address}/v1", api_key="unused") as client:
        for question, form in expected.items():
            messages = [{"role": "user", "content": question}]
            message = client.chat.completions.create(model="tongwen", messages=messages).choices[0].message
            assert message.content.startswith(form[0])
            assert of_json({"answer": form[0], **message.model_extra}) == form
            chunks = list(client.chat.completions.create(model="tongwen", messages=messages, stream=True))
            deltas = [chunk.choices[0].delta for chunk in chunks]
            assert "".join(delta.content or "" for delta in deltas) == message.content
            extra = [delta.model_extra for delta in deltas if "citations" in delta.model_extra]
            assert [of_json({"answer": form[0], **one}) for one in extra] == [form]


@pytest.mark.parametrize("transport", ["memory", "standard input", "http"])
def test_model_context_protocol(transport, assistant, address, expected, expected_spans):
    program = StdioServerParameters(
        command=sys.executable, args=["-c", "from ui.command import main; main()", "mcp"], env=dict(os.environ)
    )

    servers = {"memory": build_server(assistant), "standard input": program, "http": f"{address}/mcp"}

    async def ask():
        async with Client(servers[transport]) as client:
            for question, form in expected.items():
                result = await client.call_tool("ask", {"question": question})
                assert of_json(result.structured_content) == form
                result = await client.call_tool("search", {"question": question, "k": K})
                assert spans_of_json(result.structured_content["hits"]) == expected_spans[question]

    asyncio.run(ask())
