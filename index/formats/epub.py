"""EPUB books: the chapters in the order of reading, as Markdown, each a part that a citation names.

What counts is the book's own order (the spine of its package file). Pictures, footnotes kept in files outside the
spine and chapters marked as not part of the reading order are left out, the latter with a note.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from index.decoding import decode
from index.errors import EmptyText, LoadError
from index.extraction import Extracted
from index.formats.html import declared_charset, hidden_notes, visible_text
from index.formats.packages import open_package, read_member
from index.schema import Place

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # of fonts, not of text
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml"})
_MAX_CHAPTERS = 3_000

_DAMAGED = "is not a complete EPUB ({}); export it anew and add it again"


@dataclass(frozen=True, slots=True)
class _Chapter:
    path: str
    is_linear: bool  # part of the reading order


def read(content: bytes, name: str) -> Iterator[Extracted]:
    """The book as one document. Raises a `LoadError` where it is damaged, encrypted or without text."""
    with open_package(content) as package:
        yield _read_book(package)


def _read_book(package: zipfile.ZipFile) -> Extracted:
    entries = {entry.filename: entry for entry in package.infolist()}
    _refuse_encrypted(package, entries)
    package_path = _package_path(package, entries)
    root = _parse_xml(_member(package, entries, package_path), package_path)
    chapters = list(_spine(root, posixpath.dirname(package_path)))
    texts: list[str] = []
    places: list[Place] = []
    hidden: Counter[str] = Counter()
    missing = 0
    length = 0
    for chapter in (each for each in chapters if each.is_linear):
        if chapter.path not in entries:
            missing += 1
            continue
        title, markdown = _read_chapter(_member(package, entries, chapter.path), chapter.path, hidden)
        if not markdown:
            continue
        # A chapter without a title goes on with the part before it.
        if title and (not places or places[-1].label != title):
            places.append(Place("part", title, length))
        texts.append(markdown)
        length += len(markdown) + len("\n\n")
    if not texts:
        raise EmptyText("holds no text (its pages may be pictures); run text recognition on it, or leave it out")
    notes = [*hidden_notes(hidden)]
    if aside := sum(not each.is_linear for each in chapters):
        notes.append(f"left out, not part of the reading order: {aside} chapters")
    if missing:
        notes.append(f"{missing} chapters that the book lists are not in it")
    return Extracted(
        text="\n\n".join(texts),
        structure="markdown",
        title=_stated(root, "title"),
        places=tuple(places),
        metadata={"format": "epub", **dict(_metadata(root))},
        notes=tuple(notes),
    )


def _read_chapter(content: bytes, path: str, hidden: Counter[str]) -> tuple[str | None, str]:
    """(title, Markdown) of a chapter; empty where it is a picture. What is hidden is added to `hidden`."""
    try:
        visible = visible_text(decode(content, declared_charset(content)).text)
    except EmptyText:
        return None, ""
    except LoadError as error:
        raise type(error)(f"holds a chapter ({posixpath.basename(path)}) that {error}") from error
    hidden.update(visible.hidden)
    heading = re.search(r"^#{1,6} (.+)$", visible.markdown, re.M)
    # The title of a page is often that of the book; the heading is the chapter's.
    return (heading[1] if heading else visible.title), visible.markdown


def _refuse_encrypted(package: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> None:
    """Raise where more than fonts is encrypted."""
    protected = "META-INF/rights.xml" in entries or "META-INF/sinf.xml" in entries
    if _ENCRYPTION in entries:
        root = _parse_xml(_member(package, entries, _ENCRYPTION), _ENCRYPTION)
        methods = [node.get("Algorithm", "") for node in root.iter("{*}EncryptionMethod")]
        protected = protected or any(not method.startswith(_FONT_ALGORITHMS) for method in methods)
    if protected:
        raise LoadError("is protected against copying (DRM) and cannot be read; add an edition without protection")


def _package_path(package: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> str:
    root = _parse_xml(_member(package, entries, _CONTAINER), _CONTAINER)
    for node in root.iter("{*}rootfile"):
        path = _inside(node.get("full-path", ""), "")
        if path in entries:
            return path
    raise LoadError(_DAMAGED.format("its container names no package file"))


def _spine(root: Any, folder: str) -> Iterator[_Chapter]:
    """The chapters in the order of reading, each once."""
    items = {node.get("id"): node for node in root.iter(f"{_OPF}item", "item")}
    seen: set[str] = set()
    for reference in root.iter(f"{_OPF}itemref", "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type", "").lower() not in _PAGES:
            continue
        path = _inside(item.get("href", ""), folder)
        if path in seen:
            continue
        seen.add(path)
        if len(seen) > _MAX_CHAPTERS:
            raise LoadError(f"lists more than {_MAX_CHAPTERS:,} chapters; split it")
        yield _Chapter(path, reference.get("linear", "yes").lower() != "no")


def _inside(reference: str, folder: str) -> str:
    """The name of the member that a reference means; it is looked up in the zip file and never on a disk."""
    try:
        path = unquote(urlsplit(reference).path)
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join(folder, path)).lstrip("/")


def _member(package: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], path: str) -> bytes:
    if path not in entries:
        raise LoadError(_DAMAGED.format(f"{posixpath.basename(path)} is missing"))
    return read_member(package, entries[path])


def _parse_xml(content: bytes, path: str) -> Any:
    """The root of a small XML file. Entities are not resolved and nothing is fetched."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise LoadError(_DAMAGED.format(f"{posixpath.basename(path)} is damaged")) from error


def _stated(root: Any, name: str) -> str | None:
    """The first value of a field of the Dublin Core that the package file gives."""
    for node in root.iter(f"{_DC}{name}"):
        if text := " ".join("".join(node.itertext()).split()):
            return text
    return None


def _metadata(root: Any) -> Iterator[tuple[str, str]]:
    authors = [" ".join("".join(node.itertext()).split()) for node in root.iter(f"{_DC}creator")]
    if any(authors):
        yield "author", ", ".join(author for author in authors if author)
    for field, key in (("language", "language"), ("date", "date"), ("publisher", "publisher")):
        if value := _stated(root, field):
            yield key, value
