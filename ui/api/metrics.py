"""The figures of the API for Prometheus, in a registry of their own; no question and no text is in them."""

from __future__ import annotations

import time
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.gate import Gate

AnswerOutcome = Literal["answered", "refused", "incomplete", "failed", "cut"]  # "cut": the client has gone

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What is counted. Safe to share between threads."""

    def __init__(self, answering: Gate) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tongwen_http_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tongwen_http_request_seconds",
            "Time from a request to the end of its response.",
            ("route",),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._answers = Counter("tongwen_answers", "Answers by outcome.", ("outcome",), registry=self._registry)
        self._documents = Gauge("tongwen_library_documents", "Documents in the library.", registry=self._registry)
        running = Gauge("tongwen_answers_running", "Requests that are worked on now.", registry=self._registry)
        running.set_function(lambda: answering.running)
        waiting = Gauge("tongwen_answers_waiting", "Requests that wait for a place.", registry=self._registry)
        waiting.set_function(lambda: answering.waiting)

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, outcome: AnswerOutcome) -> None:
        self._answers.labels(outcome).inc()

    def exposition(self, documents: int | None) -> bytes:
        """Everything in the text format of Prometheus; `documents` None where the library cannot be read."""
        self._documents.set(float("nan") if documents is None else documents)
        return generate_latest(self._registry)


class Measured:
    """ASGI middleware that counts each request under the template of its route, never under what was sent."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500  # where nothing was sent

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.count_request(route, scope["method"], status, time.perf_counter() - started)
