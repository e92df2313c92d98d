"""What a report shows, as plain values: made from a run folder, turned into HTML by `evals.report.page`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.report.charts import Label
from evals.statistics import Estimate

Change = Literal["better", "worse"]


@dataclass(frozen=True, slots=True)
class ShownCitation:
    """A cited sentence in its surroundings: `before + quote + after` is a stretch of the document."""

    number: int
    title: str
    before: str
    quote: str
    after: str
    expected: bool  # whether it lies on a passage that the case wants cited


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A figure or name of the answer and what its citation holds for it."""

    text: str
    supported: bool
    found: str | None


@dataclass(frozen=True, slots=True)
class ShownCase:
    """One row of the table of cases."""

    id: str
    question: str
    history: Sequence[str]  # earlier questions
    language: str
    type: str
    documents: str
    tags: Sequence[str]
    expected: Sequence[str]  # accepted answers; empty where the documents do not hold one
    answer: str
    refused: bool
    right: bool | None  # None: not scored
    cause: str | None  # of a failure, or why it was not scored
    confidence: float | None  # None of an assistant that does not say
    milliseconds: float
    citations: Sequence[ShownCitation]
    checks: Sequence[ShownCheck]
    change: Change | None  # against the baseline
    baseline_answer: str | None  # where it changed


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of a table; `difference` is to the baseline, with whether it is more than noise."""

    label: Label
    value: Estimate
    difference: float | None = None
    significant: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together: a table, and a chart of their means and intervals."""

    title: Label
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that one report shows."""

    suite: str
    started: str  # ISO 8601
    baseline: str | None  # name of the run that it is compared with
    configuration: Sequence[tuple[str, str]]
    headlines: Sequence[Row]  # the figures that are shown large
    sections: Sequence[Section]
    unscored: int
    recall: Sequence[tuple[float, float]]  # (k, recall@k)
    refusal: Sequence[tuple[float, float]]  # (false refusals, refusal recall)
    calibration: Sequence[tuple[float, float]]  # (mean confidence of a bin, share that was answerable)
    milliseconds: Sequence[float]  # of each case
    cases: Sequence[ShownCase]
    unasked: int = 0  # cases of the suite that an unfinished run has no record of
