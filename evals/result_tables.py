"""The tables of the README, made from saved results: folders of runs, and what `eval squad --json` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.records import RUN, RunError, read_info
from evals.runs import read_summary

_RUN_ROWS = {
    "answer_accuracy zh": "right, Chinese questions",
    "answer_accuracy en": "right, English questions",
    "answer_accuracy zh→en": "right, Chinese questions over English documents alone",
    "answer_accuracy en→zh": "right, English questions over Chinese documents alone",
    "citation_recall": "cited what must be cited, of the answered",
    "answer_language": "answered in the language of the question",
    "refusal_recall": "refused, of those without an answer",
    "false_refusals": "refused, of those with one",
}
_SET_ROWS = {
    "right paragraph first": ("passage_recall", "1"),
    "its embedder alone": ("dense_passage_recall", "1"),
    "among the first five": ("passage_recall", "5"),
    "MRR": ("mrr",),
    "the answer stands in the first quoted sentence": ("sentence_hit", "1"),
    "in the first three": ("sentence_hit", "3"),
    "exact match": ("exact_match",),
    "F1": ("f1",),
    "refused, of those without an answer": ("refusal", "recall"),
    "refused, of those with one": ("false_refusals",),
}


def write_tables(paths: Sequence[Path]) -> str:
    """Markdown: one table for each run, and one with a column for each result of a question set."""
    runs = [path for path in paths if (path / RUN).exists()]
    sets = [_read_set(path) for path in paths if path not in runs]
    tables = ["\n".join(_run_table(path)) for path in runs]
    if sets:
        tables.append("\n".join(_set_table(sets)))
    return "\n\n".join(tables)


def _run_table(folder: Path) -> Iterator[str]:
    figures, info = read_summary(folder)["figures"], read_info(folder)
    yield f"| `{info['suite']['name']}`, {len(info['case_ids'])} questions | share | 95 % interval | n |"
    yield "|---|---|---|---|"
    for name, label in _RUN_ROWS.items():
        found = figures.get(name)
        if found and found["n"]:
            yield f"| {label} | {found['mean']:.3f} | {found['low']:.3f} to {found['high']:.3f} | {found['n']} |"


def _read_set(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
        if not isinstance(content, dict) or not {"n", "contexts", "questions", "passage_recall"} <= content.keys():
            raise ValueError("it has no figures of a question set")
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path} is neither a run nor a result of `tongwen eval squad --json` ({error}); give one of these"
        ) from error
    return content


def _set_table(sets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| questions → documents | " + " | ".join(_name(one) for one in sets) + " |"
    yield "|---" * (len(sets) + 1) + "|"
    yield "| questions | " + " | ".join(f"{one['n']:,}" for one in sets) + " |"
    for label, keys in _SET_ROWS.items():
        values = [_value(one, keys) for one in sets]
        if any(value is not None for value in values):
            yield f"| {label} | " + " | ".join("–" if value is None else f"{value:.3f}" for value in values) + " |"
    yield "| scorer of exact match and F1 | " + " | ".join(str(one.get("scorer", "–")) for one in sets) + " |"


def _name(one: Mapping[str, Any]) -> str:
    questions, contexts = (str(one[name]).removesuffix(".json") for name in ("questions", "contexts"))
    beside = ", both languages" if one.get("beside") else ""
    return (contexts if questions == contexts else f"{questions} → {contexts}") + beside


def _value(one: Mapping[str, Any], keys: Sequence[str]) -> float | None:
    found: Any = one
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) else None
