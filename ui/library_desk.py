"""What a page does with the library: list it, add files and texts, read files again, remove and bring back."""

from __future__ import annotations

import contextlib
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LibraryMissing, TongwenError
from ui.adding import Adding
from ui.offered import Offered, file_name, read_offered, source_of
from ui.rendering.escaping import one_line

if TYPE_CHECKING:
    from index.extraction import LoadedFile
    from index.library import Library
    from index.parsing import Parser
    from index.removal import RemovedDocument
    from index.schema import Document, DocumentSummary
    from index.web_address import AllowedHost

PAGE_SIZE = 50
LONGEST_TEXT = 200_000  # characters of a text that is pasted: a request has at most a megabyte; a file may have more
UNDO_SECONDS = 600.0
_LONGEST_OPENING = 40  # characters of a text that stand for its title

LOST = "did not arrive whole; upload it again"
SAME_NAME = "has the name of another file of this upload; rename one of them and upload it again"
ELSEWHERE = "leads to another file by now; add that one with `tongwen add`"
NOT_AGAIN = "was uploaded or typed in, and the server has no file of it; upload it again"
TEXT_TOO_LONG = f"is longer than {LONGEST_TEXT:,} characters; save it as a text file and upload that"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that arrived, in a place from which it is deleted once it is read; its name is its sender's."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Some of the documents whose titles hold what was looked for, newest first."""

    documents: tuple[DocumentSummary, ...]
    matching: int
    total: int  # in the library
    number: int  # from 0
    pages: int


@dataclass(frozen=True, slots=True)
class Undo:
    """A removed document, for as long as it can be brought back."""

    removed: RemovedDocument = field(repr=False)
    until: float  # by the monotonic clock

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until


class CannotReadAgain(TongwenError):
    """The server has no file or address of a document, or may not read it."""


class LibraryDesk:
    """For every page of one server: they take turns at adding. Who may change anything is for the page to know."""

    def __init__(self, library: Library, allowed_hosts: Sequence[AllowedHost] = ()) -> None:
        """Web pages are read again from `allowed_hosts` alone."""
        self.library = library
        self._allowed_hosts = allowed_hosts
        self._turn = threading.Lock()

    # Reading

    def page(self, looked_for: str = "", number: int = 0) -> ListedPage:
        """Page `number`, or the last where there are not so many; an empty one where no library was made yet."""
        try:
            documents = self.library.documents()
        except LibraryMissing:
            documents = []
        newest = sorted(documents, key=lambda document: document.added_at)[::-1]
        wanted = _folded(looked_for.strip())
        matching = [document for document in newest if wanted in _folded(document.title)]
        pages = max(1, -(-len(matching) // PAGE_SIZE))
        number = min(max(number, 0), pages - 1)
        shown = matching[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
        return ListedPage(tuple(shown), len(matching), len(documents), number, pages)

    def can_read_again(self, document: DocumentSummary) -> bool:
        """Whether the server may have the file or the page that it came from."""
        return self._is_readable(document.source)

    # Adding

    def upload(self, files: Sequence[Uploaded]) -> Adding:
        def load(parser: Parser) -> Iterator[LoadedFile]:
            from index.extraction import LoadedFile, Rejected

            taken: set[str] = set()
            for one in files:
                name = file_name(one.name)
                content = _take(one.path)
                if content is None:
                    yield LoadedFile(source_of(name), rejected=(Rejected(LOST),))
                elif name in taken:
                    yield LoadedFile(source_of(name), rejected=(Rejected(SAME_NAME),))
                else:
                    yield from read_offered([Offered.file(name, content)], parser)
                taken.add(name)

        names = [file_name(one.name) for one in files]
        return Adding(self.library, names, load, self._turn, discard=lambda: discard(files))

    def paste(self, title: str, text: str) -> Adding:
        """A text as Markdown, called `title` if that is given, else by its first heading or its first words."""
        offered = Offered.text(text, title, "markdown", "pasted")
        called = offered.source.partition(":")[2]  # on one line, and of a length

        def load(parser: Parser) -> Iterator[LoadedFile]:
            from index.extraction import LoadedFile, Rejected

            if len(text) > LONGEST_TEXT:
                yield LoadedFile(offered.source, rejected=(Rejected(TEXT_TOO_LONG),))
                return
            for loaded in read_offered([offered], parser):
                named = tuple(replace(one, title=called or _own_title(one)) for one in loaded.documents)
                yield replace(loaded, documents=named)

        return Adding(self.library, [called], load, self._turn)

    def read_again(self, document_id: str) -> Adding:
        """From where the library says that it came; raises `CannotReadAgain` where that is no file or allowed page.

        Only what stands in the rows of the library is read: nobody can name a path or an address from a page.
        """
        paths = [path for path in self.library.files_of(document_id) if self._is_readable(path)]
        if not paths:
            raise CannotReadAgain(NOT_AGAIN)

        def load(parser: Parser) -> Iterator[LoadedFile]:
            from index.loading_urls import load_url

            for path in paths:
                if Path(path).is_absolute():
                    yield _read_file(path, parser)
                else:
                    yield load_url(path, self._allowed_hosts, parser)

        return Adding(self.library, paths, load, self._turn)

    def _is_readable(self, path: str) -> bool:
        return Path(path).is_absolute() or self._is_allowed_address(path)

    def _is_allowed_address(self, source: str) -> bool:
        from index.web_address import check_allowed, is_web_address, parse_address

        if not is_web_address(source):
            return False
        try:
            check_allowed(parse_address(source), self._allowed_hosts)
        except TongwenError:
            return False
        return True

    # Removing

    def remove(self, document_id: str) -> Undo:
        return Undo(self.library.take_out(document_id), time.monotonic() + UNDO_SECONDS)

    def bring_back(self, undo: Undo) -> DocumentSummary:
        return self.library.put_back(undo.removed)


def discard(files: Sequence[Uploaded]) -> None:
    """Delete what arrived, where it is still there."""
    for one in files:
        with contextlib.suppress(OSError):
            one.path.unlink()
        with contextlib.suppress(OSError):
            one.path.parent.rmdir()  # Gradio makes a folder for each file; it stays while another is in it


def _take(path: Path) -> bytes | None:
    """The content of an uploaded file, as far as it is looked at, deleted; None where it is not there."""
    from index.formats.registry import MAX_FILE_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return None
    finally:
        discard([Uploaded(path, "")])


def _read_file(path: str, parser: Parser) -> LoadedFile:
    from index.extraction import LoadedFile, Rejected
    from index.loading import load_path

    loaded = load_path(Path(path), parser)
    if loaded.documents and loaded.source != path:  # a link took the place of the file, or of a folder above it
        return LoadedFile(path, rejected=(Rejected(ELSEWHERE),))
    return loaded


def _own_title(document: Document) -> str:
    """Its first heading; of a text without one, the words that it begins with."""
    from index.chunking import first_heading

    if first_heading(document.text):
        return document.title
    line = next(line for line in document.text.splitlines() if any(character.isalnum() for character in line))
    words = one_line(line.strip("-*> \t"))
    return words if len(words) <= _LONGEST_OPENING else f"{words[: _LONGEST_OPENING - 1].rstrip()}…"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
