"""What a reader of figures hands on before it becomes a `Quantity`: a figure, or something that only looks like one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rag.figures.quantity import Bound, QuantityKind


@dataclass(frozen=True, slots=True)
class Skipped:
    """What only looks like a figure, up to `end`."""

    end: int


@dataclass(frozen=True, slots=True)
class Figure:
    start: int
    end: int
    kind: QuantityKind
    value: Fraction | str
    unit: str = ""
    high: Fraction | None = None
    bound: Bound = "exact"
