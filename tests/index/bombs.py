"""Files that are small and take, or claim, far too much: time, memory, members, depth. `scale` 1 is the full size."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.index import format_files

Bomb = tuple[str, Callable[[float], bytes]]  # the name of the file, and its content at a scale

_MB = 1 << 20


def bombs() -> Iterator[tuple[str, Bomb]]:
    """Forty, by what they are."""
    yield from _packages()
    yield from _office()
    yield from _pdfs()
    yield from _texts()


def _repacked(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as copy,
    ):
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(name, change(part) if name == member else part)
    return packed.getvalue()


# Zip


def _packages() -> Iterator[tuple[str, Bomb]]:
    yield "zip: a gigabyte of spaces", ("a.zip", lambda scale: _zeros(int(1000 * scale)))
    yield "zip: many packed members", ("a.zip", lambda scale: _many(int(100 * scale) + 11, _MB * 15))
    yield "zip: 100,000 entries", ("a.zip", lambda scale: _many(int(100_000 * scale), 0))
    yield "zip: 9,000 small texts", ("a.zip", lambda scale: _many(int(9_000 * scale), 10))
    yield "zip: nested", ("a.zip", lambda scale: _nested(int(50 * scale) + 5))
    yield "zip: nested and wide", ("a.zip", lambda scale: _wide(int(9 * scale) + 2, 3))
    yield "zip: overlapping members", ("a.zip", lambda scale: _overlapping(int(2000 * scale) + 2))
    yield "zip: ZIP64 lies", ("a.zip", lambda scale: _lying_zip64())
    yield "zip: sizes that lie", ("a.zip", lambda scale: _lying_sizes(int(40 * scale) + 1))
    yield "zip: an entry count that lies", ("a.zip", lambda scale: _lying_count())
    yield "docx: a zip of zeros", ("a.docx", lambda scale: _zeros(int(500 * scale)))
    yield "eml: 2,000 parts", ("a.eml", lambda scale: _parts(int(2000 * scale) + 1001))
    yield "eml: nested messages", ("a.eml", lambda scale: _nested_messages(int(400 * scale) + 50))


def _zeros(megabytes: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.txt", "w") as member:
        for _ in range(max(megabytes, 20)):
            member.write(b" " * _MB)
    return packed.getvalue()


def _many(count: int, size: int) -> bytes:
    packed = io.BytesIO()
    content = b"a" * size
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", content)
    return packed.getvalue()


def _nested(depth: int) -> bytes:
    content = format_files.packed([("a.txt", "deep 深")])
    for _ in range(depth):
        content = format_files.packed([("a.zip", content)])
    return content


def _wide(width: int, depth: int) -> bytes:
    content = format_files.packed([("a.txt", b"x" * _MB * 10)])
    for _ in range(depth):
        content = format_files.packed([(f"{number}.zip", content) for number in range(width)])
    return content


def _overlapping(count: int) -> bytes:
    """A directory that names one member many times, as the bombs without recursion do."""
    content = bytearray(format_files.packed([("a.txt", b"a" * _MB)]))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    directory = bytes(content[start:end]) * count
    tail = bytearray(content[end:])
    struct.pack_into("<HHII", tail, 8, min(count, 65535), min(count, 65535), len(directory), start)
    return bytes(content[:start]) + directory + bytes(tail)


def _lying_zip64() -> bytes:
    content = bytearray(format_files.packed([("a.txt", "text")]))
    entry = content.index(b"PK\x01\x02")
    struct.pack_into("<II", content, entry + 20, 0xFFFFFFFF, 0xFFFFFFFF)
    return bytes(content)


def _lying_sizes(megabytes: int) -> bytes:
    """The directory says that a member is ten bytes long."""
    content = bytearray(format_files.packed([("a.txt", b"a" * _MB * megabytes)]))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 10)
    return bytes(content)


def _lying_count() -> bytes:
    content = bytearray(format_files.packed([("a.txt", "text")]))
    struct.pack_into("<HH", content, content.index(b"PK\x05\x06") + 8, 65535, 65535)
    return bytes(content)


def _parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return b"From: a@x\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--"


def _nested_messages(depth: int) -> bytes:
    return b"From: a@x\r\nContent-Type: message/rfc822\r\n\r\n" * depth + b"From: a@x\r\n\r\nx"


# Office

_LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "AAAAAAAAAA">%s]>' % b"".join(
    b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 9)
)


def _office() -> Iterator[tuple[str, Bomb]]:
    word = format_files.docx("hello")
    slides = format_files.pptx(("hello", "hello", ""))
    sheet = format_files.xlsx({"S": [["hello", "x"], ["a", "b"]]})
    for name, content, member in (
        ("a.docx", word, "word/document.xml"),
        ("a.pptx", slides, "ppt/slides/slide1.xml"),
        ("a.xlsx", sheet, "xl/worksheets/sheet1.xml"),
    ):
        kind = name[2:]
        yield f"{kind}: billion laughs", (name, _rewriter(content, member, _laughing))
        yield f"{kind}: one endless text", (name, _rewriter(content, member, _endless))
        yield f"{kind}: deep elements", (name, _rewriter(content, member, _deep))
        yield f"{kind}: an external entity", (name, _rewriter(content, member, _external))
    yield "docx: 1,600,000 paragraphs", ("a.docx", _rewriter(word, "word/document.xml", _paragraphs))
    yield "docx: 10,000 columns spanned", ("a.docx", _rewriter(word, "word/document.xml", _spans))
    yield "xlsx: a cell at the far corner", ("a.xlsx", _rewriter(sheet, "xl/worksheets/sheet1.xml", _corner))
    yield "xlsx: a huge dimension", ("a.xlsx", _rewriter(sheet, "xl/worksheets/sheet1.xml", _dimension))
    yield "xlsx: rows far apart", ("a.xlsx", _rewriter(sheet, "xl/worksheets/sheet1.xml", _apart))


def _rewriter(content: bytes, member: str, change: Callable[[bytes, float], bytes]) -> Callable[[float], bytes]:
    return lambda scale: _repacked(content, member, lambda part: change(part, scale))


def _laughing(part: bytes, scale: float) -> bytes:
    position = part.find(b"?>") + 2 if part.startswith(b"<?xml") else 0
    return part[:position] + _LAUGHS + part[position:].replace(b"hello", b"&a8;")


def _external(part: bytes, scale: float) -> bytes:
    position = part.find(b"?>") + 2 if part.startswith(b"<?xml") else 0
    declared = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return part[:position] + declared + part[position:].replace(b"hello", b"&a;")


def _endless(part: bytes, scale: float) -> bytes:
    return part.replace(b"hello", b"A" * int(150 * scale * _MB + 9 * _MB), 1)


def _deep(part: bytes, scale: float) -> bytes:
    depth = int(100_000 * scale) + 1000
    return part.replace(b"hello", b"<x>" * depth + b"</x>" * depth, 1)


def _paragraphs(part: bytes, scale: float) -> bytes:
    paragraph = b"<w:p><w:r><w:t>A</w:t></w:r></w:p>"
    start = part.index(b"<w:body>") + 8
    return part[:start] + paragraph * int(1_600_000 * scale) + part[start:]


def _spans(part: bytes, scale: float) -> bytes:
    cell = b'<w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>'
    start = part.index(b"<w:body>") + 8
    return part[:start] + b"<w:tbl><w:tr>" + cell * int(10_000 * scale) + b"</w:tr></w:tbl>" + part[start:]


def _corner(part: bytes, scale: float) -> bytes:
    row = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    return part.replace(b"</sheetData>", row + b"</sheetData>")


def _dimension(part: bytes, scale: float) -> bytes:
    start = part.index(b'ref="') + 5
    return part[:start] + b"A1:XFD1048576" + part[part.index(b'"', start) :]


def _apart(part: bytes, scale: float) -> bytes:
    rows = b"".join(
        b'<row r="%d"><c r="XFD%d" t="inlineStr"><is><t>x</t></is></c></row>' % (number, number)
        for number in range(1000, int(1_000_000 * scale) + 2000, 1000)
    )
    return part.replace(b"</sheetData>", rows + b"</sheetData>")


# PDF


def _pdfs() -> Iterator[tuple[str, Bomb]]:
    operators = b"(A) Tj "
    yield "pdf: 60 MB of operators", ("a.pdf", lambda scale: _stream(operators * int(60 * scale * _MB / 7 + 1000)))
    yield "pdf: a 200 MB stream", ("a.pdf", lambda scale: _stream(b" " * int(200 * scale * _MB)))
    yield (
        "pdf: pages that hold themselves",
        ("a.pdf", lambda scale: _pages(b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>")),
    )
    yield "pdf: a billion pages", ("a.pdf", lambda scale: _pages(b"<</Type/Pages/Count 999999999/Kids[]>>"))
    yield "pdf: one page 100,000 times", ("a.pdf", lambda scale: _repeated(int(100_000 * scale) + 2100))
    yield "pdf: a form that draws itself", ("a.pdf", lambda scale: _recursive_form())
    yield "pdf: an outline in a circle", ("a.pdf", lambda scale: _outline())
    yield "pdf: deep arrays", ("a.pdf", lambda scale: _deep_arrays(int(1_000_000 * scale) + 1000))
    yield "pdf: a cross-reference in a circle", ("a.pdf", lambda scale: _circular_table())
    yield "pdf: a picture of 65,000 by 65,000", ("a.pdf", lambda scale: _picture())


def _stream(text: bytes) -> bytes:
    packed = zlib.compress(b"BT /F1 9 Tf " + text + b" ET", 9)
    return _page(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))


def _page(contents: bytes, resources: bytes = b"", *others: bytes) -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</Font<</F1 3 0 R>>%s>>/Contents 5 0 R>>" % resources
    pages = b"<</Type/Pages/Count 1/Kids[4 0 R]>>"
    return format_files.assembled([b"<</Type/Catalog/Pages 2 0 R>>", pages, font, page, contents, *others])


def _pages(tree: bytes) -> bytes:
    return format_files.assembled([b"<</Type/Catalog/Pages 2 0 R>>", tree])


def _repeated(count: int) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    tree = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"3 0 R " * count)
    return format_files.assembled([b"<</Type/Catalog/Pages 2 0 R>>", tree, page])


def _recursive_form() -> bytes:
    draw = b"/X0 Do " * 10
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X0 6 0 R>>>>/Length %d>>"
    form += b"stream\n%s\nendstream"
    contents = b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw)
    return _page(contents, b"/XObject<</X0 6 0 R>>", form % (len(draw), draw))


def _outline() -> bytes:
    item = b"<</Title(x)/Parent 3 0 R/Next 4 0 R/First 4 0 R>>"
    catalogue = b"<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R>>"
    return format_files.assembled(
        [catalogue, b"<</Type/Pages/Count 0/Kids[]>>", b"<</First 4 0 R/Last 4 0 R/Count 9>>", item]
    )


def _deep_arrays(depth: int) -> bytes:
    return format_files.assembled([b"<</Type/Catalog/Pages 2 0 R>>", b"[" * depth + b"]" * depth])


def _circular_table() -> bytes:
    content = format_files.pdf([["text"]])
    start = int(content.rpartition(b"startxref\n")[2].split()[0])
    return content.replace(b"/Root", b"/Prev %d/Root" % start)


def _picture() -> bytes:
    packed = zlib.compress(bytes(_MB), 9)
    picture = (
        b"<</Type/XObject/Subtype/Image/Width 65000/Height 65000/BitsPerComponent 8/ColorSpace/DeviceRGB"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    )
    return _page(b"<</Length 6>>stream\n/X0 Do\nendstream", b"/XObject<</X0 6 0 R>>", picture)


# Text


def _texts() -> Iterator[tuple[str, Bomb]]:
    yield "html: deep elements", ("a.html", lambda scale: b"<div>" * (int(300_000 * scale) + 1000) + "正文".encode())
    yield (
        "html: an endless attribute",
        ("a.html", lambda scale: b"<p title='" + b"x" * int(19 * scale * _MB) + b"'>text"),
    )
    yield "json: deep arrays", ("a.json", lambda scale: b"[" * (int(5_000_000 * scale) + 2000))
    yield "json: deep objects", ("a.json", lambda scale: b'{"text":' * (int(1_000_000 * scale) + 2000) + b"1")
    yield "jsonl: 500,000 records", ("a.jsonl", lambda scale: b'{"text":"x"}\n' * (int(500_000 * scale) + 20))
    yield "json: one endless number", ("a.json", lambda scale: b'{"n":%s}' % (b"9" * int(9 * scale * _MB + 9000)))
    yield "csv: 5,000,000 columns", ("a.csv", lambda scale: b"a," * int(5_000_000 * scale) + b"b\n1,2\n")
    yield "csv: an open quotation", ("a.csv", lambda scale: b'a,b\n"' + b"x,\n" * int(5_000_000 * scale))
    yield "txt: 19 MB of spaces", ("a.txt", lambda scale: b" " * int(19 * scale * _MB))
    yield "txt: 19 MB of one letter", ("a.txt", lambda scale: b"a" * int(19 * scale * _MB))
    yield "md: deep quotations", ("a.md", lambda scale: b">" * (int(5_000_000 * scale) + 1000) + b" text")
