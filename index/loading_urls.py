"""Web pages into documents: fetched if their host is allowed, then read as any file is."""

from __future__ import annotations

from collections.abc import Sequence

from index.decoding import decode
from index.errors import LoadError, UndecodableText
from index.extraction import LoadedFile, Rejected
from index.loading import load_content
from index.parsing import Parser
from index.web_address import AllowedHost, without_credentials
from index.web_page import NETWORK, FetchedPage, FetchLimits, Network, fetch


def load_url(
    url: str,
    allowed_hosts: Sequence[AllowedHost],
    parser: Parser,
    *,
    limits: FetchLimits | None = None,
    network: Network = NETWORK,
) -> LoadedFile:
    """What came of one address; its source is where the page was found in the end. Nothing is raised for a page."""
    try:
        page = fetch(url, allowed_hosts, limits=limits, network=network)
    except LoadError as error:
        return LoadedFile(without_credentials(url), rejected=(Rejected(str(error)),))
    return load_content(_with_charset(page), name=page.name, source=page.url, parser=parser)


def _with_charset(page: FetchedPage) -> bytes:
    """The content, in UTF-8 where the server names another charset, since a file cannot say what a server says."""
    if page.charset in (None, "utf-8") or not page.media_type.startswith("text/"):
        return page.content
    try:
        return decode(page.content, page.charset).text.encode("utf-8-sig")
    except UndecodableText:
        return page.content  # its reader says what is wrong with it
