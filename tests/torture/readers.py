"""Threads and processes that search one library while another process changes it without a pause."""

from __future__ import annotations

import json
import os
import random
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torture.corpus import documents, open_library
from torture.processes import fork
from torture_report import progress

from index.library import Library
from index.loading import make_document
from index.schema import Document
from index.terms import terms

_SOURCES = 12
_QUESTIONS = ("第 budget 版 capital 支出", "budget of the company", "公司 预算")


@dataclass
class Figures:
    """What was tried and what went wrong. A search is one question put to one kind of index."""

    n: int = 0
    changes: int = 0
    versions: int = 0  # that some reader saw
    idle_p95_ms: float = 0.0
    busy_p95_ms: float = 0.0
    failures: list[str] = field(default_factory=list)


def edition(version: int) -> list[Document]:
    """The same sources with other texts, each of which names the version."""
    texts = (
        f"# 第 {version} 版\n\n公司的预算和资本支出，edition{version}。",
        f"# Edition {version}\n\nThe budget and capital spending of the company, edition{version}.",
        f"公司 budget 和 capital 支出 of edition{version}。",
    )
    return [
        make_document(
            f"{texts[number % 3]} {number}", name=f"{number}", source=f"/edition/{number}.md", kind="markdown"
        )
        for number in range(_SOURCES)
    ]


def search_while_changed(base: Path, searches: int, threads: int, processes: int, seed: int) -> Figures:
    """Search until so many searches were made, and check of each that all it found is of one state."""
    figures, folder, stop = Figures(), base / "library", base / "stop"
    list(open_library(folder).add(edition(0)))
    idle = _Reader(folder, seed)
    while idle.n < min(searches, 2000) // 10:
        idle.search()
    figures.idle_p95_ms = idle.p95_ms()
    children = [fork(lambda: _change(folder, stop, base / "changes"))]
    children += [fork(lambda: _read(folder, stop, base / f"reader{number}", seed + number))  # noqa: B023
                 for number in range(1, processes + 1)]  # fmt: skip
    readers = [_Reader(folder, seed + processes + number) for number in range(threads)]
    shared = open_library(folder)
    for reader in readers[::2]:
        reader.library = shared  # half of the threads share one object, as those of a server do
    running = [threading.Thread(target=reader.search_until, args=(stop,)) for reader in readers]
    for thread in running:
        thread.start()
    told = 0
    while (done := sum(reader.n for reader in readers)) < searches and any(thread.is_alive() for thread in running):
        time.sleep(0.05)
        if done // 20_000 > told:
            told = done // 20_000
            progress(f"{done} searches of the threads")
    stop.touch()
    for thread in running:
        thread.join()
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    if any(codes):
        figures.failures.append(f"exit codes {codes}")
    figures.changes = json.loads((base / "changes").read_text())
    found = [reader.found() for reader in readers]
    found += [json.loads(path.read_text("utf-8")) for path in base.glob("reader*")]
    figures.n = sum(one["n"] for one in found)
    figures.versions = len({version for one in found for version in one["versions"]})
    figures.failures += [failure for one in found for failure in one["failures"]]
    figures.busy_p95_ms = sorted(reader.p95_ms() for reader in readers)[len(readers) // 2]
    if problems := open_library(folder).verify():
        figures.failures.append(f"verify: {problems}")
    return figures


class _Reader:
    """Searches a library, and remembers what it saw."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.library: Library = open_library(folder)
        self.n = 0
        self.versions: set[str] = set()
        self.failures: list[str] = []
        self._choose = random.Random(seed)
        self._seconds: list[float] = []

    def search(self) -> None:
        """Put one question to every index of one state; all that is found must be of one edition, and listed."""
        begun = time.perf_counter()
        question = self._choose.choice(_QUESTIONS)
        vector = self.library.embedder.embed_question(question)
        with self.library.snapshot() as snapshot:
            listed = {one.id for one in snapshot.documents()}
            seen: set[str] = set()
            for language in snapshot.languages:
                for hits in (
                    snapshot.search_vectors(vector, language, 20),
                    snapshot.search_terms(terms(question), language, 20),
                ):
                    for number, _ in hits:
                        chunk, _ = snapshot.chunk(number)
                        seen.add(_edition_of(chunk.text))
                        if chunk.document_id not in listed:
                            self.failures.append(f"a passage of {chunk.document_id}, which the state does not list")
                    self.n += 1
            editions = seen - {"guest"}
            if len(editions) != 1:
                self.failures.append(f"an answer from {sorted(seen)}")
            self.versions |= editions
        self._seconds.append(time.perf_counter() - begun)

    def search_until(self, stop: Path) -> None:
        while not stop.exists() and not self.failures:
            try:
                self.search()
            except Exception as error:  # whatever it is, the answer failed
                self.failures.append(f"{type(error).__name__}: {error}")

    def found(self) -> dict[str, Any]:
        return {"n": self.n, "versions": sorted(self.versions), "failures": self.failures}

    def p95_ms(self) -> float:
        return round(1000 * sorted(self._seconds)[int(0.95 * (len(self._seconds) - 1))], 1) if self._seconds else 0.0


def _edition_of(text: str) -> str:
    """The word of the edition that a passage is from, "guest" for one of the documents that come and go."""
    found = re.search(r"edition\d+", text)
    return found[0] if found else "guest"


def _read(folder: Path, stop: Path, figures: Path, seed: int) -> None:
    reader = _Reader(folder, seed)
    reader.search_until(stop)
    figures.write_text(json.dumps(reader.found()), "utf-8")


def _change(folder: Path, stop: Path, figures: Path) -> None:
    """Replace, add, remove and rebuild until told to stop, every other time by a process that opened it just now."""
    library, guests = open_library(folder), documents(2, name="guest")
    changes = 0
    while not stop.exists():
        list(library.add(edition(changes + 1)))
        list(library.add(guests))
        for guest in guests:
            library.remove(guest.id)
        if changes % 12 == 0:
            library.rebuild()
        if changes % 2:
            library = open_library(folder)
        changes += 4
    figures.write_text(json.dumps(changes))
