"""Whatever is sent, the error has the documented shape, and what is too large is not read."""

import json

import anyio
import httpx
import pytest
from starlette.testclient import TestClient

from index.embedding import open_embedder
from index.errors import LibraryBusy, LibraryDamaged, StorageFailed
from index.library import Library
from rag.assistant import Assistant
from ui.api.app import BODY_LIMIT, build_api
from ui.api.nouns import ProblemObject
from ui.api.problems import CATALOGUE

ASK = "/api/v1/ask"
JSON = {"content-type": "application/json"}


def problem(response):
    assert response.headers["content-type"] == "application/problem+json"
    found = ProblemObject.model_validate(response.json())
    assert found.status == response.status_code == CATALOGUE[found.code][0]
    assert found.type == f"/api/v1/problems#{found.code}"
    assert found.title == CATALOGUE[found.code][1]
    return found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'"text"',
        b"[" * 100_000,
        b'{"question": 7}',
        b'{"question": NaN}',
        b'{"question": null}',
        b'{"question": ""}',
        b'{"question": "\\ud83d why"}',
        b'{"question": "?", "unknown": 1}',
        b'{"question": "?", "history": [{"question": "?"}]}',
        b'{"question": "why", "stream": "yes"}',
    ],
    ids=lambda content: content[:24].decode(errors="replace"),
)
def test_a_body_that_is_not_as_documented_is_refused(client, content):
    found = problem(client.post(ASK, content=content, headers=JSON))
    assert found.code in ("malformed_body", "invalid_request")
    assert found.detail.endswith(("describes", "application/json"))


def test_nothing_of_the_body_comes_back(client):
    got = client.post(ASK, json={"question": ["a private text"]})
    assert problem(got).errors == [{"field": "question", "reason": "Input should be a valid string"}]
    assert "private" not in got.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_of_another_kind_is_refused(client, content_type):
    got = client.post(ASK, content=b'{"question": "why"}', headers={"content-type": content_type})
    assert problem(got).code == "invalid_request"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", ASK, "POST"),
        ("PUT", "/api/v1/documents", "GET, POST"),
        ("POST", "/api/v1/documents/0123456789abcdef", "DELETE, GET"),
        ("DELETE", "/healthz", "GET"),
        ("TRACE", "/metrics", "GET"),
    ],
)
def test_a_wrong_method_names_the_right_ones(client, method, path, allowed):
    got = client.request(method, path)
    assert problem(got).code == "method_not_allowed"
    assert got.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/nothing", "/api/v1/ask/", "/api/v1/problems/文"])
def test_an_unknown_address_is_not_found(url, path):
    assert problem(httpx.get(url + path, trust_env=False)).code == "not_found"


def test_the_limits_of_a_question_and_its_history_hold(client):
    assert client.post(ASK, json={"question": "为" * 4000}).status_code == 200
    assert problem(client.post(ASK, json={"question": "为" * 4001})).errors[0]["field"] == "question"
    turn = {"question": "why", "answer": "because"}
    assert problem(client.post(ASK, json={"question": "why", "history": [turn] * 51})).errors[0]["field"] == "history"


def test_a_body_that_is_announced_as_too_large_is_not_read(assistant):
    sent = []

    async def receive():
        raise AssertionError("the body was read")

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", str(BODY_LIMIT + 1).encode())]
    scope = {"type": "http", "method": "POST", "path": ASK, "raw_path": ASK.encode(), "query_string": b""}
    anyio.run(build_api(assistant), scope | {"headers": headers}, receive, send)
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"])["code"] == "body_too_large"


def test_a_body_that_is_not_announced_is_read_up_to_the_limit(url):
    def pieces():
        for _ in range(64):
            yield b" " * (64 * 1024)

    try:
        got = httpx.post(url + ASK, content=pieces(), headers=JSON, trust_env=False)
    except httpx.WriteError:
        return  # the server has closed before all was sent
    assert problem(got).code == "body_too_large"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (LibraryBusy("busy; wait"), 503, "library_busy"),
        (StorageFailed("full; free space"), 507, "storage_failed"),
        (LibraryDamaged("damaged; run `tongwen verify`"), 503, "library_unusable"),
    ],
)
def test_what_the_library_cannot_do_is_said_as_it_says_it(assistant, monkeypatch, error, status, code):
    def fail(*_):
        raise error

    monkeypatch.setattr(assistant.library, "remove", fail)
    got = TestClient(build_api(assistant)).delete("/api/v1/documents/x")
    found = problem(got)
    assert (found.status, found.code, found.detail) == (status, code, str(error))
    assert ("retry-after" in got.headers) == (code == "library_busy")


def test_a_server_without_a_library_is_alive_and_not_ready(tmp_path):
    client = TestClient(build_api(Assistant(Library(tmp_path / "none", open_embedder("hashing")))))
    assert client.get("/healthz").json() == {"status": "alive"}
    assert problem(client.get("/readyz")).code == "library_missing"
    assert problem(client.post(ASK, json={"question": "why"})).code == "library_missing"
    assert "tongwen_library_documents NaN" in client.get("/metrics").text


def test_a_server_with_a_library_is_ready(client):
    assert client.get("/readyz").json() == {"status": "ready", "documents": 2, "degraded": None}


def test_figures_count_by_route_and_never_by_what_was_sent(assistant):
    client = TestClient(build_api(assistant))
    client.get("/api/v1/documents/secret-id")
    client.get("/api/v1/secret-path")
    client.post(ASK, json={"question": "Who won the chess match in Reykjavik?"})
    figures = client.get("/metrics").text
    counted = 'tongwen_http_requests_total{method="GET",route="%s",status="404"} 1.0'
    assert counted % "/api/v1/documents/{document_id}" in figures
    assert counted % "none" in figures
    assert 'tongwen_http_request_seconds_count{route="/api/v1/ask"} 1.0' in figures
    assert 'tongwen_answers_total{outcome="refused"} 1.0' in figures
    assert "tongwen_library_documents 2.0" in figures
    assert "secret" not in figures


@pytest.mark.parametrize("path", [ASK, "/v1/models", "/healthz"])
def test_the_walls_of_the_chat_stand_around_the_api(url, path):
    foreign = httpx.get(url + path, headers={"origin": "http://elsewhere.test"}, trust_env=False)
    assert foreign.status_code == 403
    assert "wrong_origin" in foreign.text
    rebound = httpx.get(url + path, headers={"host": "elsewhere.test"}, trust_env=False)
    assert rebound.status_code == 400
    assert "wrong_host" in rebound.text
    for response in (foreign, rebound):
        assert response.headers["content-type"] in ("application/problem+json", "application/json")
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_chat_is_where_it_was(url):
    assert "gradio" in httpx.get(f"{url}/", trust_env=False, follow_redirects=True).text
    assert httpx.get(f"{url}/en/config", trust_env=False).status_code == 200
    assert httpx.get(f"{url}/nothing-here", trust_env=False).status_code == 404
