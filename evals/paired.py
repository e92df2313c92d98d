"""Whether two runs over the same cases differ by more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

_RESAMPLES = 2000
_SEED = 20260101
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """What a second run has more than a first. The interval is a 95 % bootstrap over the cases."""

    first: float
    second: float
    low: float
    high: float
    p: float  # of a difference as large where there is none; two-sided
    test: Literal["McNemar", "bootstrap"]
    n: int  # cases of either run

    @property
    def by(self) -> float:
        return self.second - self.first

    @property
    def is_noise(self) -> bool:
        return self.p >= SIGNIFICANT


def mcnemar(lost: int, won: int) -> float:
    """The exact two-sided test (1947) of `lost` against `won` cases: how likely so uneven a split is by coins."""
    tosses = lost + won
    tail = sum(math.comb(tosses, k) for k in range(min(lost, won) + 1))
    return min(1.0, float(2 * tail / 2**tosses))


def compare_values(first: Mapping[str, float], second: Mapping[str, float]) -> Difference | None:
    """The difference of the means of two runs by id of the case; None where either has no case.

    A case that only one run has a value of, as precision has of the refused, counts in that run's mean alone. Right
    or wrong over the same cases is tested by McNemar's test, everything else by the paired bootstrap.
    """
    if not first or not second:
        return None
    ids = sorted(first.keys() | second.keys())
    values = np.array([[run.get(case_id, math.nan) for case_id in ids] for run in (first, second)])
    before, after = (float(mean) for mean in np.nanmean(values, axis=1))
    rows = np.random.default_rng(_SEED).integers(0, len(ids), (_RESAMPLES, len(ids)))
    means = _means(values[1], rows) - _means(values[0], rows)
    means = means[~np.isnan(means)]
    low, high = (float(end) for end in np.quantile(means, [0.025, 0.975]))
    binary = first.keys() == second.keys() and bool(np.isin(values, (0.0, 1.0)).all())
    if binary:
        p = mcnemar(int((values[0] > values[1]).sum()), int((values[1] > values[0]).sum()))
    elif np.array_equal(values[0], values[1], equal_nan=True):
        p = 1.0
    else:
        sides = int((means <= 0).sum()), int((means >= 0).sum())
        p = min(1.0, 2 * (min(sides) + 1) / (len(means) + 1))
    return Difference(before, after, low, high, p, "McNemar" if binary else "bootstrap", len(ids))


def _means(values: np.typing.NDArray[np.float64], rows: np.typing.NDArray[np.int64]) -> np.typing.NDArray[np.float64]:
    """Of each row; NaN where none of its cases has a value."""
    drawn = values[rows]
    known = ~np.isnan(drawn)
    counts = known.sum(axis=1)
    sums = np.where(known, drawn, 0.0).sum(axis=1)
    means: np.typing.NDArray[np.float64] = np.divide(sums, counts, out=np.full(len(rows), math.nan), where=counts > 0)
    return means
