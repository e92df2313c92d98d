"""Backups: one state, copied while others write, verified, and put back as a whole or not at all."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index import backup
from index.backup import back_up, restore, verify_backup
from index.embedding import HashingEmbedder
from index.errors import BackupUnusable, LibraryBusy, LibraryMissing, TongwenError
from index.library import Library
from index.schema import Document
from index.storage import writer_lock

MakeDocument = Callable[..., Document]


@pytest.fixture
def filled(library: Library, three: list[Document]) -> Library:
    list(library.add(three))
    (library.folder / "glossary.tsv").write_text("company\t海源电池\tHaiyuan\n", "utf-8")
    library.add_feedback("down", "份额？", "{}", correction="应为 19%")
    return library


def texts(library: Library) -> set[str]:
    with Library(library.folder, library.embedder).snapshot() as snapshot:
        assert snapshot.degraded is None
        return {snapshot.document(summary.id).text for summary in snapshot.documents()}


def test_a_backup_brings_everything_back(filled: Library, three: list[Document], tmp_path: Path) -> None:
    before, feedback = texts(filled), filled.feedback()
    manifest = back_up(filled.folder, tmp_path / "备份")
    assert (manifest.documents, manifest.schema) == (3, 2)
    filled.remove(three[0].id)
    (filled.folder / "glossary.tsv").unlink()
    (filled.folder / "calibration.json").write_text("{}")
    kept = restore(tmp_path / "备份", filled.folder)
    assert texts(filled) == before
    assert filled.feedback() == feedback
    assert "海源电池" in (filled.folder / "glossary.tsv").read_text("utf-8")
    assert not (filled.folder / "calibration.json").exists()
    assert filled.verify() == []
    assert kept is not None
    assert {path.name for path in kept.iterdir()} == {"library.db", "calibration.json"}
    list(filled.add(three))
    assert filled.verify() == []


def test_keys_are_not_copied_and_not_taken_away(filled: Library, tmp_path: Path) -> None:
    for name in ("keys.json", "keys.lock"):
        (filled.folder / name).write_text(name)
    manifest = back_up(filled.folder, tmp_path / "backup")
    assert set(manifest.files) == {"library.db", "glossary.tsv"}
    kept = restore(tmp_path / "backup", filled.folder)
    assert kept is not None
    assert {path.name for path in kept.iterdir()} == {"library.db", "glossary.tsv"}
    assert (filled.folder / "keys.json").read_text() == "keys.json"


def test_a_backup_is_put_where_there_is_no_library(filled: Library, tmp_path: Path) -> None:
    back_up(filled.folder, tmp_path / "backup")
    other = Library(tmp_path / "a" / "other", HashingEmbedder())
    assert restore(tmp_path / "backup", other.folder) is None
    assert texts(other) == texts(filled)
    assert other.verify() == []


def test_only_what_was_verified_is_put_back(filled: Library, tmp_path: Path) -> None:
    back_up(filled.folder, tmp_path / "backup")
    (tmp_path / "backup" / "calibration.json").write_text("{}")
    restore(tmp_path / "backup", filled.folder)
    assert not (filled.folder / "calibration.json").exists()


def test_the_target_may_be_a_link_to_an_empty_folder(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "backup").symlink_to(tmp_path / "disk")
    back_up(filled.folder, tmp_path / "backup")
    assert verify_backup(tmp_path / "backup").documents == 3


@pytest.mark.parametrize("content", [b"", b"\xff" * 20_000])
def test_a_damaged_library_is_set_aside(filled: Library, tmp_path: Path, content: bytes) -> None:
    before = texts(filled)
    back_up(filled.folder, tmp_path / "backup")
    (filled.folder / "library.db").write_bytes(content)
    kept = restore(tmp_path / "backup", filled.folder)
    assert kept is not None
    assert (kept / "library.db").read_bytes() == content
    assert texts(filled) == before
    assert filled.verify() == []


def test_a_reader_keeps_its_state_while_another_is_put_in_its_place(
    filled: Library, three: list[Document], tmp_path: Path
) -> None:
    back_up(filled.folder, tmp_path / "backup")
    filled.remove(three[0].id)
    with filled.snapshot() as snapshot:
        restore(tmp_path / "backup", filled.folder)
        assert {summary.id for summary in snapshot.documents()} == {document.id for document in three[1:]}
    assert len(texts(filled)) == 3


def check_backups_while_writing(library: Library, write: MakeDocument, folder: Path, count: int) -> None:
    """Documents come in pairs, and no backup has half of one."""
    stop, failures = threading.Event(), list[BaseException]()

    def add() -> None:
        try:
            number = 0
            while not stop.is_set():
                number += 1
                list(
                    library.add([write(f"第 {number} 对，左。", f"l{number}"), write(f"Pair {number}.", f"r{number}")])
                )
        except BaseException as error:
            failures.append(error)

    list(library.add([write("第 0 对，左。", "l0"), write("Pair 0.", "r0")]))
    writer = threading.Thread(target=add)
    writer.start()
    try:
        for number in range(count):
            manifest = back_up(library.folder, folder / f"{number}")
            assert manifest.documents % 2 == 0
            assert verify_backup(folder / f"{number}") == manifest
    finally:
        stop.set()
        writer.join(60)
    assert failures == []


def test_a_backup_is_one_state_while_another_thread_writes(
    library: Library, write: MakeDocument, tmp_path: Path
) -> None:
    check_backups_while_writing(library, write, tmp_path, 5)


@pytest.mark.torture
@pytest.mark.timeout(600)
def test_fifty_backups_while_writing(library: Library, write: MakeDocument, tmp_path: Path) -> None:
    check_backups_while_writing(library, write, tmp_path, 50)


# What is refused


def test_a_target_that_is_not_empty(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine.txt").write_text("mine")
    with pytest.raises(BackupUnusable, match="is not an empty folder; choose a new one"):
        back_up(filled.folder, tmp_path / "used")
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    back_up(filled.folder, tmp_path / "empty")


def test_a_library_that_is_not_there(library: Library, tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing):
        back_up(library.folder, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_library_gives_no_backup(filled: Library, tmp_path: Path) -> None:
    connection = sqlite3.connect(filled.folder / "library.db")
    with connection:
        connection.execute("UPDATE documents SET text = replace(text, '2000', '3000')")
    connection.close()
    with pytest.raises(BackupUnusable, match=r"is damaged: .*tongwen remove"):
        back_up(filled.folder, tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


def damages(folder: Path) -> dict[str, Callable[[], object]]:
    database = folder / "library.db"
    content = database.read_bytes()
    manifest = json.loads((folder / "backup.json").read_text())

    def flip() -> None:
        changed = bytearray(content)
        changed[len(content) // 2] ^= 1
        database.write_bytes(changed)

    return {
        "a flipped bit": flip,
        "a short file": lambda: database.write_bytes(content[:-1]),
        "no database": database.unlink,
        "no manifest": (folder / "backup.json").unlink,
        "no glossary": (folder / "glossary.tsv").unlink,
        "another format": lambda: (folder / "backup.json").write_text(json.dumps(manifest | {"format": 9})),
        "no object": lambda: (folder / "backup.json").write_text("[]"),
        "no list": lambda: (folder / "backup.json").write_text(json.dumps(manifest | {"files": {}})),
    }


WHAT = [
    "a flipped bit",
    "a short file",
    "no database",
    "no manifest",
    "no glossary",
    "another format",
    "no object",
    "no list",
]


@pytest.mark.parametrize("what", WHAT)
def test_a_backup_that_is_not_whole_changes_nothing(
    filled: Library, three: list[Document], tmp_path: Path, what: str
) -> None:
    back_up(filled.folder, tmp_path / "backup")
    filled.remove(three[0].id)
    before = texts(filled)
    damages(tmp_path / "backup")[what]()
    with pytest.raises(BackupUnusable):
        restore(tmp_path / "backup", filled.folder)
    assert texts(filled) == before
    assert not (filled.folder / "quarantine").exists()


def test_while_another_process_writes_nothing_is_restored(filled: Library, tmp_path: Path) -> None:
    back_up(filled.folder, tmp_path / "backup")
    with writer_lock(filled.folder / "LOCK", 0), pytest.raises(LibraryBusy):
        restore(tmp_path / "backup", filled.folder)


@pytest.mark.parametrize("name", ["_copy_database", "write_file", "verify_backup", "_manifest"])
def test_an_interrupted_backup_leaves_nothing(
    filled: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fail(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, name, fail)
    with pytest.raises(KeyboardInterrupt):
        back_up(filled.folder, tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


@pytest.mark.parametrize("name", ["_keep_earlier", "_restore_beside", "VectorSource"])
def test_an_interrupted_restore_leaves_one_whole_library(
    filled: Library, three: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    back_up(filled.folder, tmp_path / "backup")
    new = texts(filled)
    filled.remove(three[0].id)
    old = texts(filled)

    def fail(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as fault:
        fault.setattr(backup, name, fail)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "backup", filled.folder)
    assert texts(filled) == (old if name == "_keep_earlier" else new)
    restore(tmp_path / "backup", filled.folder)
    assert texts(filled) == new


def test_a_backup_of_an_earlier_schema_is_restored(tmp_path: Path, library: Library, write: MakeDocument) -> None:
    golden = Path(__file__).parents[1] / "data" / "library-1"
    shutil.copytree(golden, tmp_path / "old")
    assert back_up(tmp_path / "old", tmp_path / "backup").schema == 1
    list(library.add([write("现在的。")]))
    restore(tmp_path / "backup", library.folder)
    assert len(texts(library)) == 2
    list(library.add([write("现在的。")]))
    assert library.verify() == []


def test_a_backup_of_a_later_schema_is_refused(filled: Library, tmp_path: Path) -> None:
    connection = sqlite3.connect(filled.folder / "library.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(TongwenError, match="has schema 99"):
        back_up(filled.folder, tmp_path / "backup")
