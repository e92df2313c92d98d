"""A hash of what a state of the library holds besides the values that carry checksums of their own.

SQLite notices no flipped bit inside a value, and FTS5 none inside its lists: a damaged lexical index finds other
passages, or finds fewer, and says nothing. The hash is published with the vectors of the same state and compared when
that state is opened. It reads the lexical index once, about as fast as the disk gives it.
"""

from __future__ import annotations

import hashlib
import sqlite3

from index.checksums import framed

# By their keys, so that equal states have equal hashes.
_VALUES = (
    "SELECT id, block FROM chunk_terms_data ORDER BY id",
    "SELECT segid, term, pgno FROM chunk_terms_idx ORDER BY segid, term",
    "SELECT id, c0, c1 FROM chunk_terms_content ORDER BY id",
    "SELECT id, sz FROM chunk_terms_docsize ORDER BY id",
    "SELECT k, v FROM chunk_terms_config ORDER BY k",
    "SELECT number, document_id, source FROM sources ORDER BY number",
    "SELECT number, id, title, checksum FROM documents ORDER BY number",
)


def state_digest(connection: sqlite3.Connection) -> str:
    """The hash of the state that `connection` sees; another after every change of the lexical index."""
    digest = hashlib.sha256()
    for values in _VALUES:
        digest.update(values.encode())
        for row in connection.execute(values):
            for value in row:
                digest.update(framed(value))
    return digest.hexdigest()
