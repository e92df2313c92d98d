"""The command `tongwen mcp`: the library for a client that starts it, over standard input and output."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.options import AnswererChoice, LibraryOption, open_assistant


def mcp(
    answerer: Annotated[
        AnswererChoice | None,
        typer.Option("--answerer", help="Who answers. [default: llm where TONGWEN_LLM names one, else extractive]"),
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Serve the library to a client of the Model Context Protocol, over standard input and output.

    The client starts this command by itself; nothing but the protocol is written to standard output.
    """
    import threading

    from ui.mcp_server import build_server

    assistant = open_assistant(library, answerer)
    server = build_server(assistant)
    # The model loads while the client says hello, so that the first question does not wait for it.
    threading.Thread(target=assistant.warm_up, daemon=True).start()
    server.run()
