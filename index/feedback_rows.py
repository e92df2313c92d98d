"""Reading and writing what people said of answers. Everything that writes does so in the transaction that is open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import cast

from index.checksums import checksum_of
from index.errors import LibraryDamaged
from index.schema import Feedback, FeedbackState, FeedbackVerdict

_COLUMNS = "id, created_at, verdict, question, answer, reason, correction, state, library_version, documents"


def insert(connection: sqlite3.Connection, feedback: Feedback) -> None:
    values = _values(feedback)
    marks = ", ".join("?" * (len(values) + 1))
    connection.execute(f"INSERT INTO feedback ({_COLUMNS}, checksum) VALUES ({marks})", (*values, checksum_of(*values)))


def read(connection: sqlite3.Connection, state: FeedbackState | None = None) -> list[Feedback]:
    """All of it, or that of one state, oldest first; raises `LibraryDamaged` where a row is not what was written."""
    found = connection.execute(
        f"SELECT {_COLUMNS}, checksum FROM feedback WHERE ? IS NULL OR state = ? ORDER BY number", (state, state)
    )
    return [_feedback(row) for row in found]


def replace(connection: sqlite3.Connection, feedback: Feedback) -> None:
    """Write it in the place of the earlier one of its id."""
    values = _values(feedback)
    assignments = ", ".join(f"{name} = ?" for name in (*_COLUMNS.split(", "), "checksum"))
    connection.execute(f"UPDATE feedback SET {assignments} WHERE id = ?", (*values, checksum_of(*values), feedback.id))


def strike_answers(connection: sqlite3.Connection, document_ids: Iterable[str]) -> None:
    """Empty the answers that cite removed documents, whose sentences they quote; what people wrote stays."""
    for document_id in document_ids:
        for *values, checksum in connection.execute(
            f"SELECT {_COLUMNS}, checksum FROM feedback WHERE instr(documents, ?) AND answer != ''",
            (json.dumps(document_id),),
        ).fetchall():
            struck = [*values[:4], "", *values[5:]]
            if checksum_of(*values) == checksum:  # that of a damaged row stays wrong
                checksum = checksum_of(*struck)
            connection.execute("UPDATE feedback SET answer = '', checksum = ? WHERE id = ?", (checksum, values[0]))


def answers_citing(connection: sqlite3.Connection, document_id: str) -> dict[str, str]:
    """The answers that cite a document, by the id of their feedback; a damaged one is left out."""
    found = connection.execute(
        f"SELECT {_COLUMNS}, checksum FROM feedback WHERE instr(documents, ?) AND answer != ''",
        (json.dumps(document_id),),
    )
    return {values[0]: values[4] for *values, checksum in found if checksum_of(*values) == checksum}


def restore_answers(connection: sqlite3.Connection, answers: Mapping[str, str]) -> None:
    """Write answers again that were emptied, but for those that cite a document which is still not there."""
    for feedback_id, answer in answers.items():
        for *values, checksum in connection.execute(
            f"SELECT {_COLUMNS}, checksum FROM feedback WHERE id = ? AND answer = '' AND NOT EXISTS "
            "(SELECT 1 FROM json_each(feedback.documents) WHERE value NOT IN (SELECT id FROM documents))",
            (feedback_id,),
        ).fetchall():
            restored = [*values[:4], answer, *values[5:]]
            if checksum_of(*values) == checksum:  # that of a damaged row stays wrong
                connection.execute(
                    "UPDATE feedback SET answer = ?, checksum = ? WHERE id = ?",
                    (answer, checksum_of(*restored), feedback_id),
                )


def find_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """One line for each row that is not what was written."""
    for row in connection.execute(f"SELECT {_COLUMNS}, checksum FROM feedback"):
        try:
            _feedback(row)
        except LibraryDamaged as error:
            yield str(error)


def _values(feedback: Feedback) -> tuple[str, ...]:
    return (
        feedback.id,
        feedback.created_at.isoformat(),
        feedback.verdict,
        feedback.question,
        feedback.answer,
        feedback.reason,
        feedback.correction,
        feedback.state,
        feedback.library_version,
        json.dumps(feedback.documents),
    )


def _feedback(row: tuple[str | bytes, ...]) -> Feedback:
    *values, checksum = row
    if checksum_of(*values) != checksum:
        raise LibraryDamaged(f"feedback {values[0]!r} is not what was written; restore the library from a backup")
    identity, created_at, verdict, question, answer, reason, correction, state, version, documents = map(str, values)
    return Feedback(
        id=identity,
        created_at=datetime.fromisoformat(created_at),
        verdict=cast(FeedbackVerdict, verdict),  # checksummed, so it is what was written
        question=question,
        answer=answer,
        reason=reason,
        correction=correction,
        state=cast(FeedbackState, state),
        library_version=version,
        documents=tuple(json.loads(documents)),
    )
