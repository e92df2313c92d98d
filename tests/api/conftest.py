"""The real application, chat and API, over a small library of both languages that needs no model."""

import threading

import pytest
from serving import served
from starlette.testclient import TestClient

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.assistant import Assistant
from ui.api.app import build_api
from ui.web.app import build_app
from ui.web.services import ChatServices

QUESTIONS = (
    "亚马逊 2026 年的资本支出是多少？",
    "What share of the budget goes to AWS?",
    "Andy Jassy 宣布的 2026 年资本支出是多少？",
)


class Scripted(Assistant):
    """Says what a test gives it over the library of another."""

    def __init__(self, other, *steps):
        super().__init__(other.library)
        self.steps = steps
        self.closed = threading.Event()

    def stream(self, question, history=()):
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, threading.Event):
                    step.wait(20)
                    continue
                yield step
        finally:
            self.closed.set()


@pytest.fixture
def scripted_by(assistant):
    return lambda *steps: Scripted(assistant, *steps)


@pytest.fixture(scope="session")
def make_assistant(tmp_path_factory):
    def make():
        library = Library(tmp_path_factory.mktemp("api") / "library", open_embedder("hashing"))
        list(library.add(load_samples()))
        return Assistant(library)

    return make


@pytest.fixture(scope="session")
def assistant(make_assistant):
    """One that no test changes."""
    return make_assistant()


@pytest.fixture(scope="session")
def client(assistant):
    with TestClient(build_api(assistant), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def own_client(make_assistant):
    """One whose library a test may change."""
    with TestClient(build_api(make_assistant()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def url(assistant):
    """The whole server, as `tongwen serve` makes it."""
    app = build_app(ChatServices(assistant, lambda: len(assistant.library.documents())), api=build_api(assistant))
    with served(app) as url:
        yield url


@pytest.fixture(scope="session", params=QUESTIONS, ids=["zh", "en", "mixed"])
def question(request):
    return request.param


@pytest.fixture(scope="session")
def events():
    """Splits server-sent events into (event, data)."""

    def split(text):
        assert text.endswith("\n\n")
        for block in text[:-2].split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            yield fields.get("event"), fields["data"]

    return split


@pytest.fixture(scope="session")
def untimed():
    """An answer without what differs from one time to the next."""
    return lambda answer: {key: value for key, value in answer.items() if key != "timings_ms"}
