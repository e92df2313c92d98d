"""The command `tongwen serve`: the chat, the API and the Model Context Protocol behind one address."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import PackageMissing
from ui.add_command import added_line
from ui.options import LibraryOption, open_assistant, read_settings
from ui.progress import embedding_progress
from ui.visitors import Scope

if TYPE_CHECKING:
    from index.library import Library
    from rag.assistant import Assistant
    from ui.api.gate import Gate
    from ui.suggestions import Suggestions
    from ui.web.services import ChatServices


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    allowed_hosts: Annotated[
        list[str] | None,
        typer.Option("--allowed-host", metavar="NAME", help="A name by which the server is reached; may be repeated."),
    ] = None,
    require_keys: Annotated[
        bool, typer.Option("--require-keys", help="Ask for keys also on an address of this machine alone.")
    ] = False,
    https: Annotated[
        bool, typer.Option("--https", help="Browsers come over TLS, which a proxy ends: cookies go no other way.")
    ] = False,
    user_header: Annotated[
        str | None,
        typer.Option("--trusted-user-header", metavar="HEADER", help="In which a reverse proxy says who someone is."),
    ] = None,
    proxies: Annotated[
        list[str] | None,
        typer.Option("--trusted-proxy", metavar="ADDRESS[/NET]", help="The proxy's address; may be repeated."),
    ] = None,
    proxied_scope: Annotated[
        Scope, typer.Option("--trusted-scope", help="What those may do who come through the proxy.")
    ] = "read",
    library: LibraryOption = None,
) -> None:
    """Open the web chat, and the HTTP API beside it. An empty library is filled with the sample articles first.

    On an address of this machine alone nobody is asked for a key. On any other the server starts only where there is
    a key (`tongwen keys add`), or a reverse proxy that logs people in and is named with the two --trusted options:
    programs send a key with every request, people log in with one at /login. A proxy in front of an address of this
    machine makes it reachable from others: use --require-keys then, or the --trusted options.

    With the extra `mcp` installed, the Model Context Protocol is served as well, at /mcp.
    """
    from ui.access.doorway import Proxied, open_doorway
    from ui.api.app import build_api
    from ui.suggestions import Suggestions
    from ui.web.app import build_app
    from ui.web.server import serve as serve_app

    assistant = open_assistant(library)
    proxied = Proxied(user_header, proxies or (), proxied_scope)
    doorway = open_doorway(assistant.library.folder, host, allowed_hosts or (), require_keys, proxied, https)
    held = assistant.library.documents() if assistant.library.exists() else []
    api = build_api(assistant)
    suggestions = Suggestions(assistant.extractive())
    services = chat_services(assistant, suggestions, api.state.services.answering)
    page = build_app(services, doorway.hosts, api, doorway.access)
    try:
        from ui import mcp_server
    except PackageMissing as missing:
        if find_spec("mcp"):  # in another version
            print(f"tongwen: no /mcp: {missing}", file=sys.stderr)
    else:
        mcp_server.mount(page, assistant, api.state.services.answering, doorway.hosts)
    if doorway.guarded_by:
        print(doorway.guarded_by, flush=True)
    services.preparation.start(lambda done: _prepare(assistant, suggestions, done, fill=not held))
    serve_app(page, host, port)


def chat_services(assistant: Assistant, suggestions: Suggestions, answering: Gate) -> ChatServices:
    """What the chat works with over the library of `assistant`; `answering` is the gate of the other doors."""
    from index.web_address import parse_allowed_hosts
    from ui.feedback import keeper
    from ui.library_desk import LibraryDesk
    from ui.web.services import ChatServices

    library = assistant.library
    return ChatServices(
        assistant,
        lambda: len(library.documents()),
        suggestions.examples,
        suggestions.next_questions,
        counterpart=assistant.counterpart,
        library_version=library.version,
        desk=LibraryDesk(library, parse_allowed_hosts(read_settings().allowed_hosts)),
        keep_feedback=keeper(library),
        answering=answering,
    )


def _prepare(assistant: Assistant, suggestions: Suggestions, done: Callable[[int], None], fill: bool) -> None:
    """What the first question would have to wait for, while the page opens."""
    if fill:
        _fill_with_sample(assistant.library, done)
    assistant.warm_up()
    suggestions.refresh()


def _fill_with_sample(library: Library, done: Callable[[int], None]) -> None:
    from index.loading import load_samples

    print("The library is empty; adding the two sample articles.", flush=True)
    with embedding_progress() as progress:

        def note(finished: int) -> None:
            done(finished)
            if progress:
                progress(finished)

        for outcome in library.add(load_samples(), note):
            print(added_line(outcome), flush=True)
