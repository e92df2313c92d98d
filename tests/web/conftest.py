"""A chat to ask, a scripted assistant behind the real application and server, and a browser to ask it with."""

import contextlib
import functools
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from serving import served

from index.errors import QuestionError
from rag.answer import Answer, Check, Checks, Citation, Exchange, Note
from ui.conversation import Assistant
from ui.web.app import build_app
from ui.web.services import ChatServices

# Options of Chromium: it must ask for nothing of its own.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DESKTOP = (1280, 720)
ColorScheme = Literal["light", "dark"]
Step = str | Answer | Exception | threading.Event

HOSTILE = (
    "<script>window.ran = 1</script><img src=http://outside.test/a onerror='window.ran = 2'>"
    "<style>* {background: url(http://outside.test/b)}</style><iframe src=http://outside.test/c></iframe>"
    "<svg onload='window.ran = 3'><image href=http://outside.test/d /></svg>"
    "\n\n![picture](http://outside.test/e)\n\n![picture][ref]\n\n[ref]: http://outside.test/f\n\n"
    "    [link](javascript:window.ran=4)\n\n<form action=http://outside.test/g><input name=q></form>"
    "</mark></blockquote></section><h2>Forged</h2> ${window.ran = 5} {{value}} $$x$$ **bold** \u202egnp.exe\u202c &amp;"
)


class ScriptedAssistant:
    """Answers each question of its script step by step: says a text, raises an error, waits for an event."""

    def __init__(self, script: Mapping[str, Sequence[Step]]) -> None:
        self.script = script

    def stream(self, question: str, history: Sequence[Exchange] = ()) -> Iterator[str | Answer]:
        if question in ("那去年呢？", "And last year?"):
            turns = "; ".join(f"{turn.question} | {turn.answer}" for turn in history)
            yield make_answer(f"after: {turns}" if history else "after nothing")
            return
        for step in self.script[question]:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, threading.Event):
                step.wait(30)
            else:
                yield step


def make_citation(quote: str, **changes: Any) -> Citation:
    return Citation(
        **{
            "number": 1,
            "document_id": "0123456789abcdef",
            "title": "年报 Annual report",
            "start": 7,
            "end": 7 + len(quote),
            "quote": quote,
            "sha256": hashlib.sha256(quote.encode("utf-8", "replace")).hexdigest(),
            "score": 0.9,
            "language": "en",
            "section": ("年报 Annual report", "Spending 开支"),
            "before": "Before. ",
            "after": " After.",
            **changes,
        }
    )


def make_answer(text: str, *citations: Citation, **changes: Any) -> Answer:
    return Answer(
        **{
            "question": changes.get("standalone", "?"),
            "standalone": "?",
            "text": text,
            "short": None,
            "language": "en",
            "refused": False,
            "reason": None,
            "complete": True,
            "statements": (),
            "citations": citations,
            "checks": Checks(),
            "conflicts": (),
            "notes": (),
            "confidence": 0.9,
            "answerer": "extractive",
            "usage": None,
            "timings_ms": {"retrieve": 1.0, "answer": 1.0, "total": 2.0},
            **changes,
        }
    )


def _broken_off() -> Answer:
    return make_answer(
        "Half an answer", make_citation("A quote."), complete=False, notes=(Note("incomplete", "It broke off."),)
    )


@pytest.fixture(scope="session")
def citation() -> Callable[..., Citation]:
    return make_citation


@pytest.fixture(scope="session")
def answer() -> Callable[..., Answer]:
    return make_answer


@pytest.fixture(scope="session")
def hostile() -> str:
    return HOSTILE


@pytest.fixture(scope="session")
def never() -> Iterator[threading.Event]:
    """An event that does not happen before the last test has ended."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture(scope="session")
def assistant(never: threading.Event) -> Assistant:
    chinese = make_citation(
        "公司今年的资本支出将增至 2000 亿美元。", language="zh", before="据报道，", after="股价下跌。"
    )
    english = make_citation("Capital expenditure will climb to US$200 billion.")
    checks = Checks(figures=(Check("US$200 billion", True, "equal"),), names=(Check("Nova", False, "missing"),))
    hostile = make_citation(HOSTILE, title=HOSTILE, section=(HOSTILE,), before=HOSTILE, after=HOSTILE)
    return ScriptedAssistant(
        {
            "支出是多少？": [
                "增至 ",
                "2000 亿美元。",
                make_answer("增至 2000 亿美元。[1]", chinese, language="zh", standalone="支出是多少？"),
            ],
            "How much?": [
                "It climbs ",
                "to US$200 billion",
                make_answer(
                    "It climbs to US$200 billion [1].",
                    english,
                    checks=checks,
                    standalone="How much?",
                ),
            ],
            "Who won?": [
                make_answer(
                    "The documents do not say.", english, refused=True, reason="not_answered", standalone="Who won?"
                )
            ],
            "Too long?": [QuestionError("the question is too long; shorten it")],
            "Broken?": ["Half an answer", _broken_off()],
            "Fail?": ["Half an ", RuntimeError("secret detail")],
            "Wait?": ["The first words", never],
            "Cut?": ["The first words"],
            "two\nlines?": [make_answer("Yes [1].", english)],
            HOSTILE: [HOSTILE, make_answer(HOSTILE, hostile)],
        }
    )


@pytest.fixture(scope="session")
def serving() -> Iterator[Callable[..., str]]:
    """Starts the chat of an assistant and returns its address."""
    with contextlib.ExitStack() as running:

        def start(assistant: Assistant, **options: Any) -> str:
            options.setdefault("examples", lambda: ["支出是多少？", "How much?"])
            services = ChatServices(assistant, lambda: 2, **options)
            return running.enter_context(served(build_app(services)))

        yield start


@pytest.fixture(scope="session")
def url(serving: Callable[..., str], assistant: Assistant) -> str:
    return serving(assistant)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=QUIET) as browser:
        yield browser


@pytest.fixture(scope="module")
def context_for(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser profile for a kind of visitor; visits of one kind share it, and so the files that it has cached."""
    with contextlib.ExitStack() as contexts:

        @functools.cache
        def context_for(
            locale: str, size: tuple[int, int] = DESKTOP, color_scheme: ColorScheme = "light"
        ) -> BrowserContext:
            viewport: ViewportSize = {"width": size[0], "height": size[1]}
            context = browser.new_context(locale=locale, viewport=viewport, color_scheme=color_scheme)
            return contexts.enter_context(context)

        yield context_for


@pytest.fixture
def visit(context_for: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Opens the chat at an address, as a new visitor or a `returning` one, and waits until it is ready."""
    pages: list[Page] = []
    complaints: list[str] = []

    def watch(page: Page, url: str) -> None:
        pages.append(page)
        page.on("request", lambda request: complaints.append(request.url) if is_foreign(request.url, url) else None)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("popup", lambda opened: watch(opened, url))

    def visit(
        url: str,
        locale: str = "en-US",
        path: str = "/",
        returning: bool = False,
        size: tuple[int, int] = DESKTOP,
        color_scheme: ColorScheme = "light",
    ) -> Page:
        context = context_for(locale, size, color_scheme)
        if not returning:
            context.clear_cookies()
        watch(page := context.new_page(), url)
        page.goto(url + path)
        expect(page.locator("#header .count")).to_be_visible()
        return page

    yield visit
    for page in pages:
        page.close()
    assert complaints == []


def is_foreign(requested: str, url: str) -> bool:
    return not requested.startswith((f"{url}/", "data:", "blob:"))
