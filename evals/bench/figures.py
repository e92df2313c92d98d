"""The figures of a benchmark over its rounds, and how contenders compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from evals.bench.contender import OURS

FORMAT = 1
FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median over the rounds, and the lowest and highest value that there was."""

    middle: float
    low: float
    high: float
    n: int


def spread(values: Sequence[float]) -> Spread | None:
    """None over no value."""
    return Spread(median(values), min(values), max(values), len(values)) if values else None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one contender did in one round with so many texts; `failed` says why there are no figures."""

    round: int
    size: int
    contender: str
    load: float  # of the machine when it began
    figures: Mapping[str, float] = field(default_factory=dict)
    failed: str | None = None

    @property
    def key(self) -> tuple[int, int, str]:
        return self.round, self.size, self.contender


@dataclass(slots=True)
class Results:
    """A benchmark, as far as it has come."""

    plan: Mapping[str, Any]  # what is measured: with another plan a benchmark cannot be gone on with
    machine: Mapping[str, Any]
    left_out: Mapping[str, str]  # contenders that are not here, and why
    measurements: list[Measurement] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """What `parse_results` reads, and the same summed up for who wants medians and ratios."""
        return {"format": FORMAT, **asdict(self), "summary": list(self._summary())}

    def sizes(self) -> list[int]:
        return sorted({one.size for one in self.measurements})

    def contenders(self, size: int) -> list[str]:
        """Those with figures, in the order of the plan; the floor is none."""
        there = {one.contender for one in self.measurements if one.size == size and one.figures}
        return [name for name in self.plan["contenders"] if name in there]

    def spread(self, size: int, contender: str, figure: str) -> Spread | None:
        return spread(list(self._values(size, contender, figure).values()))

    def ratio(self, size: int, contender: str, figure: str, to: str = OURS) -> Spread | None:
        """How many times as much as `to` in the same round; None where they share no round."""
        own, other = self._values(size, contender, figure), self._values(size, to, figure)
        return spread([own[number] / other[number] for number in own if other.get(number)])

    def failures(self) -> dict[tuple[int, str], str]:
        """The last reason for each size and contender that failed."""
        return {(one.size, one.contender): one.failed for one in self.measurements if one.failed}

    def _summary(self) -> Iterator[dict[str, Any]]:
        names = sorted({(one.size, one.contender, figure) for one in self.measurements for figure in one.figures})
        for size, contender, figure in names:
            over_rounds, to_ours = self.spread(size, contender, figure), self.ratio(size, contender, figure)
            yield {
                "size": size,
                "contender": contender,
                "figure": figure,
                "value": over_rounds and asdict(over_rounds),
                "times_ours": to_ours and asdict(to_ours),
            }

    def _values(self, size: int, contender: str, figure: str) -> dict[int, float]:
        """By round."""
        return {
            one.round: one.figures[figure]
            for one in self.measurements
            if (one.size, one.contender) == (size, contender) and figure in one.figures
        }


def parse_results(content: Mapping[str, Any]) -> Results:
    """The results that `to_json` gave; raises `ValueError`, `KeyError` or `TypeError` where it is something else."""
    if content["format"] != FORMAT:
        raise ValueError(f"it has format {content['format']!r}, this program reads {FORMAT}")
    return Results(
        plan=dict(content["plan"]),
        machine=dict(content["machine"]),
        left_out=dict(content["left_out"]),
        measurements=[Measurement(**one) for one in content["measurements"]],
    )
