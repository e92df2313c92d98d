"""A scripted endpoint on loopback that speaks the OpenAI wire protocol, faults included, and what it is asked."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from index.schema import Chunk, Hit
from index.sentences import sentence_spans
from rag.evidence import Evidence, Signals
from rag.question import understand

KEY = "sk-a-key-that-nobody-may-see"
QUESTIONS = {"zh": "海源电池投资多少钱建厂？", "en": "How much will Haiyuan spend on the plant?"}
ANSWERS = {
    "zh": "海源电池宣布投资 35 亿元建厂。[1] 工厂每年生产 12 万组电池 [2]。",
    "en": "Haiyuan will spend 3.5 billion yuan on the plant. [1] It will make 120,000 packs a year [2].",
}
SENTENCES = {
    "zh": ["海源电池宣布投资 35 亿元建厂。", "工厂每年生产 12 万组电池。"],
    "en": ["Haiyuan will spend 3.5 billion yuan on the plant.", "It will make 120,000 packs a year."],
}
languages = pytest.mark.parametrize("language", ["zh", "en"])


def event(content=None, finish=None, **more):
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}


def usage(prompt, completion):
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return {**event(), "choices": [], "usage": counts}


def sse(*events):
    return b"".join(
        b"data: " + (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)).encode() + b"\n\n"
        for one in events
    )


def stream_of(text, finish="stop", size=7):
    """A whole, good stream of `text` in small pieces."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return sse(*map(event, pieces), event(finish=finish), usage(100, 20), "[DONE]")


class Endpoint:
    """Plays `script`, one entry a request, the last one for ever: bytes, or a function of the handler."""

    def __init__(self):
        self.script = []
        self.requests = []
        self.gone = threading.Event()  # a client closed its connection while it was written to
        self.finished = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append((self.path, dict(self.headers), body))
                step = server.script.pop(0) if len(server.script) > 1 else server.script[0]
                self.close_connection = True
                try:
                    step(self) if callable(step) else self.stream(step)
                except OSError:
                    server.gone.set()

            def head(self, status=200, kind="text/event-stream", **headers):
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Connection": "close", **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()

            def stream(self, data):
                self.head()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.finished.set()
        self.server.shutdown()
        self.server.server_close()

    def hang(self, data=None):
        """Send `data` (None: not even a header) and nothing more."""

        def step(handler):
            if data is not None:
                handler.stream(data)
                handler.wfile.flush()
            self.finished.wait(5)

        return step

    @staticmethod
    def error(status, body=b"{}", kind="application/json", **headers):
        def step(handler):
            handler.head(status, kind, Content_Length=str(len(body)), **headers)
            handler.wfile.write(body)

        return step


def evidence_of(*texts):
    """Every sentence of the texts, each text a passage, best first."""
    found = []
    for rank, text in enumerate(texts):
        chunk = Chunk(f"chunk{rank}", f"document{rank}", 0, len(text), (), "mixed", text)
        hit = Hit(chunk, f"Title {rank}", 1.0 / (rank + 1), 0.5, 1, 0.5, 1)
        for start, end in sentence_spans(text):
            found.append(Evidence(hit, start, end, Signals(*[0.0] * len(Signals._fields)), 1.0 / (rank + 1), {}))
    return found


EVIDENCE = {
    "zh": evidence_of("2025 年，海源电池宣布投资 35 亿元建厂。", "工厂每年生产 12 万组电池。林晓很高兴。"),
    "en": evidence_of("In 2025 Haiyuan said it will spend 3.5 billion yuan.", "It makes 120,000 packs. Lin is glad."),
}


def draft(answerer, language="zh", evidence=None):
    """The sentences of a draft, and its end."""
    events = list(answerer.draft(understand(QUESTIONS[language]), evidence or EVIDENCE[language]))
    return events[:-1], events[-1]


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(true, seconds=3.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()
