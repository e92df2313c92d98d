"""All scores of one case, by name; `evals/RUNS.md` says what each is and over which cases it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.accepted import answer_is_accepted
from evals.cases import Case
from evals.metrics.answer_language import is_in_language
from evals.metrics.citing import citation_precision, citation_recall, citations_cover
from evals.metrics.reading import exact_match, f1, without_marks
from evals.metrics.retrieval import RECALL_CURVE, Span, rank_of, score_retrieval
from evals.metrics.support import support
from index.language import han_share

Scores = dict[str, float | bool | None]

RETRIEVAL = ("recall_at_k", "mrr", "ndcg_at_k", *(f"recall.{depth}" for depth in RECALL_CURVE))


def score_case(
    case: Case, answer: Mapping[str, Any], expected: Sequence[Sequence[Span]], retrieved: Sequence[Span] | None, k: int
) -> Scores:
    """The scores; None where one does not apply. `answer` is the object of `ask --json`."""
    refused = bool(answer["refused"])
    quotes = [citation["quote"] for citation in answer["citations"]]
    text = str(answer["answer"])
    in_language = answer.get("language") == case.language and is_in_language(text, quotes, case.language)
    scores: Scores = dict.fromkeys(("answer_right", "exact_match", "f1", *RETRIEVAL))
    if case.answerable:
        scores["answer_right"] = not refused and answer_is_accepted(text, case.answers)
        said = "" if refused else without_marks(str(answer.get("short") or text))
        scores["exact_match"], scores["f1"] = _reading(said, case.texts)
        if expected and retrieved is not None:
            scores |= score_retrieval([rank_of(group, retrieved) for group in expected], k)
    judged = case.must_cite if case.answerable and not refused else ()
    right = bool(scores["answer_right"]) and citations_cover(quotes, case.must_cite) if case.answerable else refused
    return scores | {
        "right": right and in_language,
        "citation_precision": citation_precision(quotes, judged),
        "citation_recall": citation_recall(quotes, judged),
        "figure_support": None if refused else support(answer, "figures"),
        "name_support": None if refused else support(answer, "names"),
        "answer_language": in_language,
        "refused": refused,
    }


def _reading(said: str, golds: Sequence[str]) -> tuple[float, float]:
    """Exact match and F1, each gold by the scorer of its language."""
    chinese = [gold for gold in golds if han_share(gold)]
    english = [gold for gold in golds if not han_share(gold)]
    matched = [exact_match(said, chinese, "CMRC 2018")] if chinese else []
    shared = [f1(said, chinese, "CMRC 2018")] if chinese else []
    if english:
        matched.append(exact_match(said, english, "SQuAD"))
        shared.append(f1(said, english, "SQuAD"))
    return max(matched), max(shared)
