"""An application, or the whole product, behind the real server at a free port of this computer."""

import contextlib
import socket
import subprocess
import sys
import threading
import time

import httpx
import uvicorn

_SERVE = "from ui.command import main; main()"


@contextlib.contextmanager
def served(app):
    """The address at which `app` answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_config=None, server_header=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@contextlib.contextmanager
def serving_product(library):
    """`tongwen serve` over that folder, or the sample articles in an empty one: its address and process id."""
    port = free_port()
    command = [sys.executable, "-c", _SERVE, "serve", "--port", str(port), "--library", str(library)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = next(line.strip() for line in server.stdout if line.startswith("http"))
            until_ready(address)
            yield address, server.pid
        finally:
            server.terminate()


def until_ready(address, seconds=60):
    """Wait until the server at `address` can answer questions."""
    end = time.monotonic() + seconds
    while httpx.get(f"{address}/readyz", trust_env=False).status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.05)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
