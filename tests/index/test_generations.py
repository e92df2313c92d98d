"""Publishing vectors: the whole of a generation or nothing of it, and no damaged byte is ever used."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from index import generations, storage
from index.errors import LibraryDamaged, StorageFailed

FILES = {"vectors.zh.faiss": b"\x00\x01\x02" * 4, "vectors.en.faiss": "向量".encode()}


def publish(folder: Path, version: str = "one", files: dict[str, bytes] | None = None) -> None:
    generations.publish(folder, version, "hashing-1", FILES if files is None else files)


def loaded_version(folder: Path) -> str | None:
    loaded = generations.load(folder)
    return loaded[0].content_version if loaded else None


def current(folder: Path) -> Path:
    return folder / "gen" / (folder / "CURRENT").read_text().split()[0]


def test_what_was_published_is_loaded(tmp_path: Path) -> None:
    publish(tmp_path)
    loaded = generations.load(tmp_path)
    assert loaded is not None
    manifest, files = loaded
    assert (manifest.content_version, manifest.embedder, files) == ("one", "hashing-1", FILES)


def test_a_library_without_vectors_has_a_generation_too(tmp_path: Path) -> None:
    publish(tmp_path, files={})
    loaded = generations.load(tmp_path)
    assert loaded is not None
    assert loaded[1] == {}


def test_nothing_is_loaded_where_nothing_was_published(tmp_path: Path) -> None:
    assert generations.load(tmp_path) is None


def test_only_the_last_two_are_kept(tmp_path: Path) -> None:
    for version in ("one", "two", "three", "four"):
        publish(tmp_path, version)
    assert sorted(path.name for path in (tmp_path / "gen").iterdir()) == ["000003", "000004"]
    assert loaded_version(tmp_path) == "four"


def damaged(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every way to flip a bit of each byte or to cut the end off, and one to lengthen."""
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        yield f"byte {position} flipped", bytes(flipped)
        yield f"cut to {position}", content[:position]
    yield "longer", content + b"\0"


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "vectors.zh.faiss", "vectors.en.faiss"])
def test_every_flipped_byte_and_every_truncation_is_noticed(tmp_path: Path, name: str) -> None:
    publish(tmp_path)
    path = tmp_path / name if name == "CURRENT" else current(tmp_path) / name
    for what, content in list(damaged(path.read_bytes())):
        path.write_bytes(content)
        try:
            loaded = generations.load(tmp_path)
        except LibraryDamaged:
            continue
        # White space around the words of CURRENT says nothing.
        assert loaded is not None, what
        assert (name, loaded[1]) == ("CURRENT", FILES), what


@pytest.mark.parametrize("name", ["manifest.json", "vectors.zh.faiss", "vectors.en.faiss", "."])
def test_a_missing_file_is_noticed(tmp_path: Path, name: str) -> None:
    publish(tmp_path)
    path = current(tmp_path) / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(LibraryDamaged, match="cannot be read; run `tongwen rebuild`"):
        generations.load(tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", "vectors.zh.faiss", "vectors.en.faiss"])
def test_a_file_of_another_generation_is_noticed(tmp_path: Path, name: str) -> None:
    publish(tmp_path, "one")
    earlier = current(tmp_path)
    publish(tmp_path, "two", {name: content[::-1] for name, content in FILES.items()})
    shutil.copy(earlier / name, current(tmp_path) / name)
    with pytest.raises(LibraryDamaged, match="damaged; run `tongwen rebuild`"):
        generations.load(tmp_path)


def test_swapped_generations_are_noticed(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    publish(tmp_path, "two")
    one, two = sorted((tmp_path / "gen").iterdir())
    one.rename(tmp_path / "gen" / "aside")
    two.rename(one)
    (tmp_path / "gen" / "aside").rename(two)
    with pytest.raises(LibraryDamaged, match="damaged; run `tongwen rebuild`"):
        generations.load(tmp_path)


def test_a_manifest_from_the_future_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(generations, "FORMAT", 2)
        later.setattr(generations.Manifest, "__init__", _with_format(generations.Manifest.__init__, 2))
        publish(tmp_path)
    with pytest.raises(LibraryDamaged, match="has format 2, not 1; run `tongwen rebuild`"):
        generations.load(tmp_path)


def _with_format(init: Callable[..., None], number: int) -> Callable[..., None]:
    def changed(self: object, *values: object, **fields: object) -> None:
        init(self, *values, **{**fields, "format": number})

    return changed


@pytest.mark.parametrize("content", ["", "000001", "../etc abc", "000001 a b", "第一 abc"])
def test_a_senseless_current_file_is_noticed(tmp_path: Path, content: str) -> None:
    publish(tmp_path)
    (tmp_path / "CURRENT").write_text(content, "utf-8")
    with pytest.raises(LibraryDamaged, match="run `tongwen rebuild`"):
        generations.load(tmp_path)


class Interrupted(BaseException):
    """Stands for whatever ends a process: it is no Exception, so nothing handles it."""


def calls_of_a_publication() -> list[tuple[str, int]]:
    return [(name, nth) for name in ("write_file", "sync_folder", "replace_file", "_read") for nth in range(1, 4)]


@pytest.mark.parametrize(("name", "nth"), calls_of_a_publication())
@pytest.mark.parametrize("failure", [Interrupted, StorageFailed])
def test_an_interrupted_publication_leaves_the_earlier_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, nth: int, failure: type[BaseException]
) -> None:
    publish(tmp_path, "one")
    original, calls = getattr(generations, name), 0

    def failing(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise failure("no more")
        return original(*arguments)

    with monkeypatch.context() as fault:
        fault.setattr(generations, name, failing)
        with suppress(failure):
            publish(tmp_path, "two")
    # Where the call is made less often than that, nothing failed.
    assert loaded_version(tmp_path) == ("one" if calls == nth else "two")
    publish(tmp_path, "three")
    assert loaded_version(tmp_path) == "three"
    assert not list((tmp_path / "gen").glob(".tmp*"))


def test_a_damaged_generation_is_moved_aside(tmp_path: Path) -> None:
    publish(tmp_path)
    (current(tmp_path) / "vectors.zh.faiss").write_bytes(b"damaged")
    target = generations.quarantine(tmp_path)
    assert target is not None
    assert (target / "vectors.zh.faiss").read_bytes() == b"damaged"
    publish(tmp_path, "two")
    assert loaded_version(tmp_path) == "two"


def test_a_short_write_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = storage.os.write
    monkeypatch.setattr(storage.os, "write", lambda descriptor, content: write(descriptor, content[:3]))
    storage.write_file(tmp_path / "file", b"all of it")
    assert (tmp_path / "file").read_bytes() == b"all of it"


def test_a_failed_sync_is_never_a_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    publish(tmp_path, "one")
    with monkeypatch.context() as fault:
        fault.setattr(storage.os, "fsync", fail)
        with pytest.raises(StorageFailed, match="check the disk"):
            publish(tmp_path, "two")
    assert loaded_version(tmp_path) == "one"
