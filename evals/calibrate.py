"""Fit threshold and scale of refusal to one library, on its own labelled cases or on questions drawn from it.

The weights stay those that ship: a library has too few labelled questions for twenty of them. From cases come the
threshold, and scale and intercept of the log-odds (Platt 1999), pulled towards leaving them as they are. From drawn
questions comes the threshold alone: that of the development cases at the share that is asked for, moved by as much as
drawn questions usually (in the median) score here more than those that are drawn alike from the development documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from evals.accepted import answer_is_accepted
from evals.cases import Case
from evals.drawn import draw_questions, score_drawn
from evals.refusal_curve import curve_point, refusal_curve, threshold_at
from index.errors import TongwenError
from rag.assistant import Assistant
from rag.calibration import Calibration
from rag.refusal import RefusalModel, log_odds, logistic, refusal_model, regime_of, shipped_weights

FEWEST_CASES = 20  # of either kind: one wrong refusal in twenty is the usual aim
FEWEST_DRAWN = 40
_PULL = 5.0  # cases that a scale of 1 and an intercept of 0 weigh as much as
_STEPS = 50  # of Newton's method; it converges in about six

Report = Callable[[int, int], None]  # (cases asked, cases in all)


class TooFewQuestions(TongwenError):
    """There are not enough questions to calibrate with."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Judged questions: margins above the shipped thresholds, log-odds, and whether there is an answer."""

    margins: tuple[float, ...]
    totals: tuple[float, ...]
    answerable: tuple[bool, ...]

    def count(self, answerable: bool) -> int:
        return self.answerable.count(answerable)


def calibrate_on_cases(
    assistant: Assistant, cases: Sequence[Case], most: float, report: Report | None = None
) -> Calibration:
    """From labelled cases, refusing at most the share `most` of what was answered right; raises `TooFewQuestions`.

    Which documents a case names is not looked at: every case is asked of the library as it is.
    """
    scored = _score_cases(assistant, cases, refusal_model(), report)
    for answerable, words in ((True, "that are answered right"), (False, "that have no answer")):
        if (count := scored.count(answerable)) < FEWEST_CASES:
            raise TooFewQuestions(
                f"there are {count} cases {words}, at least {FEWEST_CASES} are needed; add some, "
                "or leave out --cases to draw questions from the library"
            )
    shift = threshold_at([m for m, has in zip(scored.margins, scored.answerable, strict=True) if has], most)
    scale, intercept = fit_platt(scored.totals, scored.answerable)
    return _calibration(assistant, "cases", scored.margins, scored.answerable, scale, intercept, shift)


def calibrate_on_library(assistant: Assistant, most: float) -> Calibration:
    """From questions drawn from the library; raises `TooFewQuestions`."""
    with assistant.library.snapshot() as snapshot:
        questions = draw_questions(snapshot)
    scores = score_drawn(assistant, refusal_model(), questions)
    if len(scores.there) < FEWEST_DRAWN or not scores.left_out:
        raise TooFewQuestions(
            f"the library gives {len(scores.there)} questions, at least {FEWEST_DRAWN} are needed; "
            "add documents, or give labelled cases with --cases"
        )
    shipped = shipped_weights()
    shift = float(np.median(scores.there)) - _quantile(shipped["drawn"], 0.5) + _quantile(shipped["answered"], most)
    margins = (*scores.there, *scores.left_out)
    answerable = (True,) * len(scores.there) + (False,) * len(scores.left_out)
    return _calibration(assistant, "drawn", margins, answerable, 1.0, 0.0, shift)


def _quantile(quantiles: Sequence[float], share: float) -> float:
    return float(np.interp(share, np.linspace(0, 1, len(quantiles)), quantiles))


def _score_cases(assistant: Assistant, cases: Sequence[Case], model: RefusalModel, report: Report | None) -> Scored:
    """An answerable case whose best sentence is not right is passed over: it says nothing about refusal."""
    margins, totals, answerable = [], [], []
    for asked, case in enumerate(cases, 1):
        findings = assistant.find(case.question)
        if findings.signs and (not case.answerable or answer_is_accepted(findings.evidence[0].text, case.answers)):
            regime = regime_of(findings.question, findings.retrieval, findings.evidence[0].hit.chunk.language)
            margins.append(model.margin(findings.signs, regime))
            totals.append(margins[-1] + log_odds(model.thresholds[regime]))
            answerable.append(case.answerable)
        if report:
            report(asked, len(cases))
    return Scored(tuple(margins), tuple(totals), tuple(answerable))


def fit_platt(totals: Sequence[float], answerable: Sequence[bool]) -> tuple[float, float]:
    """Scale and intercept that make the log-odds likely, by Newton's method; a ridge draws them to 1 and 0."""
    features = np.column_stack([np.asarray(totals, np.float64), np.ones(len(totals))])
    truth, start = np.asarray(answerable, np.float64), np.array([1.0, 0.0])
    spread = np.array([max(1.0, float(np.var(features[:, 0]))), 1.0])  # so that the pull is in cases for both
    pull = _PULL / 4 * spread  # a case has at most a quarter of information
    found = start.copy()
    for _ in range(_STEPS):
        expected = np.array([logistic(total) for total in features @ found])
        gradient = features.T @ (expected - truth) + pull * (found - start)
        curvature = (features * (expected * (1 - expected))[:, None]).T @ features + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def _calibration(
    assistant: Assistant,
    source: str,
    margins: Sequence[float],
    answerable: Sequence[bool],
    scale: float,
    intercept: float,
    shift: float,
) -> Calibration:
    return Calibration(
        embedder=assistant.library.embedder.fingerprint,
        model=refusal_model().fingerprint,
        made=date.today().isoformat(),
        source="cases" if source == "cases" else "drawn",
        answerable=sum(answerable),
        unanswerable=len(answerable) - sum(answerable),
        scale=round(scale, 4),
        intercept=round(intercept, 4),
        shift=round(shift, 4),
        chosen=curve_point(shift, margins, answerable),
        curve=refusal_curve(margins, answerable),
    )
