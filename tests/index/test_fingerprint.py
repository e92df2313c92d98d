"""A library is searched with the very model that made it: any change of it is refused, and no restart without one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.embedding import open_embedder
from index.errors import LibraryMismatch
from index.library import Library
from index.schema import Document

Change = Callable[[Path], object]


def change_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def change_weights(folder: Path, dtype: type = np.float32, factor: float = 1.01) -> None:
    from safetensors.numpy import load_file, save_file

    path = folder / "model.safetensors"
    tensors = {name: (value * factor).astype(dtype) for name, value in load_file(path).items()}
    path.unlink()
    save_file(tensors, path)


def swap_tokens(folder: Path) -> None:
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    vocabulary = content["model"]["vocab"]
    vocabulary["亚"], vocabulary["马"] = vocabulary["马"], vocabulary["亚"]
    path.write_text(json.dumps(content))


CHANGES: dict[str, Change] = {
    "other weights of the same width": change_weights,
    "another revision": lambda folder: change_json(folder / "config.json", layer_norm_eps=1e-5),
    "another pooling": lambda folder: change_json(folder / "1_Pooling" / "config.json", pooling_mode="cls"),
    "a module more": lambda folder: (folder / "modules.json").write_text(
        json.dumps(
            [
                *json.loads((folder / "modules.json").read_text()),
                {
                    "idx": 2,
                    "name": "2",
                    "path": "2_Normalize",
                    "type": "sentence_transformers.sentence_transformer.modules.normalize.Normalize",
                },
            ]
        )
    ),
    "a prefix of passages": lambda folder: (folder / "tongwen.json").write_text('{"passage_prefix": "passage: "}'),
    "a shorter limit": lambda folder: (folder / "tongwen.json").write_text('{"max_tokens": 32}'),
    "another precision": lambda folder: change_weights(folder, np.float16, 1.0),
    "another tokenizer": swap_tokens,
}


@pytest.fixture
def made(tiny_model: Callable[..., Path], tmp_path: Path, three: list[Document]) -> tuple[Path, Path]:
    """The folder of a model, and that of a library it made."""
    model = shutil.copytree(tiny_model("bert"), tmp_path / "model")
    list(Library(tmp_path / "library", open_embedder(str(model))).add(three))
    return model, tmp_path / "library"


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_model_is_refused_with_the_cure(made: tuple[Path, Path], what: str) -> None:
    model, folder = made
    CHANGES[what](model)
    with pytest.raises(LibraryMismatch, match="run `tongwen rebuild`, or set TONGWEN_EMBEDDER back"):
        Library(folder, open_embedder(str(model))).snapshot().__enter__()


def test_fifty_restarts_without_a_change_are_not_refused(made: tuple[Path, Path]) -> None:
    model, folder = made
    for _ in range(50):
        with Library(folder, open_embedder(str(model))).snapshot() as snapshot:
            assert len(snapshot.documents()) == 3


def test_a_model_that_was_moved_is_not_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    model, folder = made
    model.rename(tmp_path / "moved")
    with Library(folder, open_embedder(str(tmp_path / "moved"))).snapshot() as snapshot:
        assert len(snapshot.documents()) == 3
