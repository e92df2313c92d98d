"""Several processes and threads, little space and read-only folders: nothing lost, one clear error."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import index
from index.embedding import HashingEmbedder
from index.errors import LibraryBusy, StorageFailed, TongwenError
from index.library import Library
from index.schema import Document
from index.storage import writer_lock

MakeDocument = Callable[..., Document]

# Adds COUNT documents one by one, and reports each on a line of its own when it is stored.
WRITER = """
import sys
from pathlib import Path
from index.embedding import HashingEmbedder
from index.errors import TongwenError
from index.library import Library
from index.loading import make_document
folder, name, count = sys.argv[1:]
library = Library(Path(folder), HashingEmbedder(), lock_wait_seconds=60)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    text = f"{name} 的第 {number} 篇文章。This is article {number} of {name}."
    try:
        for added in library.add([make_document(text, name=name, source=f"/{name}/{number}")]):
            print(added.document.id, flush=True)
    except TongwenError as error:
        print(type(error).__name__, error, flush=True)
        break
"""


def start_writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A process that waits, ready to write, until a line is sent to it."""
    root = str(Path(index.__file__).parent.parent)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"},
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def go(writer: subprocess.Popen[str]) -> None:
    assert writer.stdin is not None
    writer.stdin.write("\n")
    writer.stdin.flush()


def stored(library: Library) -> set[str]:
    with library.snapshot() as snapshot:
        return {snapshot.document(summary.id).id for summary in snapshot.documents()}


# Writers


def test_two_processes_that_add_at_once_lose_nothing(library: Library) -> None:
    writers = [start_writer(library.folder, name, 8) for name in ("甲", "B")]
    for writer in writers:
        go(writer)
    reported = [writer.communicate(timeout=100)[0].split() for writer in writers]
    assert [len(ids) for ids in reported] == [8, 8]
    assert stored(library) == {identity for ids in reported for identity in ids}
    assert library.verify() == []


def test_a_second_writer_gets_one_clear_line(library: Library, write: MakeDocument) -> None:
    list(library.add([write("一。")]))
    changes: list[Callable[[], object]] = [
        lambda: list(library.add([write("二。")])),
        lambda: library.remove("x"),
        library.rebuild,
    ]
    with writer_lock(library.folder / "LOCK", 0):
        for change in changes:
            with pytest.raises(LibraryBusy, match=rf"pid {os.getpid()}\) is writing .* try again when it has finished"):
                change()
        assert len(library.documents()) == 1  # reading goes on
    list(library.add([write("二。")]))


def test_a_writer_waits_for_its_turn(library: Library, write: MakeDocument, tmp_path: Path) -> None:
    patient = Library(library.folder, HashingEmbedder(), lock_wait_seconds=60)
    library.folder.mkdir()
    done = threading.Event()

    def add() -> None:
        list(patient.add([write("一。")]))
        done.set()

    with writer_lock(library.folder / "LOCK", 0):
        thread = threading.Thread(target=add)
        thread.start()
        assert not done.wait(0.2)
    thread.join(60)
    assert done.is_set()


# Disks


def mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


def test_too_little_space_is_said_before_anything_is_written(
    library: Library, write: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(library.add([write("一。", "a")]))
    monkeypatch.setattr("index.access._BYTES_PER_CHUNK", 10**15)
    with pytest.raises(StorageFailed, match="nothing was changed, free some space and try again"):
        list(library.add([write("二。", "b")]))
    assert len(library.documents()) == 1


def test_a_file_that_is_being_written_in_place_is_not_read(
    library: Library, three: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    list(library.add(three))
    monkeypatch.setattr("index.database._BUSY_SECONDS", 0.1)
    writer = sqlite3.connect(library.folder / "library.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode = DELETE")  # as of a library that was copied by hand from a backup
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LibraryBusy, match="try again when it has finished"):
        library.documents()
    writer.close()
    assert len(library.documents()) == 3


@pytest.fixture
def read_only(library: Library, three: list[Document]) -> Iterator[Library]:
    """A library in a folder that cannot be written, for root a disk that is mounted so."""
    list(library.add(three))
    as_root = os.geteuid() == 0
    if as_root:
        folder = str(library.folder)
        if not (mount("--bind", folder, folder) and mount("-o", "remount,ro,bind", folder)):
            pytest.skip("this machine lets nobody mount")
    else:
        library.folder.chmod(0o555)
    yield Library(library.folder, HashingEmbedder())
    if as_root:
        subprocess.run(["umount", "-l", str(library.folder)], check=True)
    else:
        library.folder.chmod(0o755)


def test_a_read_only_library_can_be_searched_and_verified(read_only: Library, three: list[Document]) -> None:
    assert stored(read_only) == {document.id for document in three}
    assert read_only.verify() == []
    with read_only.snapshot() as snapshot:
        assert snapshot.search_terms(["股价"], "zh", 1)


@pytest.mark.parametrize("change", ["add", "remove", "rebuild"])
def test_a_change_of_a_read_only_library_is_refused(
    read_only: Library, three: list[Document], write: MakeDocument, change: str
) -> None:
    changes: dict[str, Callable[[], object]] = {
        "add": lambda: list(read_only.add([write("新的。", "new")])),
        "remove": lambda: read_only.remove(three[0].id),
        "rebuild": read_only.rebuild,
    }
    with pytest.raises(StorageFailed, match="check its permissions"):
        changes[change]()
    assert stored(read_only) == {document.id for document in three}


def test_a_library_that_cannot_be_made(read_only: Library, write: MakeDocument) -> None:
    library = Library(read_only.folder / "below", HashingEmbedder())
    with pytest.raises(TongwenError, match="check its permissions"):
        list(library.add([write("一。")]))
