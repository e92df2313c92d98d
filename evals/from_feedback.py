"""What people said of answers made cases: a correction becomes the accepted answer of the question it was given to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.accepted import accepted_from, answer_is_accepted
from evals.case_files import append_case
from evals.cases import Case, CaseError, MustCite
from evals.sheets import guessed_type
from evals.suite_folder import examine_suite, problems_of
from index.errors import FeedbackUnknown
from index.library import Library
from index.schema import Feedback
from rag.question import question_language

FILE = "feedback.jsonl"  # of a suite, which approved feedback goes into


def pending_feedback(library: Library) -> list[Feedback]:
    """The answers that were found wrong and that no one has decided on, oldest first."""
    return [one for one in library.feedback("pending") if one.verdict == "down"]


def approve_feedback(
    library: Library,
    feedback_id: str,
    suite_folder: Path,
    answers: Sequence[str] = (),
    quotes: Sequence[str] = (),
    unanswerable: bool = False,
) -> Case:
    """Add the case to the suite and mark the feedback as approved; `answers` and `quotes` go before what it holds.

    Raises `CaseError` where the answer is not known, no passage is known to cite, or the suite's documents hold it not.
    """
    feedback = next((one for one in library.feedback() if one.id == feedback_id), None)
    if feedback is None:
        raise FeedbackUnknown(f"no feedback {feedback_id!r} in {library.folder}; `tongwen eval pending` lists them")
    case = _unanswerable_case(feedback) if unanswerable else _answerable_case(feedback, answers, quotes)
    suite, _ = examine_suite(suite_folder)
    if suite is None:
        raise CaseError(f"{suite_folder} is no suite; start one with `tongwen eval new {suite_folder}`")
    if any(case.id == other.id for other in suite.cases):
        raise CaseError(f"{feedback_id} is a case of {suite_folder} already; dismiss it or give another suite")
    if problem := next(problems_of(case, suite), None):
        raise CaseError(f"{problem}; the documents of the suite have to hold it, in {suite_folder / 'documents'}")
    append_case(suite_folder / FILE, case)
    library.set_feedback_state(feedback_id, "approved")
    return case


def _unanswerable_case(feedback: Feedback) -> Case:
    question = _question(feedback)
    return Case(
        id=f"feedback-{feedback.id}",
        question=question,
        language=question_language(question),
        type=guessed_type(question),
        answerable=False,
        tags=("feedback",),
    )


def _answerable_case(feedback: Feedback, answers: Sequence[str], quotes: Sequence[str]) -> Case:
    right = [text.strip() for text in (*answers, *(() if answers else (feedback.correction,))) if text.strip()]
    if not right:
        raise CaseError(f"{feedback.id} has no correction; give the right answer with --answer, or --unanswerable")
    accepted = tuple(accepted_from(right))
    chosen = quotes or [quote for quote in _cited(feedback) if answer_is_accepted(quote, accepted)]
    if not chosen:
        raise CaseError(
            f"{feedback.id}: no sentence that the answer cites holds {right[0]!r}; "
            "give the one that does, word for word, with --cite"
        )
    question = _question(feedback)
    return Case(
        id=f"feedback-{feedback.id}",
        question=question,
        language=question_language(question),
        type=guessed_type(question),
        answerable=True,
        answers=accepted,
        must_cite=(tuple(map(MustCite, chosen)),),
        tags=("feedback",),
    )


def _answer(feedback: Feedback) -> dict[str, Any]:
    """The answer as it was printed; empty where it was struck because a text that it cites was removed or edited."""
    try:
        content = json.loads(feedback.answer or "{}")
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{feedback.id}: its answer is not what `ask --json` prints; dismiss it") from error
    return content if isinstance(content, dict) else {}


def _question(feedback: Feedback) -> str:
    """The question by itself: the turns that a follow-up left to be understood are not kept with it."""
    standalone = _answer(feedback).get("standalone")
    return standalone if isinstance(standalone, str) and standalone.strip() else feedback.question


def _cited(feedback: Feedback) -> list[str]:
    citations = _answer(feedback).get("citations")
    found = [one.get("quote") for one in citations if isinstance(one, dict)] if isinstance(citations, list) else []
    return [quote for quote in found if isinstance(quote, str) and quote.strip()]
