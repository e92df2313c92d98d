"""Every route of the real application against every kind of key: who is let through, and that nothing else is done."""

import json

import anyio
import httpx
import pytest

from ui.access.routes import requirement

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OPEN = {"/login", "/logout", "/healthz", "/readyz"}
PAGES = {"/", "/zh", "/zh/", "/en", "/en/", "/documents/x", "/documents/style.css"}
# What each may do, written down a second time.
READING = [
    ("GET", "/api/v1/documents"),
    ("GET", "/api/v1/documents/0123"),
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/search"),
    ("POST", "/api/v1/feedback"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
    ("GET", "/v1/models/a/b"),
    ("GET", "/metrics"),
    ("POST", "/mcp"),
    ("GET", "/zh/"),
    ("POST", "/en/gradio_api/queue/join"),
    ("GET", "/zh/config"),
    ("GET", "/documents/0123"),
]
WRITING = [
    ("POST", "/api/v1/documents"),
    ("POST", "/api/v1/documents/files"),
    ("DELETE", "/api/v1/documents/0123"),
    ("POST", "/zh/gradio_api/upload"),
]
UNLISTED = [
    ("GET", "/zh/monitoring"),
    ("POST", "/en/gradio_api/vibe-edit/"),
    ("GET", "/zh/gradio_api/dev/reload"),
    ("POST", "/zh/login"),
    ("GET", "/zh/gradio_api/proxy=http://x"),
    ("GET", "/openapi.json"),
    ("GET", "/api/v1"),
    ("GET", "/nothing"),
]


def walk(routes, prefix=""):
    """(methods, path) of every route, those of mounted applications and included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        path = prefix + getattr(route, "path", "")
        if inner is not None:
            yield from walk(inner.routes, prefix)
        elif type(route).__name__ == "Mount":
            yield from walk(route.routes, path)
        else:
            yield sorted(getattr(route, "methods", None) or METHODS), path


@pytest.fixture(scope="module")
def routes(whole):
    found = {}
    for app in whole:
        for methods, path in walk(app.routes):
            found.setdefault(path, set()).update(methods)
    assert {"/api/v1/ask", "/v1/models/{model:path}", "/mcp", "/zh/config", "/en/gradio_api/queue/join"} <= set(found)
    assert len(found) > 150
    return found


def concrete(path):
    """An address that the route answers."""
    parts = path.replace(":path", "").split("{")
    return parts[0] + "".join("x" + part.partition("}")[2] for part in parts[1:])


def bearer(key):
    return "authorization", f"Bearer {key}"


def refusals(keys):
    """The ways of asking that must lead nowhere."""
    right = keys["admin"]
    return {
        "none": ([], ""),
        "wrong": ([bearer("tw_" + "x" * 43)], ""),
        "revoked": ([bearer(keys["revoked"])], ""),
        "expired": ([bearer(keys["expired"])], ""),
        "empty": ([bearer("")], ""),
        "a part": ([bearer(right[:-1])], ""),
        "more": ([bearer(right + "x")], ""),
        "another case": ([bearer(right.swapcase())], ""),
        "SQL": ([bearer("' OR 1=1 --")], ""),
        "doubled header": ([bearer(right), bearer(right)], ""),
        "in the query": ([], f"key={right}&api_key={right}&token={right}&access_token={right}"),
        "X-API-Key": ([("x-api-key", right), ("api-key", right)], ""),
        "Basic": ([("authorization", "Basic " + right)], ""),
        "no scheme": ([("authorization", right)], ""),
        "as a cookie": ([("cookie", f"tongwen_session={right}; key={right}")], ""),
        "another's session": ([("cookie", "tongwen_session=" + "a" * 43)], ""),
        "a proxy's word": ([("x-forwarded-user", "admin"), ("x-forwarded-for", "127.0.0.1")], ""),
    }


def test_no_route_lets_anyone_through_without_a_valid_key(routes, keys, behind, send, clock):
    sent = 0
    for path, methods in routes.items():
        for name, (headers, query) in refusals(keys).items():
            for method in sorted(methods | {"HEAD", "OPTIONS"}):
                clock.seconds += 60  # how many tries there may be is tested elsewhere
                status, got, _ = send(method, concrete(path), *headers, query=query)
                sent += 1
                if not behind.visitors:
                    page = status == 303 and got["location"].startswith("/login") and concrete(path) in PAGES
                    assert page or (status == 401 and "www-authenticate" in got), (path, method, name, status)
                    continue
                assert concrete(path) in OPEN, (path, method, name)
                assert behind.visitors.pop().scopes == frozenset()
    assert sent > 5000


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_each_key_does_what_it_is_for_and_no_more(routes, keys, behind, send, scope):
    held = ("open", "read", "write", "admin")[: ("read", "write", "admin").index(scope) + 2]
    for path, methods in routes.items():
        for method in sorted(methods | {"HEAD", "OPTIONS"}):
            status, got, body = send(method, concrete(path), bearer(keys[scope]))
            required = requirement(method, concrete(path))
            if required.need in held:
                assert behind.visitors.pop().name == scope
            else:
                assert behind.visitors == []
                assert status in (403, 405)
                assert ("allow" in got) == (status == 405)
                assert json.loads(body)


@pytest.mark.parametrize(("method", "path"), READING + WRITING + UNLISTED)
def test_the_scopes_are_those_that_were_meant(keys, behind, send, method, path):
    through = []
    for scope in ("read", "write", "admin"):
        send(method, path, bearer(keys[scope]))
        through += [visitor.name for visitor in behind.visitors]
        behind.visitors.clear()
    expected = {True: ["read", "write", "admin"], False: ["write", "admin"]}
    if (method, path) in UNLISTED:
        assert through == ["admin"]
    else:
        assert through == expected[(method, path) in READING]


@pytest.mark.parametrize(("method", "path"), WRITING)
@pytest.mark.parametrize(
    "change",
    [
        lambda path: "/" + path,
        lambda path: path + "/",
        lambda path: path.upper(),
        lambda path: path.replace("/", "//", 3),
        lambda path: path + "\n",
        lambda path: path + "?x",
        lambda path: "/x/.." + path,
        lambda path: "/healthz/../.." + path,
        lambda path: path.replace("api", "%61pi"),
        lambda path: path.replace("documents", "Documents").replace("upload", "Upload"),
    ],
)
def test_no_other_spelling_of_an_address_needs_less(keys, behind, send, method, path, change):
    for key in ([], [bearer(keys["read"])]):
        status, _, _ = send(method, change(path), *key)
        assert status in (401, 403, 405)
    assert behind.visitors == []


def test_an_encoded_slash_is_the_address_that_is_routed(url, keys, behind):
    for path in ("/api%2Fv1%2Fdocuments", "/api/v1%2fdocuments", "/%61pi/v1/documents"):
        assert httpx.post(url + path, trust_env=False).status_code == 401
        reader = dict([bearer(keys["read"])])
        assert httpx.post(url + path, headers=reader, trust_env=False).status_code == 403
    assert behind.visitors == []


def test_every_route_of_our_own_is_listed(whole):
    """One that is not would need `admin`, which is safe and not what anyone meant."""
    app, api = whole
    own = [found for each in (app, api) for found in walk(each.routes) if "/gradio_api" not in found[1]]
    known = {"/zh", "/en"}
    unlisted = {
        path
        for methods, path in own
        if not path.startswith(("/zh/", "/en/")) and path not in known and not requirement("", concrete(path)).methods
    }
    assert unlisted == set()


def test_a_websocket_is_refused(guarded, behind):
    sent = []

    async def run():
        async def receive():
            return {"type": "websocket.connect"}

        async def keep(message):
            sent.append(message)

        scope = {"type": "websocket", "path": "/api/v1/ask", "headers": [(b"host", b"testserver")], "query_string": b""}
        await guarded(scope | {"client": ("192.0.2.7", 1), "server": ("testserver", 80), "scheme": "ws"}, receive, keep)

    anyio.run(run)
    assert sent[0]["status"] == 403
    assert behind.visitors == []
