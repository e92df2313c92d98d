"""Whether a run may pass: figures that must be reached, and a run that it must be no worse than."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.compare import compare_runs
from evals.paired import Difference, compare_values
from evals.records import Record, Run, RunError
from evals.statistics import Estimate, estimate, upper_bound
from evals.suite_folder import FEWER_IS_BETTER
from evals.summary import FIGURES, part_names, values_of

WATCHED = ("answer_accuracy", "refusal_recall", "false_refusals", "citation_recall", "answer_language")
_MOST_UNSCORED = 0.05  # share of the cases; more of them missing could hide anything
_LEAST_CHANGE = 1e-9


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason not to pass."""

    figure: str | None  # None where it is the run itself
    text: str  # one line
    value: float | None = None
    wanted: float | None = None  # the threshold, or the value of the baseline
    significant: bool | None = None
    causes: Mapping[str, int] | None = None  # of the cases behind it; beside a baseline, by how many more there are
    ids: tuple[str, ...] = ()  # of those cases

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def check_gate(
    run: Run, thresholds: Mapping[str, float], baseline: Run | None = None, tolerance: float = 0.0
) -> list[Reason]:
    """Every reason for which the run does not pass; empty where it does.

    Figures of `evals.summary.FIGURES`, also of a part of the run, as "answer_accuracy zh". A mean that is worse than
    the baseline's over the shared cases by more than `tolerance` is a reason of its own, whether or not the difference
    is significant, which is said: of few cases no loss is. Raises `RunError` for a figure that there is none of.
    """
    names = (*FIGURES, *part_names(run.scored))
    for name in thresholds:
        if name not in names:
            raise RunError(f"there is no figure {name!r}; there are: {', '.join(names)}")
    if blocked := _not_to_be_judged(run):
        return [blocked]
    if baseline is None and not thresholds:
        return [Reason(None, "nothing was asked for; give --fail-under, --no-worse-than, or gates in suite.toml")]
    reasons = [_below(run, name, wanted) for name, wanted in thresholds.items()]
    if baseline:
        if blocked := _not_to_be_judged(baseline):
            return [Reason(None, f"the baseline cannot be used: {blocked.text}")]
        reasons += _worse(run, baseline, tuple(dict.fromkeys((*WATCHED, *thresholds))), tolerance)
    return [reason for reason in reasons if reason]


def _not_to_be_judged(run: Run) -> Reason | None:
    cases = len(run.info["case_ids"])
    if not run.finished:
        return Reason(None, f"{run.folder} is not finished: {len(run.records)} of {cases} cases; run it with --resume")
    unscored = [record.case.id for record in run.records if record.unscored is not None]
    if not run.scored or len(unscored) > _MOST_UNSCORED * cases:
        why = next((record.unscored for record in run.records if record.unscored), "it has no case")
        return Reason(
            None, f"{len(unscored)} of {cases} cases of {run.folder} are unscored: {why}", ids=tuple(unscored)
        )
    return None


def _below(run: Run, name: str, wanted: float) -> Reason | None:
    values = values_of(name, run.scored)
    found = estimate(list(values.values()))
    if found.mean is None:
        return Reason(name, f"{name} is not measured: no case of the run has it", None, wanted)
    fewer = name in FEWER_IS_BETTER
    if (found.mean <= wanted + _LEAST_CHANGE) if fewer else (found.mean >= wanted - _LEAST_CHANGE):
        return None
    significant = _is_sure(list(values.values()), found, wanted, fewer)
    behind = [record for record in run.scored if _falls_short(name, values.get(record.case.id))]
    text = (
        f"{name} is {found}, {'above' if fewer else 'below'} {wanted:g} by {abs(found.mean - wanted):.3f} "
        f"({_certainty(significant)})"
    )
    return Reason(name, text, found.mean, wanted, significant, _count(behind), tuple(one.case.id for one in behind))


def _is_sure(values: Sequence[float], found: Estimate, wanted: float, fewer: bool) -> bool:
    """Whether the whole interval is on the wrong side; of shares by Wilson's, as a bootstrap of one case is a point."""
    if {*values} <= {0.0, 1.0}:
        ones, n = round(sum(values)), len(values)
        return 1 - upper_bound(n - ones, n) > wanted if fewer else upper_bound(ones, n) < wanted
    low, high = found.low or 0.0, found.high or 0.0
    return low > wanted if fewer else high < wanted


def _falls_short(name: str, value: float | None) -> bool:
    return value is not None and (value > 0 if name in FEWER_IS_BETTER else value < 1)


def _worse(run: Run, baseline: Run, names: tuple[str, ...], tolerance: float) -> list[Reason]:
    comparison = compare_runs(baseline, run)
    shared = {one.case.id: one for one in baseline.scored}
    reasons = []
    if lost := comparison.only_first:
        text = f"{len(lost)} cases of the baseline are not scored in this run"
        reasons.append(Reason(None, text, ids=lost))
    for name in names:
        difference = comparison.figures.get(name) or _of_part(name, run, baseline)
        sign = -1 if name in FEWER_IS_BETTER else 1
        if difference is None or sign * difference.by >= -tolerance - _LEAST_CHANGE:
            continue
        after, before = values_of(name, run.scored), values_of(name, baseline.scored)
        behind = [
            one
            for one in run.scored
            if one.case.id in before and one.case.id in after and sign * (after[one.case.id] - before[one.case.id]) < 0
        ]
        grown = _count(behind)
        for cause, count in _count([shared[one.case.id] for one in behind]).items():
            grown[cause] = grown.get(cause, 0) - count
        certainty = _certainty(not difference.is_noise)
        text = (
            f"{name} is {difference.second:.3f}, worse than the baseline's {difference.first:.3f} by "
            f"{abs(difference.by):.3f} ({certainty}, p = {difference.p:.3f}, {difference.test})"
        )
        grew = {cause: count for cause, count in grown.items() if count > 0}
        ids = tuple(one.case.id for one in behind)
        reasons.append(Reason(name, text, difference.second, difference.first, not difference.is_noise, grew, ids))
    return reasons


def _of_part(name: str, run: Run, baseline: Run) -> Difference | None:
    """Of the figure of a part of the run, over the cases that both runs have scored; None where there is none."""
    ids = {one.case.id for one in run.scored} & {one.case.id for one in baseline.scored}
    shared = [[one for one in each.scored if one.case.id in ids] for each in (baseline, run)]
    if " " not in name or not all(name in part_names(records) for records in shared):
        return None
    first, second = (values_of(name, records) for records in shared)
    return compare_values(first, second)


def _certainty(significant: bool) -> str:
    return "significant" if significant else "may be chance"


def _count(records: list[Record]) -> dict[str, int]:
    causes: dict[str, int] = {}
    for record in records:
        if record.cause:
            causes[record.cause] = causes.get(record.cause, 0) + 1
    return causes
