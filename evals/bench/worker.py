"""One measurement in a process of its own: `python -m evals.bench.worker JOB.json` writes figures to a file.

Seconds end in `_s`, milliseconds in `_ms`, and megabytes (2²⁰ bytes) in `_mb`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from evals.bench.clock import STAGES, Clock, Timed

if TYPE_CHECKING:
    from evals.bench.contender import Contender
    from index.embedding import Embedder

Figures = dict[str, float]
_Question = tuple[str, frozenset[int]]  # with the places of the texts that answer it

K = 10  # passages that are searched for
_WARM_UP = 5  # questions at most that are asked before any is timed


@dataclass(frozen=True, slots=True)
class Job:
    """What one process measures. Paths are texts, for a job is kept as JSON."""

    work: Literal["ingest", "query", "floor"]
    contender: str  # "" of a floor
    folder: str  # where the contender stores
    texts: str  # a JSON text on each line, of which `size` are taken
    size: int
    questions: str  # JSON: a list of [text, [places of the texts that answer it]]
    embedder: str | None
    measured: str | None  # vectors of the first texts; where given, no text is encoded and other vectors are drawn
    result: str  # the file for the figures
    started: float  # `time.monotonic()` when the process was started


def main() -> None:
    job = Job(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    figures = {"ingest": _ingest, "query": _query, "floor": _floor}[job.work](job)
    Path(job.result).write_text(json.dumps(figures), "utf-8")


def write_job(path: Path, job: Job) -> None:
    path.write_text(json.dumps(asdict(job)), "utf-8")


def read_lines(job: Job) -> Iterator[str]:
    """The texts of a job, one after the other: how much of them is in memory is up to who takes them."""
    with Path(job.texts).open(encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, job.size))


def _read_questions(job: Job) -> list[_Question]:
    return [(text, frozenset(places)) for text, places in json.loads(Path(job.questions).read_text("utf-8"))]


def _ingest(job: Job) -> Figures:
    """From texts to what is on disk. The model is loaded before: it is, where texts are added all the time."""
    from evals.bench.machine import peak_memory_mb

    clock = Clock()
    contender, embedder = _open(job, clock)
    embedder.embed_question("同文 Tongwen")
    clock.take()
    started = time.perf_counter()
    contender.add(read_lines(job))
    spent = time.perf_counter() - started
    encoding = clock.take().get("embed", 0.0)
    stored = sum(path.stat().st_size for path in Path(job.folder).rglob("*") if path.is_file())
    figures = {"store_s": spent - encoding, "ingest_memory_mb": peak_memory_mb(), "disk_mb": stored / 2**20}
    return figures if job.measured else figures | {"ingest_s": spent}


def _query(job: Job) -> Figures:
    """The first question of a fresh process, then questions one at a time, and the same once more for their answers."""
    clock = Clock()
    contender, _ = _open(job, clock)
    questions = _read_questions(job)
    first = questions[0][0]
    contender.search(first, K)
    figures = {"first_s": time.monotonic() - job.started}
    answers = contender.answer(first) is not None
    if answers:
        figures["first_answer_s"] = time.monotonic() - job.started
    warming = min(_WARM_UP, len(questions) // 2)
    for text, _ in questions[:warming]:
        contender.search(text, K)
        contender.answer(text)
    spent, found = _search(contender, clock, questions[warming:], job.size)
    if answers:
        spent["answer"] = _answer(contender, [text for text, _ in questions[warming:]], spent["search"])
    for name, seconds in spent.items():
        figures |= quantiles_ms(name, seconds)
    if found:
        figures["found"] = sum(found) / len(found)
    from evals.bench.machine import peak_memory_mb

    return figures | {"memory_mb": peak_memory_mb()}


def _search(
    contender: Contender, clock: Clock, questions: Sequence[_Question], size: int
) -> tuple[dict[str, list[float]], list[bool]]:
    """Seconds of each search as a whole and by stage, and whether it found a text that answers, where one is stored."""
    spent: dict[str, list[float]] = {name: [] for name in ("search", *STAGES)}
    found = []
    for text, places in questions:
        clock.take()
        started = time.perf_counter()
        hits = contender.search(text, K)
        whole = time.perf_counter() - started
        stages = clock.take()
        stages[contender.rest] = stages.get(contender.rest, 0.0) + whole - sum(stages.values())
        spent["search"].append(whole)
        for stage, seconds in stages.items():
            spent[stage].append(seconds)
        if stored := {place for place in places if place < size}:
            found.append(bool(stored & set(hits)))
    return spent, found


def _answer(contender: Contender, questions: Sequence[str], searching: Sequence[float]) -> list[float]:
    """Seconds that each answer takes beyond its search. Not between searches: it leaves the caches full of itself."""
    seconds = []
    for question, spent in zip(questions, searching, strict=True):
        started = time.perf_counter()
        contender.answer(question)
        seconds.append(max(0.0, time.perf_counter() - started - spent))
    return seconds


def _floor(job: Job) -> Figures:
    """What no program that works this way can be faster or smaller than."""
    embedder = open_embedder(job)
    questions = [text for text, _ in _read_questions(job)]
    dimensions = len(embedder.embed_question(questions[0]))
    figures = {"first_s": time.monotonic() - job.started}
    from evals.bench import floors
    from evals.bench.machine import peak_memory_mb

    figures["memory_mb"] = peak_memory_mb()  # of the model
    figures |= quantiles_ms("embed", floors.question_seconds(embedder, questions))
    figures |= floors.reading_floors(read_lines(job), questions, job.size, dimensions)
    if not job.measured:
        figures["ingest_s"] = floors.encoding_seconds(embedder, list(read_lines(job)))
    return figures


def quantiles_ms(name: str, seconds: Sequence[float]) -> Figures:
    """Median and 95 % quantile in milliseconds; nothing of nothing."""
    import numpy as np

    if not seconds:
        return {}
    middle, high = np.quantile(seconds, [0.5, 0.95]) * 1000
    return {f"{name}_p50_ms": float(middle), f"{name}_p95_ms": float(high)}


def _open(job: Job, clock: Clock) -> tuple[Contender, Embedder]:
    from evals.bench.contender import load_contender

    timed = Timed(open_embedder(job), clock, {"embed_passages": "embed", "embed_question": "embed"})
    embedder = cast("Embedder", timed)
    return load_contender(job.contender)(Path(job.folder), embedder, clock), embedder


def open_embedder(job: Job) -> Embedder:
    """The embedder of all contenders; its model is loaded with the first text."""
    from index.embedding import open_embedder

    model = open_embedder(job.embedder)
    if job.measured is None or job.work != "ingest":  # only passages are drawn
        return model
    import numpy as np

    from evals.bench.drawing import DrawnVectors

    vectors = np.load(job.measured)
    return DrawnVectors(model, list(islice(read_lines(job), len(vectors))), vectors)


if __name__ == "__main__":
    main()
