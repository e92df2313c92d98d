"""The JSON objects that the command line prints. Other programs rely on their fields: they change by version only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import TongwenError
from index.schema import DocumentSummary, Hit
from rag.answer import Exchange
from rag.answer_json import place_json


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
        "place": place_json(hit.place_at(hit.chunk.start)),
    }


def search_json(question: str, hits: Iterable[Hit], degraded: str | None) -> dict[str, Any]:
    """The object that `search --json` prints; `degraded` is what `Library.degraded` says."""
    found = {"question": question, "hits": [hit_json(hit) for hit in hits]}
    return found | ({"degraded": degraded} if degraded else {})


def list_json(summaries: Iterable[DocumentSummary]) -> dict[str, Any]:
    """The object that `list --json` prints."""
    return json_object({"documents": [asdict(summary) for summary in summaries]})


def json_object(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same of values that JSON has."""
    plain: dict[str, Any] = json.loads(json.dumps(content, default=_json_value))
    return plain


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
