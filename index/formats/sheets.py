"""Spreadsheets: Excel workbooks, and tables as text whose columns commas, semicolons, tabs or bars divide.

Each row becomes a line that carries its header. Numbers and dates stand as the sheet shows them, formulas as the value
that was last computed for them. Left out: hidden sheets and formulas without a value (with a note), pictures, charts,
comments.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from index.decoding import decode
from index.errors import EmptyText, LoadError
from index.extraction import Extracted, Rejected
from index.formats.number_format import format_number
from index.formats.packages import open_package, read_member
from index.formats.tables import Row, one_line, row_sentences
from index.schema import Place

MAX_ROWS = 50_000  # of a sheet that are read
_MAX_BLANK_ROWS = 100_000  # in a row: what stands behind them is no table any more
_MAX_CELL = 1_000_000  # characters

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# Attributes of a cell with a formula, the value where there is one, and its element where that is there but empty.
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*>(?:[^<]*</(?:\w+:)?f>)?\s*(?:<(?:\w+:)?v>([^<]+)<|(<(?:\w+:)?v\b))?"
)
_COMPUTE = "open it in Excel or LibreOffice, save it and add it again"

_NAMED_DELIMITER = re.compile(r"sep=([^\w\s\"]|\t)\r?\n")  # a first line that Excel understands
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """One document: all sheets of a workbook, or the table."""
    if content.startswith(b"PK"):
        yield _read_workbook(content, name)
    else:
        yield _read_text(content, name)


# Text


def _read_text(content: bytes, name: str) -> Extracted:
    decoded = decode(content)
    suffix = PurePosixPath(name).suffix.lower()
    csv.field_size_limit(_MAX_CELL)
    metadata = {"format": suffix[1:] or "csv"}
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    notes: list[str] = []
    try:
        named = _NAMED_DELIMITER.match(decoded.text)
        text = decoded.text[named.end() :] if named else decoded.text
        delimiter = named[1] if named else "\t" if suffix == ".tsv" else _delimiter(text)
        plain: dict[str, Any] = {} if _closes_quotes(text, delimiter) else {"quoting": csv.QUOTE_NONE}
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, **plain)
        rows = ([one_line(cell) for cell in row] for row in reader)
        lines = list(row_sentences(_limited(rows, "the table", notes)))
    except csv.Error as error:
        raise LoadError(f"is not a table as text ({error}); save it anew as CSV in UTF-8") from error
    return Extracted("\n".join(lines), "text", metadata=metadata, notes=tuple(notes))


def _delimiter(text: str) -> str:
    """The sign that divides most lines into the same number of columns, at least two."""
    lines = [line for line in islice(io.StringIO(text), _SAMPLE_LINES) if line.strip()]
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=counts.count) if counts else 1
        score = (counts.count(usual) if usual > 1 else 0, usual)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _closes_quotes(text: str, delimiter: str) -> bool:
    """Whether every quotation mark that opens a cell is closed; one that is not makes one cell of all behind it."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" not in str(error)
    return True


def _limited(rows: Iterable[Row], what: str, notes: list[str]) -> Iterator[Row]:
    """The rows that hold anything, up to the limit; a note where there are more."""
    blank = count = 0
    for row in rows:
        if not any(row):
            blank += 1
            if blank > _MAX_BLANK_ROWS:
                return
            continue
        blank, count = 0, count + 1
        if count > MAX_ROWS:
            notes.append(f"{what} has more than {MAX_ROWS:,} rows and was read up to there; split it to have all")
            return
        yield row


# Workbooks


def _read_workbook(content: bytes, name: str) -> Extracted:
    from openpyxl import load_workbook

    with open_package(content) as package:
        uncomputed = sum(
            _uncomputed(read_member(package, entry)) for entry in package.infolist() if _SHEET.fullmatch(entry.filename)
        )
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    text: list[str] = []
    places: list[Place] = []
    notes: list[str] = []
    length = 0
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(f"sheet {sheet.title} is hidden and was left out; show it to have it read")
            continue
        sheet.reset_dimensions()  # what the file says of its size may be wrong, or made to fill memory
        rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows())
        lines = list(row_sentences(_limited(rows, f"sheet {sheet.title}", notes)))
        if not lines:
            continue
        part = f"## {one_line(sheet.title)}\n\n" + "\n".join(lines) + "\n\n"
        places.append(Place("sheet", sheet.title, length))
        text.append(part)
        length += len(part)
    if uncomputed:
        notes.append(f"left out, never computed: {uncomputed:,} formula{'s' if uncomputed > 1 else ''}; {_COMPUTE}")
    if not text:
        raise EmptyText(f"holds no cell with a value; {_COMPUTE if uncomputed else 'nothing to add'}")
    title = one_line(str(workbook.properties.title or "")) or PurePosixPath(name).stem  # not the name of a sheet
    return Extracted(
        "".join(text).rstrip("\n") + "\n",
        "markdown",
        title=title,
        places=tuple(places),
        metadata={"format": "xlsx"},
        notes=tuple(notes),
    )


def _uncomputed(sheet: bytes) -> int:
    """How many formulas of a sheet carry no value, as programs leave them that write workbooks without computing."""
    cells = _FORMULA.finditer(sheet)
    return sum(not (cell[2] or (cell[3] is not None and b't="str"' in cell[1])) for cell in cells)


def _shown(cell: Any) -> str:
    """The value of a cell as the sheet shows it, on one line."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return "" if cell.data_type == "e" else one_line(value)
        case int() | float():
            return format_number(value, cell.number_format or "General")
        case datetime():
            return _shown_moment(value)
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("seconds" if value.second else "minutes")
        case timedelta():
            return _shown_duration(value)
    return one_line(str(value))


def _shown_moment(value: datetime) -> str:
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")


def _shown_duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
