"""Files and texts into documents. So far plain text and Markdown in UTF-8; more formats come in their own modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from index.chunking import first_heading
from index.errors import EmptyText, FileTooLarge, LoadError, UndecodableText, UnsupportedFormat
from index.language import detect_language
from index.schema import Document, sha256_text

FORMATS: Mapping[str, str] = {".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown"}
MAX_FILE_BYTES = 20_000_000

_SUPPORTED = "plain text (.txt) and Markdown (.md)"
SAMPLE_NAMES = ("capex.zh.md", "capex.en.md")


def find_files(path: Path) -> list[Path]:
    """The file itself, or every file under the folder whose format is read, sorted by path.

    Hidden entries and symbolic links inside a folder are passed over. Raises `LoadError` where there is nothing.
    """
    with _load_errors(path):
        if not path.is_dir():
            path.lstat()
            return [path]
        found = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in FORMATS
            and file.is_file()
            and not file.is_symlink()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
    if not found:
        raise LoadError(f"{_shown(path)} holds no file that can be read; supported are {_SUPPORTED}")
    return found


def load_file(path: Path) -> Document:
    """The document in one file; its source is the absolute path. Raises a `LoadError` that says what to do."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        suffix = path.suffix or "no suffix"
        raise UnsupportedFormat(f"{_shown(path)} ({suffix}) is not supported; convert it to {_SUPPORTED}")
    with _load_errors(path):
        if not path.is_file():
            path.stat()
            raise LoadError(f"{_shown(path)} is not a regular file; give a file or a folder")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise FileTooLarge(f"{_shown(path)} is over the limit of {MAX_FILE_BYTES:,} bytes; split it")
        source = _shown(path.resolve())
    return load_bytes(content, name=_shown(path.stem), source=source, kind=kind)


@contextmanager
def _load_errors(path: Path) -> Iterator[None]:
    """Turn an error of the operating system into a `LoadError` that says what to do."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LoadError(f"{_shown(path)} does not exist; check the path") from error
    except PermissionError as error:
        raise LoadError(f"{_shown(path)} cannot be read ({error.strerror}); check its permissions") from error
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL in it, a loop of links
        raise LoadError(f"{_shown(path)} cannot be read ({error}); check the path") from error


def _shown(path: Path | str) -> str:
    """The path as text; bytes of a name that are not UTF-8 are written as escapes."""
    return os.fsencode(path).decode(errors="backslashreplace")


def load_standard_input() -> Document:
    """The document on standard input, taken as Markdown."""
    content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise FileTooLarge(f"standard input is over the limit of {MAX_FILE_BYTES:,} bytes; split it into smaller files")
    return load_bytes(content, name="standard input", source="-", kind="markdown")


def load_samples() -> Iterator[Document]:
    """The two parallel articles, Chinese and English, that ship with the program."""
    folder = resources.files("index") / "sample"
    for name in SAMPLE_NAMES:
        content = (folder / name).read_bytes()
        yield load_bytes(content, name=name, source=f"sample:{name}", kind="markdown")


def load_bytes(content: bytes, *, name: str, source: str, kind: str) -> Document:
    """Decode UTF-8, with or without a byte order mark, into a document called by its first heading or else `name`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UndecodableText(
            f"{source} is not UTF-8 text (byte {error.start}); save it as UTF-8 and add it again"
        ) from error
    if "\0" in text:
        raise UndecodableText(f"{source} is not a text file (it holds NUL bytes); supported are {_SUPPORTED}")
    return make_document(text, name=name, source=source, kind=kind)


def make_document(text: str, *, name: str, source: str, kind: str = "text") -> Document:
    """A document of `text`; raises `EmptyText` where it holds no letter and no digit."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UndecodableText(
            f"{source} holds half a character (a lone surrogate at {error.start}); save it as UTF-8 and add it again"
        ) from error
    if not any(character.isalnum() for character in text):
        raise EmptyText(f"{source} holds no text; nothing to add")
    title = (first_heading(text) if kind == "markdown" else None) or name
    return Document(
        id=sha256_text(text)[:16],
        title=" ".join(title.split()),
        source=source,
        language=detect_language(text),
        text=text,
        added_at=datetime.now(UTC),
        metadata={"format": kind},
    )
