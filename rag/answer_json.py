"""An answer as the JSON object that every door gives: `ask --json` prints it, programs rely on its fields."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from index.schema import Place
from rag.answer import Answer


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
                "place": place_json(citation.place),
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


def place_json(place: Place | None) -> dict[str, str] | None:
    """Where in its file a text stands: page, slide, sheet or part; null where the format has none."""
    return {"kind": place.kind, "label": place.label} if place else None
