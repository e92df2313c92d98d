"""Zip files as containers of a document or of documents: what their directory says is checked before any is unpacked.

A zip file of a few kilobytes can hold gigabytes, name the same bytes a thousand times, or list a million members.
"""

from __future__ import annotations

import io
import zipfile

from index.errors import LoadError

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 200_000_000  # all members together
_SUSPICIOUS_BYTES = 10_000_000  # a member under this may be packed as tightly as it likes
_MAX_RATIO = 200  # deflate ends at 1,032; the XML of a large sheet of equal rows comes to about 100
_ENTRY = b"PK\x01\x02"  # the signature of an entry of the central directory
_LOCAL_HEADER_BYTES = 30

_UNREADABLE = "is damaged or not a complete zip file; save it anew and add it again"
_ENCRYPTED = 0x1


def open_package(content: bytes) -> zipfile.ZipFile:
    """The zip file in `content`; raises `LoadError` where it is damaged or made to fill memory."""
    # Before the directory is read, because each entry takes a kilobyte then. Zip files inside it count as well.
    if content.count(_ENTRY) > 4 * MAX_MEMBERS:
        raise LoadError(f"holds more than {MAX_MEMBERS:,} members; split it")
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    # NotImplementedError: a member that asks for a newer version of the zip format than `zipfile` knows.
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, EOFError, OSError) as error:
        raise LoadError(_UNREADABLE) from error
    _check(package.infolist(), len(content))
    return package


def _check(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_MEMBERS:
        raise LoadError(f"holds more than {MAX_MEMBERS:,} members; split it")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise LoadError(f"unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; split it")
    for entry in entries:
        if entry.file_size > max(_SUSPICIOUS_BYTES, _MAX_RATIO * entry.compress_size):
            raise LoadError("is packed so tightly that it looks made to fill memory; unpack it and add what is in it")
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise LoadError(
                "holds members that lie over each other, so it is damaged or made to fill memory; pack it anew"
            )
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    if end > size:
        raise LoadError(_UNREADABLE)


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    return bool(entry.flag_bits & _ENCRYPTED)


def read_member(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The content of one member; raises `LoadError`."""
    if is_encrypted(entry):
        raise LoadError("is protected by a password; unpack it and add what is in it")
    try:
        with package.open(entry) as file:
            return file.read(entry.file_size + 1)
    except MemoryError:
        raise
    except Exception as error:  # each way of packing has errors of its own
        raise LoadError("is damaged inside its zip file; pack it anew and add it again") from error
