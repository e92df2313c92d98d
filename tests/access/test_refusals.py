"""What a refused request is told, and that nothing was read, loaded or asked for it."""

import json

import pytest
from starlette.testclient import TestClient

from index.errors import StorageFailed
from ui.access.routes import requirement
from ui.api.nouns import ProblemObject
from ui.api.openai_nouns import OpenAiErrorObject
from ui.api.problems import CATALOGUE

BODIES = [
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/search"),
    ("POST", "/api/v1/feedback"),
    ("POST", "/api/v1/documents"),
    ("POST", "/api/v1/documents/files"),
    ("DELETE", "/api/v1/documents/x"),
    ("GET", "/api/v1/documents"),
    ("GET", "/metrics"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
    ("GET", "/v1/models"),
    ("POST", "/mcp"),
    ("GET", "/zh/"),
    ("GET", "/en/config"),
    ("POST", "/zh/gradio_api/queue/join"),
    ("POST", "/zh/gradio_api/upload"),
]
JSON = ("content-type", "application/json")
HUGE = ("content-length", str(10**12))


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("kind", ["none", "wrong", "revoked", "expired"])
def test_nothing_is_asked_for_a_request_that_is_refused(send, keys, asked, method, path, kind):
    """With all that the server has behind the guard; the body, which is over every limit, cannot even be read."""
    key = [] if kind == "none" else [("authorization", f"Bearer {keys.get(kind, 'tw_wrong')}")]
    status, _, _ = send(method, path, JSON, HUGE, *key)
    assert status == (303 if path == "/zh/" and kind == "none" else 401)
    assert asked == []


def test_nothing_is_asked_for_a_request_that_a_key_is_too_small_for(send, keys, asked):
    for method, path in (
        ("POST", "/api/v1/documents"),
        ("POST", "/api/v1/documents/files"),
        ("DELETE", "/api/v1/documents/x"),
    ):
        assert send(method, path, JSON, HUGE, ("authorization", f"Bearer {keys['read']}"))[0] == 403
    assert asked == []


def test_the_same_requests_do_ask_something_with_a_key(guarded, keys, asked):
    client = TestClient(guarded, headers={"authorization": f"Bearer {keys['admin']}"})
    assert client.post("/api/v1/search", json={"question": "亚马逊"}).status_code == 200
    assert "search" in asked


@pytest.mark.parametrize(
    ("kind", "method", "status", "code", "challenge"),
    [
        ("none", "GET", 401, "key_missing", 'Bearer realm="tongwen"'),
        ("revoked", "GET", 401, "key_invalid", 'Bearer realm="tongwen", error="invalid_token"'),
        ("read", "DELETE", 403, "scope_missing", 'Bearer realm="tongwen", error="insufficient_scope", scope="write"'),
    ],
)
def test_a_refusal_is_a_problem_with_its_challenge(send, keys, kind, method, status, code, challenge):
    key = [("authorization", f"Bearer {keys[kind]}")] if kind in keys else []
    got, headers, body = send(method, "/api/v1/documents/x", *key)
    found = ProblemObject.model_validate(json.loads(body))
    assert (got, found.status, found.code) == (status, status, code)
    assert (CATALOGUE[code][0], headers["www-authenticate"]) == (status, challenge)
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-content-type-options"] == "nosniff"
    assert "; " in found.detail


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [([], 401, "invalid_api_key"), ([("authorization", "Bearer sk-1")], 401, "invalid_api_key")],
)
def test_a_refusal_under_v1_is_an_error_of_openai(send, keys, key, status, code):
    got, headers, body = send("POST", "/v1/chat/completions", *key)
    error = OpenAiErrorObject.model_validate(json.loads(body)).error
    assert (got, error.code, error.type) == (status, code, "invalid_request_error")
    assert headers["content-type"] == "application/json"


def test_a_wrong_method_is_named_to_those_who_may_use_the_address(send, keys):
    for path, allowed in (("/api/v1/ask", "POST"), ("/api/v1/documents", "GET, HEAD, POST")):
        status, headers, body = send("PUT", path, ("authorization", f"Bearer {keys['read']}"))
        assert (status, headers["allow"], json.loads(body)["code"]) == (405, allowed, "method_not_allowed")
        assert send("PUT", path)[0] == 401


def test_the_openapi_document_says_where_a_key_is_needed_and_what_is_refused(guarded, keys):
    client = TestClient(guarded, headers={"authorization": f"Bearer {keys['read']}"})
    document = client.get("/api/v1/openapi.json").json()
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            is_open = requirement(method.upper(), path.replace("{", "").replace("}", "")).need == "open"
            assert operation.get("security", []) == ([] if is_open else [{"key": []}])
            refused = {status: operation["responses"][status] for status in ("401", "403", "429")}
            assert "WWW-Authenticate" in refused["401"]["headers"]
            assert "Retry-After" in refused["429"]["headers"]
            code = "invalid_api_key" if path.startswith("/v1/") else "key_missing, key_invalid"
            assert refused["401"]["description"].startswith(code)


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test"])
def test_a_foreign_host_is_refused_before_any_key_is_looked_at(guarded, store, keys, monkeypatch, host):
    monkeypatch.setattr(store, "find", None)
    client = TestClient(guarded, base_url=f"http://{host}", headers={"authorization": f"Bearer {keys['admin']}"})
    assert client.get("/api/v1/documents").json()["code"] == "wrong_host"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_open_addresses_say_no_more_than_how_it_is(guarded, path):
    assert list(TestClient(guarded).get(path).json()) == ["status"]


def test_who_may_read_hears_what_is_ready(guarded, keys):
    client = TestClient(guarded, headers={"authorization": f"Bearer {keys['read']}"})
    assert client.get("/readyz").json() == {"status": "ready", "documents": 2, "degraded": None}


def test_why_it_is_not_ready_is_for_those_who_may_read(guarded, keys, assistant, monkeypatch, tmp_path):
    monkeypatch.setattr(type(assistant.library._access), "exists", lambda _: False)
    anyone = TestClient(guarded).get("/readyz")
    assert (anyone.status_code, anyone.json()["code"]) == (503, "library_missing")
    assert str(assistant.library.folder) not in anyone.text
    reader = TestClient(guarded, headers={"authorization": f"Bearer {keys['read']}"}).get("/readyz")
    assert str(assistant.library.folder) in reader.text


def test_keys_that_cannot_be_read_let_nobody_in_and_say_why_in_the_log(send, keys, tmp_path, asked, caplog):
    (tmp_path / "keys" / "keys.json").write_text("{")
    status, _, body = send("POST", "/api/v1/ask", ("authorization", f"Bearer {keys['admin']}"))
    assert (status, json.loads(body)["code"], asked) == (503, "unavailable", [])
    assert "keys.json" in caplog.text
    assert "keys.json" not in body.decode()


def test_no_key_is_written_into_a_log(send, keys, caplog):
    caplog.set_level("DEBUG")
    for key in (*keys.values(), "tw_" + "w" * 43):
        send("DELETE", "/api/v1/documents/x", ("authorization", f"Bearer {key}"))
        assert key not in caplog.text


def test_the_use_of_a_key_is_written_down_once_a_day(send, keys, behind, store, clock, monkeypatch):
    written = []
    monkeypatch.setattr(store, "note_use", written.append)
    ask = "POST", "/api/v1/ask", ("authorization", f"Bearer {keys['read']}")
    for _ in range(3):
        send(*ask)
    assert len(written) == 1
    clock.seconds += 24 * 3600
    send(*ask)
    assert len(written) == 2


def test_a_disk_that_is_full_keeps_nobody_out(send, keys, behind, store, monkeypatch, caplog):
    def fail(_):
        raise StorageFailed("no space left; free some")

    monkeypatch.setattr(store, "note_use", fail)
    assert send("POST", "/api/v1/ask", ("authorization", f"Bearer {keys['read']}"))[0] == 204
    assert "no space left" in caplog.text
