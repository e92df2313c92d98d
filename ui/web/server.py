"""The server of the chat and the API."""

import contextlib
import logging
import socket

import fastapi
import uvicorn

from index.errors import SettingsError

HOST = "127.0.0.1"
PORT = 7860


def serve(app: fastapi.FastAPI, host: str = HOST, port: int = PORT) -> None:
    """Answer at `host` and `port` until interrupted, and print the address once it answers."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port") from error
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,  # an open browser holds a stream for as long as it is open
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        AnnouncingServer(config, f"http://{f'[{host}]' if ':' in host else host}:{port}").run(sockets=[listener])


class AnnouncingServer(uvicorn.Server):
    """Prints its address when it has started, not before, and ends without complaint about browsers still open."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self.address, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it reports every stream that is cut
        await super().shutdown(sockets)
