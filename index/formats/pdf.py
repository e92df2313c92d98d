"""PDF: the text layer of each page, with its lines joined into paragraphs again.

A page of pictures has no text layer; it is reported, and nothing is read from it. Not handled: columns that the file
does not store in reading order, and headers and footers, which stay where they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.errors import EmptyText, FileTooLarge, LoadError
from index.extraction import Extracted, Rejected
from index.formats.tables import list_numbers
from index.language import HAN
from index.radicals import repair_radicals
from index.schema import Place

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 2_000

_FULL_LINE = 0.75  # of the widest lines of a page: a shorter line ends its paragraph
_WIDEST = 0.9  # the quantile that is taken for the widest, so that one stray line does not count
_MAX_TITLE = 120
_HYPHENS = "\ufffe\x02"  # what PDFium puts for a hyphen at the end of a line, with or without the line break
_LINE_BREAK = re.compile(rf"(?<=[{_HYPHENS}])(?:\r\n|\r|\n|)|\r\n|\r|\n")
_LAST_PART, _FIRST_PART = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_STOPS = "。．！？!?.…：:；;”’」』）)】》"
_HAN_SIDE = re.compile(rf"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’…—]")
_NO_TITLE = re.compile(
    r"(?i)microsoft (?:word|powerpoint|excel)|untitled|无标题|未命名|.*\.(?:docx?|pptx?|xlsx?|wps|indd|tex|dvi|html?)"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """One document, with a place for each page that has text."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(content)
    except PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise LoadError("is protected by a password; save a copy without one and add that") from error
        raise LoadError("is damaged or not a complete PDF; save it anew and add it again") from error
    with document:
        yield _extract(document)


def _extract(document: PdfDocument) -> Extracted:
    count = len(document)
    if count > MAX_PAGES:
        raise FileTooLarge(f"has {count:,} pages, more than {MAX_PAGES:,}; split it")
    places, without = [], []
    parts: list[str] = []
    length, open_line = 0, False
    pages = [_page_lines(document, number) for number in range(count)]
    words = _words(pages)
    for number, lines in enumerate(pages):
        if lines is None or not any(character.isalnum() for line in lines for character in line):
            without.append(number + 1)
            continue
        paragraphs, ends_open = _paragraphs(lines, words)
        page = "\n".join(paragraphs)
        if parts:
            joint = _joint(parts[-1], page) if open_line else "\n\n"
            parts.append(joint)
            length += len(joint)
        places.append(Place("page", str(number + 1), length))
        parts.append(page)
        length += len(page)
        open_line = ends_open
    text = "".join(parts)
    if not text:
        raise EmptyText("holds no text, only pictures of pages; have its text recognised (OCR) and add that")
    return Extracted(
        text,
        "text",
        title=_title(document, text),
        places=tuple(places),
        metadata=_metadata(document, count),
        notes=(_note(without),) if without else (),
    )


def _page_lines(document: PdfDocument, number: int) -> list[str] | None:
    """The lines of a page; None where it cannot be read."""
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
        try:
            found = page.get_textpage().get_text_bounded()
        finally:
            page.close()
    except PdfiumError:
        return None
    found = repair_radicals(_SURROGATES.sub("\ufffd", found))  # before it is asked what stands beside a line break
    return [line.rstrip(" \t") for line in _LINE_BREAK.split(found)]


def _words(pages: Sequence[Sequence[str] | None]) -> frozenset[str]:
    """The words of the file in small letters, those with a hyphen included; none where no line ends in a hyphen."""
    lines = [line for page in pages for line in page or ()]
    if not any(line[-1:] in tuple(_HYPHENS) for line in lines):
        return frozenset()
    words: set[str] = set()
    after_hyphen = False
    for line in lines:
        found = _WORD.findall(line.lower())
        ends_in_hyphen = line[-1:] in tuple(_HYPHENS)
        words.update(found[after_hyphen : len(found) - ends_in_hyphen])  # halves are no words
        after_hyphen = ends_in_hyphen
    return frozenset(words)


def _paragraphs(lines: Sequence[str], words: frozenset[str]) -> tuple[list[str], bool]:
    """The lines joined into paragraphs, and whether the last one goes on behind the page."""
    widths = sorted(_columns(line) for line in lines if line.strip())
    full = _FULL_LINE * widths[min(int(_WIDEST * len(widths)), len(widths) - 1)]
    paragraphs: list[str] = []
    open_line = False
    for line in lines:
        if not line.strip():
            open_line = False
            continue
        if open_line:
            paragraphs[-1] = _joined(paragraphs[-1], line, words)
        else:
            paragraphs.append(line.lstrip())
        open_line = line[-1] in _HYPHENS or (_columns(line) >= full and len(widths) > 1 and line[-1] not in _STOPS)
    if paragraphs and paragraphs[-1][-1:] in tuple(_HYPHENS):
        paragraphs[-1] = paragraphs[-1][:-1] + "-"
    return paragraphs, open_line


def _joined(before: str, after: str, words: frozenset[str]) -> str:
    after = after.lstrip()
    if before[-1] in _HYPHENS:
        return before[:-1] + ("" if _is_divided(before[:-1], after, words) else "-") + after
    return before + _joint(before, after) + after


def _is_divided(before: str, after: str, words: frozenset[str]) -> bool:
    """Whether a hyphen divides one word, as "infor-mation", and is not that of a compound, as "well-known": by whether
    the compound, or both of its parts, stand elsewhere in the file."""
    first, second = _LAST_PART.search(before.lower()), _FIRST_PART.match(after.lower())
    if not first or not second or not after[0].islower():
        return False
    if first[0] + second[0] in words:
        return True
    return f"{first[0]}-{second[0]}" not in words and not {first[0], second[0]} <= words


def _joint(before: str, after: str) -> str:
    """What stands between two lines of a paragraph: nothing beside an ideograph, else a space."""
    return "" if _HAN_SIDE.match(before[-1:]) or _HAN_SIDE.match(after[:1]) else " "


def _columns(line: str) -> int:
    """As a terminal counts: an ideograph is two wide."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _title(document: PdfDocument, text: str) -> str | None:
    stated = " ".join(document.get_metadata_value("Title").split())
    if stated and any(character.isalnum() for character in stated) and not _NO_TITLE.match(stated):
        return stated
    first = text.lstrip().partition("\n")[0].strip()
    return first if len(first) <= _MAX_TITLE else None


def _metadata(document: PdfDocument, pages: int) -> dict[str, str]:
    metadata = {"format": "pdf", "pages": str(pages)}
    if author := _SURROGATES.sub("\ufffd", document.get_metadata_value("Author")).strip():
        metadata["author"] = author
    if made := _DATE.match(document.get_metadata_value("CreationDate")):
        metadata["date"] = "-".join(made.groups())
    return metadata


def _note(pages: Sequence[int]) -> str:
    many = len(pages) > 1
    return (
        f"page{'s' if many else ''} {list_numbers(pages)} hold{'' if many else 's'} only pictures or nothing; "
        "have the text recognised (OCR) if it is needed"
    )
