"""Reads every stored row of a library and says what is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from index import feedback_rows, file_rows, migrations, rows
from index.database import is_damage_noted, reason
from index.errors import LibraryDamaged


def find_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the stored rows, one line each, each ending with what to do. Survives any damage."""
    try:
        for (line,) in connection.execute("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield f"{line}; run `tongwen rebuild`"
        if not migrations.has_whole_schema(connection):
            raise sqlite3.DatabaseError("they are not as they were made")
        documents = rows.document_ids(connection)
    except (sqlite3.Error, TypeError) as error:
        why = reason(error)
        yield f"the tables cannot be read ({why}); restore library.db from a copy, or move it away and add again"
        return
    for document_id in documents:
        try:
            document = rows.read_document(connection, document_id)
            if document:
                rows.check_chunks(connection, document)
        except LibraryDamaged as error:
            yield str(error)
        except (sqlite3.Error, TypeError) as error:
            why = reason(error)
            yield f"document {document_id} cannot be read ({why}); `tongwen remove {document_id}` and add it again"
    for find in (file_rows.find_problems, feedback_rows.find_problems):
        try:
            yield from find(connection)
        except (sqlite3.Error, TypeError) as error:
            yield f"what is kept beside the documents cannot be read ({reason(error)}); restore library.db from a copy"
    try:
        if rows.has_lost_chunks(connection):
            yield "there are passages of documents that are not stored; run `tongwen rebuild`"
        if is_damage_noted(connection):
            yield "something was removed while the library was damaged; run `tongwen rebuild`"
        else:  # the lexical index was not emptied then
            _check_terms(connection)
    except sqlite3.Error as error:
        yield f"the lexical index is damaged ({reason(error)}); run `tongwen rebuild`"


def _check_terms(connection: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` where the lexical index does not fit its terms, or these not the chunks."""
    numbers = "SELECT number FROM chunks", "SELECT rowid FROM chunk_terms"
    for some, others in (numbers, numbers[::-1]):
        if connection.execute(f"{some} EXCEPT {others} LIMIT 1").fetchone():
            raise sqlite3.DatabaseError("it does not hold the passages of the library")
    # The check is written as an insert, so it runs on a copy: readers must not wait, or need the right to write.
    copy = sqlite3.connect("")
    try:
        connection.backup(copy)
        copy.execute("INSERT INTO chunk_terms (chunk_terms) VALUES ('integrity-check')")
    finally:
        copy.close()
