"""What a library of many small documents costs: ingest, memory, disk, opening, searching, and a sync of no change.

python -m tests.measure_library [--documents 10000] [--searches 200]

The documents are drawn with a fixed seed from sentences of our own, in both languages, as text, Markdown, HTML, JSON,
CSV and Word files. Each phase is a process of its own, as a user would start it; figures are of this one run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SEED = 20261124

_SUBJECTS = {
    "zh": ("海源公司", "北岸港", "青松医院", "明珠地铁", "云岭大学", "东湖图书馆", "长乐电厂", "南山农场"),
    "en": ("Haiyuan", "the North Quay port", "Pine Hospital", "the Pearl metro", "Yunling University",
           "East Lake library", "the Changle plant", "South Hill farm"),
}  # fmt: skip
_FACTS = {
    "zh": (
        "{who}在 {year} 年的收入是 {n} 亿元。",
        "{who}于 {year} 年新增了 {n} 个岗位，主要在研发部门。",
        "与上一年相比，{who}的成本下降了百分之{n}。",
        "{year} 年，{who}接待了 {n} 万人次，为历年最多。",
        "{who}的负责人说，{year} 年的重点是安全与节能。",
        "由于供应紧张，{who}把 {year} 年的计划推迟了 {n} 天。",
    ),
    "en": (
        "In {year} the revenue of {who} was {n} million dollars.",
        "In {year} {who} created {n} jobs, most of them in research.",
        "Compared with the year before, the costs of {who} fell by {n} percent.",
        "In {year} {who} received {n} thousand visitors, more than ever.",
        "The head of {who} said that safety and energy came first in {year}.",
        "Because supplies were short, {who} put off its plans for {year} by {n} days.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Ended:
    """A process that ran to its end."""

    output: str
    seconds: float
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongwen-measure-") as name:
        folder = Path(name)
        documents, library = folder / "documents", folder / "library"
        characters = write_documents(documents, options.documents)
        first = _tongwen("sync", str(documents), "--yes", "--json", library=library)
        counts = json.loads(first.output)["counts"]
        again = _tongwen("sync", str(documents), "--yes", "--json", library=library)
        searching = json.loads(_python(_SEARCH, str(library), str(options.searches)).output)
        sizes = sum(path.stat().st_size for path in library.rglob("*") if path.is_file())
        print(
            json.dumps(
                {
                    "documents": options.documents,
                    "characters": characters,
                    "outcomes": counts,
                    "ingest_seconds": round(first.seconds, 1),
                    "documents_per_second": round(options.documents / first.seconds, 1),
                    "ingest_peak_mb": round(first.peak_mb),
                    "sync_of_no_change_seconds": round(again.seconds, 2),
                    "sync_of_no_change": json.loads(again.output)["counts"],
                    "library_mb": round(sizes / 1e6, 1),
                    **searching,
                },
                ensure_ascii=False,
                indent=1,
            )
        )


def write_documents(folder: Path, count: int) -> int:
    """Write `count` files and return how many characters of text they hold."""
    generator = random.Random(_SEED)
    writers: dict[str, Callable[[Path, str, list[str]], None]] = {
        ".txt": _write_text, ".md": _write_markdown, ".html": _write_html,
        ".json": _write_json, ".csv": _write_table, ".docx": _write_word,
    }  # fmt: skip
    # Of a hundred files, so many are of each format; a Word file takes as long to write as fifty others.
    suffixes = [".txt"] * 30 + [".md"] * 30 + [".html"] * 20 + [".json"] * 10 + [".csv"] * 7 + [".docx"] * 3
    characters = 0
    for number in range(count):
        language = "zh" if number % 2 else "en"
        suffix = suffixes[number % len(suffixes)]
        sentences = [
            generator.choice(_FACTS[language]).format(
                who=generator.choice(_SUBJECTS[language]),
                year=generator.randint(1990, 2026),
                n=generator.randint(2, 999),
            )
            for _ in range(generator.randint(3, 7))
        ]
        title = f"{'报告' if language == 'zh' else 'Report'} {number}"
        path = folder / f"{number // 500:03d}" / f"{number:06d}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        writers[suffix](path, title, sentences)
        characters += sum(map(len, sentences))
    return characters


def _write_text(path: Path, title: str, sentences: list[str]) -> None:
    path.write_text("\n".join((title, *sentences)), "utf-8")


def _write_markdown(path: Path, title: str, sentences: list[str]) -> None:
    path.write_text(f"# {title}\n\n" + "\n\n".join(sentences), "utf-8")


def _write_html(path: Path, title: str, sentences: list[str]) -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    path.write_text(
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body><nav>menu</nav>"
        f"<article><h1>{title}</h1>{body}</article></body></html>",
        "utf-8",
    )


def _write_json(path: Path, title: str, sentences: list[str]) -> None:
    path.write_text(json.dumps([{"title": title, "text": " ".join(sentences)}], ensure_ascii=False), "utf-8")


def _write_table(path: Path, title: str, sentences: list[str]) -> None:
    rows = "\n".join(f"{number},{sentence.replace(',', ';')}" for number, sentence in enumerate(sentences))
    path.write_text(f"number,{title}\n{rows}\n", "utf-8")


def _write_word(path: Path, title: str, sentences: list[str]) -> None:
    import docx

    document = docx.Document()
    document.add_heading(title, 1)
    for sentence in sentences:
        document.add_paragraph(sentence)
    document.save(str(path))


_SEARCH = """
import json, resource, statistics, sys, time
from pathlib import Path
from index.embedding import open_embedder
from index.library import Library
from rag.assistant import Assistant
library = Library(Path(sys.argv[1]), open_embedder())
started = time.perf_counter()
with library.snapshot() as snapshot:
    chunks = sum(snapshot.chunk_count(language) for language in snapshot.languages)
opened = time.perf_counter() - started
assistant = Assistant(library)
questions = [
    text.format(year)
    for year in range(1990, 2026)
    for text in ("海源公司在 {} 年的收入是多少？", "How many jobs did Pine Hospital create in {}?",
                 "北岸港 {} 年接待了多少人次？", "By how many days did the Changle plant put off its plans for {}?")
][: int(sys.argv[2])]
assistant.search(questions[0], 5)
times = []
for question in questions:
    started = time.perf_counter()
    assistant.search(question, 5)
    times.append((time.perf_counter() - started) * 1000)
cuts = statistics.quantiles(times, n=20)
print(json.dumps({
    "chunks": chunks, "open_seconds": round(opened, 3), "searches": len(times),
    "search_ms_p50": round(cuts[9], 1), "search_ms_p95": round(cuts[18], 1),
    "search_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
}))
"""


def _tongwen(*arguments: str, library: Path) -> _Ended:
    return _python("from ui.command import main; main()", *arguments, "--library", str(library))


def _python(program: str, *arguments: str) -> _Ended:
    """Run a program to its end: its output, the seconds it took, and the most memory that it had in use."""
    started = time.perf_counter()
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments[:1]} ended with status {process.returncode}")
    return _Ended(output, time.perf_counter() - started, usage.ru_maxrss / 1000)


if __name__ == "__main__":
    main()
