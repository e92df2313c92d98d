"""Everything that `tongwen serve` answers with."""

from ui.api.app import build_api
from ui.mcp_server import mount
from ui.web.app import build_app
from ui.web.services import ChatServices


def product(assistant, **limits):
    """The chat, the API and the Model Context Protocol, as the command puts them together."""
    api = build_api(assistant, **limits)
    page = build_app(ChatServices(assistant, lambda: len(assistant.library.documents())), api=api)
    mount(page, assistant, api.state.services.answering)
    return page
