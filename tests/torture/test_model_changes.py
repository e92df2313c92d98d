"""A library and another model than its own (T08): no search, whatever differs, and none refused with its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from torture.corpus import documents
from torture.processes import quick_folder
from torture_report import report

from index.embedding import SHIPPED_MODEL, HashingEmbedder
from index.errors import LibraryMismatch
from index.library import Library
from index.model_folder import read_model_folder


class OfFolder(HashingEmbedder):
    """Has the fingerprint of a model's folder; the vectors, which nothing here looks at, are quick to make."""

    def __init__(self, folder: Path) -> None:
        self.fingerprint = read_model_folder(folder).fingerprint
        self.name = str(folder)


def other_weights(folder: Path) -> None:
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))


def other_dtype(folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import load_file, save_file

    path = folder / "model.safetensors"
    save_file({name: np.asarray(table, np.float16) for name, table in load_file(path).items()}, path)


def other_pooling(folder: Path) -> None:
    path = folder / "1_Pooling" / "config.json"
    path.write_text(path.read_text("utf-8").replace("mean", "cls"), "utf-8")


def other_modules(folder: Path) -> None:
    path = folder / "modules.json"
    modules = json.loads(path.read_text("utf-8"))
    found = [module for module in modules if not module["type"].endswith("Normalize")]
    assert found != modules
    path.write_text(json.dumps(found), "utf-8")


def other_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text("utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    one, other = "a", "b"
    vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")


def settings(**values: object) -> Callable[[Path], None]:
    return lambda folder: (folder / "tongwen.json").write_text(json.dumps(values), "utf-8") and None


CHANGES = {
    "other weights": other_weights,
    "other number format": other_dtype,
    "other pooling": other_pooling,
    "other modules": other_modules,
    "other tokenizer": other_tokenizer,
    "other question prefix": settings(question_prefix="query: "),
    "other passage prefix": settings(passage_prefix="passage: "),
    "shorter limit": settings(max_tokens=16),
}


@pytest.fixture
def folders() -> Iterator[tuple[Path, Path]]:
    """A model, and a library made with it."""
    with quick_folder() as base:
        shutil.copytree(SHIPPED_MODEL, base / "model")
        list(Library(base / "library", OfFolder(base / "model")).add(documents(6)))
        yield base / "model", base / "library"


def test_every_change_of_the_model_is_refused(folders: tuple[Path, Path]) -> None:
    model, folder = folders
    searched = []
    for name, change in CHANGES.items():
        changed = model.with_name("changed")
        shutil.copytree(model, changed)
        change(changed)
        library = Library(folder, OfFolder(changed))
        try:
            with library.snapshot():
                searched.append(name)
        except LibraryMismatch as error:
            if "run `tongwen rebuild`" not in str(error):
                searched.append(f"{name}: {error}")
        shutil.rmtree(changed)
    report("T08", n=len(CHANGES), failures=len(searched), what="library searched with a changed model")
    assert searched == []


def test_the_same_model_is_never_refused(folders: tuple[Path, Path]) -> None:
    model, folder = folders
    restarts, refused = 50, 0
    for number in range(restarts):
        moved = model.rename(model.with_name(f"model-{number}"))
        try:
            with Library(folder, OfFolder(moved)).snapshot() as snapshot:
                assert len(snapshot.documents()) == 6
        except LibraryMismatch:
            refused += 1
        model = moved
    report("T08", n=restarts, failures=refused, what="library refused with its own model after a restart")
    assert refused == 0
