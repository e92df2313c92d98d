"""A run, and perhaps the run it is compared with, as the content of a report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.compare import Comparison, compare_runs
from evals.metrics.retrieval import Span
from evals.records import Record, Run
from evals.report.charts import Label
from evals.report.content import (
    Change,
    ReportContent,
    Row,
    Section,
    ShownCase,
    ShownCheck,
    ShownCitation,
)
from evals.report.labels import in_order, label_of, tag_label
from evals.statistics import Estimate
from evals.summary import FIGURES, summarise

_HEADLINES = ("answer_accuracy", "citation_precision", "refusal_recall", "false_refusals")
_SURROUNDINGS = 160  # characters shown on either side of a cited sentence

_PARTS = (  # of `summary["by"]`: which figure of each group is shown
    ("direction", "answer_accuracy", Label("答对率：按语言方向", "Answer accuracy by languages")),
    ("type", "answer_accuracy", Label("答对率：按类型", "Answer accuracy by type")),
    ("difficulty", "answer_accuracy", Label("答对率：按难度", "Answer accuracy by difficulty")),
    ("tag", "right", Label("正确率：按标签", "Cases that went right, by tag")),
    ("why_unanswerable", "refused", Label("拒答召回率：按原因", "Refusal recall by what is missing")),
)


def report_content(run: Run, baseline: Run | None, texts: Mapping[str, str]) -> ReportContent:
    """What a report of `run` shows; `texts` are those documents that are at hand, by id, to show quotes in.

    Raises `RunError` where the two runs share no scored case.
    """
    comparison = compare_runs(baseline, run) if baseline else None
    summary = summarise(run.records)
    figures = tuple(_row(name, summary["figures"][name], comparison) for name in FIGURES)
    before = {record.case.id: record for record in baseline.records} if baseline else {}
    changes: dict[str, Change] = {}
    if comparison:
        changes = {record.case.id: "better" for _, record in comparison.better}
        changes |= {record.case.id: "worse" for _, record in comparison.worse}
    return ReportContent(
        suite=str(run.info["suite"]["name"]),
        started=str(run.info["started"]),
        baseline=str(baseline.folder) if baseline else None,
        configuration=tuple(_configuration(run.info)),
        headlines=tuple(row for name, row in zip(FIGURES, figures, strict=True) if name in _HEADLINES),
        sections=(Section(Label("指标", "Figures"), figures), *_parts(summary["by"])),
        unscored=summary["unscored"],
        recall=tuple((point["k"], point["mean"]) for point in summary["recall_curve"] if point["mean"] is not None),
        refusal=tuple((point["false_refusals"], point["refusal_recall"]) for point in summary["refusal_curve"]),
        calibration=tuple((one["confidence"], one["answerable"]) for one in summary["calibration"]),
        milliseconds=tuple(record.seconds * 1000 for record in run.scored),
        cases=tuple(
            _case(record, changes.get(record.case.id), before.get(record.case.id), texts) for record in run.records
        ),
        unasked=len(run.info["case_ids"]) - len(run.records),
    )


def _row(name: str, figure: Mapping[str, Any], comparison: Comparison | None) -> Row:
    difference = comparison.figures.get(name) if comparison else None
    return Row(
        label_of(name),
        Estimate(**figure),
        difference.by if difference else None,
        bool(difference and not difference.is_noise),
    )


def _parts(by: Mapping[str, Mapping[str, Any]]) -> Iterator[Section]:
    """A section for each way in which the cases fall into more than one group."""
    for name, figure, title in _PARTS:
        groups, label = by.get(name, {}), tag_label if name == "tag" else label_of
        rows = [Row(label(group), Estimate(**groups[group][figure])) for group in in_order(groups)]
        known = tuple(row for row in rows if row.value.n)
        if len(known) > 1 or (known and name in ("tag", "why_unanswerable")):
            yield Section(title, known)


def _configuration(info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the run says of itself, flat: "settings.embedder", "fingerprints.code", ….

    The cases and documents are left out: the table of cases shows the ones, the fingerprints stand for the others.
    """
    for name, value in info.items():
        if name in ("case_ids", "documents"):
            continue
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", _shown(one)) for key, one in value.items())
        else:
            yield name, _shown(value)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _case(record: Record, change: Change | None, before: Record | None, texts: Mapping[str, str]) -> ShownCase:
    case, answer = record.case, record.answer or {}
    documents = case.documents if isinstance(case.documents, str) else ", ".join(case.documents)
    checks = answer.get("checks") or {}
    return ShownCase(
        id=case.id,
        question=case.question,
        history=tuple(exchange.question for exchange in case.history),
        language=case.language,
        type=case.type,
        documents=documents,
        tags=case.tags,
        expected=tuple(accepted.text for accepted in case.answers),
        answer=str(answer.get("answer", "")),
        refused=bool(answer.get("refused")),
        right=None if record.unscored is not None else bool(record.scores["right"]),
        cause=record.unscored if record.unscored is not None else record.cause,
        confidence=answer.get("confidence"),
        milliseconds=record.seconds * 1000,
        citations=tuple(
            _citation(one, number, record.expected, texts) for number, one in enumerate(answer.get("citations", ()), 1)
        ),
        checks=tuple(_check(check) for kind in ("figures", "names") for check in checks.get(kind, ())),
        change=change,
        baseline_answer=str((before.answer or {}).get("answer", "")) if before and change else None,
    )


def _check(check: Mapping[str, Any]) -> ShownCheck:
    found = check.get("found")
    return ShownCheck(str(check.get("text", "")), bool(check["supported"]), None if found is None else str(found))


def _citation(
    citation: Mapping[str, Any], place: int, expected: Sequence[Sequence[Span]], texts: Mapping[str, str]
) -> ShownCitation:
    """The quote in its surroundings, where the document is at hand and holds it at its place.

    Another assistant need not say more than the quote; its citations are numbered by their `place`.
    """
    document_id, quote = str(citation.get("document_id")), str(citation["quote"])
    text = texts.get(document_id, "")
    start, end = _whole(citation.get("start"), 0), _whole(citation.get("end"), 0)
    stands = bool(quote) and text[start:end] == quote
    return ShownCitation(
        number=_whole(citation.get("number"), place),
        title=str(citation.get("title") or ""),
        before=text[max(0, start - _SURROUNDINGS) : start] if stands else "",
        quote=quote,
        after=text[end : end + _SURROUNDINGS] if stands else "",
        expected=stands
        and any(
            span.document_id == document_id and span.start < end and start < span.end
            for group in expected
            for span in group
        ),
    )


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and value >= 0 else otherwise
