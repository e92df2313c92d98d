"""The Model Context Protocol, spoken by its own client: tools, resources, errors, and what the server keeps apart."""

import asyncio
import json
import os
import socket
import subprocess
import sys

import httpx
import pytest
from mcp import Client, MCPError
from serving import served

from tests.doors.product import product
from ui import mcp_server
from ui.api.app import build_api
from ui.mcp_server import build_server


def talk(assistant, conversation):
    async def run():
        async with Client(build_server(assistant)) as client:
            return await conversation(client)

    return asyncio.run(run())


def call(assistant, tool, **arguments):
    return talk(assistant, lambda client: client.call_tool(tool, arguments))


def test_the_tools_say_that_they_only_read(assistant):
    listed = talk(assistant, lambda client: client.list_tools()).tools
    assert [tool.name for tool in listed] == ["search", "ask", "list_documents", "fetch_span"]
    assert all(tool.annotations.read_only_hint and tool.description and tool.output_schema for tool in listed)


def test_documents_are_listed_and_read_as_resources(assistant):
    async def read(client):
        resources = (await client.list_resources()).resources
        return [(resource, (await client.read_resource(resource.uri)).contents) for resource in resources]

    found = talk(assistant, read)
    listed = call(assistant, "list_documents").structured_content["documents"]
    assert [resource.name for resource, _ in found] == [document["id"] for document in listed]
    for (resource, contents), document in zip(found, listed, strict=True):
        with assistant.library.snapshot() as snapshot:
            assert contents[0].text == snapshot.document(document["id"]).text
        assert resource.title == document["title"]


@pytest.mark.parametrize(
    "question", ["鹤汀湿地保护区有多少公顷？", "How many hectares does Heting Wetland Reserve cover?"]
)
def test_every_citation_can_be_fetched(question, assistant):
    answer = call(assistant, "ask", question=question)
    for citation in answer.structured_content["citations"]:
        place = {name: citation[name] for name in ("document_id", "start", "end")}
        span = call(assistant, "fetch_span", **place)
        assert span.content[0].text == citation["quote"]
        assert span.structured_content["sha256"] == citation["sha256"]
        assert citation["quote"].strip() in answer.content[0].text


def test_a_follow_up_is_asked_with_its_history(assistant):
    first = call(assistant, "ask", question="鹤汀湿地保护区有多少公顷？").structured_content
    history = [{"question": first["question"], "answer": first["answer"]}]
    answer = call(assistant, "ask", question="它在哪个省？", history=history).structured_content
    assert answer["standalone"] != answer["question"] == "它在哪个省？"


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "长" * 100_000}, "question"),
        ("ask", {"question": "面积？", "history": [{"question": "谁？"}]}, "lacks question or answer"),
        ("search", {"question": "面积", "k": 0}, "k"),
        ("search", {"question": "面积", "k": 101}, "k"),
        ("fetch_span", {"document_id": "../library.db", "start": 0, "end": 1}, "no document"),
        ("fetch_span", {"document_id": "0" * 16, "start": 0, "end": 1}, "no document"),
        ("fetch_span", {"document_id": "0" * 16, "start": -1, "end": 1}, "start"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_else_is_said(tool, arguments, says, assistant):
    result = call(assistant, tool, **arguments)
    assert result.is_error
    assert says in result.content[0].text
    assert "Traceback" not in result.content[0].text


@pytest.mark.parametrize(("start", "length"), [(0, 0), (0, 10**9), (10**9, 1)])
def test_a_span_lies_within_its_document(start, length, assistant):
    document = assistant.library.documents()[0]
    result = call(assistant, "fetch_span", document_id=document.id, start=start, end=start + length)
    assert result.is_error
    assert f"{document.characters} characters" in result.content[0].text


def test_a_span_is_no_longer_than_is_allowed(assistant, monkeypatch):
    monkeypatch.setattr(mcp_server, "LONGEST_SPAN", 10)
    document = assistant.library.documents()[0]
    assert not call(assistant, "fetch_span", document_id=document.id, start=0, end=10).is_error
    assert call(assistant, "fetch_span", document_id=document.id, start=0, end=11).is_error


def test_an_unknown_document_is_no_resource(assistant):
    async def read(client):
        with pytest.raises(MCPError, match="no document"):
            await client.read_resource("tongwen://documents/" + "0" * 16)

    talk(assistant, read)


def test_standard_output_holds_nothing_but_the_protocol():
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    ask = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": "鹤汀湿地保护区有多少公顷？"}},
    }
    command = [sys.executable, "-c", "from ui.command import main; main()", "mcp"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        process.stdin.write("".join(json.dumps(one) + "\n" for one in (hello, ready, ask)).encode())
        process.stdin.flush()
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        out, err = process.communicate(timeout=60)
    assert [line["id"] for line in lines] == [1, 2]
    assert lines[1]["result"]["structuredContent"]["citations"]
    assert (out, process.returncode) == (b"", 0)
    assert b"Traceback" not in err


def test_serve_answers_at_mcp(wetland):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from ui.command import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        try:
            address = process.stdout.readline().decode().strip()

            async def listed():
                async with Client(f"{address}/mcp") as client:
                    return [tool.name for tool in (await client.list_tools()).tools]

            assert asyncio.run(listed()) == ["search", "ask", "list_documents", "fetch_span"]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def address(assistant):
    with served(product(assistant)) as address:
        yield address


def test_the_chat_stands_beside_it(address):
    assert "同文" in httpx.get(f"{address}/en/").text


@pytest.mark.parametrize(
    ("headers", "status"), [({"host": "evil.test"}, 400), ({"origin": "http://evil.test"}, 403)], ids=["host", "origin"]
)
def test_other_sites_are_refused(headers, status, address):
    accepted = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    content = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert httpx.post(f"{address}/mcp", json=content, headers=accepted | headers).status_code == status


@pytest.mark.parametrize(
    ("tool", "question"), [("ask", "鹤汀湿地保护区有多少公顷？"), ("search", "How many hectares?")]
)
def test_more_questions_than_the_server_takes_on_are_told_to_come_back(assistant, tool, question):
    api = build_api(assistant, at_once=1, waiting=0)
    place = api.state.services.answering

    async def crowd():
        async with Client(build_server(assistant, place)) as client:
            async with place:  # what a request to the API holds
                turned_away = await client.call_tool(tool, {"question": question})
            return turned_away, await client.call_tool(tool, {"question": question})

    turned_away, answered = asyncio.run(crowd())
    assert turned_away.is_error
    assert "try again in 5 seconds" in turned_away.content[0].text
    assert not answered.is_error


def test_it_is_served_behind_the_bound_of_the_api(assistant):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    body["params"] = {"name": "ask", "arguments": {"question": "鹤汀湿地保护区有多少公顷？"}}
    accepted = {"accept": "application/json, text/event-stream"}
    with served(product(assistant, at_once=0, waiting=0)) as address:
        answer = httpx.post(f"{address}/mcp", json=body, headers=accepted).text
        assert "the server is answering as much as it can" in answer
        assert httpx.post(f"{address}/api/v1/ask", json={"question": "why"}).json()["code"] == "server_busy"


def test_a_body_over_the_limit_is_refused(address):
    accepted = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * mcp_server.BODY_LIMIT + b'"}'
    assert httpx.post(f"{address}/mcp", content=body, headers=accepted).status_code == 413
