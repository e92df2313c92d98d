"""The whole server behind its walls, with keys of every kind, over a library that notes what is asked of it."""

from datetime import UTC, datetime, timedelta

import anyio
import pytest
from serving import served

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.assistant import Assistant
from ui.access.access import Access
from ui.access.guard import Guard
from ui.access.keys import KeyStore
from ui.api.app import build_api
from ui.library_desk import LibraryDesk
from ui.mcp_server import mount
from ui.visitors import visitor_of
from ui.web.app import build_app
from ui.web.services import ChatServices

HOSTS = ("127.0.0.1", "testserver")


class Clock:
    """A time that passes when a test says so; as a clock, and as a date."""

    def __init__(self):
        self.seconds = 1_000_000.0

    def __call__(self):
        return self.seconds

    def now(self):
        return datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=self.seconds)


class Noted:
    """Hands everything on to another object, and notes what was asked of it."""

    def __init__(self, other, asked, **parts):
        self._other, self._asked, self._parts = other, asked, parts

    def __getattr__(self, name):
        self._asked.append(name)
        return self._parts.get(name) or getattr(self._other, name)


class Sentinel:
    """Stands for all that is behind the guard: notes who comes through, and reads nothing."""

    def __init__(self):
        self.visitors = []

    async def __call__(self, scope, receive, send):
        self.visitors.append(visitor_of(scope))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    return KeyStore(tmp_path / "keys", clock.now)


@pytest.fixture
def keys(store, clock):
    """A key of every kind, by what is the matter with it."""
    made = {scope: store.add(scope, scope)[1] for scope in ("read", "write", "admin")}
    revoked, made["revoked"] = store.add("revoked", "admin")
    store.revoke(revoked.id)
    made["expired"] = store.add("expired", "admin", days=1)[1]
    clock.seconds += 24 * 3600
    return made


@pytest.fixture
def access(store, clock):
    return Access(store, clock=clock)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("access") / "library", open_embedder("hashing"))
    list(library.add(load_samples()))
    return Assistant(library)


@pytest.fixture(scope="session")
def asked():
    """What was asked of the assistant and its library."""
    return []


@pytest.fixture(scope="session")
def whole(assistant, asked):
    """Everything that `tongwen serve` answers with, and its guard; made once, because Gradio takes seconds."""
    noted = Noted(assistant, asked, library=Noted(assistant.library, asked))
    api = build_api(noted)
    services = ChatServices(noted, lambda: 2, desk=LibraryDesk(noted.library))
    app = build_app(services, HOSTS, api, Access(KeyStore(assistant.library.folder / "none")))
    mount(app, noted, api.state.services.answering, HOSTS)
    app.middleware_stack = app.build_middleware_stack()
    return app, api


def guard_of(app):
    wall = app.middleware_stack
    while not isinstance(wall, Guard):
        wall = wall.app
    return wall


@pytest.fixture
def guard_by(whole, asked, monkeypatch):
    """Puts another guard before the application."""
    app, _ = whole

    def guard_by(access):
        monkeypatch.setattr(guard_of(app), "_access", access)
        for route in app.router.routes:
            if getattr(route, "path", "") in ("/login", "/logout"):
                monkeypatch.setattr(route.app, "_access", access)
        asked.clear()
        return app

    return guard_by


@pytest.fixture
def guarded(guard_by, access):
    """The application, guarded by `access`."""
    return guard_by(access)


@pytest.fixture(scope="session")
def wire(whole):
    """The application behind the real server, which can start it once."""
    with served(whole[0]) as url:
        yield url


@pytest.fixture
def url(wire, guarded, keys):
    """The address of the guarded application."""
    return wire


@pytest.fixture
def behind(guarded, monkeypatch):
    """What stands behind the guard of the application, in the place of all else."""
    sentinel = Sentinel()
    monkeypatch.setattr(guard_of(guarded), "app", sentinel)
    return sentinel


@pytest.fixture
def send(guarded):
    """Makes a request whose body cannot be read; its status, headers and body."""

    def send(method, path, *headers, query="", client="192.0.2.7"):
        messages = []

        async def receive():
            raise AssertionError("the body was read")

        async def keep(message):
            messages.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), *((name.encode(), value.encode()) for name, value in headers)],
            "client": (client, 40000),
            "server": ("testserver", 80),
        }
        anyio.run(guarded, scope, receive, keep)
        start = messages[0]
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, messages[1]["body"]

    return send
