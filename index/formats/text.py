"""Plain text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from index.decoding import decode
from index.extraction import Extracted, Rejected

_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """The text as it is decoded; headings are looked for where the suffix of `name` is Markdown's.

    Raises `UndecodableText`.
    """
    decoded = decode(content)
    markdown = PurePath(name).suffix.lower() in _MARKDOWN
    metadata = {"format": "markdown" if markdown else "text"}
    notes: tuple[str, ...] = ()
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    if not decoded.encoding.startswith("utf-"):
        notes = (f"read as {decoded.encoding}, which it does not say itself; save it as UTF-8 if a character is wrong",)
    yield Extracted(decoded.text, "markdown" if markdown else "text", metadata=metadata, notes=notes)
