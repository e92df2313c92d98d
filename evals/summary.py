"""The figures of a run, each a mean over the cases it applies to, with a 95 % interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from evals.causes import CAUSES
from evals.metrics.latency import latency, total
from evals.metrics.retrieval import RECALL_CURVE
from evals.records import Record
from evals.refusal_curve import refusal_curve
from evals.statistics import estimate

Value = Callable[[Record], float | None]  # of one case; None where the figure does not apply to it

_BINS = 10


def _score(name: str) -> Value:
    def value(record: Record) -> float | None:
        found = record.scores.get(name)
        return None if found is None else float(found)

    return value


def _among(name: str, applies: Callable[[Record], bool]) -> Value:
    score = _score(name)
    return lambda record: score(record) if applies(record) else None


# By the names that gates have; a case of which there is no score has none of them.
FIGURES: dict[str, Value] = {
    "answer_accuracy": _among("right", lambda record: record.case.answerable),
    "answer_right": _score("answer_right"),
    "exact_match": _score("exact_match"),
    "f1": _score("f1"),
    "recall_at_k": _score("recall_at_k"),
    "mrr": _score("mrr"),
    "ndcg_at_k": _score("ndcg_at_k"),
    "citation_precision": _score("citation_precision"),
    "citation_recall": _score("citation_recall"),
    "figure_support": _score("figure_support"),
    "name_support": _score("name_support"),
    "answer_language": _score("answer_language"),
    "refusal_precision": lambda record: float(not record.case.answerable) if record.scores.get("refused") else None,
    "refusal_recall": _among("refused", lambda record: not record.case.answerable),
    "false_refusals": _among("refused", lambda record: record.case.answerable),
}


def values_of(name: str, records: Iterable[Record]) -> dict[str, float]:
    """A figure by id of the case, where it applies; of a part of the run where the name has one (`part_names`)."""
    scored = [record for record in records if record.unscored is None]
    figure, _, part = name.partition(" ")
    found = ((record.case.id, FIGURES[figure](record)) for record in (_groups(scored)[name] if part else scored))
    return {case_id: value for case_id, value in found if value is not None}


def part_names(records: Sequence[Record]) -> list[str]:
    """The names of the figures of parts of these records, as "answer_accuracy zh"."""
    return list(_groups([record for record in records if record.unscored is None]))


def summarise(records: Sequence[Record]) -> dict[str, Any]:
    """What `summary.json` holds."""
    scored = [record for record in records if record.unscored is None]
    unscored = [record.case.id for record in records if record.unscored is not None]
    causes = Counter(record.cause for record in scored)
    answers = [record.answer or {} for record in scored]
    usage = [answer.get("usage") or {} for answer in answers]
    judged = [value for value in map(_score("judge"), scored) if value is not None]
    return {
        "n": len(records),
        "scored": len(scored),
        "unscored": len(unscored),
        "unscored_ids": unscored,
        "figures": {
            **{name: _figure(name, scored) for name in FIGURES},
            **{name: _figure(name.partition(" ")[0], group) for name, group in _groups(scored).items()},
        },
        "by": {name: _by(scored, labels) for name, labels in _LABELS.items()},
        "causes": {cause: causes[cause] for cause in CAUSES if causes[cause]},
        "refusal_curve": _curve(scored),
        "recall_curve": [{"k": k, **asdict(estimate(_known(scored, _score(f"recall.{k}"))))} for k in RECALL_CURVE],
        "calibration": _calibration(scored),
        "latency": latency([record.seconds for record in scored]),
        "usage": {name: total([one.get(name) for one in usage]) for name in _USAGE},
        "judge": asdict(estimate(judged)) if judged else None,
    }


_USAGE = ("prompt_tokens", "completion_tokens", "cost")


def _figure(name: str, records: Iterable[Record]) -> dict[str, Any]:
    return asdict(estimate(list(values_of(name, records).values())))


def _known(records: Iterable[Record], value: Value) -> list[float]:
    return [found for found in map(value, records) if found is not None]


def _groups(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The parts of a run that are reported with a name of their own, as "answer_accuracy zh"."""
    groups: dict[str, list[Record]] = {}
    for language, other in (("zh", "en"), ("en", "zh")):
        across = f"{language}→{other}"
        own = [one for one in records if one.case.language == language and one.direction != across]
        groups[f"answer_accuracy {language}"] = own
        groups[f"answer_accuracy {across}"] = [one for one in records if one.direction == across]
    for kind in sorted({record.case.type for record in records if record.case.answerable}):
        groups[f"answer_accuracy {kind}"] = [one for one in records if one.case.type == kind]
    for why in sorted({record.case.why_unanswerable or "" for record in records} - {""}):
        groups[f"refusal_recall {why}"] = [one for one in records if one.case.why_unanswerable == why]
    return groups


_LABELS: dict[str, Callable[[Record], Sequence[str]]] = {
    "type": lambda record: [record.case.type],
    "language": lambda record: [record.case.language],
    "direction": lambda record: [record.direction],
    "difficulty": lambda record: [record.case.difficulty] if record.case.difficulty else [],
    "why_unanswerable": lambda record: [record.case.why_unanswerable] if record.case.why_unanswerable else [],
    "tag": lambda record: record.case.tags,
}


def _by(records: Sequence[Record], labels: Callable[[Record], Sequence[str]]) -> dict[str, Any]:
    found: dict[str, list[Record]] = {}
    for record in records:
        for label in labels(record):
            found.setdefault(label, []).append(record)
    return {
        label: {
            "right": asdict(estimate(_known(group, _score("right")))),
            "answer_accuracy": _figure("answer_accuracy", group),
            "refused": asdict(estimate(_known(group, _score("refused")))),
        }
        for label, group in sorted(found.items())
    }


def _with_confidence(records: Iterable[Record]) -> list[tuple[float, Record]]:
    """Those of an assistant that says how sure it is."""
    found = [((record.answer or {}).get("confidence"), record) for record in records]
    return [(float(confidence), record) for confidence, record in found if confidence is not None]


def _curve(records: Sequence[Record]) -> list[dict[str, Any]]:
    known = _with_confidence(records)
    if not known:
        return []
    confidences, answerable = [one for one, _ in known], [record.case.answerable for _, record in known]
    return [asdict(point) for point in refusal_curve(confidences, answerable)]


def _calibration(records: Sequence[Record]) -> list[dict[str, Any]]:
    """In ten bins: how sure the assistant was that there is an answer, and how often there is one."""
    bins: list[list[tuple[float, Record]]] = [[] for _ in range(_BINS)]
    for confidence, record in _with_confidence(records):
        bins[min(_BINS - 1, int(confidence * _BINS))].append((confidence, record))
    return [
        {
            "low": number / _BINS,
            "high": (number + 1) / _BINS,
            "n": len(found),
            "confidence": round(sum(confidence for confidence, _ in found) / len(found), 4),
            "answerable": round(sum(record.case.answerable for _, record in found) / len(found), 4),
        }
        for number, found in enumerate(bins)
        if found
    ]
