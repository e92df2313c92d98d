"""PowerPoint presentations: for each slide its title as a heading, its texts, tables and notes, in Markdown."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from index.errors import EmptyText
from index.extraction import Extracted, Rejected
from index.formats.markup import escape_markup
from index.formats.packages import open_package
from index.formats.tables import list_numbers, one_line, row_sentences
from index.schema import Place


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """One document, with a place for each slide that has text."""
    from pptx import Presentation

    open_package(content).close()
    presentation = Presentation(io.BytesIO(content))
    parts: list[str] = []
    places: list[Place] = []
    without: list[int] = []
    length = 0
    for number, slide in enumerate(presentation.slides, 1):
        blocks = list(_slide_blocks(slide))
        if not blocks:
            without.append(number)
            continue
        part = "\n\n".join(blocks) + "\n\n"
        places.append(Place("slide", str(number), length))
        parts.append(part)
        length += len(part)
    if not parts:
        raise EmptyText("holds no text on its slides, only pictures or nothing; add the texts as a file of their own")
    properties = presentation.core_properties
    metadata = {"format": "pptx", "slides": str(len(presentation.slides))}
    if properties.author:
        metadata["author"] = properties.author
    notes: tuple[str, ...] = ()
    if without:
        many = "s" if len(without) > 1 else ""
        notes = (f"slide{many} {list_numbers(without)} without text, only pictures or nothing",)
    yield Extracted(
        "".join(parts).rstrip("\n") + "\n",
        "markdown",
        title=_title(properties.title),
        places=tuple(places),
        metadata=metadata,
        notes=notes,
    )


def _title(stated: str) -> str | None:
    title = one_line(stated or "")
    return None if title.lower() in ("", "powerpoint presentation", "powerpoint 演示文稿") else title


def _slide_blocks(slide: Any) -> Iterator[str]:
    heading = slide.shapes.title
    title = one_line(heading.text_frame.text) if heading is not None and heading.has_text_frame else ""
    if title:
        yield f"## {title}"
    own = heading.shape_id if heading is not None else None
    yield from _shape_blocks(shape for shape in slide.shapes if shape.shape_id != own)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _paragraphs(slide.notes_slide.notes_text_frame)


def _shape_blocks(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from _shape_blocks(shape.shapes)
        elif getattr(shape, "has_table", False):
            rows = ([one_line(cell.text_frame.text) for cell in row.cells] for row in shape.table.rows)
            if lines := "\n".join(row_sentences(rows)):
                yield lines
        elif shape.has_text_frame:
            yield from _paragraphs(shape.text_frame)


def _paragraphs(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs:
        text = paragraph.text.replace("\v", "\n").strip()
        if text:
            yield escape_markup(text)
