"""How long answers took and what they cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_PERCENTILES = (50, 90, 95, 99)


def latency(seconds: Sequence[float]) -> dict[str, float]:
    """Percentiles (linear between two values), mean and most, in seconds; empty of nothing."""
    if not seconds:
        return {}
    values = np.asarray(seconds, float)
    percentiles = {f"p{share}": float(np.percentile(values, share)) for share in _PERCENTILES}
    return {name: round(value, 4) for name, value in percentiles.items()} | {
        "mean": round(float(values.mean()), 4),
        "max": round(float(values.max()), 4),
    }


def total(values: Sequence[float | None]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
