"""A benchmark: every contender in turn, in processes of its own, round after round; each result is kept at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np

from evals.bench.contender import title, why_missing
from evals.bench.drawing import draw_texts
from evals.bench.errors import BenchError
from evals.bench.figures import FLOOR, Measurement, Results, parse_results
from evals.bench.machine import load, machine_state
from evals.bench.texts import Texts
from evals.bench.worker import Figures, Job, K, write_job
from index.embedding import open_embedder
from index.storage import replace_file

RESULTS = "results.json"
_WARM_UP = 64  # texts of a first round that is not kept
_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "DO_NOT_TRACK": "1"}


class _Failed(Exception):
    """A process ended without a result."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured."""

    texts: Texts
    contenders: tuple[str, ...]  # of `CONTENDERS`
    sizes: tuple[int, ...]
    rounds: int
    encode_up_to: int  # texts; where there are more, their vectors are measured once or drawn
    embedder: str | None  # as in the settings
    time_limit: float  # seconds for one process

    def to_json(self) -> dict[str, Any]:
        """What the figures depend on, and so what has to be the same where a benchmark goes on."""
        embedder = open_embedder(self.embedder)
        return {
            "contenders": list(self.contenders),
            "texts": {
                "origin": self.texts.origin,
                "held": len(self.texts.texts),
                "questions": len(self.texts.questions),
                "fingerprint": self.texts.fingerprint,
            },
            "encode_up_to": self.encode_up_to,
            "k": K,
            "embedder": {"name": embedder.name, "fingerprint": embedder.fingerprint},
        }


def open_results(plan: Plan, folder: Path, resume: bool) -> Results:
    """Results to be added to: new ones, or those of the folder. Raises `BenchError` where these do not fit."""
    path = folder / RESULTS
    missing = {name: why for name in plan.contenders if (why := why_missing(name))}
    fresh = Results(plan.to_json(), machine_state(), missing)
    if not path.exists():
        return fresh
    if not resume:
        raise BenchError(f"{folder} holds a benchmark already; go on with it by --resume, or name another folder")
    earlier = read_results(folder)
    if earlier.plan != fresh.plan:
        raise BenchError(f"{folder} holds a benchmark of other texts, contenders or settings; name another folder")
    if earlier.machine != fresh.machine:
        raise BenchError(f"{folder} holds a benchmark of another machine or other versions; name another folder")
    fresh.measurements = [one for one in earlier.measurements if not one.failed]
    return fresh


def read_results(folder: Path) -> Results:
    """Raises `BenchError` where the folder holds none."""
    path = folder / RESULTS
    try:
        return parse_results(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BenchError(f"{path} is not the result of a benchmark ({error!r}); run it again") from error


def measure(plan: Plan, results: Results, folder: Path, report: Callable[[str], None]) -> None:
    """Add to `results`, and to its file in `folder`, what of the plan is not there yet.

    A contender that fails with so many texts is not tried with them again. What is interrupted keeps what it has.
    """
    known = {one.key for one in results.measurements}
    here = [name for name in plan.contenders if name not in results.left_out]
    with tempfile.TemporaryDirectory(prefix="tongwen-bench-") as temporary:
        bench = _Bench(plan, Path(temporary))
        report(f"warming up and writing {max(plan.sizes):,} texts")
        bench.prepare()
        for name in (FLOOR, *here):
            _tried(bench, Measurement(0, min(_WARM_UP, *plan.sizes), name, load()))
        for number in range(1, plan.rounds + 1):
            for size in plan.sizes:
                for name in _turned((FLOOR, *here), number):
                    begun = Measurement(number, size, name, load())
                    if begun.key in known or (size, name) in results.failures():
                        continue
                    done = _tried(bench, begun)
                    results.measurements.append(done)
                    _write(results, folder)
                    report(f"round {number} of {plan.rounds}, {size:,} texts, {title(name)}: {_gist(done)}")


class _Bench:
    """The files that the processes share, and how one is run."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = plan
        self._folder = folder
        self._texts = folder / "texts.jsonl"
        self._questions = folder / "questions.json"
        self._vectors = folder / "vectors.npy"

    def prepare(self) -> None:
        """Write texts, questions and, where some sizes are not encoded, the vectors of the texts that there are."""
        held = self._plan.texts.texts
        with self._texts.open("w", encoding="utf-8") as file:
            for text in islice(chain(held, draw_texts(held)), max(self._plan.sizes)):
                file.write(json.dumps(text) + "\n")
        questions = [[one.text, sorted(one.answered_by)] for one in self._plan.texts.questions]
        self._questions.write_text(json.dumps(questions), "utf-8")
        if max(self._plan.sizes) > self._plan.encode_up_to:
            np.save(self._vectors, open_embedder(self._plan.embedder).embed_passages(held))

    def figures(self, contender: str, size: int) -> Figures:
        """Raises `_Failed`."""
        if contender == FLOOR:
            return self._run("floor", "", size, self._folder)
        with _empty_folder(self._folder / "store") as store:
            return self._run("ingest", contender, size, store) | self._run("query", contender, size, store)

    def _run(self, work: Literal["ingest", "query", "floor"], contender: str, size: int, store: Path) -> Figures:
        result, file = self._folder / "result.json", self._folder / "job.json"
        result.unlink(missing_ok=True)
        job = Job(
            work=work,
            contender=contender,
            folder=str(store),
            texts=str(self._texts),
            size=size,
            questions=str(self._questions),
            embedder=self._plan.embedder,
            measured=str(self._vectors) if size > self._plan.encode_up_to else None,
            result=str(result),
            started=time.monotonic(),
        )
        write_job(file, job)
        command = [sys.executable, "-P", "-m", "evals.bench.worker", str(file)]  # nothing is imported from here
        try:
            done = subprocess.run(
                command,
                env=os.environ | _ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=self._plan.time_limit,
            )
        except subprocess.TimeoutExpired as error:
            raise _Failed(f"its {work} took longer than {self._plan.time_limit:g} s") from error
        if done.returncode or not result.exists():
            last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise _Failed(f"its {work} ended with status {done.returncode}: {last or 'without a word'}")
        figures: Figures = json.loads(result.read_text("utf-8"))
        return figures


def _tried(bench: _Bench, begun: Measurement) -> Measurement:
    figures: Mapping[str, float] = {}
    failed = None
    try:
        figures = bench.figures(begun.contender, begun.size)
    except _Failed as error:
        failed = str(error)
    return Measurement(begun.round, begun.size, begun.contender, begun.load, figures, failed)


def _turned(names: Sequence[str], number: int) -> Iterator[str]:
    """The names, each round from another one on: none is always first, or always after the same."""
    first = number % len(names)
    yield from (*names[first:], *names[:first])


@contextmanager
def _empty_folder(path: Path) -> Iterator[Path]:
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path)


def _write(results: Results, folder: Path) -> None:
    replace_file(folder / RESULTS, json.dumps(results.to_json(), ensure_ascii=False, indent=1).encode())


def _gist(done: Measurement) -> str:
    if done.failed:
        return done.failed
    spent = "encoding" if done.contender == FLOOR else "ingest"
    figures = done.figures
    parts = [f"{spent} {figures['ingest_s']:.1f} s"] if "ingest_s" in figures else []
    parts += [f"search {figures['search_p50_ms']:.1f} ms"] if "search_p50_ms" in figures else []
    return ", ".join(parts) or "measured"
