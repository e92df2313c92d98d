"""Why a case failed: the first step at which it went wrong, one label for each failed case.

Judged by what a run records, no model and no library at hand. Of an assistant that does not say what it retrieved,
only the causes that show in its answer are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from evals.cases import Case
from evals.metrics.retrieval import Span, rank_of

Cause = Literal[
    "document_missing",
    "not_retrieved",
    "ranked_out",
    "wrong_answer",
    "wrong_citation",
    "wrong_language",
    "wrongly_refused",
    "wrongly_answered",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)


def cause_of(
    case: Case,
    scores: Mapping[str, Any],
    expected: Sequence[Sequence[Span]],
    retrieved: Sequence[Span] | None,
    passages: Sequence[Span] | None,
) -> Cause | None:
    """The cause of a failure by the `scores` of the case (`evals.scores`); None where it went as it should."""
    if scores["right"]:
        return None
    if not case.answerable:
        return "wrong_language" if scores["refused"] else "wrongly_answered"
    if scores["answer_right"]:
        return "wrong_citation" if scores["answer_language"] else "wrong_language"
    if not all(expected):
        return "document_missing"
    if _misses(expected, retrieved):
        return "not_retrieved"
    if _misses(expected, passages):
        return "ranked_out"
    if scores["refused"]:
        return "wrongly_refused"
    return "wrong_answer" if scores["answer_language"] else "wrong_language"


def _misses(expected: Sequence[Sequence[Span]], found: Sequence[Span] | None) -> bool:
    return found is not None and any(rank_of(group, found) is None for group in expected)
