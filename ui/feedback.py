"""Keeping what people say of answers, from the web chat and from the command line alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import TongwenError
from rag.answer_json import answer_json

if TYPE_CHECKING:
    from index.library import Library
    from index.schema import Feedback, FeedbackVerdict
    from rag.answer import Answer

LONGEST = 4_000  # characters of a reason or a correction

KeepFeedback = Callable[["FeedbackVerdict", "Answer", str, str], None]  # verdict, answer, reason, correction


def keeper(library: Library) -> KeepFeedback:
    """Keeps feedback in that library; raises a `TongwenError` where it cannot."""

    def keep(verdict: FeedbackVerdict, answer: Answer, reason: str, correction: str) -> None:
        keep_feedback(library, verdict, answer_json(answer), reason, correction)

    return keep


def keep_feedback(
    library: Library, verdict: FeedbackVerdict, answer: dict[str, Any], reason: str, correction: str
) -> Feedback:
    """Keep what was said of an answer, given as `ask --json` prints it."""
    for text in (reason, correction):
        if len(text) > LONGEST:
            raise TongwenError(f"a reason or correction has at most {LONGEST:,} characters; shorten it")
    documents = tuple(dict.fromkeys(citation["document_id"] for citation in answer["citations"]))
    stored = json.dumps(_storable(answer), ensure_ascii=False)
    question = _storable(answer["question"])
    return library.add_feedback(
        verdict, question, stored, _storable(reason.strip()), _storable(correction.strip()), documents
    )


def _storable(value: Any) -> Any:
    """What was typed, without halves of characters, which no file can hold."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case list() | tuple():
            return [_storable(item) for item in value]
    return value


def read_answer(path: Path) -> dict[str, Any]:
    """An answer that `ask --json` printed; raises `TongwenError` where the file holds something else."""
    try:
        answer = json.loads(path.read_text("utf-8"))
        texts = [answer["question"], answer["answer"], *(one["document_id"] for one in answer["citations"])]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("question, answer and document_id must be texts")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TongwenError(f"{path} is not an answer ({error!r}); give what `tongwen ask --json` prints") from error
    return dict(answer)
