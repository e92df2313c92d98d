"""Files and texts into documents: found, read in a child process, repaired and named.

Every file that is offered gives one `LoadedFile`, with its documents or the reasons why there are none; one bad file
does not stop the others.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Literal

from index.chunking import first_heading
from index.decoding import decode
from index.errors import EmptyText, FileTooLarge, LoadError, UndecodableText, UnsupportedFormat
from index.extraction import Extracted, FileState, LoadedFile, Rejected
from index.folders import FoundFiles, find, find_files, load_errors, nothing_found, shown
from index.formats.registry import MAX_FILE_BYTES, TOO_LARGE, is_supported, why_unsupported
from index.language import detect_language
from index.parsing import Parser
from index.radicals import repair_radicals
from index.schema import Document, sha256_text

__all__ = ["find_files"]  # of `index.folders`, for those who load what it finds

SAMPLE_NAMES = ("capex.zh.md", "capex.en.md")

_STANDARD_INPUT = "standard input"
_MAX_NAME = 300  # characters of a title, a member or a value of the metadata


# Files


def load_paths(paths: Iterable[Path | str], parser: Parser) -> Iterator[LoadedFile]:
    """What came of each file that is named or stands in a folder that is named, in order; folders sorted by path.

    A folder itself gives one where something of it was passed over or cannot be read. Nothing is raised for a file:
    `LoadedFile.rejected` says what was wrong with it, without its name.
    """
    for path in map(Path, paths):
        try:
            found = find(path)
        except LoadError as error:
            yield LoadedFile(shown(path), rejected=(Rejected(_without_subject(error, path)),))
            continue
        for file in found.files:
            yield load_path(file, parser)
        yield from _on_folder(path, found)


def load_path(path: Path, parser: Parser) -> LoadedFile:
    """What came of one file; its source is the absolute path."""
    try:
        content, state = _read(path)
        source = _source(path)
    except LoadError as error:
        return LoadedFile(shown(path), rejected=(Rejected(_without_subject(error, path)),))
    return load_content(content, name=shown(path.name), source=source, parser=parser, state=state)


def load_file(path: Path, parser: Parser | None = None) -> Document:
    """The one document in a file. Raises a `LoadError` that names it where there is none, or more than one."""
    if parser is None:
        with Parser() as own:
            return load_file(path, own)
    content, state = _read(path)
    loaded = load_content(content, name=shown(path.name), source=_source(path), parser=parser, state=state)
    if loaded.rejected:
        raise LoadError(f"{loaded.source} {loaded.rejected[0].reason}")
    if len(loaded.documents) != 1:
        raise LoadError(f"{loaded.source} holds {len(loaded.documents)} documents; give a file of one")
    return loaded.documents[0]


def load_standard_input(parser: Parser) -> LoadedFile:
    """What stands on standard input, taken as Markdown; its source is "-"."""
    content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        return LoadedFile("-", rejected=(Rejected(TOO_LARGE),))
    return load_content(content, name=f"{_STANDARD_INPUT}.md", source="-", parser=parser)


def load_content(
    content: bytes, *, name: str, source: str, parser: Parser, state: FileState | None = None
) -> LoadedFile:
    """What came of a file whose content is at hand: its format is that of `name`."""
    if len(content) > MAX_FILE_BYTES:
        return LoadedFile(source, rejected=(Rejected(TOO_LARGE),), state=state)
    documents: list[Document] = []
    rejected: list[Rejected] = []
    notes: list[str] = []
    taken: set[str] = set()
    for item in parser.parse(content, name):
        member = _clean(item.member)
        if isinstance(item, Rejected):
            rejected.append(Rejected(item.reason, member))
            continue
        notes += [f"{member}: {note}" if member else note for note in item.notes]
        own_source = _free_source(f"{source}#{member}" if member else source, taken)
        taken.add(own_source)
        try:
            documents.append(_document(item, _stem(name, member), own_source))
        except LoadError as error:
            rejected.append(Rejected(str(error), member))
    if not documents and not rejected:
        rejected.append(Rejected("holds nothing that can be read; nothing to add"))
    return LoadedFile(source, tuple(documents), tuple(rejected), tuple(notes), state)


def _source(path: Path) -> str:
    with load_errors(path):
        return shown(path.resolve())


def _read(path: Path) -> tuple[bytes, FileState]:
    """The content of a regular file of a format that is read; raises `LoadError`."""
    if not is_supported(path.name):
        with load_errors(path):
            path.stat()
        raise UnsupportedFormat(f"{shown(path)} {why_unsupported(path.name)}")
    with load_errors(path):
        # Opening must not wait for a pipe that took the place of a file.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise LoadError(f"{shown(path)} is not a regular file; give a file or a folder")
        with open(descriptor, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise FileTooLarge(f"{shown(path)} {TOO_LARGE}")
    return content, FileState(len(content), status.st_mtime_ns, hashlib.sha256(content).hexdigest())


def _on_folder(path: Path, found: FoundFiles) -> Iterator[LoadedFile]:
    """What has to be said of a folder as such."""
    rejected = [LoadedFile(shown(inside), rejected=(Rejected(reason),)) for inside, reason in found.unreadable]
    yield from rejected
    if not found.files and not rejected:
        yield LoadedFile(shown(path), rejected=(Rejected(nothing_found(found)),))
    elif note := found.note():
        yield LoadedFile(shown(path), notes=(note,))


def _without_subject(error: LoadError, path: Path) -> str:
    return str(error).removeprefix(f"{shown(path)} ")


def _free_source(source: str, taken: set[str]) -> str:
    """The source, with a number where another document of the file has it already."""
    number, free = 1, source
    while free in taken:
        number += 1
        free = f"{source} ({number})"
    return free


def _stem(name: str, member: str) -> str:
    """What a document is called for want of a title."""
    inner = PurePosixPath(member)
    if inner.suffix:
        return inner.stem
    if inner.parent.suffix:  # a record of a file in an archive
        return f"{inner.parent.stem} #{inner.name}"
    stem = name.removesuffix(PurePosixPath(name).suffix)  # a text may be called "2025/26", which is no path
    return f"{stem} #{member}" if member else stem


# Texts


def load_samples() -> Iterator[Document]:
    """The two parallel articles, Chinese and English, that ship with the program."""
    folder = resources.files("index") / "sample"
    for name in SAMPLE_NAMES:
        content = (folder / name).read_bytes()
        yield load_bytes(content, name=name, source=f"sample:{name}", kind="markdown")


def load_bytes(content: bytes, *, name: str, source: str, kind: str) -> Document:
    """A document of plain text (`kind` "text") or Markdown ("markdown") that is trusted, read in this process."""
    try:
        text = decode(content).text
    except UndecodableText as error:
        raise UndecodableText(f"{source} {error}") from error
    return make_document(text, name=name, source=source, kind=kind)


def make_document(text: str, *, name: str, source: str, kind: str = "text") -> Document:
    """A document of `text`, called by its first heading or else `name`.

    Raises `EmptyText` where it holds no letter and no digit, `UndecodableText` where it holds half a character.
    """
    structure: Literal["text", "markdown"] = "markdown" if kind == "markdown" else "text"
    title = first_heading(text) if structure == "markdown" else None
    try:
        return _document(Extracted(text, structure, title, metadata={"format": kind}), name, source)
    except LoadError as error:
        raise type(error)(f"{source} {error}") from error


def _document(extracted: Extracted, name: str, source: str) -> Document:
    """Called `name` where nothing in it is its title. Raises a `LoadError` without a subject."""
    # SQLite ends a text at a NUL; both repairs keep every offset.
    text = repair_radicals(extracted.text).replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UndecodableText(
            f"holds half a character (a lone surrogate at {error.start}); save it as UTF-8 and add it again"
        ) from error
    if not any(character.isalnum() for character in text):
        raise EmptyText("holds no text; nothing to add")
    metadata = {_clean(key): _clean(value) for key, value in extracted.metadata.items()}
    if extracted.structure == "markdown" and metadata.get("format") != "markdown":
        metadata["structure"] = "markdown"
    return Document(
        id=sha256_text(text)[:16],
        title=_clean(repair_radicals(extracted.title or name)) or _clean(name),
        source=source,
        language=detect_language(text),
        text=text,
        added_at=datetime.now(UTC),
        metadata=metadata,
        places=tuple(replace(place, label=_clean(place.label)) for place in extracted.places),
    )


def _clean(text: str) -> str:
    """A name from a file on one line and of a length, without what cannot be stored."""
    possible = text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
    return " ".join(possible.split())[:_MAX_NAME]
