"""Everything that `tongwen serve` answers with."""

from ui.api.app import build_api
from ui.mcp_server import mount
from ui.web import build_app


def product(assistant):
    """The chat, the API and the Model Context Protocol, as the command puts them together."""
    page = build_app(assistant, (), lambda: len(assistant.library.documents()), api=build_api(assistant))
    mount(page, assistant)
    return page
