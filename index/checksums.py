"""Checksums of stored rows: SQLite does not notice a flipped bit inside a value."""

from __future__ import annotations

import hashlib


def checksum_of(*values: str | int | bytes) -> bytes:
    """A hash of the values and of where one ends and the next begins."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        content = value if isinstance(value, bytes) else str(value).encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.digest()
