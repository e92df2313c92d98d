"""The chat as a program meets it: over HTTP, behind its walls."""

import asyncio
import contextlib
import functools
import gc
import html
import re
import signal
import socket
import subprocess
import sys

import fastapi
import httpx
import pytest
from gradio_client import Client

from index.errors import SettingsError
from ui.web.app import build_app
from ui.web.server import serve
from ui.web.services import ChatServices


@pytest.fixture(scope="module")
def client_for(url):
    """A client that prefers a language; made once, because it starts by reading all about the application."""
    with contextlib.ExitStack() as clients:

        @functools.cache
        def client_for(language):
            client = Client(f"{url}/{language}/", verbose=False, analytics_enabled=False)
            clients.callback(client.close)
            return client

        yield client_for


@pytest.fixture
def ask(client_for):
    """Asks in a session of its own; returns every state of (conversation, evidence) of the last question."""

    def ask(*questions, language="en"):
        client = client_for(language)
        client.reset_session()
        for question in questions:
            states = [(transcript, panel) for transcript, panel, *_ in client.submit(question, api_name="/ask")]
        return states

    return ask


def open_loops():
    return {each for each in gc.get_objects() if issubclass(type(each), asyncio.BaseEventLoop) and not each.is_closed()}


def test_no_event_loop_of_the_making_of_the_chat_stays_open(assistant):
    before = open_loops()
    build_app(ChatServices(assistant, lambda: 2))
    assert open_loops() <= before


def replies(states):
    return [turns(transcript)[-1] for transcript, _ in states]


def turns(transcript):
    """The reply of each turn as it is read, what is said of it included."""
    replies = re.findall('<div class="reply">(.*?)</div>(?:<div class="actions|</article>)', transcript)
    return [html.unescape(re.sub("<[^>]*>", "", reply)) for reply in replies]


def test_an_answer_grows_piece_by_piece(ask):
    working, first, second, complete = replies(ask("How much?"))
    assert "Looking through the documents…" in working
    assert (first, second) == ("It climbs ", "It climbs to US$200 billion")
    assert complete == "It climbs to US$200 billion [1]."


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("支出是多少？", "公司今年的资本支出将增至 2000 亿美元。"),
        ("How much?", "Capital expenditure will climb to US$200 billion."),
    ],
)
def test_the_cited_sentence_comes_with_the_answer(ask, question, quote):
    _, panel = ask(question)[-1]
    assert re.findall("<mark[^>]*>(.*?)</mark>", panel) == [quote]


def test_the_panel_speaks_the_language_of_the_reader(ask):
    _, panel = ask("How much?", language="zh")[-1]
    assert "<h2>依据</h2>" in panel


@pytest.mark.parametrize(("first", "second"), [("支出是多少？", "那去年呢？"), ("How much?", "And last year?")])
def test_a_question_comes_with_the_turns_before_it(ask, first, second):
    assert replies(ask(first, second))[-1].startswith(f"after: {first}")


def test_an_answer_that_broke_off_is_marked_and_not_kept(ask):
    transcript, panel = ask("Broken?")[-1]
    assert turns(transcript) == ["Half an answerIt broke off."]
    assert "<mark" not in panel
    assert replies(ask("Broken?", "And last year?"))[-1].startswith("after nothing")


def test_nothing_refers_to_the_text_of_a_refusal(ask):
    assert replies(ask("Who won?", "And last year?"))[-1] == "after: Who won? | "


def test_an_error_that_we_can_explain_is_shown(ask):
    assert "The question is empty or too long" in replies(ask("Too long?"))[-1]


def test_an_unexpected_error_shows_a_reference_and_no_detail(ask, caplog):
    transcript, panel = ask("Fail?")[-1]
    shown = turns(transcript)[-1]
    reference = re.search("reference ([0-9a-f]{8})", shown)[1]
    assert shown.startswith("Half an ")
    assert "secret detail" not in transcript + panel
    assert reference in caplog.text


def test_an_answer_that_ends_early_is_marked(ask):
    assert "Incomplete answer" in replies(ask("Cut?"))[-1]


def test_a_conversation_goes_on_within_its_session(ask):
    transcript, _ = ask("How much?", "支出是多少？")[-1]
    assert turns(transcript) == ["It climbs to US$200 billion [1].", "增至 2000 亿美元。[1]"]


def test_a_conversation_is_not_seen_by_another_session(ask):
    ask("How much?")
    transcript, _ = ask("支出是多少？")[-1]
    assert turns(transcript) == ["增至 2000 亿美元。[1]"]


@pytest.mark.parametrize(("preferred", "page"), [("zh-TW,zh;q=0.9", "/zh/"), ("en", "/en/"), ("de", "/en/")])
def test_a_browser_is_led_to_the_page_in_its_language(url, preferred, page):
    answer = httpx.get(url, headers={"accept-language": preferred})
    assert (answer.status_code, answer.headers["location"]) == (307, page)


@pytest.mark.parametrize("path", ["/", "/zh/", "/en/config", "/page.js", "/nothing-here"])
def test_every_response_carries_the_security_headers(url, path):
    headers = httpx.get(url + path).headers
    assert "default-src 'self'; script-src 'self' 'nonce-" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"].split("style-src")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_the_scripts_of_the_page_carry_a_nonce_that_is_used_once(url):
    nonces = set()
    for page in (httpx.get(f"{url}/en/"), httpx.get(f"{url}/en/")):
        nonce = re.search("'nonce-([^']+)'", page.headers["content-security-policy"])[1]
        assert set(re.findall(r"<script(?: nonce=\"([^\"]*)\")?[\s>]", page.text)) == {nonce}
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:7860", "[::1]:7860"])
def test_every_name_of_this_machine_is_answered(url, host):
    assert httpx.get(f"{url}/en/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test:80"])
def test_a_foreign_host_is_refused(url, host):
    assert httpx.get(url, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://127.0.0.1:1"])
def test_a_foreign_origin_is_refused(url, origin):
    join = f"{url}/en/gradio_api/queue/join"
    assert httpx.post(join, headers={"origin": origin}, json={}).status_code == 403


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_large_body_is_refused(url, chunked):
    body = b" " * (1024 * 1024 + 1)
    content = iter([body]) if chunked else body
    join = f"{url}/en/gradio_api/queue/join"
    response = httpx.post(join, content=content, headers={"content-type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize("path", ["docs", "redoc", "openapi.json", "monitoring", "gradio_api/mcp"])
def test_what_nobody_needs_is_off(url, path):
    assert httpx.get(f"{url}/{path}").status_code == 404
    assert httpx.get(f"{url}/en/{path}").status_code in (403, 404)


def test_importing_the_chat_does_not_import_gradio():
    check = "import sys, ui.web.app; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_taken_port_is_one_error_that_names_the_cure():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}.*--port"):
            serve(fastapi.FastAPI(), port=port)


def test_the_address_is_printed_once_it_answers_and_an_interrupt_ends_it_quietly():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    program = f"import fastapi, ui.web.server; ui.web.server.serve(fastapi.FastAPI(), port={port})"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        address = server.stdout.readline().strip()
        assert address == f"http://127.0.0.1:{port}"
        assert httpx.get(address).status_code == 404
        server.send_signal(signal.SIGINT)
        assert server.communicate(timeout=20) == ("", "")
    assert server.returncode == 0
