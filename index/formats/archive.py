"""Zip archives: every member that is of a format that is read, as if it were added by itself.

The names of members are data and never a path that is opened. The same members are passed over as in a folder.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from index.errors import LoadError
from index.extraction import Extracted, Rejected
from index.formats import registry
from index.formats.members import read_member_file
from index.formats.packages import open_package, read_member

_UTF8_NAME = 0x800


def read(content: bytes, name: str) -> Iterator[Extracted | Rejected]:
    """The members in the order of their names."""
    return read_nested(content, name, 0)


def read_nested(content: bytes, name: str, depth: int) -> Iterator[Extracted | Rejected]:
    """`read`, for an archive that is inside `depth` archives or messages."""
    with open_package(content) as package:
        entries = sorted((_name(entry), number, entry) for number, entry in enumerate(package.infolist()))
        passed_over: Counter[str] = Counter()
        note: str | None = None
        wanted = []
        for member, _, entry in entries:
            if entry.is_dir() or any(map(registry.is_leftover, PurePosixPath(member.replace("\\", "/")).parts)):
                continue
            if registry.is_supported(member):
                wanted.append((member, entry))
            else:
                passed_over[registry.suffix_of(member)] += 1
        if not wanted:
            raise LoadError(f"holds no file that can be read; supported are {registry.SUPPORTED}")
        if passed_over:
            note = f"the archive also holds files of formats that are not read: {registry.list_kinds(passed_over)}"
        for member, entry in wanted:
            for item in _read_entry(package, entry, member, depth):
                if note and isinstance(item, Extracted):
                    item, note = replace(item, notes=(*item.notes, note)), None
                yield item


def _read_entry(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, member: str, depth: int
) -> Iterator[Extracted | Rejected]:
    if entry.file_size > registry.MAX_FILE_BYTES:
        yield Rejected(registry.TOO_LARGE, member)
        return
    try:
        content = read_member(package, entry)
    except LoadError as error:
        yield Rejected(str(error), member)
        return
    yield from read_member_file(content, PurePosixPath(member.replace("\\", "/")).name, member, depth + 1)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a member; without the flag of UTF-8 it was packed on a Chinese Windows, or is plain ASCII."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):  # macOS packs UTF-8 without the flag
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
