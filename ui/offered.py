"""Texts and files that come over the wire, read as `tongwen add` reads files: in a child process with limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from ui.rendering.escaping import DRIVING

if TYPE_CHECKING:
    from index.extraction import LoadedFile
    from index.parsing import Parser

LONGEST_NAME = 300  # characters
_SUFFIXES = {"text": "txt", "markdown": "md"}


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody sent. Its source is not a path: nothing on disk is meant."""

    name: str
    content: bytes = field(repr=False)
    source: str

    @classmethod
    def file(cls, filename: str, content: bytes) -> Offered:
        """A file under the name that its sender gave it."""
        name = file_name(filename)
        return cls(name, content, source_of(name))

    @classmethod
    def text(cls, text: str, name: str, kind: Literal["text", "markdown"], sent_to: str) -> Offered:
        """A text; one of a name takes the place of the earlier text of that name that was sent there."""
        name = _seen(name)
        content = text.encode("utf-8", "replace")  # half characters, which no file can hold, become "?"
        file = name.rstrip("/\\") or "text"  # a path that ends there has no suffix
        return cls(f"{file}.{_SUFFIXES[kind]}", content, f"{sent_to}:{name}" if name else "-")


def file_name(sent: str) -> str:
    """The last part of a name that was sent, as it can be stored and shown; its suffix stays when it is shortened."""
    name = _seen(sent.replace("\\", "/").rsplit("/", 1)[-1], most=None)
    suffix = PurePosixPath(name).suffix[:20]
    return _seen(name.removesuffix(suffix), LONGEST_NAME - len(suffix)) + suffix or "file"


def _seen(text: str, most: int | None = LONGEST_NAME) -> str:
    """On one line, of a length, and without what is not seen: a name must not turn the direction of what follows it."""
    return " ".join(DRIVING.sub(" ", text).split())[:most]


def source_of(name: str) -> str:
    """Where the library says that an uploaded file came from."""
    return f"upload:{name}"


def read_offered(offered: Iterable[Offered], parser: Parser) -> Iterator[LoadedFile]:
    """What came of each; nothing is raised for one that cannot be read."""
    from index.extraction import LoadedFile, Rejected
    from index.formats.registry import is_supported, why_unsupported
    from index.loading import load_content

    for one in offered:
        if is_supported(one.name):
            yield load_content(one.content, name=one.name, source=one.source, parser=parser)
        else:
            yield LoadedFile(one.source, rejected=(Rejected(why_unsupported(one.name)),))


def addable(files: Iterable[LoadedFile], refuse: Callable[[LoadedFile], None]) -> Iterator[LoadedFile]:
    """What goes into the library; what there is nothing of to keep goes to `refuse` at once."""
    for loaded in files:
        if loaded.documents or loaded.state:
            yield loaded
        else:
            refuse(loaded)
