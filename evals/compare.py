"""Two runs of the same cases: what got better and worse, case by case, and which difference is more than noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evals.causes import CAUSES
from evals.paired import Difference, compare_values
from evals.records import Record, Run, RunError
from evals.summary import FIGURES, values_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a second run has changed; ids in the order of the second run's suite."""

    figures: dict[str, Difference]  # over the cases that both have scored
    better: tuple[tuple[Record, Record], ...]  # failed before and no longer: each as it was, and as it is
    worse: tuple[tuple[Record, Record], ...]
    causes: dict[str, tuple[int, int]]  # how many of the shared cases failed with each
    shared: int
    only_first: tuple[str, ...]  # cases that only one of them has scored
    only_second: tuple[str, ...]
    same_cases: bool  # the suite and its documents are the same


def compare_runs(first: Run, second: Run) -> Comparison:
    """Raises `RunError` where they have no scored case in common."""
    before = {record.case.id: record for record in first.scored}
    after = {record.case.id: record for record in second.scored}
    pairs = [(before[case_id], after[case_id]) for case_id in after if case_id in before]
    if not pairs:
        raise RunError(f"{first.folder} and {second.folder} share no scored case; compare runs of one suite")
    earlier, later = [one for one, _ in pairs], [one for _, one in pairs]
    found = {name: compare_values(values_of(name, earlier), values_of(name, later)) for name in FIGURES}
    failed = Counter(one.cause for one in earlier), Counter(one.cause for one in later)
    return Comparison(
        figures={name: difference for name, difference in found.items() if difference},
        better=tuple((one, two) for one, two in pairs if two.scores["right"] and not one.scores["right"]),
        worse=tuple((one, two) for one, two in pairs if one.scores["right"] and not two.scores["right"]),
        causes={
            cause: (failed[0][cause], failed[1][cause]) for cause in CAUSES if failed[0][cause] or failed[1][cause]
        },
        shared=len(pairs),
        only_first=tuple(case_id for case_id in before if case_id not in after),
        only_second=tuple(case_id for case_id in after if case_id not in before),
        same_cases=first.info["suite"]["fingerprint"] == second.info["suite"]["fingerprint"],
    )


def comparison_json(comparison: Comparison) -> dict[str, object]:
    """The object that `eval compare --json` prints."""
    return {
        "shared": comparison.shared,
        "same_cases": comparison.same_cases,
        "figures": {
            name: {
                "first": round(one.first, 4),
                "second": round(one.second, 4),
                "difference": round(one.by, 4),
                "low": round(one.low, 4),
                "high": round(one.high, 4),
                "p": round(one.p, 4),
                "test": one.test,
                "noise": one.is_noise,
                "n": one.n,
            }
            for name, one in comparison.figures.items()
        },
        "better": _changes(comparison.better),
        "worse": _changes(comparison.worse),
        "causes": {cause: list(counts) for cause, counts in comparison.causes.items()},
        "only_first": list(comparison.only_first),
        "only_second": list(comparison.only_second),
    }


def _changes(pairs: Sequence[tuple[Record, Record]]) -> list[dict[str, object]]:
    return [
        {
            "id": after.case.id,
            "question": after.case.question,
            "cause_before": before.cause,
            "cause": after.cause,
            "answer_before": (before.answer or {}).get("answer"),
            "answer": (after.answer or {}).get("answer"),
        }
        for before, after in pairs
    ]
