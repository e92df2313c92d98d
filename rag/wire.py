"""HTTP to one configured address that cannot take more time or memory than it is given.

Time and bytes are counted where they are read from the socket, below what any client buffers: an endless line, a server
that drips and one that hangs all end there. No proxy and no certificate setting of the environment is used, no redirect
is followed, and no compressed answer is unpacked.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

MAX_STREAM_BYTES = 10_000_000  # an answer of 1,024 tokens takes about 300 kB on the wire


class StreamTooLong(httpcore.ReadError):
    """The endpoint sent more than an answer can be."""


@dataclass(slots=True)
class Clock:
    """The time that one try may take, and what was seen on its wire. Times are of `now`, in seconds."""

    deadline: float  # of the whole answer
    connect: float
    first_token: float
    between_tokens: float
    now: Callable[[], float] = time.monotonic
    bytes_read: int = 0
    status: int | None = None
    retry_after: str | None = None
    _next: float = field(init=False)

    def __post_init__(self) -> None:
        self.connected()  # a model in this process is there at once

    def connected(self) -> None:
        """The endpoint may take its time for the first token from here; making the client and connecting are not it."""
        self._next = self.now() + self.first_token

    def token_arrived(self) -> None:
        self._next = self.now() + self.between_tokens

    def remaining(self) -> float:
        """Seconds until the next token has to be there; 0 or less where it is late."""
        return min(self._next, self.deadline) - self.now()

    def connecting(self) -> float:
        return min(self.connect, self.deadline - self.now())


def limited_client(clock: Clock) -> httpx.Client:
    """A client for one exchange."""
    return httpx.Client(transport=_Transport(clock), timeout=None, trust_env=False, follow_redirects=False)


class _Transport(httpx.HTTPTransport):
    def __init__(self, clock: Clock) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx has no parameter for the network below it; httpcore, its own lower half, has.
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=_Network(clock))
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = super().handle_request(request)
        self._clock.status = response.status_code
        self._clock.retry_after = response.headers.get("Retry-After")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            response.close()
            raise httpx.DecodingError("compressed, which was not asked for", request=request)
        return response


class _Network(httpcore.SyncBackend):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = self._clock.connecting()
        if allowed <= 0:
            raise httpcore.ConnectTimeout
        stream = super().connect_tcp(host, port, allowed, local_address, socket_options)
        self._clock.connected()
        return _Stream(stream, self._clock)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        allowed = self._clock.remaining()
        if allowed <= 0:
            raise httpcore.ReadTimeout
        data = self._stream.read(max_bytes, allowed)
        self._clock.bytes_read += len(data)
        if self._clock.bytes_read > MAX_STREAM_BYTES:
            raise StreamTooLong
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        allowed = self._clock.remaining()
        if allowed <= 0:
            raise httpcore.WriteTimeout
        self._stream.write(buffer, allowed)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = self._clock.connecting()
        if allowed <= 0:
            raise httpcore.ConnectTimeout
        stream = self._stream.start_tls(ssl_context, server_hostname, allowed)
        self._clock.connected()
        return _Stream(stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
