"""Everything that `tongwen serve` answers with."""

from ui.api.app import build_api
from ui.mcp_server import mount
from ui.serve_command import chat_services
from ui.suggestions import Suggestions
from ui.web.app import build_app


def product(assistant, suggestions=None, **limits):
    """The chat, the API and the Model Context Protocol, as the command puts them together."""
    api = build_api(assistant, **limits)
    answering = api.state.services.answering
    page = build_app(chat_services(assistant, suggestions or Suggestions(assistant), answering), api=api)
    mount(page, assistant, answering)
    return page
