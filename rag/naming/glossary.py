"""The glossary: which names mean the same, in both languages. One ships with the program, a library may add its own.

A glossary file is UTF-8, one entry a line, fields separated by tabs: the kind, then the forms.

    company	微软	Microsoft	MSFT
    place	美国	United States	US	~American
    company	小米	Xiaomi	!小米粥

A form after "~" bears the name out where it stands in a source, and is no name itself. A word after "!" holds a form
and means something else. Lines that begin with # are comments. Not handled: patterns, and forms that mean something
only beside another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from index.errors import GlossaryError
from index.language import HAN
from index.storage import replace_file, writer_lock
from rag.naming.folding import fold, name_key

FILE_NAME = "glossary.tsv"

_MOST_BYTES = 1 << 20
_MOST_LINES = 10_000
_MOST_FORMS = 40
_LONGEST_FORM = 100  # characters; the longest shipped one has less than half of that
_LOCK_WAIT_SECONDS = 5.0
_KIND = re.compile(r"[a-z]{1,30}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHORT_WORD = re.compile(r"[a-z]{1,4}")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and how it is called; `id` is stable as long as the kind and the first form are."""

    id: str
    kind: str
    forms: tuple[str, ...]
    adjectives: tuple[str, ...] = ()  # bear the name out, and are no names: American
    other_words: tuple[str, ...] = ()  # hold a form and mean something else: 小米粥


@dataclass(frozen=True, slots=True)
class Glossary:
    """The shipped entries, and a library's own on top: a form of those means all that its other forms mean."""

    entries: tuple[Entry, ...]
    own: tuple[Entry, ...] = ()

    @classmethod
    def open(cls, path: Path | None = None) -> Glossary:
        """The shipped glossary, with the file at `path` on top; raises `GlossaryError`."""
        return cls(_shipped(), read_entries(path) if path else ())


def open_glossary(library_folder: Path | None) -> Glossary:
    """The shipped glossary, with that of the library on top where it has one; raises `GlossaryError`."""
    path = library_folder / FILE_NAME if library_folder else None
    return Glossary.open(path if path and path.exists() else None)


def read_entries(path: Path) -> tuple[Entry, ...]:
    """The entries of a file in its order; raises `GlossaryError` that names the line."""
    return tuple(entry for _, entry in _numbered_entries(_read(path), str(path)))


def add_entry(library_folder: Path, kind: str, forms: Sequence[str]) -> Entry:
    """Add an entry to the library's own glossary; raises `GlossaryError` where a form of it is there already."""
    path = library_folder / FILE_NAME
    with writer_lock(library_folder / "LOCK", _LOCK_WAIT_SECONDS):
        text = _read(path) if path.exists() else ""
        added = _entry([kind, *forms], "the new entry")
        for number, entry in _numbered_entries(text, str(path)):
            for form in added.forms:
                if _key(form) in map(_key, entry.forms):
                    raise GlossaryError(
                        f"{path}, line {number} has {form!r} already; `tongwen glossary remove {form}` first, "
                        "or edit that line"
                    )
        line = "\t".join([kind, *forms])
        changed = f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n"
        _numbered_entries(changed, str(path))
        replace_file(path, changed.encode())
    return added


def remove_entries(library_folder: Path, form: str) -> list[Entry]:
    """Take the entries that hold `form` out of the library's own glossary; raises `GlossaryError` where none does."""
    path = library_folder / FILE_NAME
    with writer_lock(library_folder / "LOCK", _LOCK_WAIT_SECONDS):
        text = _read(path) if path.exists() else ""
        removed = dict(holding(_numbered_entries(text, str(path)), form))
        if not removed:
            raise GlossaryError(f"{path} has no entry with {form!r}; `tongwen glossary list` shows what it has")
        kept = [line for number, line in enumerate(text.split("\n"), 1) if number not in removed]
        replace_file(path, "\n".join(kept).encode())
    return list(removed.values())


def holding(entries: Sequence[tuple[int, Entry]], form: str) -> Iterator[tuple[int, Entry]]:
    """Those of the numbered entries that have a form spelled like `form`."""
    return ((number, entry) for number, entry in entries if _key(form) in map(_key, entry.forms))


@cache
def _shipped() -> tuple[Entry, ...]:
    return tuple(
        entry
        for _, entry in _numbered_entries((resources.files("rag.naming") / FILE_NAME).read_text("utf-8"), FILE_NAME)
    )


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise GlossaryError(f"{path} cannot be read ({error.strerror or error}); check the path") from error
    if len(content) > _MOST_BYTES:
        raise GlossaryError(f"{path} is larger than {_MOST_BYTES >> 20} MB; keep only the names that you need")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise GlossaryError(f"{path}, line {line} is not UTF-8; save the file as UTF-8") from error


def _numbered_entries(text: str, place: str) -> list[tuple[int, Entry]]:
    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        raise GlossaryError(f"{place} has more than {_MOST_LINES:,} lines; keep only the names that you need")
    entries: list[tuple[int, Entry]] = []
    first_lines: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        entry = _entry(line.split("\t"), f"{place}, line {number}")
        first = first_lines.setdefault(entry.id, number)
        if first != number:
            raise GlossaryError(f"{place}, line {number} begins like line {first}; make one entry of the two")
        entries.append((number, entry))
    return entries


def _entry(fields: Sequence[str], place: str) -> Entry:
    kind, *written = (field.strip(" ") for field in fields)
    if not _KIND.fullmatch(kind):
        raise GlossaryError(f"{place} has no kind; begin it with one such as company or person, then a tab")
    marked: dict[str, list[str]] = {"": [], "~": [], "!": []}
    for field in written:
        mark = field[:1] if field[:1] in ("~", "!") else ""
        form = field.removeprefix(mark)
        _check_form(form, mark, place)
        marked[mark].append(form)
    if not marked[""]:
        raise GlossaryError(f"{place} has no form; write the names after the kind, with tabs between them")
    if len(written) > _MOST_FORMS:
        raise GlossaryError(f"{place} has more than {_MOST_FORMS} forms; leave some out")
    forms, adjectives, other_words = (tuple(marked[mark]) for mark in ("", "~", "!"))
    return Entry(f"{kind}:{_key(forms[0])}", kind, forms, adjectives, other_words)


def _check_form(form: str, mark: str, place: str) -> None:
    if _UNPRINTABLE.search(form) or "\t" in form:
        raise GlossaryError(f"{place} has a character that cannot be seen; delete it")
    if len(form) > _LONGEST_FORM:
        raise GlossaryError(f"{place} has a form of more than {_LONGEST_FORM} characters; shorten it")
    if sum(character.isalnum() for character in form) < 2:
        raise GlossaryError(f"{place} has the form {form!r}, too short to be told from other words; write it out")
    if not mark and _SHORT_WORD.fullmatch(form):
        raise GlossaryError(f"{place} has the form {form!r}, which reads like a common word; write its capitals")


def _key(form: str) -> str:
    return form if not _HAN_CHARACTER.search(form) and form.isupper() else name_key(fold(form))
