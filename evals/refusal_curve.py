"""What a threshold of refusal does to a set of labelled questions: refusal recall against false refusals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.calibration import CurvePoint

_FALSE_REFUSALS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


def refusal_curve(scores: Sequence[float], answerable: Sequence[bool]) -> tuple[CurvePoint, ...]:
    """A point for each of a dozen shares of false refusals, ascending; empty where one kind of question is missing.

    A question is refused where its score is below the threshold.
    """
    if all(answerable) or not any(answerable):
        return ()
    rising = np.sort([score for score, has_answer in zip(scores, answerable, strict=True) if has_answer])
    return tuple(curve_point(threshold_at(rising, most), scores, answerable) for most in _FALSE_REFUSALS)


def threshold_at(answerable_scores: Sequence[float] | np.typing.NDArray[np.float64], most: float) -> float:
    """The highest threshold that refuses at most the share `most` of questions with these scores."""
    rising = np.sort(np.asarray(answerable_scores, np.float64))
    return float(rising[min(len(rising) - 1, int(most * len(rising) + 1e-9))])


def curve_point(threshold: float, scores: Sequence[float], answerable: Sequence[bool]) -> CurvePoint:
    """What one threshold does."""
    refused, has_answer = np.asarray(scores) < threshold, np.asarray(answerable, bool)
    return CurvePoint(
        threshold=round(threshold, 4),
        refusal_recall=round(float(refused[~has_answer].mean()), 4),
        false_refusals=round(float(refused[has_answer].mean()), 4),
    )
