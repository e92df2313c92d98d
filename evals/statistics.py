"""Means with their uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 2000
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` cases and its 95 % percentile bootstrap interval (Efron 1979); None over no case."""

    mean: float | None
    low: float | None
    high: float | None
    n: int

    def __str__(self) -> str:
        return "–" if self.mean is None else f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of `values`, resampled with a fixed seed: the same values give the same interval."""
    if not values:
        return Estimate(None, None, None, 0)
    scores = np.asarray(values, float)
    rows = np.random.default_rng(_SEED).integers(0, len(scores), (_RESAMPLES, len(scores)))
    low, high = np.quantile(scores[rows].mean(axis=1), [0.025, 0.975])
    return Estimate(float(scores.mean()), float(low), float(high), len(scores))


def upper_bound(failures: int, n: int) -> float:
    """The upper end of Wilson's 95 % interval (1927) of a share of which `failures` of `n` were seen."""
    if not n:
        return 1.0
    share, square = failures / n, 1.96**2
    spread = 1.96 * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (share + square / (2 * n) + spread) / (1 + square / n)
