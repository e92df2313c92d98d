"""Small files of every format, made by the libraries that write them; PDF by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any


def docx(*blocks: str | Sequence[Sequence[str]]) -> bytes:
    """A Word document: "# heading" (to the sixth level), "- item", a paragraph, or the rows of a table."""
    from docx import Document

    document = Document()
    for block in blocks:
        if not isinstance(block, str):
            table = document.add_table(len(block), len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif block.startswith("- "):
            document.add_paragraph(block[2:], style="List Bullet")
        elif block.startswith("#"):
            marks, _, text = block.partition(" ")
            document.add_heading(text, len(marks))
        else:
            document.add_paragraph(block)
    return _saved(document)


def pptx(*slides: tuple[str, str, str]) -> bytes:
    """Slides of (title, body, notes)."""
    from pptx import Presentation

    presentation = Presentation()
    for title, body, notes in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return _saved(presentation)


def xlsx(sheets: Mapping[str, Sequence[Sequence[Any]]], formats: Mapping[tuple[str, str], str] | None = None) -> bytes:
    """A workbook; `formats` gives the number format of (sheet, cell)."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for (name, cell), number_format in (formats or {}).items():
        workbook[name][cell].number_format = number_format
    return _saved(workbook)


def pdf(pages: Sequence[Sequence[str]], title: str = "") -> bytes:
    """A PDF without a font of its own: each page the lines of it, 16 points apart. Chinese through a standard CMap."""
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
        b"/DW 1000/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 0 999 999]"
        b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
    )
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", font]
    kids = []
    for lines in pages:
        moves = [b"<%s> Tj 0 -16 Td" % line.encode("utf-16-be").hex().encode() for line in lines]
        stream = b"BT /F1 10 Tf 40 800 Td " + b"\n".join(moves) + b" ET"
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    information = b""
    if title:
        objects.append(b"<</Title<%s>>>" % (b"\xfe\xff" + title.encode("utf-16-be")).hex().encode())
        information = b"/Info %d 0 R" % len(objects)
    return assembled(objects, information)


def assembled(objects: Sequence[bytes], information: bytes = b"") -> bytes:
    """A PDF file of the objects, of which the first is the catalogue."""
    content = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return content + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        information,
        len(content),
    )


def eml(subject: str, body: str, attachments: Iterable[tuple[str, bytes]] = (), html: str | None = None) -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "李四 <li@example.org>"
    message["To"] = "team@example.org"
    message["Date"] = datetime(2026, 1, 5, 10, 0)
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def packed(members: Iterable[tuple[str, bytes | str]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members:
            archive.writestr(name, member)
    return content.getvalue()


def _saved(document: Any) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
