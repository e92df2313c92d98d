"""The development documents and cases: pairs of short texts, the same in Chinese and English, and questions on them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from evals.cases import Case, read_cases
from index.loading import load_bytes
from index.schema import Document

FOLDER = Path(str(resources.files("evals"))) / "development"


def development_documents() -> list[Document]:
    """All of them, in the order of their files. They are ours, so no child process reads them."""
    return [
        load_bytes(file.read_bytes(), name=file.name, source=str(file.resolve()), kind="markdown")
        for file in sorted(FOLDER.glob("*.md"))
    ]


def development_pairs() -> dict[str, tuple[Document, ...]]:
    """The documents by the name of their pair, which the ids of the cases on it begin with."""
    pairs: dict[str, tuple[Document, ...]] = {}
    for document in development_documents():
        name = Path(document.source).name.partition(".")[0]
        pairs[name] = (*pairs.get(name, ()), document)
    return pairs


def development_cases() -> list[tuple[str | None, Case]]:
    """Each case with the name of its pair; None of the few that are about nothing of any document."""
    pairs = development_pairs()
    names = ((case.id.removeprefix("u-").partition("-")[0], case) for case in read_cases(FOLDER / "cases.jsonl"))
    return [(name if name in pairs else None, case) for name, case in names]
