"""Web servers on this machine for the tests of fetching, and a network whose names and routes the tests choose."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from index.web_page import Network

Respond = Callable[[bytes], Iterator[bytes]]  # the head of a request to the pieces of the answer


@dataclass
class Site:
    """A server that answers every request by `respond` and keeps the heads of the requests."""

    respond: Respond
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    port: int = 0


@contextmanager
def serve(respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site on a port of 127.0.0.1, which is gone after the block."""
    site = Site(respond)
    listener = socket.create_server(("127.0.0.1", 0))
    site.port = listener.getsockname()[1]
    threading.Thread(target=_accept, args=(listener, site, tls), daemon=True).start()
    try:
        yield site
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, site: Site, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        site.connections += 1
        threading.Thread(target=_answer, args=(connection, site, tls), daemon=True).start()


def _answer(plain: socket.socket, site: Site, tls: ssl.SSLContext | None) -> None:
    plain.settimeout(10)
    try:
        connection = tls.wrap_socket(plain, server_side=True) if tls else plain
    except OSError:
        plain.close()  # the client does not take the certificate
        return
    with connection:
        head = b""
        try:
            while b"\r\n\r\n" not in head and (piece := connection.recv(65_536)):
                head += piece
            site.requests.append(head)
            for piece in site.respond(head):
                connection.sendall(piece)
        except OSError:
            return  # the client has gone


def answer(
    body: bytes | str, media_type: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str
) -> Respond:
    """Always the same answer."""
    content = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": media_type, "Content-Length": str(len(content))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return lambda request: iter([f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1", "replace"), content])


def redirect(location: str | bytes, status: str = "302 Found") -> Respond:
    where = location.encode() if isinstance(location, str) else location
    return lambda request: iter(
        [b"HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status.encode(), where)]
    )


def network(names: Mapping[str, Sequence[str]], routes: Mapping[str, Site], otherwise: Site | None = None) -> Network:
    """A network where a name leads to addresses, and an address to a site; any other address to `otherwise`."""

    def resolve(host: str, port: int) -> Sequence[str]:
        if host not in names and "*" not in names:
            raise OSError("no such host")
        return names[host] if host in names else names["*"]

    def connect(ip: str, port: int, seconds: float) -> socket.socket:
        site = routes.get(ip, otherwise)
        if site is None:
            raise OSError("no route to host")
        return socket.create_connection(("127.0.0.1", site.port), timeout=seconds)

    return Network(resolve, connect)
