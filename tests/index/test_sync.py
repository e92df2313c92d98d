"""A library that follows folders: what changes there changes here, and nothing else is read, embedded or lost."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index import file_rows, ingest
from index.extraction import FileState, LoadedFile, Rejected
from index.folders import shown
from index.library import Library
from index.loading import make_document
from index.sync import SyncedFile, carry_out, plan_sync

OLD = 1_700_000_000  # a time long past, in seconds


def find(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def load(paths: Sequence[Path]) -> Iterator[LoadedFile]:
    """Reads text; a .jsonl file holds a document in each line, a line "!" and one that cannot be read."""
    for path in paths:
        content = path.read_bytes()
        state = FileState(len(content), path.stat().st_mtime_ns, hashlib.sha256(content).hexdigest())
        source = shown(path)
        documents, rejected = [], []
        parts = content.decode().splitlines() if path.suffix == ".jsonl" else [content.decode()]
        for number, text in enumerate(parts, 1):
            member = f"{number}" if path.suffix == ".jsonl" else ""
            if text.startswith("!"):
                rejected.append(Rejected("broken; mend it", member))
            else:
                place = f"{source}#{member}" if member else source
                documents.append(make_document(text, name=path.stem, source=place))
        yield LoadedFile(source, tuple(documents), tuple(rejected), state=state)


class Folder:
    """A folder that a library follows."""

    def __init__(self, path: Path, library: Library) -> None:
        self.path = path
        self.library = library
        self.read: list[str] = []
        self.reported: list[SyncedFile] = []
        path.mkdir()

    def put(self, name: str, text: str, time: float = OLD) -> None:
        path = self.path / name  # the test's own reader reads .jsonl and .txt
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        os.utime(path, (time, time))

    def sync(self, remove: bool = True) -> dict[str, str]:
        """What became of each file, by name."""

        def loading(paths: Sequence[Path]) -> Iterator[LoadedFile]:
            self.read.extend(path.name for path in paths)
            return load(paths)

        self.read.clear()
        self.library.embedder.embedded.clear()  # type: ignore[attr-defined]
        plan = plan_sync(self.library, [self.path])
        self.reported = list(carry_out(self.library, plan, loading, remove))
        return {Path(file.path).name: file.outcome for file in self.reported}

    @property
    def embedded(self) -> list[str]:
        return self.library.embedder.embedded  # type: ignore[attr-defined,no-any-return]

    @property
    def texts(self) -> list[str]:
        with self.library.snapshot() as snapshot:
            return sorted(snapshot.document(summary.id).text for summary in snapshot.documents())


@pytest.fixture
def folder(tmp_path: Path, library: Library) -> Folder:
    folder = Folder(tmp_path / "资料", library)
    folder.put("甲.txt", "亚马逊的资本支出。")
    folder.put("b.txt", "Amazon's capital expenditure.")
    folder.put("sub/混合.txt", "Andy Jassy 说 capex 会增加。")
    assert set(folder.sync().values()) == {"added"}
    return folder


def test_a_sync_without_change_reads_nothing(folder: Folder) -> None:
    version = (folder.library.folder / "CURRENT").read_text()
    assert folder.sync() == {"甲.txt": "unchanged", "b.txt": "unchanged", "混合.txt": "unchanged"}
    assert (folder.read, folder.embedded) == ([], [])
    assert (folder.library.folder / "CURRENT").read_text() == version


def test_a_file_of_another_time_and_the_same_bytes_is_not_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put("b.txt", "Amazon's capital expenditure.", OLD + 9)
    assert folder.sync()["b.txt"] == "unchanged"
    assert folder.read == []
    monkeypatch.setattr("index.sync.file_digest", lambda path: pytest.fail("it was hashed again"))
    assert folder.sync()["b.txt"] == "unchanged"


@pytest.mark.parametrize(("name", "text"), [("甲.txt", "新的文字。"), ("b.txt", "New."), ("sub/混合.txt", "新 new.")])
def test_a_changed_file_replaces_its_text(folder: Folder, name: str, text: str) -> None:
    folder.put(name, text, OLD + 9)
    outcomes = folder.sync()
    assert outcomes.pop(Path(name).name) == "changed"
    assert set(outcomes.values()) == {"unchanged"}
    assert (folder.read, folder.embedded) == ([Path(name).name], [text])
    assert text in folder.texts
    assert len(folder.texts) == 3


def test_a_change_of_the_same_size_within_the_same_tick_is_noticed(folder: Folder) -> None:
    now = (folder.path / "b.txt").stat().st_ctime + 3600  # a clock that runs ahead is not trusted either
    folder.put("b.txt", "The first text", now)
    folder.sync()
    folder.put("b.txt", "The other text", now)
    assert folder.sync()["b.txt"] == "changed"


def test_a_renamed_file_embeds_nothing(folder: Folder) -> None:
    before = folder.texts
    (folder.path / "甲.txt").rename(folder.path / "sub" / "乙.txt")
    outcomes = folder.sync(remove=False)
    assert outcomes == {"乙.txt": "renamed", "b.txt": "unchanged", "混合.txt": "unchanged"}
    (renamed,) = (file for file in folder.reported if file.outcome == "renamed")
    assert renamed.before == shown(folder.path / "甲.txt")
    assert folder.embedded == []
    assert folder.texts == before
    sources = {summary.source for summary in folder.library.documents()}
    assert shown(folder.path / "sub" / "乙.txt") in sources
    assert shown(folder.path / "甲.txt") not in sources


def test_two_files_that_swap_their_names_embed_nothing(folder: Folder) -> None:
    (folder.path / "甲.txt").rename(folder.path / "c")
    (folder.path / "b.txt").rename(folder.path / "甲.txt")
    (folder.path / "c").rename(folder.path / "b.txt")
    before = folder.texts
    assert folder.sync() == {"甲.txt": "changed", "b.txt": "changed", "混合.txt": "unchanged"}
    assert folder.embedded == []
    assert folder.texts == before


@pytest.mark.parametrize("change", ["copied", "renamed", "one of two removed", "one of two edited into the other"])
def test_a_library_whose_writer_was_killed_before_it_published_is_whole(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    folder.put("copy.txt", "Amazon's capital expenditure.")
    folder.put("other.txt", "Another text.")
    folder.sync()
    match change:
        case "copied":
            folder.put("三.txt", "亚马逊的资本支出。")
        case "renamed":
            (folder.path / "甲.txt").rename(folder.path / "乙.txt")
        case "one of two removed":
            (folder.path / "copy.txt").unlink()
        case _:
            folder.put("copy.txt", "Another text.", OLD + 9)
    texts = folder.texts
    monkeypatch.setattr("index.state_vectors.VectorSource.publish", lambda *_: pytest.fail("killed"))
    with pytest.raises(pytest.fail.Exception):
        folder.sync()
    monkeypatch.undo()
    folder.library = Library(folder.library.folder, folder.library.embedder)
    assert folder.texts == texts
    assert "rejected" not in folder.sync().values()
    assert folder.library.verify() == []


def test_the_same_content_under_two_names_is_stored_once(folder: Folder) -> None:
    folder.put("copy.txt", "Amazon's capital expenditure.")
    assert folder.sync()["copy.txt"] == "added"
    assert folder.embedded == []
    assert len(folder.texts) == 3
    (folder.path / "b.txt").unlink()
    folder.sync()
    assert len(folder.texts) == 3
    (folder.path / "copy.txt").unlink()
    folder.sync()
    assert len(folder.texts) == 2


def test_a_vanished_file_goes_only_where_that_is_asked_for(folder: Folder) -> None:
    (folder.path / "甲.txt").unlink()
    assert folder.sync(remove=False)["甲.txt"] == "missing"
    assert "亚马逊的资本支出。" in folder.texts
    assert folder.sync()["甲.txt"] == "removed"
    assert "亚马逊的资本支出。" not in folder.texts
    assert "甲.txt" not in folder.sync()
    assert folder.library.verify() == []


def test_what_does_not_come_from_the_folder_stays(folder: Folder, tmp_path: Path) -> None:
    beside = Folder(tmp_path / "资料 2", folder.library)
    beside.put("other.txt", "另一个文件夹。")
    beside.sync()
    list(folder.library.add([make_document("标准输入。", name="-", source="-")]))
    for path in find(folder.path):
        path.unlink()
    plan = plan_sync(folder.library, [folder.path])
    assert plan.emptied == (folder.path,)
    list(carry_out(folder.library, plan, load, remove=True))
    assert folder.texts == ["另一个文件夹。", "标准输入。"]


def test_a_file_added_before_there_was_a_list_of_files_is_followed(tmp_path: Path, library: Library) -> None:
    folder = Folder(tmp_path / "资料", library)
    folder.put("旧.txt", "旧的。")
    folder.put("gone.txt", "Gone.")
    list(library.add(document for file in load(find(folder.path)) for document in file.documents))
    (folder.path / "gone.txt").unlink()
    assert folder.sync() == {"旧.txt": "unchanged", "gone.txt": "removed"}
    assert folder.texts == ["旧的。"]
    assert folder.embedded == []
    folder.sync()
    assert folder.read == []


# Files that hold several documents


def test_a_file_of_several_documents_lets_go_of_what_vanished(folder: Folder) -> None:
    folder.put("all.jsonl", "第一。\nThe second.\n第三 third.")
    folder.sync()
    folder.put("all.jsonl", "第一。\n第三 third.", OLD + 9)
    assert folder.sync()["all.jsonl"] == "changed"
    assert folder.embedded == []
    assert "The second." not in folder.texts
    assert {"第一。", "第三 third."} <= set(folder.texts)
    (folder.path / "all.jsonl").unlink()
    folder.sync()
    assert len(folder.texts) == 3


@pytest.mark.parametrize("first", ["archive", "file"])
def test_a_file_named_like_a_member_of_another_takes_nothing_from_it(folder: Folder, first: str) -> None:
    inside, beside, edited = "In the archive 档案。", "Beside it 旁边。", "Edited 改了。"
    archive, file = folder.path / "资料.jsonl", folder.path / "资料.jsonl#1"
    folder.put(archive.name, inside)
    folder.put(file.name, beside)
    for path in (archive, file) if first == "archive" else (file, archive):
        list(folder.library.add_files(load([path])))
    assert {inside, beside} < set(folder.texts)
    folder.put(file.name, edited, OLD + 9)
    list(folder.library.add_files(load([file])))
    assert {inside, edited} < set(folder.texts)
    gone, left = (archive, edited) if first == "archive" else (file, inside)
    folder.library.remove_files([shown(gone)])
    assert {inside, edited} & set(folder.texts) == {left}


def test_a_record_put_before_all_others_embeds_itself_alone(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "_BATCH_DOCUMENTS", 7)
    records = [f"第 {number} 条 record." for number in range(40)]
    folder.put("all.jsonl", "\n".join(records))
    folder.sync()
    folder.put("all.jsonl", "\n".join(["新的 new.", *records]), OLD + 9)
    assert folder.sync()["all.jsonl"] == "changed"
    assert folder.embedded == ["新的 new."]
    assert len(folder.texts) == 44
    assert folder.library.verify() == []


def test_the_vectors_fit_the_texts_when_a_file_of_many_batches_shrinks(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "_BATCH_DOCUMENTS", 4)
    records = [f"第 {number} 条 record." for number in range(8)]
    folder.put("all.jsonl", "\n".join(records))
    folder.sync()
    folder.put("all.jsonl", "\n".join(records[3:]), OLD + 9)
    folder.sync()
    question = folder.library.embedder.embed_question("第 条 record")
    with folder.library.snapshot() as snapshot:
        found = {
            snapshot.chunk(number)[0].text
            for language in snapshot.languages
            for number, _ in snapshot.search_vectors(question, language, 100)
        }
    assert found == set(folder.texts)


# Files that cannot be read any more


def test_the_earlier_text_of_a_file_that_is_rejected_now_stays(folder: Folder) -> None:
    folder.put("b.txt", "! broken", OLD + 9)
    assert folder.sync()["b.txt"] == "rejected"
    (reported,) = (file for file in folder.reported if file.outcome == "rejected")
    assert reported.reasons == ("broken; mend it",)
    assert reported.file is not None
    assert reported.file.kept == 1
    assert "Amazon's capital expenditure." in folder.texts
    assert folder.sync()["b.txt"] == "rejected"  # said again, and not read again
    assert folder.read == []
    folder.put("b.txt", "Mended.", OLD + 99)
    assert folder.sync()["b.txt"] == "changed"
    assert "Amazon's capital expenditure." not in folder.texts


def test_the_earlier_text_of_a_member_that_is_rejected_now_stays(folder: Folder) -> None:
    folder.put("all.jsonl", "第一。\nThe second.")
    folder.sync()
    folder.put("all.jsonl", "第一。\n! broken", OLD + 9)
    for _ in range(2):  # with what was read, and with nothing new to read
        assert folder.sync()["all.jsonl"] == "unchanged"
        (reported,) = (file for file in folder.reported if file.reasons)
        assert reported.reasons == ("2: broken; mend it",)
        assert {"第一。", "The second."} <= set(folder.texts)


# Interruptions


@pytest.mark.parametrize("nth", range(1, 9))
def test_an_interrupted_sync_goes_on_where_it_was(folder: Folder, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    monkeypatch.setattr(ingest, "_BATCH_DOCUMENTS", 4)
    folder.put("old.jsonl", "\n".join(f"旧 {number} old." for number in range(8)))
    folder.sync()
    records = [f"第 {number} 条 record." for number in range(20)]
    folder.put("old.jsonl", "\n".join(records), OLD + 9)
    folder.put("new.txt", "Last, 最后。")
    embed, calls = folder.library.embedder.embed_passages, 0

    def failing(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise KeyboardInterrupt
        return embed(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as fault:
        fault.setattr(folder.library.embedder, "embed_passages", failing)
        try:
            folder.sync()
            stored: list[str] = list(folder.embedded)
        except KeyboardInterrupt:
            stored = list(folder.embedded)
            assert folder.library.verify() == []
    folder.sync()
    assert sorted([*stored, *folder.embedded]) == sorted([*records, "Last, 最后。"])
    assert len(folder.texts) == 24
    assert set(folder.sync().values()) == {"unchanged"}
    assert folder.library.verify() == []


def test_another_reader_reads_every_file_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("index.sync", "index.file_rows"):
        monkeypatch.setattr(f"{module}.READER_VERSION", "later")
    assert set(folder.sync().values()) == {"unchanged"}
    assert len(folder.read) == 3
    assert folder.embedded == []
    folder.sync()
    assert folder.read == []


def test_a_damaged_row_of_a_file_is_reported_and_read_again(folder: Folder) -> None:
    import sqlite3

    connection = sqlite3.connect(folder.library.folder / "library.db")
    with connection:
        connection.execute("UPDATE files SET size = size + 1 WHERE path LIKE '%b.txt'")
    connection.close()
    (problem,) = folder.library.verify()
    assert problem.endswith("run `tongwen sync` on its folder")
    assert folder.sync()["b.txt"] == "unchanged"
    assert folder.read == ["b.txt"]
    assert folder.library.verify() == []


def test_after_a_rebuild_of_a_damaged_library_a_sync_puts_the_sources_right(folder: Folder) -> None:
    connection = sqlite3.connect(folder.library.folder / "library.db")
    with connection:
        connection.execute("UPDATE sources SET source = '/elsewhere.txt' WHERE source LIKE '%b.txt'")
    connection.close()
    Library(folder.library.folder, folder.library.embedder).rebuild()
    folder.sync()
    assert folder.embedded == []
    assert {summary.source for summary in folder.library.documents()} == {
        shown(folder.path / name) for name in ("甲.txt", "b.txt", "sub/混合.txt")
    }


def test_a_plan_changes_nothing(folder: Folder) -> None:
    folder.put("甲.txt", "新的。", OLD + 9)
    folder.put("new.txt", "New.")
    (folder.path / "b.txt").unlink()
    before = folder.texts
    plan = plan_sync(folder.library, [folder.path])
    expected = {Path(file.path).name: file.outcome for file in plan.expected()}
    assert expected == {"甲.txt": "changed", "new.txt": "added", "b.txt": "removed", "混合.txt": "unchanged"}
    assert folder.texts == before
    assert folder.sync() == expected


def test_a_removed_document_is_offered_again(folder: Folder) -> None:
    identity = next(summary.id for summary in folder.library.documents() if summary.language == "en")
    folder.library.remove(identity)
    assert [file.path for file in folder.library.files() if file.path.endswith("b.txt")] == []
    assert folder.sync()["b.txt"] == "added"


def test_files_can_be_listed(folder: Folder) -> None:
    files = folder.library.files()
    assert [Path(file.path).name for file in files] == ["b.txt", "混合.txt", "甲.txt"]
    assert {file.documents for file in files} == {1}
    assert {file.reader for file in files} == {file_rows.READER_VERSION}
