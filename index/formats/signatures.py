"""What a file is by its first bytes, where that differs from what its name says."""

from __future__ import annotations

from collections.abc import Iterable

from index.errors import UnsupportedFormat
from index.formats.packages import open_package

_PDF = b"%PDF-"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office before 2007, and password-protected Office files of today
_OTHER_ARCHIVES = ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"))
_PICTURES = ((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"))
_PDF_WITHIN = 1024  # bytes before the mark that readers of PDF put up with
_PACKAGES = {".docx": "word/", ".pptx": "ppt/", ".xlsx": "xl/"}  # the folder that holds the parts of each
_OF_ZIP = (".zip", ".epub", *_PACKAGES)
_NAMES = {".docx": "Word", ".pptx": "PowerPoint", ".xlsx": "Excel", ".epub": "EPUB", ".zip": "zip", ".pdf": "PDF"}


def format_of_content(content: bytes, suffix: str) -> str | None:
    """The suffix that the content should have; None where it is the one it has.

    Raises `UnsupportedFormat` where the content is nothing that is read under any name.
    """
    if content.startswith(_OLE):
        raise UnsupportedFormat(
            "is an Office file of before 2007 or has a password; save it anew without one, as .docx, .xlsx or .pptx"
        )
    for signature, kind in (*_OTHER_ARCHIVES, *_PICTURES):
        if content.startswith(signature):
            raise UnsupportedFormat(f"is a {kind} file and not what its name says; unpack or convert it")
    if content.startswith(_ZIP):
        found = _kind_of_zip(content, suffix)
        return None if found == suffix else found
    if suffix == ".pdf":
        if _PDF not in content[: _PDF_WITHIN + len(_PDF)]:
            raise UnsupportedFormat("is not a PDF, though its name says so; save it anew or correct its name")
        return None
    if content.startswith(_PDF):
        return ".pdf"
    if suffix in _OF_ZIP:
        raise UnsupportedFormat(f"is not a {_NAMES[suffix]} file or is cut short; save it anew and add it again")
    return None


def _kind_of_zip(content: bytes, suffix: str) -> str:
    with open_package(content) as package:
        names = package.namelist()
    if "mimetype" in names and "META-INF/container.xml" in names:
        return ".epub"
    if "[Content_Types].xml" in names:
        for kind, folder in _PACKAGES.items():
            if _any_in(names, folder):
                return kind
    if suffix in _PACKAGES or suffix == ".epub":
        raise UnsupportedFormat(f"is a zip file but holds no {_NAMES[suffix]} document; save it anew or name it .zip")
    return ".zip"


def _any_in(names: Iterable[str], folder: str) -> bool:
    return any(name.startswith(folder) for name in names)
