"""A run as its folder holds it (`evals/RUNS.md`): what was asked of what, and a record of each case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import Case, case_json, parse_case
from evals.metrics.retrieval import Span
from index.errors import TongwenError

FORMAT = 1
RUN, RECORDS, SUMMARY = "run.json", "records.jsonl", "summary.json"


class RunError(TongwenError):
    """The folder of a run cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Record:
    """One case and what came of it; `scores` is empty where it is `unscored`."""

    case: Case
    answer: Mapping[str, Any] | None
    expected: tuple[tuple[Span, ...], ...]
    retrieved: tuple[tuple[Span, float], ...] | None
    passages: tuple[Span, ...] | None
    scores: Mapping[str, Any]
    cause: str | None
    unscored: str | None
    direction: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {
            "case": case_json(self.case),
            "answer": self.answer,
            "expected": [[_span_json(span) for span in group] for group in self.expected],
            "retrieved": None
            if self.retrieved is None
            else [_span_json(span) | {"score": score} for span, score in self.retrieved],
            "passages": None if self.passages is None else [_span_json(span) for span in self.passages],
            "scores": dict(self.scores),
            "cause": self.cause,
            "unscored": self.unscored,
            "direction": self.direction,
            "seconds": round(self.seconds, 4),
        }


def parse_record(content: Mapping[str, Any]) -> Record:
    """The record of one line; raises `ValueError`, `KeyError` or `TypeError` where it is none."""
    retrieved, passages = content["retrieved"], content["passages"]
    return Record(
        case=parse_case(content["case"]),
        answer=content["answer"],
        expected=tuple(tuple(_span(span) for span in group) for group in content["expected"]),
        retrieved=None if retrieved is None else tuple((_span(one), float(one["score"])) for one in retrieved),
        passages=None if passages is None else tuple(map(_span, passages)),
        scores=dict(content["scores"]),
        cause=content["cause"],
        unscored=content["unscored"],
        direction=str(content["direction"]),
        seconds=float(content["seconds"]),
    )


def _span_json(span: Span) -> dict[str, Any]:
    return {"document_id": span.document_id, "start": span.start, "end": span.end}


def _span(content: Mapping[str, Any]) -> Span:
    return Span(str(content["document_id"]), int(content["start"]), int(content["end"]))


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was read; records in the order of the suite, those of a killed run as far as they go."""

    folder: Path
    info: Mapping[str, Any]
    records: tuple[Record, ...]

    @property
    def finished(self) -> bool:
        return bool(self.info["finished"]) and len(self.records) == len(self.info["case_ids"])

    @property
    def scored(self) -> list[Record]:
        return [record for record in self.records if record.unscored is None]


def read_run(folder: Path) -> Run:
    """The run in a folder; raises `RunError` where there is none, or its files are not what they should be."""
    info = read_info(folder)
    found = {record.case.id: record for record in read_records(folder)[0]}
    return Run(folder, info, tuple(found[case_id] for case_id in info["case_ids"] if case_id in found))


def read_info(folder: Path) -> dict[str, Any]:
    """What `run.json` says."""
    path = folder / RUN
    try:
        info: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if info["format"] != FORMAT:
            raise RunError(f"{path} has format {info['format']!r}, this program reads {FORMAT}; run the suite again")
        known = isinstance(info["case_ids"], list) and isinstance(info["suite"]["fingerprint"], str)
        if not known or "finished" not in info:
            raise ValueError("it does not say which cases were asked")
    except FileNotFoundError as error:
        raise RunError(f"{folder} holds no run; make one with `tongwen eval run SUITE --out {folder}`") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(f"{path} is not the description of a run ({error!r}); run the suite again") from error
    return info


def read_records(folder: Path) -> tuple[list[Record], int]:
    """The records as they were written, and the length in bytes of what is whole: a last line may be cut off."""
    path = folder / RECORDS
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise RunError(f"{path} cannot be read ({error}); run the suite again") from error
    whole = content.rfind(b"\n") + 1
    records = []
    for number, line in enumerate(content[:whole].split(b"\n")[:-1], 1):
        try:
            records.append(parse_record(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RunError(f"{path}:{number} is not a record ({error!r}); run the suite again") from error
    return records, whole


def latest(records: Sequence[Record]) -> dict[str, Record]:
    """By id of the case; of two records of one case the later."""
    return {record.case.id: record for record in records}
