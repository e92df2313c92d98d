"""Removed means gone: at once from both searches, and after compacting from the bytes of every file."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.backup import back_up, restore
from index.compaction import compact
from index.embedding import HashingEmbedder
from index.errors import LibraryBusy
from index.library import Library
from index.schema import Document
from index.terms import terms

MakeDocument = Callable[..., Document]


def canaries(write: MakeDocument, count: int) -> list[Document]:
    """Documents each with a word that stands nowhere else, in Chinese, English and both."""
    forms = (
        "金丝雀第{n}号的暗语是 zq{n}xv。",
        "The password of canary {n} is zq{n}xv.",
        "暗语 password zq{n}xv 在 here。",
    )
    return [write(forms[number % 3].format(n=4711 + number), f"canary {number}") for number in range(count)]


def traces(document: Document) -> list[bytes]:
    word = next(word for word in document.text.replace("。", " ").replace(".", " ").split() if word.startswith("zq"))
    vector = HashingEmbedder().embed_passages([document.text])[0].tobytes()
    return [word.encode(), document.id.encode(), vector, document.source.encode()]


def holding(folder: Path, needles: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield from ((path.name, needle) for needle in needles if needle in content)


@pytest.mark.parametrize("how", ["remove", "edit", "file"])
def test_canaries_are_gone_from_answers_at_once_and_from_the_bytes_when_compacted(
    library: Library, write: MakeDocument, how: str
) -> None:
    count = 100 if how == "remove" else 30
    stay = [write(f"留下的第 {number} 篇 stays.", f"stay {number}") for number in range(20)]
    secret = canaries(write, count)
    list(library.add([*stay, *secret]))
    for document in secret[:3]:
        library.add_feedback("down", "问？", f'{{"quote": "{document.text}"}}', documents=[document.id])
    needles = [trace for document in secret for trace in traces(document)]
    assert {needle for _, needle in holding(library.folder, needles)} == set(needles)
    if how == "remove":
        for document in secret[:4]:
            library.remove(document.id)
        library.remove_files([document.source for document in secret[4:]])
    elif how == "file":
        library.remove_files([document.source for document in secret])
    else:
        list(library.add([write(f"改过的 {number} edited.", f"canary {number}") for number in range(count)]))
    with library.snapshot() as snapshot:
        present = {summary.id for summary in snapshot.documents()}
        for document in secret:
            assert document.id not in present
            for language in snapshot.languages:
                words = [word for word in terms(document.text) if word.startswith("zq")]
                assert snapshot.search_terms(words, language, 5) == []
                for number, _ in snapshot.search_vectors(library.embedder.embed_question(document.text), language, 200):
                    assert snapshot.chunk(number)[0].document_id != document.id
    compact(library.folder)
    # People's feedback names the documents; on one that was edited, not removed, it keeps what the answer quoted. An
    # edited file keeps its name.
    known = {document.id.encode() for document in secret[:3]}
    if how == "edit":
        known |= {trace for document in secret[:3] for trace in traces(document)[:1]}
        known |= {document.source.encode() for document in secret}
    found = {needle for _, needle in holding(library.folder, needles)} - known
    assert found == set()
    assert library.verify() == []


def test_it_says_what_it_freed(library: Library, write: MakeDocument) -> None:
    secret = canaries(write, 60)
    list(library.add(secret))
    library.remove_files([document.source for document in secret[1:]])
    done = compact(library.folder)
    assert done.freed > 100_000
    assert done.after == sum(path.stat().st_size for path in library.folder.rglob("*") if path.is_file())
    assert compact(library.folder).freed == 0


def test_only_the_current_generation_stays(library: Library, write: MakeDocument) -> None:
    for number in range(3):
        list(library.add([write(f"第 {number} 篇。", f"{number}")]))
    (library.folder / "gen" / ".tmp-left").mkdir()
    compact(library.folder)
    current = (library.folder / "CURRENT").read_text().split()[0]
    assert [path.name for path in (library.folder / "gen").iterdir()] == [current]
    with Library(library.folder, library.embedder).snapshot() as snapshot:
        assert len(snapshot.documents()) == 3


@pytest.mark.parametrize(("days", "left"), [(0, 0), (10, 1), (40, 2)])
def test_the_quarantine_is_emptied_of_what_is_older(
    library: Library, write: MakeDocument, days: int, left: int
) -> None:
    list(library.add([write("一。")]))
    for age in (5, 30):
        aside = library.folder / "quarantine" / f"{age}"
        aside.mkdir(parents=True)
        os.utime(aside, times=(time.time() - age * 86_400,) * 2)
    compact(library.folder, keep_days=days)
    assert len(list((library.folder / "quarantine").iterdir())) == left


def test_what_a_person_put_into_the_quarantine_goes_too(library: Library, write: MakeDocument, tmp_path: Path) -> None:
    list(library.add([write("一。")]))
    quarantine, outside = library.folder / "quarantine", tmp_path / "outside"
    outside.mkdir()
    quarantine.mkdir()
    (quarantine / "note.txt").write_text("looked at")
    (quarantine / "link").symlink_to(outside)
    compact(library.folder)
    assert list(quarantine.iterdir()) == []
    assert outside.is_dir()


def test_a_reader_of_the_old_state_is_named_and_the_next_run_finishes(library: Library, write: MakeDocument) -> None:
    (secret,) = canaries(write, 1)
    list(library.add([secret, write("留下。", "stays")]))
    with library.snapshot():
        library.remove(secret.id)
        with pytest.raises(LibraryBusy, match="run `tongwen compact` again"):
            compact(library.folder)
    compact(library.folder)
    assert list(holding(library.folder, traces(secret))) == []


def test_what_a_restore_set_aside_goes_too(library: Library, write: MakeDocument, tmp_path: Path) -> None:
    list(library.add([write("留下。", "stays")]))
    back_up(library.folder, tmp_path / "backup")
    (secret,) = canaries(write, 1)
    list(library.add([secret]))
    restore(tmp_path / "backup", library.folder)
    compact(library.folder)
    shutil.rmtree(tmp_path / "backup")
    assert list(holding(tmp_path, traces(secret))) == []
