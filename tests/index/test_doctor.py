"""What the doctor says of healthy and of broken libraries, and that the shipped model makes the vectors it made."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import doctor, golden_vectors
from index.chunking import EARLIER_CHUNKERS
from index.embedding import Embedder, HashingEmbedder, Vectors, open_embedder
from index.library import Library
from index.loading import make_document
from index.schema import Document
from index.storage import writer_lock


@pytest.fixture
def filled(library: Library, three: list[Document]) -> Library:
    list(library.add(three))
    return library


def findings(library: Library, embedder: Embedder | None = None) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine(library.folder, embedder or library.embedder)}


def bad(library: Library, embedder: Embedder | None = None) -> dict[str, str]:
    return {name: finding.state for name, finding in findings(library, embedder).items() if finding.state != "ok"}


def test_a_healthy_library(filled: Library) -> None:
    assert bad(filled) == {}
    found = findings(filled)
    assert found["content"].text == "3 documents, 3 chunks, 0 files, 0 feedback"
    assert found["journal"].text == "wal"
    assert found["schema"].text.startswith("schema 2, written by release ")
    assert found["lock"].text == "free"
    assert "tongwen" in found["program"].text


def test_no_library(library: Library) -> None:
    assert bad(library) == {"library": "warning"}
    assert not library.folder.exists()


def test_an_earlier_schema(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "data" / "library-1", tmp_path / "library")
    library = Library(tmp_path / "library", HashingEmbedder())
    assert bad(library) == {}
    assert "the next change takes it there" in findings(library)["schema"].text


@pytest.mark.parametrize("unseen", ["资\u200b本支出", "cap\u00adex", "⻛险 risk"])
def test_a_library_from_before_the_search_copy_left_out_what_is_not_seen(
    library: Library, monkeypatch: pytest.MonkeyPatch, unseen: str
) -> None:
    texts = [f"{unseen} 去年增长了两成。", "The other document says nothing of it."]
    documents = [
        make_document(text, name=str(number), source=str(number), kind="markdown") for number, text in enumerate(texts)
    ]
    with monkeypatch.context() as before:
        before.setattr("index.rows.as_seen", lambda text: text)
        before.setattr("index.language.as_seen", lambda text: text)
        before.setattr("index.library.CHUNKER_VERSION", EARLIER_CHUNKERS[0])
        list(library.add([replace(documents[0], text=texts[0]), documents[1]]))
    assert bad(library) == {"search copy": "warning"}
    assert findings(library)["search copy"].text.startswith("1 documents hold zero-width")
    assert findings(library)["search copy"].text.endswith("run `tongwen rebuild`")
    embedded: list[str] = []
    embed = library.embedder.embed_passages

    def noted(passages: Sequence[str], progress: object = None) -> Vectors:
        embedded.extend(passages)
        return embed(passages)

    monkeypatch.setattr(library.embedder, "embed_passages", noted)
    library.rebuild()
    assert embedded == [texts[0]]
    assert bad(library) == {}


def test_another_embedder(filled: Library, other_embedder: Embedder) -> None:
    assert bad(filled, other_embedder) == {"embedder": "problem"}
    assert findings(filled, other_embedder)["embedder"].text.endswith("run `tongwen rebuild`")


DAMAGES: dict[str, tuple[Callable[[Path], object], dict[str, str]]] = {
    "database": (lambda folder: (folder / "library.db").write_bytes(b"\xff" * 9999), {"library": "problem"}),
    "vectors": (lambda folder: next(folder.rglob("vectors.zh.faiss")).write_bytes(b""), {"vectors": "problem"}),
    "quarantine": (lambda folder: (folder / "quarantine" / "x").mkdir(parents=True), {"quarantine": "warning"}),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_what_is_wrong_is_said_with_what_to_do(filled: Library, what: str) -> None:
    damage, expected = DAMAGES[what]
    damage(filled.folder)
    assert bad(filled) == expected
    (name,) = expected
    assert any(word in findings(filled)[name].text for word in ("`tongwen ", "restore it from a copy"))


def test_who_is_writing(filled: Library) -> None:
    with writer_lock(filled.folder / "LOCK", 0):
        assert findings(filled)["lock"].text.endswith("is writing")


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_a_network_file_system(filled: Library, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(doctor, "file_system", lambda path: kind)
    assert bad(filled) == {"file system": "warning"}


def test_the_file_system_is_that_of_the_nearest_mount() -> None:
    assert doctor.file_system(Path("/proc/self")) == "proc"
    assert doctor.file_system(Path("/")) != ""


def test_little_space(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LITTLE_SPACE", 10**18)
    assert bad(filled) == {"space": "warning"}


# Golden vectors


def test_the_shipped_model_makes_the_vectors_that_it_made() -> None:
    likeness = golden_vectors.least_likeness(open_embedder())
    assert likeness is not None
    assert likeness >= 0.999


def test_other_vectors_of_the_same_model_are_a_problem(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Turned(HashingEmbedder):
        """Claims to be the shipped model."""

        fingerprint = open_embedder().fingerprint

        def embed_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            vectors = np.zeros((len(texts), 384), np.float32)
            vectors[:, 0] = 1
            return vectors

    assert bad(filled, Turned())["golden vectors"] == "problem"


def test_of_another_model_none_are_known(filled: Library) -> None:
    assert findings(filled)["golden vectors"].text == "none are known for hashing"
