"""JSON and JSON Lines: each record with a text in it is a document, cited by its number.

A file is a list of records, one record, records one a line, or an object that holds one list of records among other
things. A record's text is the field with one of the names in `TEXT_FIELDS`, or else its one string of several words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from index.decoding import decode
from index.errors import LoadError
from index.extraction import Extracted, Rejected

TEXT_FIELDS = (
    "text",
    "content",
    "body",
    "passage",
    "context",
    "article",
    "document",
    "正文",
    "内容",
    "內容",
    "文本",
    "全文",
)
TITLE_FIELDS = ("title", "标题", "標題", "题目", "題目", "name", "名称", "名稱", "headline")
MAX_DEPTH = 64  # of lists and objects in one another

_LONG_TEXT = 40  # characters, from which a string is taken for the text where no field is named as such
_LONGEST_VALUE = 500  # characters of a scalar that goes into the metadata
_LINES = (".jsonl", ".ndjson")
_RESERVED = frozenset({"format", "encoding"})
_BRACKETS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[{]|[\]}]')
_HALF = re.compile("[\ud800-\udfff]")
_LOOKED_FOR = ", ".join(TEXT_FIELDS)

_Record = tuple[int, Any]  # its number or line, from 1, and what it is


class _Unreadable(ValueError):
    """What is the matter with the JSON of a file or line, without a subject and without what to do."""


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """A document for each record with text, its member the number of the record, or of its line in JSON Lines.

    A record without text, or a line that is no JSON, is rejected by itself. Raises `LoadError` where the whole file
    is not JSON or holds no record.
    """
    decoded = decode(content)
    text = decoded.text
    found: Iterator[_Record | Rejected]
    if PurePath(name).suffix.lower() in _LINES:
        found, what = _records_of_lines(text), "line"
    else:
        found, what = _records_of_whole(text), "record"
    metadata = {"format": "json"} | ({"encoding": decoded.encoding} if decoded.encoding != "utf-8" else {})
    for item in found:
        yield item if isinstance(item, Rejected) else _extract(item, what, metadata)


# Records


def _records_of_lines(text: str) -> Iterator[_Record | Rejected]:
    """Only a line feed ends a line: the other line breaks of Unicode may stand in a string."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, _parse(line)
        except _Unreadable as error:
            yield Rejected(f"{error}; correct line {number} and add the file again", str(number))


def _records_of_whole(text: str) -> Iterator[_Record | Rejected]:
    try:
        value = _parse(text)
    except _Unreadable as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
            yield from _records_of_lines(text)
            return
        raise LoadError(f"{error}; correct it and add it again") from error
    yield from enumerate(_records_in(value), 1)


def _records_in(value: Any) -> list[Any]:
    """The records of a whole file. Raises `LoadError` where there are none."""
    if isinstance(value, _Bad):
        raise LoadError(f"{value.problem}; correct it and add it again")
    if isinstance(value, list):
        if not value:
            raise LoadError("holds an empty list and no text; nothing to add")
        return value
    if isinstance(value, dict):
        if _text_of(value) is not None:
            return [value]
        lists = [
            item
            for item in value.values()
            if isinstance(item, list) and any(isinstance(part, dict) and _text_of(part) is not None for part in item)
        ]
        if len(lists) == 1:
            return list(lists[0])
    raise LoadError(
        f"is no list of records and has no text of its own; looked for a field named {_LOOKED_FOR}, "
        "and for a list of objects with one; rename the field that holds the text"
    )


def _extract(record: _Record, what: str, metadata: Mapping[str, str]) -> Extracted | Rejected:
    number, value = record
    where = f"{what} {number}"
    bad = _first_bad(value)
    if bad is not None:
        return Rejected(f"{bad.problem}; correct {where} and add the file again", str(number))
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, dict):
        return Rejected(f"is no object and no text; make {where} an object with a field text", str(number))
    name = _text_of(value)
    if name is None:
        return Rejected(
            f"has no text (looked for {_LOOKED_FOR}); rename the field of {where} that holds the text", str(number)
        )
    if _HALF.search(value[name]):
        return Rejected(f"holds half a character (\\ud800 or the like); correct {where}", str(number))
    title = next((field for field in TITLE_FIELDS if _is_text(value.get(field)) and field != name), None)
    others = {
        _shown(key): _shown(item)
        for key, item in value.items()
        if key not in (name, title) and key not in _RESERVED and _is_kept(item)
    }
    return Extracted(
        text=value[name],
        structure="text",
        title=_HALF.sub("\ufffd", " ".join(value[title].split())) if title else None,
        metadata={**others, **metadata},
        member=str(number),
    )


def _text_of(record: dict[str, Any]) -> str | None:
    """The name of the field that holds the text of a record."""
    lowered = {key.strip().lower(): key for key in reversed(list(record))}
    named = (lowered[field] for field in TEXT_FIELDS if field in lowered)
    found = next((key for key in named if _is_text(record[key])), None)
    if found is not None:
        return found
    long = [
        key
        for key, item in record.items()
        if isinstance(item, str) and len(item) >= _LONG_TEXT and key not in TITLE_FIELDS and not _is_reference(item)
    ]
    return long[0] if len(long) == 1 else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_reference(value: str) -> bool:
    """Whether a long string is an address, a path or a code: no white space and no Chinese in it."""
    return value.isascii() and not re.search(r"\s", value.strip())


def _is_kept(value: Any) -> bool:
    return isinstance(value, (int, float)) or (_is_text(value) and len(value) <= _LONGEST_VALUE)


def _shown(value: Any) -> str:
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else json.dumps(value)


# JSON


def _parse(text: str) -> Any:
    """The value of one JSON text, with a `_Bad` for what can be told from the rest. Raises `_Unreadable`."""
    if _depth(text) > MAX_DEPTH:
        raise _Unreadable(f"is nested more than {MAX_DEPTH} levels deep")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text else ""
        raise _Unreadable(f"is not JSON ({line}column {error.colno}: {error.msg})") from error


def _depth(text: str) -> int:
    """How deep lists and objects stand in one another, without reading them: Python's reader would overflow."""
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        if bracket[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket[0] in "]}":
            depth -= 1
    return deepest


@dataclass(frozen=True, slots=True)
class _Bad:
    """Stands in a parsed value where JSON forbids what is written, or readers disagree on it."""

    problem: str


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Bad:
    record = dict(pairs)
    if len(record) == len(pairs):
        return record
    double = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
    return _Bad(f"has the field {double[:40]!r} twice")


def _constant(constant: str) -> _Bad:
    return _Bad(f"holds {constant}, which is not JSON")


def _first_bad(value: Any) -> _Bad | None:
    if isinstance(value, _Bad):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((bad for part in parts if (bad := _first_bad(part))), None)


def _integer(digits: str) -> int | float:
    """Numbers too long for Python's conversion become floating-point ones, as in other readers."""
    return int(digits) if len(digits) < 400 else float(digits)
