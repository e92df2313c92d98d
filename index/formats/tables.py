"""Rows of a table as sentences that carry their header, so that each can be found, quoted and understood by itself.

「列名：值；列名：值。」 where the header is Chinese, "Column: value; Column: value." where it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from index.language import HAN

_HAN = re.compile(f"[{HAN}]")
_CHINESE = re.compile(rf"[{HAN}\u3000-\u303f\uff00-\uff60]")
_NUMBER = re.compile(r"[-+−(]?[\s$¥€£￥]*\d[\d.,，\s]*[%％)]?")
_STOPS = "。．.！!？?；;"
_TITLE_ROWS = 5  # above the header of a sheet, at most
_MAX_NAME = 100  # characters of a column's name; what is longer is no name

Row = Sequence[str]  # the text of each cell, empty where it holds nothing


def row_sentences(rows: Iterable[Row]) -> Iterator[str]:
    """A line for each row that holds anything, in order.

    The header is the first row of names, numbers being none; rows above it that hold one cell are titles and stand by
    themselves. Without a header a row is its cells.
    """
    waiting = iter(rows)
    first = list(islice(waiting, _TITLE_ROWS + 1))
    filled = [row for row in first if any(row)]
    while filled and len(_cells(filled[0])) == 1 and any(len(_cells(row)) > 1 for row in filled[1:]):
        yield sentence(filled.pop(0))
    header: Row = ()
    if filled and _is_header(filled[0], filled[1:]):
        header = filled.pop(0)
    count = 0
    for row in (*filled, *waiting):
        if any(row):
            count += 1
            yield sentence(row, header)
    if header and not count:
        yield sentence(header)


def sentence(row: Row, header: Row = ()) -> str:
    """One row as a sentence: each cell after the name of its column, where it has one."""
    chinese = bool(_HAN.search("".join(header) or "".join(row)))
    colon, separator, stop = ("：", "；", "。") if chinese else (": ", "; ", ".")
    parts = []
    for position, cell in enumerate(row):
        if not cell:
            continue
        name = header[position].rstrip("：: ") if position < len(header) else ""
        parts.append(f"{name}{colon}{cell}" if name else cell)
    text = separator.join(part.rstrip("；;") for part in parts)
    return text if text[-1:] in tuple(_STOPS) else text + stop


def one_line(text: str) -> str:
    """The text of a cell without line breaks: nothing in their place between Chinese characters, a space elsewhere."""
    stripped = text.strip()

    def space(gap: re.Match[str]) -> str:
        is_break = "\n" in gap[0] or "\r" in gap[0]
        inside = _CHINESE.match(stripped, gap.start() - 1) and _CHINESE.match(stripped, gap.end())
        return "" if is_break and inside else " "

    return re.sub(r"\s+", space, stripped)


def list_numbers(numbers: Sequence[int]) -> str:
    """The first 20 pages or slides that a note names."""
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _cells(row: Row) -> list[str]:
    return [cell for cell in row if cell]


def _is_header(row: Row, below: Sequence[Row]) -> bool:
    cells = _cells(row)
    if len(cells) < 2 or not below or len(set(cells)) < len(cells):
        return False
    if any(len(cell) > _MAX_NAME or cell[-1] in "。.！!" for cell in cells):
        return False
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in cells)
    years = all(re.fullmatch(r"(?:FY|Q)?\d{2,4}(?:年|[AE])?", cell) for cell in cells if _NUMBER.fullmatch(cell))
    return numbers == 0 or (years and numbers < len(cells))
