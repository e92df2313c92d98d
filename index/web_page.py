"""One page from the web, fetched only from a host that is allowed, within limits of size, time and redirects.

The name is resolved once, every address it leads to is checked, and the connection goes to a checked address: a second
answer of the name server changes nothing. Each redirect is an address like the first. No proxy, cookie, password or
cached copy is used, no link is followed, and nothing is fetched that the page refers to.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin

from index.errors import AddressRefused, FileTooLarge, PageUnavailable, UnsupportedFormat
from index.formats.registry import READERS, SUPPORTED
from index.web_address import AllowedHost, WebAddress, check_allowed, check_resolved, parse_address

_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md",
    "text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/json": ".json",
    "application/x-ndjson": ".jsonl", "application/pdf": ".pdf", "application/epub+zip": ".epub",
    "message/rfc822": ".eml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
_OF_NO_KIND = ("", "application/octet-stream", "binary/octet-stream", "application/x-download")
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {
    "User-Agent": "tongwen",
    "Accept": "text/html, application/xhtml+xml, text/plain, application/pdf, */*;q=0.1",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_MOST_ADDRESSES = 4  # of one host that are tried
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one page may take, redirects included."""

    size: int = 10_000_000  # bytes
    seconds: float = 20.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What an address gave."""

    content: bytes
    name: str  # a file name whose suffix is that of the format
    url: str  # where it was found in the end
    media_type: str
    charset: str | None  # that the server names


@dataclass(frozen=True, slots=True)
class Network:
    """The way to the network; tests put their own in its place."""

    resolve: Callable[[str, int], Sequence[str]]  # host and port to addresses; blocks, raises OSError
    connect: Callable[[str, int, float], socket.socket]  # address, port, seconds; raises OSError
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _connect(ip: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((ip, port), timeout=seconds)


NETWORK = Network(_resolve, _connect)


def fetch(
    url: str, allowed_hosts: Sequence[AllowedHost], *, limits: FetchLimits | None = None, network: Network = NETWORK
) -> FetchedPage:
    """The page at an address.

    Raises `AddressRefused` where it, or one that it redirects to, may not be fetched; `PageUnavailable` where it cannot
    be; `FileTooLarge` over the limit; `UnsupportedFormat` where it is of no format that is read. Their texts have no
    subject ("is on a host …").
    """
    limits = limits or FetchLimits()
    deadline = _Deadline(limits.seconds)
    address = parse_address(url)
    for _ in range(limits.redirects + 1):
        check_allowed(address, allowed_hosts)
        try:
            page = _get(address, limits, deadline, network)
        except TimeoutError as error:
            raise PageUnavailable(
                f"did not arrive within {limits.seconds:g} s; try again, or save the page and add the file"
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise PageUnavailable(f"cannot be fetched ({reason}); check the address and the network") from error
        if isinstance(page, FetchedPage):
            return page
        try:
            address = parse_address(page)
        except AddressRefused as error:
            raise AddressRefused(f"redirects to an address that {error}") from error
    raise PageUnavailable(f"redirects more than {limits.redirects} times; give the address it leads to")


def _get(address: WebAddress, limits: FetchLimits, deadline: _Deadline, network: Network) -> FetchedPage | str:
    """The page, or the address that it redirects to."""
    connection = _Connection(address, deadline, network)
    try:
        connection.request("GET", address.target, headers=_HEADERS)
        response = connection.getresponse()
        if response.status in _REDIRECTS and response.headers["Location"]:
            return urljoin(address.url, _as_text(response.headers["Location"]))
        if response.status != 200:
            raise PageUnavailable(f"was answered with status {response.status}; check the address in a browser")
        media_type = response.headers.get_content_type() if "Content-Type" in response.headers else ""
        name = _name(address, media_type)
        content = _read_body(response, response.headers, limits.size)
        return FetchedPage(content, name, address.url, media_type, response.headers.get_content_charset())
    finally:
        connection.close()
        connection.end()


def _as_text(header: str) -> str:
    """A header as it was meant: browsers take its bytes for UTF-8, `http.client` for Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _name(address: WebAddress, media_type: str) -> str:
    path = PurePosixPath(unquote(address.target.partition("?")[0]))
    suffix = _SUFFIXES.get(media_type)
    if suffix is None and media_type in _OF_NO_KIND and path.suffix.lower() in READERS:
        suffix = path.suffix.lower()
    if suffix is None:
        raise UnsupportedFormat(
            f"is of a kind that is not read ({media_type or 'not named'}); supported are {SUPPORTED}"
        )
    stem = path.stem if path.suffix.lower() in (*READERS, ".php", ".asp", ".aspx", ".jsp", ".shtml") else path.name
    return (stem or address.host)[:200] + suffix


def _read_body(response: http.client.HTTPResponse, headers: Message, limit: int) -> bytes:
    """The content, unpacked where the server packs what was asked for plain."""
    packing = str(headers.get("Content-Encoding", "identity")).strip().lower()
    if packing not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise PageUnavailable(f"comes packed as {packing!r}, which is not read; save the page and add the file")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if packing not in ("identity", "") else None
    content = bytearray()
    while piece := response.read(min(_PIECE, limit + 1)):
        try:
            content += unpacker.decompress(piece, limit + 1 - len(content)) if unpacker else piece
        except zlib.error as error:
            raise PageUnavailable("arrives damaged; try again, or save the page and add the file") from error
        if len(content) > limit:
            raise FileTooLarge(f"is over the limit of {limit:,} bytes; save a part of it and add the file")
    if response.length or (unpacker and not unpacker.eof):
        raise PageUnavailable("was cut short on the way; try again")
    return bytes(content)


# The connection


class _Deadline:
    """The time that is left, for all that is done for one page."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than 0. Raises `TimeoutError` where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left


class _Connection(http.client.HTTPConnection):
    """A connection to a checked address of the host, which every wait on it has to end with the deadline."""

    def __init__(self, address: WebAddress, deadline: _Deadline, network: Network) -> None:
        super().__init__(address.host, address.port)
        self.default_port = 443 if address.scheme == "https" else 80  # what the Host header leaves out
        self._address = address
        self._deadline = deadline
        self._network = network
        self._plain: socket.socket | None = None

    def connect(self) -> None:
        resolved = [self._address.host] if self._address.ip else self._resolve_in_time()
        self._plain = self._connect_to(check_resolved(self._address, resolved))
        self.sock = _TimedSocket(self._plain, self._deadline)

    def end(self) -> None:
        """Close what `close` leaves open for a body that is still to be read."""
        if self._plain is not None:
            self._plain.close()

    def _resolve_in_time(self) -> Sequence[str]:
        """The C library's resolver knows no timeout, so it is left behind in its thread."""
        answers: queue.Queue[Sequence[str] | Exception] = queue.Queue()

        def ask() -> None:
            try:
                answers.put(self._network.resolve(self._address.host, self._address.port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except queue.Empty as error:
            raise TimeoutError("the name server does not answer") from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _connect_to(self, addresses: Sequence[str]) -> socket.socket:
        """A connection to the first of the addresses that takes one."""
        failure: OSError | None = None
        for ip in addresses[:_MOST_ADDRESSES]:
            try:
                plain = self._network.connect(ip, self._address.port, self._deadline.left())
            except OSError as error:
                failure = error
                continue
            if self._address.scheme == "http":
                return plain
            try:
                plain.settimeout(self._deadline.left())
                return self._network.tls().wrap_socket(plain, server_hostname=self._address.host)
            except BaseException:
                plain.close()
                raise
        raise failure or OSError("there is no address to connect to")


class _TimedSocket:
    """A socket as `http.client` uses it, on which no single wait and no sum of waits passes the deadline."""

    def __init__(self, plain: socket.socket, deadline: _Deadline) -> None:
        self._plain = plain
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._plain.settimeout(self._deadline.left())
        self._plain.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._plain, self._deadline))

    def close(self) -> None:
        """Nothing: `http.client` calls it when the head has been read."""


class _TimedReader(io.RawIOBase):
    def __init__(self, plain: socket.socket, deadline: _Deadline) -> None:
        super().__init__()
        self._plain = plain
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._plain.settimeout(self._deadline.left())
        return self._plain.recv_into(buffer)
