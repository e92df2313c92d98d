"""Checksums: of stored rows, in which SQLite does not notice a flipped bit, and of whole files."""

from __future__ import annotations

import hashlib
from pathlib import Path


def checksum_of(*values: str | int | bytes) -> bytes:
    """A hash of the values and of where one ends and the next begins."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        digest.update(framed(value))
    return digest.digest()


def framed(value: object) -> bytes:
    """A value as bytes that begin with their number, so that two values never look like two others."""
    content = value if isinstance(value, bytes) else str(value).encode()
    return b"%d:" % len(content) + content


def file_digest(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, which is not held in memory; raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
