"""The index made anew from the stored texts (T11): the same documents, and the same answers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from torture.corpus import documents, open_library, stored_texts
from torture.processes import quick_folder
from torture_report import report

from index.library import Library
from index.terms import terms

COUNT = 200


def top_ten(library: Library) -> list[list[str]]:
    """For each of 200 questions in Chinese, English or both, the chunks that each search finds, best first."""
    found = []
    with library.snapshot() as snapshot:
        for document in documents(COUNT):
            text = document.text[:40]
            vector = library.embedder.embed_question(text)
            for language in snapshot.languages:
                hits = snapshot.search_vectors(vector, language, 10), snapshot.search_terms(terms(text), language, 10)
                found.append([snapshot.chunk(number)[0].id for pairs in hits for number, _ in pairs])
    return found


def hashes(library: Library) -> dict[str, str]:
    return {identity: sha256(text.encode()).hexdigest() for identity, text in stored_texts(library).items()}


def lose_generations(folder: Path) -> None:
    shutil.rmtree(folder / "gen")


def lose_all_but_the_texts(folder: Path) -> None:
    import sqlite3

    shutil.rmtree(folder / "gen")
    (folder / "CURRENT").unlink()
    connection = sqlite3.connect(folder / "library.db")
    with connection:
        connection.execute("DELETE FROM chunk_terms")
        connection.execute("DELETE FROM chunks")
    connection.close()


@pytest.mark.parametrize("lose", [lose_generations, lose_all_but_the_texts])
def test_a_rebuilt_index_answers_as_the_lost_one(lose: Callable[[Path], None]) -> None:
    with quick_folder() as base:
        library = open_library(base / "library")
        list(library.add(documents(COUNT)))
        before, texts_before = top_ten(library), hashes(library)
        lose(library.folder)
        begun = time.perf_counter()
        chunks = open_library(library.folder).rebuild()
        seconds = time.perf_counter() - begun
        rebuilt = open_library(library.folder)
        after, texts_after = top_ten(rebuilt), hashes(rebuilt)
        assert rebuilt.verify() == []
    same = sum(one == other for one, other in zip(before, after, strict=True))
    report(
        "T11",
        n=len(before),
        failures=len(before) - same,
        what=f"top ten after rebuild ({lose.__name__.replace('_', ' ')})",
        seconds_per_10000_chunks=round(10_000 * seconds / chunks, 2),
    )
    assert texts_after == texts_before
    assert after == before
