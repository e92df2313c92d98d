"""Measures what an embedder costs: start, memory, one question, many passages.

    python -m index.training.measure [FOLDER] [--runs 3]

Each figure is the median over fresh processes that take turns, so that a busy machine slows all of them alike:
the model in FOLDER (by default the shipped one) by its graph and by sentence-transformers, and the packaged English
model by sentence-transformers. `first_vector_s` counts from the start of the process, `peak_mb` is the most resident
memory until then, `peak_ingest_mb` until the end. The `cpu` figures count processor seconds of all threads: on a busy
machine they say more than the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from index import embedding
from index.loading import load_samples
from index.model_folder import read_model_folder

_QUESTIONS = 30
_PASSAGES = 48
_PASSAGE_TOKENS = 248  # and the two that the model adds
_WAYS = ("graph", "sentence-transformers")


def measure(folder: Path, way: str, threads: int) -> None:
    """Measure in this process, which must be fresh; print one line at the first vector and one at the end."""
    embedder = _open(folder, way)
    embedder.embed_question("亚马逊 2026 年的资本支出是多少？")
    print(json.dumps({"peak_mb": _peak_megabytes(), "first_vector_cpu_s": time.process_time()}), flush=True)
    if way != "graph":
        import torch

        torch.set_num_threads(threads)
    seconds, processor_seconds = [], []
    for number in range(_QUESTIONS):
        clock, processor = time.perf_counter(), time.process_time()
        embedder.embed_question(f"How much will Amazon spend in {number + 2000}?")
        seconds.append(time.perf_counter() - clock)
        processor_seconds.append(time.process_time() - processor)
    passages = _passages(folder)
    clock, processor = time.perf_counter(), time.process_time()
    embedder.embed_passages(passages)
    figures = {
        "question_ms": statistics.median(seconds) * 1000,
        "question_cpu_ms": statistics.median(processor_seconds) * 1000,
        "passages_per_s": len(passages) / (time.perf_counter() - clock),
        "passages_per_cpu_s": len(passages) / (time.process_time() - processor),
        "peak_ingest_mb": _peak_megabytes(),
    }
    print(json.dumps(figures))


def _open(folder: Path, way: str) -> embedding.Embedder:
    from index.encoders import GraphEncoder, ModelEmbedder, SentenceTransformerEncoder

    model = read_model_folder(folder)
    return ModelEmbedder(model, "measured", (GraphEncoder if way == "graph" else SentenceTransformerEncoder)(model))


def _passages(folder: Path) -> list[str]:
    """Passages of the samples, each of as many tokens of that model."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    text = "\n".join(document.text for document in load_samples())
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    cuts = [offsets[start][0] for start in range(0, len(offsets), _PASSAGE_TOKENS)]
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    return [pieces[number % len(pieces)] for number in range(_PASSAGES)]


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in kilobytes


def _run_fresh(folder: Path, way: str, threads: int) -> dict[str, float]:
    command = [sys.executable, "-m", "index.training.measure", str(folder), "--way", way, "--threads", str(threads)]
    start = time.perf_counter()
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        figures: dict[str, float] = json.loads(process.stdout.readline())
        figures["first_vector_s"] = time.perf_counter() - start
        figures |= json.loads(process.stdout.readline())
    return figures


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure what an embedder costs.")
    parser.add_argument("folder", type=Path, nargs="?", default=embedding.SHIPPED_MODEL)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way", choices=_WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    chosen = parser.parse_args(argv)
    if chosen.way:
        measure(chosen.folder, chosen.way, chosen.threads)
        return 0
    english = embedding.packaged_model()
    cases = [
        (folder, way, threads)
        for threads in (1, 2)
        for folder, way in ((chosen.folder, "graph"), (chosen.folder, _WAYS[1]), (english, _WAYS[1]))
    ]
    found: dict[tuple[Path, str, int], list[dict[str, float]]] = {case: [] for case in cases}
    for _ in range(chosen.runs):
        for case in cases:
            found[case].append(_run_fresh(*case))
    for (folder, way, threads), runs in found.items():
        medians = {key: round(statistics.median(run[key] for run in runs), 2) for key in sorted(runs[0])}
        name = "English model" if folder == english else folder.name
        print(f"{name}, {way}, {threads} thread{'s' * (threads > 1)}: {json.dumps(medians)}")
    print(f"{chosen.runs} runs, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
