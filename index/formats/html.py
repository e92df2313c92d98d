"""HTML pages: the main content as Markdown, with headings kept, links as their text and hidden parts left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.decoding import decode
from index.errors import EmptyText
from index.extraction import Extracted
from index.formats.html_blocks import read_blocks, to_markdown
from index.formats.html_main import find_main
from index.formats.html_tree import parse_visible

_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.I)
_HEAD_BYTES = 4_096  # where a charset is looked for; the standard asks for the first 1,024


@dataclass(frozen=True, slots=True)
class VisibleText:
    """All that can be seen of a piece of HTML."""

    title: str | None  # of its `<title>`, or its first heading
    markdown: str
    hidden: Mapping[str, int]  # what hides a part ("script", "display:none", …) to how many such parts were dropped


def read(content: bytes, name: str) -> Iterator[Extracted]:
    """The page in `content` as one document. Raises `UndecodableText`, `EmptyText` or `FileTooLarge`."""
    decoded = decode(content, declared_charset(content))
    tree = parse_visible(decoded.text)
    blocks = read_blocks(tree.root)
    main = find_main(tree.root, blocks)
    notes = list(hidden_notes(tree.hidden))
    if main.blocks:
        text = to_markdown(main.blocks)
    else:
        text = to_markdown(blocks)
        notes.append("no main content was told from the rest of the page; all that is visible was taken")
    if not any(character.isalnum() for character in text):
        raise EmptyText(
            "holds no visible text (it may be made by scripts, which are not run); "
            "open it in a browser and save its text or print it to a PDF"
        )
    heading = next((block.text for block in blocks if block.kind == "heading"), None)
    title = main.title or tree.title or (" ".join(heading.split()) if heading else None)
    metadata = {"format": "html", "encoding": decoded.encoding, **main.metadata}
    yield Extracted(text, "markdown", title=title or None, metadata=metadata, notes=tuple(notes))


def text_of_html(html: str) -> tuple[str | None, str]:
    """(title, Markdown) of all that can be seen of a page or fragment, nothing taken for navigation.

    Raises `EmptyText` where there is no element and no text, `FileTooLarge` over a limit of `index.formats.html_tree`.
    """
    visible = visible_text(html)
    return visible.title, visible.markdown


def visible_text(html: str) -> VisibleText:
    """As `text_of_html`, with what was dropped as hidden."""
    tree = parse_visible(html)
    blocks = read_blocks(tree.root)
    heading = next((" ".join(block.text.split()) for block in blocks if block.kind == "heading"), None)
    return VisibleText(tree.title or heading, to_markdown(blocks), tree.hidden)


def declared_charset(content: bytes) -> str | None:
    """The charset that a page or an XML declaration names."""
    head = content[:_HEAD_BYTES]
    match = _XML_ENCODING.search(head) or _CHARSET.search(head)
    return match[1].decode("ascii") if match else None


def hidden_notes(hidden: Mapping[str, int]) -> Iterator[str]:
    """One line that says what was left out because nobody sees it."""
    if hidden:
        parts = ", ".join(f"{count} × {reason}" for reason, count in sorted(hidden.items()))
        yield f"left out, not visible to a reader: {parts}"
