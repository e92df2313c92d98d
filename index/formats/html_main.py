"""Which blocks of a web page are its main content, and what the page says of itself.

trafilatura finds the main content; it is not taken over as it stands, since it drops sentences here and there. What
is kept is every block from the first to the last that it found, but for navigation and lists of links between them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from index.formats.html_blocks import Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MIN_EXTRACTED_SIZE = "60"  # characters; the 250 of trafilatura are meant for English
_MOST_ELEMENTS = 12_000  # for more, trafilatura takes too much of the 20 s that a file has on a busy machine
_SHORT = 8  # characters: a block as short as this may stand elsewhere on the page too, and marks no border
_MOST_LINKED = 0.5  # share of a block's characters in links from which on it is no prose


@dataclass(frozen=True, slots=True)
class MainContent:
    """The blocks of the article on a page; none where no article was found."""

    blocks: tuple[Block, ...]
    title: str | None
    metadata: Mapping[str, str]  # "author", "date" (ISO 8601), "site"


def find_main(root: HtmlElement, blocks: Sequence[Block]) -> MainContent:
    """The main content of the page `root`, whose blocks are `blocks`."""
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        return MainContent((), None, {})
    found = _extract(root)
    if found is None:
        return MainContent((), None, {})
    kept = _between(blocks, "".join(found.body.itertext()) if found.body is not None else "")
    title = " ".join(found.title.split()) if found.title else None
    fields = {"author": found.author or _stated_author(root), "date": found.date, "site": found.sitename}
    metadata = {name: " ".join(str(value).split()) for name, value in fields.items() if value}
    return MainContent(tuple(_with_headline(kept, blocks, title)), title, metadata)


def _stated_author(root: HtmlElement) -> str | None:
    """The author that the head names, whom trafilatura passes over where the name is of two characters."""
    for node in root.iter("meta"):
        if node.get("name", "").lower() == "author" and 0 < len(name := node.get("content", "").strip()) <= 100:
            return str(name)
    return None


@cache
def _configuration() -> Any:
    from trafilatura.settings import use_config

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without an article is no error of ours
    configuration = use_config()
    configuration.set("DEFAULT", "MIN_EXTRACTED_SIZE", _MIN_EXTRACTED_SIZE)
    configuration.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    return configuration


def _extract(root: HtmlElement) -> Any:
    """What trafilatura finds: `body` (a tree), `title`, `author`, `date`, `sitename`; None where there is nothing."""
    from trafilatura import bare_extraction

    return bare_extraction(
        deepcopy(root),
        include_comments=False,
        include_tables=True,
        include_images=False,
        include_links=False,
        include_formatting=True,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
        config=_configuration(),
    )


def _between(blocks: Sequence[Block], extracted: str) -> list[Block]:
    """The blocks from the first to the last that is in `extracted`, navigation and lists of links left out."""
    is_found = _found_in(blocks, _letters(extracted))
    borders = [
        place
        for place, (block, found) in enumerate(zip(blocks, is_found, strict=True))
        if found and not block.is_boilerplate and (len(_letters(block.text)) > _SHORT or block.kind == "table")
    ]
    if not borders:
        return []
    first, last = borders[0], borders[-1]
    while first > 0 and blocks[first - 1].kind == "heading" and is_found[first - 1]:
        first -= 1
    kept: list[Block] = []
    for place, block in enumerate(blocks[first : last + 1], first):
        if is_found[place] or not (block.is_boilerplate or _is_in_list_of_links(blocks, place)):
            kept.append(block)
    return kept


def _found_in(blocks: Sequence[Block], letters: str) -> list[bool]:
    """Whether each block stands in `letters`, looked for first behind the one before: both are mostly in one order."""
    is_found = []
    position = 0
    for block in blocks:
        key = _letters(block.text)
        place = letters.find(key, position)
        is_found.append(bool(key) and (place >= 0 or letters.find(key, 0, position + len(key)) >= 0))
        if place >= 0 and len(key) > _SHORT:
            position = place + len(key)
    return is_found


def _is_in_list_of_links(blocks: Sequence[Block], place: int) -> bool:
    """Whether the block is one of several in a row that are all links, or the heading above such."""
    start = place + (blocks[place].kind == "heading" and not _is_link(blocks[place]))
    if start >= len(blocks) or not _is_link(blocks[start]):
        return False
    row = start + 1 < len(blocks) and _is_link(blocks[start + 1])
    return row or (start == place and place > 0 and _is_link(blocks[place - 1]))


def _is_link(block: Block) -> bool:
    return block.linked > _MOST_LINKED * len(block.text)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _with_headline(kept: list[Block], blocks: Sequence[Block], title: str | None) -> list[Block]:
    """The blocks with the page's headline on top, where it stands above them on the page."""
    if not kept or not title:
        return kept
    key = _letters(title)
    if any(block.kind == "heading" and _letters(block.text) == key for block in kept):
        return kept
    headline = next((block for block in blocks if block.kind == "heading" and _letters(block.text) == key), None)
    if headline is None or blocks.index(headline) > blocks.index(kept[0]):
        return kept
    return [headline, *kept]
