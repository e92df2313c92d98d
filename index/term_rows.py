"""Reading the lexical index of `index.database`; `index.rows` writes it with the chunks."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from index.errors import LibraryDamaged
from index.schema import Language


def search_terms(
    connection: sqlite3.Connection, words: Sequence[str], language: Language, k: int
) -> list[tuple[int, float]]:
    """At most `k` (number, BM25) pairs of chunks of one language that hold any of `words`, best first, ties by number.

    BM25 as FTS5 computes it: k1 1.2, b 0.75, and a term in more than half of all chunks counts almost nothing.
    """
    if not words:
        return []
    alternatives = " OR ".join(f'"{word}"' for word in sorted(set(words)))
    found = connection.execute(
        "SELECT rowid, -bm25(chunk_terms, 0.0, 1.0) FROM chunk_terms WHERE chunk_terms MATCH ? "
        "ORDER BY 2 DESC, 1 LIMIT ?",
        (f"{{language}}: {language} AND {{terms}}: ({alternatives})", k),
    )
    try:
        return [(int(number), float(score)) for number, score in found]
    except TypeError as error:  # FTS5 gives no score where its counts are damaged
        raise LibraryDamaged("the lexical index is damaged; run `tongwen rebuild`") from error


def holding_counts(connection: sqlite3.Connection, words: Iterable[str]) -> dict[str, int]:
    """In how many chunks each word stands as a term."""
    counts = {}
    for word in set(words):
        row = connection.execute("SELECT doc FROM term_counts WHERE term = ? AND col = 'terms'", (word,)).fetchone()
        counts[word] = row[0] if row else 0
    return counts


def read_terms(connection: sqlite3.Connection, number: int) -> Counter[str]:
    """How often each term stands in the chunk of that number; nothing where there is no such chunk."""
    row = connection.execute("SELECT terms FROM chunk_terms WHERE rowid = ?", (number,)).fetchone()
    return Counter(row[0].split()) if row else Counter()
