"""Other assistants over a real HTTP server: what is sent, what is taken for an answer, and what is not."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evals.records import read_run
from evals.remote import OpenAiAssistant, RemoteAssistant
from evals.runs import read_summary, run_suite
from evals.subject import NotAnswered
from index.errors import SettingsError
from index.library import Library
from rag.answer_json import answer_json
from rag.assistant import Assistant


@pytest.fixture
def serve():
    """Starts a server whose `respond(path, content)` gives (status, body); the address, and what was asked."""
    servers = []

    def start(respond):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append((self.path, dict(self.headers), content))
                status, body = respond(self.path, content)
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                try:
                    self.send_response(status)
                    if 300 <= status < 400:
                        self.send_header("Location", "/elsewhere")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the client has gone

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def test_our_own_answers_over_http_are_scored_like_local_ones(small, embedder, baseline, serve, tmp_path):
    library = Library(tmp_path / "library", embedder)
    list(library.add(small.documents))
    assistant = Assistant(library)
    address, asked = serve(lambda _, content: (200, answer_json(assistant.ask(content["question"]))))
    run = run_suite(small, RemoteAssistant(small, address, "secret-key"), tmp_path / "run", jobs=2)
    local = {record.case.id: record for record in baseline.records}
    alone = [one for one in run.records if one.case.documents == "both" and not one.case.history]
    assert alone
    for record in alone:
        assert record.scores["right"] == local[record.case.id].scores["right"]
        assert record.scores["citation_recall"] == local[record.case.id].scores["citation_recall"]
        assert record.scores["recall_at_k"] is None
        assert record.cause == local[record.case.id].cause
    assert {path for path, _, _ in asked} == {"/api/v1/ask"}
    assert {headers["Authorization"] for _, headers, _ in asked} == {"Bearer secret-key"}
    (followed,) = [content for _, _, content in asked if content["history"]]
    assert set(followed["history"][0]) == {"question", "answer"}
    assert "secret-key" not in "".join(file.read_text("utf-8") for file in run.folder.iterdir())
    assert read_run(run.folder).info["subject"]["address"] == address


GOOD = {"answer": "35 亿元", "refused": False, "citations": []}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"", "status 500"),
        (429, b"slow down secret-key", "status 429"),
        (302, b"", "status 302"),
        (200, b"<html>", "not send a JSON object"),
        (200, b"[" * 100_000, "not send a JSON object"),
        (200, b"\xff", "not send a JSON object"),
        (200, {}, "not an answer"),
        (200, [GOOD], "not send a JSON object"),
        (200, GOOD | {"answer": "\ud800"}, "not send a JSON object"),
        (200, b'{"answer": NaN}', "not send a JSON object"),
        (200, GOOD | {"usage": {"cost": "much"}}, "not an answer"),
        (200, GOOD | {"refused": "no"}, "not an answer"),
        (200, GOOD | {"citations": [{"number": 1}]}, "not an answer"),
        (200, GOOD | {"confidence": 7}, "not an answer"),
        (200, GOOD | {"checks": {"figures": [{}]}}, "not an answer"),
        (200, b" " * 10_000_001, "more than 10 MB"),
    ],
)
def test_what_is_no_answer_leaves_the_case_unscored(small, serve, status, body, reason):
    address, asked = serve(lambda *_: (status, body))
    with pytest.raises(NotAnswered, match=reason) as error:
        RemoteAssistant(small, address, "secret-key", 30).ask(small.cases[0])
    assert "secret-key" not in str(error.value)
    assert len(asked) == 1  # no redirect was followed


@pytest.mark.parametrize(("said", "language"), [({}, "zh"), ({"language": None}, "zh"), ({"language": "en"}, "en")])
def test_an_assistant_need_not_say_in_which_language_it_answers(small, serve, said, language):
    address, _ = serve(lambda *_: (200, GOOD | said))
    assert RemoteAssistant(small, address).ask(small.cases[0]).answer["language"] == language


def test_a_server_that_hangs_is_not_waited_for(small, serve):
    address, _ = serve(lambda *_: time.sleep(1.0) or (200, GOOD))
    with pytest.raises(NotAnswered, match=r"no answer within 0\.2 s"):
        RemoteAssistant(small, address, seconds=0.2).ask(small.cases[0])


def test_a_server_that_is_not_there_leaves_everything_unscored(small, tmp_path):
    run = run_suite(small, RemoteAssistant(small, "http://127.0.0.1:9"), tmp_path / "run")
    assert {"cannot be reached" in record.unscored for record in run.records} == {True}
    assert read_summary(run.folder)["scored"] == 0


@pytest.mark.parametrize("address", ["ftp://host", "host:80", "http://", "http://user:pass@host"])
def test_an_address_that_is_none_is_named(small, address):
    with pytest.raises(SettingsError, match="is no address") as error:
        RemoteAssistant(small, address)
    assert "pass" not in str(error.value)


def completion(text, **more):
    return {"choices": [{"message": {"role": "assistant", "content": text}}]} | more


def test_a_chat_model_is_asked_without_passages_and_cites_in_footnotes(small, serve):
    text = "投资了 46 亿元 [1]。\n\n[1]: “临川港务公司去年投资 46 亿元扩建三号码头。”"
    usage = {"usage": {"prompt_tokens": 90, "completion_tokens": 12}}
    address, asked = serve(lambda *_: (200, completion(text, **usage)))
    answer = OpenAiAssistant(small, f"{address}/v1", "tiny").ask(small.cases[0]).answer
    assert (answer["answer"], answer["refused"], answer["language"]) == ("投资了 46 亿元 [1]。", False, "zh")
    assert answer["citations"] == [{"number": 1, "quote": "临川港务公司去年投资 46 亿元扩建三号码头。"}]
    assert answer["usage"] == {"prompt_tokens": 90, "completion_tokens": 12, "cost": None}
    ((path, headers, content),) = asked
    assert (path, content["model"]) == ("/v1/chat/completions", "tiny")
    assert "Authorization" not in headers
    assert content["messages"][-1] == {"role": "user", "content": small.cases[0].question}
    assert not any(document.text[:20] in json.dumps(content, ensure_ascii=False) for document in small.documents)


@pytest.mark.parametrize("text", ["NO ANSWER", "no answer.", "“NO ANSWER”", ""])
def test_a_chat_model_refuses_in_two_words(small, serve, text):
    address, _ = serve(lambda *_: (200, completion(text)))
    assert OpenAiAssistant(small, address, "tiny").ask(small.cases[0]).answer["refused"] is True


@pytest.mark.parametrize(
    "body", [{}, {"choices": []}, {"choices": [{"message": {"content": None}}]}, {"choices": [3]}, {"choices": 3}]
)
def test_what_is_no_completion_leaves_the_case_unscored(small, serve, body):
    address, _ = serve(lambda *_: (200, body))
    with pytest.raises(NotAnswered, match="no chat completion"):
        OpenAiAssistant(small, address, "tiny").ask(small.cases[0])


def test_a_follow_up_is_a_conversation_to_a_chat_model(small, serve):
    address, asked = serve(lambda *_: (200, completion("NO ANSWER")))
    (case,) = [case for case in small.cases if case.history]
    OpenAiAssistant(small, address, "tiny").ask(case)
    assert [message["role"] for message in asked[0][2]["messages"]] == ["system", "user", "assistant", "user"]
