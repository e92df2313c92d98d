"""Several processes and threads, killed writers, full disks and read-only folders: nothing lost, one clear error."""

import os
import signal
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


def kill_after(library: Library, name: str, documents: int) -> list[str]:
    """Kill a writing process when it has reported so many documents; the ids that it reported."""
    writer = start_writer(library.folder, name, 1000)
    go(writer)
    assert writer.stdout is not None
    ids = [writer.stdout.readline().strip() for _ in range(documents)]
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate(timeout=60)
    return [*ids, *rest.split()]


def check_kills(library: Library, kills: int) -> None:
    reported: set[str] = set()
    for number in range(kills):
        reported.update(kill_after(library, f"第{number}个", 1 + number % 4))
        assert reported <= stored(library)
        assert library.verify() == []
    assert library.rebuild() == len(library.documents())


def test_what_a_killed_writer_reported_is_there(library: Library) -> None:
    check_kills(library, 3)


@pytest.mark.torture
@pytest.mark.timeout(1200)
def test_what_many_killed_writers_reported_is_there(library: Library) -> None:
    check_kills(library, 200)


# Readers


def test_readers_see_one_state_each_while_documents_come_and_go(library: Library, write: MakeDocument) -> None:
    rounds = 12
    pairs = [[write(f"第 {number} 对，左。", f"l{number}"), write(f"Pair {number}, right.", f"r{number}")]
             for number in range(rounds)]  # fmt: skip
    list(library.add(pairs[0]))
    question = library.embedder.embed_question("第 pair 左 right")
    stop, failures, searches = threading.Event(), list[BaseException](), [0]

    def read() -> None:
        try:
            while not stop.is_set():
                with library.snapshot() as snapshot:
                    documents = {summary.id for summary in snapshot.documents()}
                    found = {
                        snapshot.chunk(number)[0].document_id
                        for language in snapshot.languages
                        for number, _ in snapshot.search_vectors(question, language, 100)
                    }
                    assert found == documents
                    assert len(documents) % 2 == 0
                    searches[0] += 1
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, rounds):
        list(library.add(pairs[number]))
        if number % 4 == 0:
            library.rebuild()
    stop.set()
    for reader in readers:
        reader.join(60)
    assert failures == []
    assert searches[0] > 0
    assert library.verify() == []


# Disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder))
    if not mounted:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


def fill(disk: Path, leave: int) -> Path:
    """A file that takes all the free space but `leave` bytes."""
    ballast = disk / "ballast"
    state = os.statvfs(disk)
    ballast.write_bytes(bytes(max(state.f_bavail * state.f_frsize - leave, 0)))
    return ballast


@pytest.mark.parametrize("leave", [0, 4096, 20_000, 60_000, 120_000, 250_000])
def test_a_full_disk_is_one_clear_error_and_loses_nothing(small_disk: Path, write: MakeDocument, leave: int) -> None:
    library = Library(small_disk / "library", HashingEmbedder())
    first = write("第一篇。The first.", "first")
    list(library.add([first]))
    parts = ["\n\n".join(f"# {n}\n\n第 {n} 段。Part {n} of {part}." for n in range(60)) for part in "ab"]
    more = [write(text, text[-2:]) for text in parts]
    ballast = fill(small_disk, leave)
    reported: list[str] = []
    with pytest.raises(StorageFailed, match=r"free some space|free space") as raised:
        reported.extend(one.document.id for one in library.add(more))
    assert "\n" not in str(raised.value)
    assert {first.id, *reported} <= stored(Library(library.folder, HashingEmbedder()))
    assert library.verify() == []
    ballast.unlink()
    list(library.add(more))
    assert stored(library) == {first.id, *(document.id for document in more)}
    assert library.verify() == []


def test_a_document_can_be_removed_from_a_nearly_full_disk(small_disk: Path, write: MakeDocument) -> None:
    library = Library(small_disk / "library", HashingEmbedder())
    documents = [write(f"第 {number} 篇。", f"{number}") for number in range(3)]
    list(library.add(documents))
    fill(small_disk, 300_000)
    library.remove(documents[0].id)
    assert stored(library) == {document.id for document in documents[1:]}


def test_too_little_space_is_said_before_anything_is_written(
    library: Library, write: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(library.add([write("一。", "a")]))
    monkeypatch.setattr("index.library._BYTES_PER_CHUNK", 10**15)
    with pytest.raises(StorageFailed, match="nothing was changed, free some space and try again"):
        list(library.add([write("二。", "b")]))
    assert len(library.documents()) == 1


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
