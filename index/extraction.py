"""What reading a file gives: the nouns between the readers of formats, the child process they run in, and loading.

A reader of a format is a function `read(content, name)` in a module of `index.formats`. It runs in a child process
with limits (`index.parsing`), gets bytes and never a path, and yields what it finds in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from index.schema import Document, Place


@dataclass(frozen=True, slots=True)
class Extracted:
    """One document as the reader of its format found it; a file may hold several."""

    text: str  # becomes `Document.text` as it is
    structure: Literal["text", "markdown"]  # whether headings are looked for in it
    title: str | None = None  # None: the first heading, which the child process looks for, or else the file's name
    places: tuple[Place, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)  # "format" and what else is known: "encoding", "date", …
    notes: tuple[str, ...] = ()  # what was left out and why, one line each, for the person who adds the file
    member: str = ""  # where in its file, if that holds several: a path in an archive, "12" for the twelfth record


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, or a member of one, that did not become a document."""

    reason: str  # one line that ends with what to do
    member: str = ""  # empty: the whole file


Reader = Callable[[bytes, str], Iterator[Extracted | Rejected]]  # content, name of the file (data, never opened)


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells that a file is the same as before without reading it, and the hash that tells it for certain."""

    size: int
    modified_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """What came of one file that was offered. Its documents have `source`, or `source#member`, as their source."""

    source: str  # absolute path, "-" for standard input, "sample:NAME", or an address
    documents: tuple[Document, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    state: FileState | None = None  # None where there is no file
