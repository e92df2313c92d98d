"""Word documents: headings, paragraphs, lists, tables and footnotes in their order, as Markdown.

The XML is walked itself, because the object model of python-docx passes over insertions that are not yet accepted,
content controls and text boxes. Left out: headers, footers, comments, pictures, deleted text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from index.errors import EmptyText
from index.extraction import Extracted, Rejected
from index.formats.markup import escape_markup
from index.formats.packages import open_package
from index.formats.tables import one_line, row_sentences

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING_NAME = re.compile(r"(?i)(?:heading|标题)\s*([1-9])$")
_TITLE_NAMES = ("title", "标题")
_FOOTNOTES = "/word/footnotes.xml"
_ENDNOTES = "/word/endnotes.xml"


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """One document."""
    from docx import Document

    open_package(content).close()
    document = Document(io.BytesIO(content))
    levels = _heading_levels(document.styles.element)
    blocks = list(_blocks(document.element.body, levels))
    blocks += _notes(document)
    text = "\n\n".join(blocks)
    if not text:
        raise EmptyText("holds no text; nothing to add")
    properties = document.core_properties
    metadata = {"format": "docx"}
    if properties.author:
        metadata["author"] = properties.author
    if properties.modified:
        metadata["date"] = properties.modified.date().isoformat()
    yield Extracted(text, "markdown", title=_title(blocks, properties.title), metadata=metadata)


def _title(blocks: list[str], stated: str) -> str | None:
    """The first heading, where the document opens with one; else the title that is set."""
    if blocks and blocks[0].startswith("# "):
        return None
    return one_line(stated) or None


def _blocks(parent: Any, levels: dict[str, int] | None) -> Iterator[str]:
    """Paragraphs and tables below an element, in their order, as Markdown; without `levels` as plain text."""
    for element in parent:
        if element.tag == f"{_W}p":
            yield from _paragraph(element, levels)
        elif element.tag == f"{_W}tbl":
            lines = "\n".join(row_sentences(_rows(element)))
            if lines:
                yield lines
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            yield from _blocks(element, levels)


def _paragraph(element: Any, levels: dict[str, int] | None) -> Iterator[str]:
    boxes: list[Any] = []
    text = "".join(_pieces(element, boxes)).strip()
    if text:
        yield text if levels is None else _marked(text, element, levels)
    for box in boxes:
        yield from _blocks(box, levels)


def _marked(text: str, element: Any, levels: dict[str, int]) -> str:
    """The text of a paragraph as Markdown."""
    level = _level(element, levels)
    if level:
        return f"{'#' * min(level, 6)} {one_line(text)}"
    plain = escape_markup(text)
    return f"- {plain}" if _is_list_item(element) else plain


def _pieces(element: Any, boxes: list[Any]) -> Iterator[str]:
    """The text of a paragraph; text boxes that are anchored in it are set aside."""
    for child in element:
        tag = child.tag
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag == f"{_W}tab":
            yield "\t"
        elif tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif tag == f"{_W}noBreakHyphen":
            yield "-"
        elif tag == f"{_W}txbxContent":
            boxes.append(child)
        elif tag not in (f"{_W}pPr", f"{_W}rPr", f"{_W}del", f"{_W}moveFrom", _FALLBACK):
            yield from _pieces(child, boxes)


def _rows(table: Any) -> Iterator[list[str]]:
    for row in _children(table, "tr"):
        cells: list[str] = []
        for cell in _children(row, "tc"):
            text = one_line("\n".join(_blocks(cell, None)))
            properties = cell.find(f"{_W}tcPr")
            merged = properties.find(f"{_W}vMerge") if properties is not None else None
            continues = merged is not None and merged.get(f"{_W}val") != "restart"
            cells.append("" if continues else text)
            span = properties.find(f"{_W}gridSpan") if properties is not None else None
            width = span.get(f"{_W}val", "1") if span is not None else "1"
            cells += [""] * (min(int(width), 64) - 1 if width.isdecimal() else 0)
        yield cells


def _children(parent: Any, name: str) -> Iterator[Any]:
    """Rows or cells, also those in content controls."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _children(child, name)


def _is_list_item(element: Any) -> bool:
    properties = element.find(f"{_W}pPr")
    if properties is None:
        return False
    style = properties.find(f"{_W}pStyle")
    named = style is not None and style.get(f"{_W}val", "").lower().startswith("list")
    return properties.find(f"{_W}numPr") is not None or (named and "paragraph" not in style.get(f"{_W}val").lower())


def _level(element: Any, levels: dict[str, int]) -> int:
    """The level of a heading, 1 the outermost; 0 of any other paragraph."""
    properties = element.find(f"{_W}pPr")
    if properties is None:
        return 0
    outline = properties.find(f"{_W}outlineLvl")
    if outline is not None and (value := outline.get(f"{_W}val", "9")).isdecimal() and int(value) < 9:
        return int(value) + 1
    style = properties.find(f"{_W}pStyle")
    return levels.get(style.get(f"{_W}val", ""), 0) if style is not None else 0


def _heading_levels(styles: Any) -> dict[str, int]:
    """The level of each style that is a heading, by the style's id: by its outline level, or by its name."""
    levels = {}
    for style in styles.iterfind(f"{_W}style"):
        identity = style.get(f"{_W}styleId", "")
        named = style.find(f"{_W}name")
        name = named.get(f"{_W}val", "") if named is not None else ""
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        if name.lower() in _TITLE_NAMES:
            levels[identity] = 1
        elif match := _HEADING_NAME.match(name):
            levels[identity] = int(match[1])
        elif outline is not None and (value := outline.get(f"{_W}val", "9")).isdecimal() and int(value) < 9:
            levels[identity] = int(value) + 1
    return levels


def _notes(document: Any) -> list[str]:
    """Footnotes and endnotes, each a paragraph."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    notes = []
    for part in document.part.package.iter_parts():
        if str(part.partname) not in (_FOOTNOTES, _ENDNOTES):
            continue
        for note in etree.fromstring(part.blob, parser):
            if note.get(f"{_W}type") is None:  # those with a type are the lines that divide notes from the text
                text = " ".join(one_line("".join(_pieces(each, []))) for each in note.iterfind(f"{_W}p")).strip()
                if text:
                    notes.append(escape_markup(text))
    return notes
