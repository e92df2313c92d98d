"""The JSON objects that the command line prints. Other programs rely on their fields: they change by version only."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import TongwenError
from index.schema import Hit
from rag.answer import Answer, Exchange


def answer_json(answer: Answer) -> dict[str, Any]:
    """The object that `ask --json` prints; programs rely on its fields."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "language": answer.language,
        "refused": answer.refused,
        "reason": answer.reason,
        "citations": [
            {
                "number": citation.number,
                "document_id": citation.document_id,
                "title": citation.title,
                "start": citation.start,
                "end": citation.end,
                "quote": citation.quote,
                "sha256": citation.sha256,
                "score": round(citation.score, 4),
            }
            for citation in answer.citations
        ],
        "checks": asdict(answer.checks),
        "confidence": round(answer.confidence, 4),
        "answerer": answer.answerer,
        "timings_ms": {name: round(value, 1) for name, value in answer.timings_ms.items()},
        "standalone": answer.standalone,
        "short": answer.short,
        "complete": answer.complete,
        "statements": [asdict(statement) for statement in answer.statements],
        "conflicts": [asdict(conflict) for conflict in answer.conflicts],
        "notes": [asdict(note) for note in answer.notes],
        "usage": asdict(answer.usage) if answer.usage else None,
    }


def read_history(path: Path) -> tuple[Exchange, ...]:
    """The conversation in a file: a JSON list, oldest turn first, of objects that hold `question` and `answer`.

    What `ask --json` prints is such an object. Raises `TongwenError` where the file holds something else.
    """
    try:
        turns = json.loads(path.read_text("utf-8"))
        return tuple(_exchange(turn) for turn in turns)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TongwenError(
            f"{path} is not a conversation ({error!r}); give a JSON list of objects with question and answer"
        ) from error


def _exchange(turn: dict[str, Any]) -> Exchange:
    question, answer = turn["question"], turn["answer"]
    if not isinstance(question, str) or not isinstance(answer, str):
        raise ValueError("question and answer must be texts")
    return Exchange(question, answer)


def hit_json(hit: Hit) -> dict[str, Any]:
    """One of the hits that `search --json` prints."""
    return {
        "chunk_id": hit.chunk.id,
        "document_id": hit.chunk.document_id,
        "title": hit.title,
        "start": hit.chunk.start,
        "end": hit.chunk.end,
        "text": hit.chunk.text,
        "language": hit.chunk.language,
        "score": round(hit.score, 4),
    }


def print_json(content: Any) -> None:
    """Print on standard output."""
    print(json.dumps(content, ensure_ascii=False, indent=2, default=_json_value))


def write_json(path: Path | None, content: Any) -> None:
    """Write to a file, where one is given; raises `TongwenError` where it cannot be written."""
    if path is None:
        return
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2, default=_json_value) + "\n", "utf-8")
    except OSError as error:
        raise TongwenError(f"{path} cannot be written ({error.strerror}); choose another file") from error


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} does not go into JSON")
