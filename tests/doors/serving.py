"""Everything that `tongwen serve` answers with, at a free port of this computer."""

import contextlib
import socket
import threading
import time

import uvicorn

from ui.api.app import build_api
from ui.mcp_server import mount
from ui.web import build_app


def product(assistant):
    """The chat, the API and the Model Context Protocol, as the command puts them together."""
    page = build_app(assistant, (), lambda: len(assistant.library.documents()), api=build_api(assistant))
    mount(page, assistant)
    return page


@contextlib.contextmanager
def serving(app):
    """The address at which `app` answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
