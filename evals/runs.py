"""Runs of a suite: every case is asked, and its record written to the folder of the run before the next is counted.

A run that is killed keeps what it has; resumed, it asks the rest. `evals/RUNS.md` describes the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib import metadata, resources
from pathlib import Path
from typing import Any, TextIO

from evals.cases import Case, case_json
from evals.causes import cause_of
from evals.judge import Judge
from evals.metrics.expected import expected_spans
from evals.records import (
    FORMAT,
    RECORDS,
    RUN,
    SUMMARY,
    Record,
    Run,
    RunError,
    latest,
    read_info,
    read_records,
    read_run,
)
from evals.scores import score_case
from evals.subject import NotAnswered, Subject
from evals.suite_folder import Suite
from evals.summary import summarise

Report = Callable[[int, int], None]  # (cases asked, cases in all)

_CODE = ("index", "rag", "evals")
_CONFIGURATION = ("subject", "settings", "fingerprints", "judge")  # what has to be the same where a run goes on
_QUESTIONS = ("fingerprint", "k")  # and of the suite; its gates may change


def run_suite(
    suite: Suite,
    subject: Subject,
    folder: Path,
    settings: Mapping[str, Any] | None = None,
    jobs: int = 1,
    resume: bool = False,
    judge: Judge | None = None,
    report: Report | None = None,
) -> Run:
    """Ask every case of the suite that the folder has no score of, `jobs` at a time; the finished run.

    `settings` are written down as they are given and must hold no key. Raises `RunError` where the folder holds a run
    already, or, resumed, one of something else.
    """
    started = time.perf_counter()
    info = _describe(suite, subject, settings or {}) | {"judge": judge.name if judge else None}
    done = _resumed(folder, info) if resume and (folder / RUN).exists() else _begun(folder, info)
    waiting = [case for case in suite.cases if case.id not in done]
    ask = partial(_ask, suite, subject, judge)
    with _writer(folder / RECORDS) as file:
        for asked, record in enumerate(_each(ask, waiting, jobs), len(done) + 1):
            file.write(json.dumps(record.to_json(), ensure_ascii=False) + "\n")
            file.flush()
            if report:
                report(asked, len(suite.cases))
    return _finish(folder, time.perf_counter() - started)


def _each(ask: Callable[[Case], Record], cases: Sequence[Case], jobs: int) -> Iterator[Record]:
    if jobs == 1:
        yield from map(ask, cases)
        return
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(ask, case) for case in cases]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _ask(suite: Suite, subject: Subject, judge: Judge | None, case: Case) -> Record:
    there = subject.documents_of(case)
    expected = expected_spans(case, there, suite.files)
    languages = {document.language for document in there}
    direction = f"{case.language}→{languages.pop() if len(languages) == 1 else 'both'}"
    started = time.perf_counter()
    try:
        response = subject.ask(case)
    except NotAnswered as error:
        seconds = time.perf_counter() - started
        return Record(case, None, expected, None, None, {}, None, str(error), direction, seconds)
    seconds = time.perf_counter() - started
    chunks = None if response.retrieved is None else [span for span, _ in response.retrieved]
    scores = score_case(case, response.answer, expected, chunks, suite.k)
    if judge:
        scores["judge"] = judge.score(case, response.answer)
    return Record(
        case=case,
        answer=response.answer,
        expected=expected,
        retrieved=response.retrieved,
        passages=response.passages,
        scores=scores,
        cause=cause_of(case, scores, expected, chunks, response.passages),
        unscored=None,
        direction=direction,
        seconds=seconds,
    )


def _begun(folder: Path, info: Mapping[str, Any]) -> dict[str, Record]:
    if (folder / RUN).exists():
        raise RunError(f"{folder} holds a run already; go on with --resume, or choose another folder with --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{folder} cannot be made ({error.strerror}); choose another with --out") from error
    (folder / RECORDS).unlink(missing_ok=True)
    _write(folder / RUN, info)
    return {}


def _resumed(folder: Path, info: Mapping[str, Any]) -> dict[str, Record]:
    before = read_info(folder)
    changed = [name for name in _CONFIGURATION if before.get(name) != info[name]]
    changed += ["suite"] if any(before["suite"].get(name) != info["suite"][name] for name in _QUESTIONS) else []
    if changed:
        raise RunError(f"{folder} is a run of another {' and '.join(changed)}; begin a new one with another --out")
    records, whole = read_records(folder)
    if (folder / RECORDS).exists():
        os.truncate(folder / RECORDS, whole)  # a line that was cut off would run into the next
    _write(folder / RUN, {**info, **{name: before.get(name) for name in ("started", "finished", "seconds")}})
    return {case_id: record for case_id, record in latest(records).items() if record.unscored is None}


def _finish(folder: Path, seconds: float) -> Run:
    run = read_run(folder)
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    spent = round(seconds + (run.info["seconds"] or 0.0), 2)
    _write(folder / RUN, {**run.info, "finished": finished, "seconds": spent})
    _write(folder / SUMMARY, summarise(run.records))
    return read_run(folder)


def read_summary(folder: Path) -> dict[str, Any]:
    """The figures of a finished run; raises `RunError` where there are none."""
    path = folder / SUMMARY
    try:
        summary: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read ({error}); finish the run with `tongwen eval run --resume`") from error
    return summary


def _describe(suite: Suite, subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    documents = [(name, document) for name, documents in suite.files.items() for document in documents]
    content = [case_json(case) for case in suite.cases], [document.id for _, document in documents]
    return {
        "format": FORMAT,
        "suite": {
            "name": suite.name,
            "folder": str(suite.folder),
            "description": suite.description,
            "languages": list(suite.languages),
            "k": suite.k,
            "gates": dict(suite.gates),
            "fingerprint": _hash(json.dumps(content, ensure_ascii=False).encode()),
        },
        "case_ids": [case.id for case in suite.cases],
        "subject": {"kind": subject.kind, "name": subject.name, "address": subject.address},
        "settings": dict(settings),
        "documents": [
            {
                "id": document.id,
                "name": name,
                "title": document.title,
                "language": document.language,
                "characters": len(document.text),
            }
            for name, document in documents
        ],
        "fingerprints": {
            "code": _code(),
            "documents": _hash("".join(document.id for _, document in documents).encode()),
            **subject.fingerprints(),
        },
        "version": metadata.version("tongwen"),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "finished": None,
        "seconds": None,
    }


def _code() -> str:
    """Of all Python files of the program and the prompts beside them, by their paths."""
    files = []
    for package in _CODE:
        root = Path(str(resources.files(package)))
        found = (*root.rglob("*.py"), *root.glob("prompts/*.txt"))
        files += [(str(path.relative_to(root.parent)), path) for path in found]
    return _hash(b"".join(name.encode() + b"\0" + path.read_bytes() for name, path in sorted(files)))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@contextmanager
def _writer(path: Path) -> Iterator[TextIO]:
    try:
        with path.open("a", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise RunError(f"{path} cannot be written ({error.strerror}); make room and go on with --resume") from error


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """In one step: a reader sees the file as it was, or as it is now."""
    beside = path.with_suffix(".new")
    try:
        beside.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
        beside.replace(path)
    except OSError as error:
        raise RunError(f"{path} cannot be written ({error.strerror}); choose another folder with --out") from error
