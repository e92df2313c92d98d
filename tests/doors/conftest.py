"""One library of the wetland's documents on disk, and the questions that every door is asked."""

import json
import os
from pathlib import Path

import pytest

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_paths
from index.parsing import Parser
from rag.assistant import Assistant

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "evals" / "suites" / "wetland"


@pytest.fixture(scope="session")
def wetland(tmp_path_factory):
    """The folder of the library, made with the embedder that needs no model."""
    folder = tmp_path_factory.mktemp("doors") / "library"
    library = Library(folder, open_embedder("hashing"))
    with Parser() as parser:
        list(library.add_files(load_paths([str(SUITE / "documents")], parser)))
    return folder


@pytest.fixture(autouse=True)
def settings(monkeypatch, wetland, tmp_path):
    """The environment of a program that uses the library, and of those that it starts."""
    for name in [name for name in os.environ if name.startswith("TONGWEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TONGWEN_EMBEDDER", "hashing")
    monkeypatch.setenv("TONGWEN_LIBRARY", str(wetland))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def assistant(wetland):
    return Assistant(Library(wetland, open_embedder("hashing")))


@pytest.fixture(scope="session")
def questions():
    """Thirty: of each language twelve that the documents answer and three that they do not."""
    cases = [json.loads(line) for line in (SUITE / "cases.jsonl").read_text("utf-8").splitlines()]
    chosen = []
    for language in ("zh", "en"):
        for answerable, count in ((True, 12), (False, 3)):
            kept = [
                case["question"]
                for case in cases
                if case["language"] == language and case["answerable"] is answerable and not case.get("history")
            ]
            chosen += kept[:count]
    assert len(chosen) == 30
    return chosen
