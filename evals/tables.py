"""The rows of a table that a person filled in, as texts: of a CSV file, or of the first sheet of a workbook."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from evals.cases import CaseError
from index.decoding import decode
from index.errors import UndecodableText

MAX_BYTES = 20_000_000
_DELIMITERS = ",;\t"

Row = tuple[int, list[str]]  # its number as a spreadsheet shows it, and its cells


def read_rows(path: Path) -> Iterator[Row]:
    """The rows that are not empty, in order. Raises `CaseError` where the file is no table that can be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CaseError(f"{path} cannot be read ({error.strerror}); check the path") from error
    if len(content) > MAX_BYTES:
        raise CaseError(f"{path} is over the limit of {MAX_BYTES:,} bytes; split it")
    rows = _workbook_rows(content, path) if path.suffix.lower() == ".xlsx" else _csv_rows(content, path)
    for number, cells in enumerate(rows, 1):
        if any(cells):
            yield number, cells


def _csv_rows(content: bytes, path: Path) -> Iterator[list[str]]:
    try:
        text = decode(content).text
    except UndecodableText as error:
        raise CaseError(f"{path} {error}") from error
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    read = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            read += 1
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise CaseError(f"{path}, row {read + 1}: it is no CSV ({error}); correct the row") from error


def _workbook_rows(content: bytes, path: Path) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings(action="ignore"):  # of what a sheet may have beside its cells
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            for row in sheet.iter_rows():
                yield [_cell_text(cell.value, cell.number_format or "") for cell in row]
    except Exception as error:  # a broken workbook fails in openpyxl, zipfile or the XML parser, each in its own way
        raise CaseError(
            f"{path} is no workbook that can be read ({error!r}); save it as .xlsx or .csv again"
        ) from error


def _cell_text(value: Any, number_format: str) -> str:
    """A cell as its reader sees it, as far as a question or an answer may depend on it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float() if "%" in number_format:
            return f"{round(value * 100, 10):.15g}%"
        case float():
            return f"{value:.15g}"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value).strip()
