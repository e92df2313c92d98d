"""Which reader reads which file: by the suffix of its name, and by what its first bytes say where the two differ.

The readers are imported when the first file of their format comes. No reader opens a path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from index.errors import UnsupportedFormat
from index.extraction import Extracted, Reader, Rejected
from index.formats.signatures import format_of_content

READERS: Mapping[str, str] = {
    ".txt": "index.formats.text",
    ".text": "index.formats.text",
    ".log": "index.formats.text",
    ".md": "index.formats.text",
    ".markdown": "index.formats.text",
    ".html": "index.formats.html",
    ".htm": "index.formats.html",
    ".xhtml": "index.formats.html",
    ".pdf": "index.formats.pdf",
    ".docx": "index.formats.docx",
    ".pptx": "index.formats.pptx",
    ".xlsx": "index.formats.sheets",
    ".csv": "index.formats.sheets",
    ".tsv": "index.formats.sheets",
    ".epub": "index.formats.epub",
    ".json": "index.formats.json_text",
    ".jsonl": "index.formats.json_text",
    ".eml": "index.formats.mail",
    ".zip": "index.formats.archive",
}
SUPPORTED = (
    "plain text (.txt) and Markdown (.md), web pages (.html), PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), "
    "CSV, EPUB, JSON, e-mail (.eml) and zip"
)
MAX_FILE_BYTES = 20_000_000  # of a file, and of a member of an archive
TOO_LARGE = f"is over the limit of {MAX_FILE_BYTES:,} bytes; split it"
MAX_DEPTH = 2  # a file in an archive in an archive, and no deeper

_CONTAINERS = ("index.formats.mail", "index.formats.archive")
_OLDER: Mapping[str, str] = {".doc": ".docx", ".dot": ".docx", ".xls": ".xlsx", ".ppt": ".pptx", ".rtf": ".docx"}


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, with its dot; empty where there is none."""
    return PurePosixPath(name.replace("\\", "/").replace("\0", "")).suffix.lower()


def is_supported(name: str) -> bool:
    return suffix_of(name) in READERS


def is_leftover(name: str) -> bool:
    """Whether a file or folder of that name is passed over: hidden, a lock of Office, or of what macOS adds."""
    return (name.startswith((".", "~$")) and name not in (".", "..")) or name == "__MACOSX"


def list_kinds(suffixes: Counter[str]) -> str:
    """The suffixes that occur most and how often, for a note on what is not read."""
    return ", ".join(f"{suffix or 'no suffix'} {count:,}" for suffix, count in suffixes.most_common(8))


def why_unsupported(name: str) -> str:
    """What to say of a file whose suffix has no reader, without the file's name."""
    suffix = suffix_of(name)
    if suffix in _OLDER:
        return f"is in an older format ({suffix}) that is not read; open it and save it as {_OLDER[suffix]}"
    if not suffix:
        return "(no suffix) does not say what it is; name it .txt if it is text, or else by its format"
    return f"({suffix}) is not supported; convert it to one of these: {SUPPORTED}"


def read(content: bytes, name: str, depth: int = 0) -> Iterator[Extracted | Rejected]:
    """Everything in one file. `depth` counts the archives and messages that it is in.

    Raises a `LoadError`, or whatever the parser of the format raises over damaged content.
    """
    suffix = suffix_of(name)
    if suffix not in READERS:
        raise UnsupportedFormat(why_unsupported(name))
    found = format_of_content(content, suffix)
    if found is None:
        yield from _reader(suffix, depth)(content, name)
        return
    note = f"is {found[1:].upper()} in spite of its name and was read as that; name it {found} to be clear"
    for item in _reader(found, depth)(content, name):
        yield replace(item, notes=(note, *item.notes)) if isinstance(item, Extracted) and not item.member else item


def _reader(suffix: str, depth: int) -> Reader:
    module = import_module(READERS[suffix])
    if READERS[suffix] not in _CONTAINERS:
        reader: Reader = module.read
        return reader
    if depth >= MAX_DEPTH:
        raise UnsupportedFormat(f"is inside {depth} archives or messages, too deep to be read; unpack them first")
    return lambda content, name: module.read_nested(content, name, depth)
