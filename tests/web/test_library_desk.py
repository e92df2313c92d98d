"""What a page does with the library, without the page: files in, documents out, and back again."""

import contextlib
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from index.embedding import HashingEmbedder, open_embedder
from index.errors import LibraryBusy, SourceTaken
from index.formats.registry import MAX_FILE_BYTES
from index.library import Library
from index.loading import load_paths, make_document
from index.parsing import Parser
from index.web_address import parse_allowed_hosts
from ui.library_desk import (
    ELSEWHERE,
    LONGEST_TEXT,
    LOST,
    PAGE_SIZE,
    SAME_NAME,
    TEXT_TOO_LONG,
    UNDO_SECONDS,
    CannotReadAgain,
    LibraryDesk,
    Uploaded,
)


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library", open_embedder("hashing"), lock_wait_seconds=0.1)


@pytest.fixture
def desk(library):
    return LibraryDesk(library)


@pytest.fixture
def arrive(tmp_path):
    """Files as Gradio leaves them: each in a folder of its own, under a name that it made."""

    def arrive(*files):
        uploaded = []
        for number, (name, content) in enumerate(files):
            path = tmp_path / "uploads" / str(number) / "blob"
            path.parent.mkdir(parents=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            uploaded.append(Uploaded(path, name))
        return uploaded

    return arrive


def ending(adding):
    *_, last = adding.follow()
    assert last.state == "done"
    return last


def outcomes(adding):
    return [(result.name, result.outcome) for result in ending(adding).results]


def titles(desk):
    return [document.title for document in desk.page().documents]


# Uploading


def test_each_file_is_accounted_for_and_one_bad_file_stops_no_other(desk, arrive):
    files = arrive(
        ("港口.md", "# 港口\n\n港口建于 1931 年。"),
        ("program.exe", "MZ"),
        ("broken.pdf", "%PDF-1.7 and nothing else"),
        ("../../etc/note.txt", "The note was written in 1940."),
        ("empty.txt", ""),
    )
    progress = ending(desk.upload(files))
    assert [(result.name, result.outcome) for result in progress.results] == [
        ("港口.md", "added"),
        ("program.exe", "failed"),
        ("broken.pdf", "failed"),
        ("note.txt", "added"),
        ("empty.txt", "failed"),
    ]
    assert all(result.rejected[0].reason for result in progress.results if result.outcome == "failed")
    assert (progress.read, progress.total, progress.passages) == (5, 5, 2)
    assert {document.source for document in desk.page().documents} == {"upload:港口.md", "upload:note.txt"}


def test_nothing_of_what_arrived_stays(desk, arrive, tmp_path):
    files = arrive(("a.md", "One."), ("b.exe", "MZ"), ("a.md", "Two."))
    ending(desk.upload(files))
    assert list((tmp_path / "uploads").rglob("*")) == []


def test_a_file_of_the_same_name_takes_the_place_of_the_earlier(desk, arrive):
    text = "The mill closed in 1950. 磨坊于 1950 年关闭。"
    assert outcomes(desk.upload(arrive(("mill.md", text)))) == [("mill.md", "added")]
    assert outcomes(desk.upload(arrive(("mill.md", text)))) == [("mill.md", "unchanged")]
    assert outcomes(desk.upload(arrive(("mill.md", text.replace("1950", "1951"))))) == [("mill.md", "replaced")]
    assert desk.page().total == 1
    assert outcomes(desk.upload(arrive(("other.md", text.replace("1950", "1951"))))) == [("other.md", "unchanged")]


def test_two_files_of_one_name_do_not_replace_each_other(desk, arrive):
    progress = ending(desk.upload(arrive(("mill.md", "One."), ("dir/mill.md", "Two."))))
    assert [result.outcome for result in progress.results] == ["added", "failed"]
    assert progress.results[1].rejected[0].reason == SAME_NAME


def test_a_file_over_the_limit_is_told_so(desk, arrive):
    (result,) = ending(desk.upload(arrive(("big.txt", b"a" * (MAX_FILE_BYTES + 1))))).results
    assert (result.outcome, result.rejected[0].reason) == ("failed", "is over the limit of 20,000,000 bytes; split it")


def test_a_file_that_is_not_there_is_told_so(desk, tmp_path):
    progress = ending(desk.upload([Uploaded(tmp_path / "gone", "gone.md")]))
    assert [(one.outcome, one.rejected[0].reason) for one in progress.results] == [("failed", LOST)]


def test_what_cannot_be_read_of_an_archive_is_told_beside_what_can(desk, arrive, tmp_path):
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.md", "# Good\n\nWords.")
        archive.writestr("bad.pdf", "%PDF-1.7")
    (result,) = ending(desk.upload(arrive(("both.zip", path.read_bytes())))).results
    assert (result.outcome, result.documents, result.rejected[0].member) == ("added", 1, "bad.pdf")


# Stopping


class SlowEmbedder(HashingEmbedder):
    """Waits in the middle of its work until it is let go on."""

    def __init__(self):
        self.begun, self.go_on = threading.Event(), threading.Event()

    def embed_passages(self, texts, progress=None):
        self.begun.set()
        assert self.go_on.wait(30)
        return super().embed_passages(texts, progress)


@pytest.fixture
def slow(tmp_path):
    return Library(tmp_path / "slow", SlowEmbedder())


@contextlib.contextmanager
def followed(adding):
    """The run, with somebody following it; `.result()` is the list of what they saw."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(lambda: list(adding.follow()))


def test_stopping_adds_nothing_that_was_not_finished(slow, arrive, tmp_path):
    desk = LibraryDesk(slow)
    adding = desk.upload(arrive(("one.md", "One. 一。"), ("two.md", "Two. 二。")))
    with followed(adding) as seen:
        assert slow.embedder.begun.wait(30)
        adding.stop()
        slow.embedder.go_on.set()
    assert [result.outcome for result in seen.result()[-1].results] == ["stopped", "stopped"]
    assert desk.page().total == 0
    assert slow.verify() == []
    assert list((tmp_path / "uploads").rglob("*")) == []


def test_what_was_finished_before_stays(slow, arrive):
    desk = LibraryDesk(slow)
    slow.embedder.go_on.set()
    ending(desk.upload(arrive(("one.md", "One. 一。"))))
    adding = desk.paste("", "Two. 二。")
    adding.stop()
    assert [result.outcome for result in ending(adding).results] == ["stopped"]
    assert titles(desk) == ["one"]


def test_one_waits_for_the_other_and_can_be_stopped_while_it_waits(slow, arrive):
    desk = LibraryDesk(slow)
    first, second = desk.paste("one", "One. 一。"), desk.paste("two", "Two. 二。")
    with followed(first) as seen:
        assert slow.embedder.begun.wait(30)
        second.stop()
        waiting = list(second.follow())
        slow.embedder.go_on.set()
    assert waiting[-1].results[0].outcome == "stopped"
    assert seen.result()[-1].results[0].outcome == "added"
    assert titles(desk) == ["one"]


def test_another_program_that_writes_is_the_reason(desk, library, arrive):
    ending(desk.paste("", "First."))
    with library._access.locked():
        progress = ending(desk.upload(arrive(("a.md", "Words."))))
    assert isinstance(progress.problem, LibraryBusy)
    assert [result.outcome for result in progress.results] == ["stopped"]


def test_what_nobody_foresaw_has_a_reference_in_the_log(tmp_path, arrive, caplog):
    class Failing(HashingEmbedder):
        def embed_passages(self, texts, progress=None):
            raise RuntimeError("secret detail")

    progress = ending(LibraryDesk(Library(tmp_path / "failing", Failing())).paste("", "Words."))
    assert progress.reference
    assert progress.reference in caplog.text


# Pasting


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        ("", "# 标题\n\n正文。", "标题"),
        ("计划 2025/26.v2", "# 标题\n\n正文。", "计划 2025/26.v2"),
        ("Plan", "Words.", "Plan"),
        ("", "Left \u202eright 右。", "Left �right 右。"),
        ("", "\n- 港口于 1931 年建成。\n第二行。", "港口于 1931 年建成。"),
        ("", "The harbour of the town was built in 1931 by two.", "The harbour of the town was built in 19…"),
        ("两行\n标题", "Words 文字。", "两行 标题"),
    ],
)
def test_a_text_is_called_by_its_title(desk, title, text, shown):
    assert ending(desk.paste(title, text)).results[0].outcome == "added"
    assert titles(desk) == [shown]


def test_a_text_of_the_same_title_takes_the_place_of_the_earlier(desk):
    assert outcomes(desk.paste("Mill", "Closed in 1950.")) == [("Mill", "added")]
    assert outcomes(desk.paste("Mill", "Closed in 1951.")) == [("Mill", "replaced")]
    for text in ("甲。", "乙。"):
        assert outcomes(desk.paste("", text)) == [("", "added")]
    assert desk.page().total == 3


@pytest.mark.parametrize("text", ["", "  \n", "。！"])
def test_a_text_without_a_letter_is_refused(desk, library, text):
    assert ending(desk.paste("Title", text)).results[0].outcome == "failed"
    assert not library.exists()


def test_a_text_that_is_too_long_is_refused_whole(desk):
    (result,) = ending(desk.paste("", "字" * (LONGEST_TEXT + 1))).results
    assert (result.outcome, result.rejected[0].reason) == ("failed", TEXT_TOO_LONG)


# The list


@pytest.fixture
def many(library):
    names = [f"第 {number} 篇 Ｎｏｔｅ" for number in range(PAGE_SIZE + 3)]
    list(library.add(make_document(f"Text {name}.", name=name, source=f"upload:{name}") for name in names))
    return names


def test_the_newest_stand_first_fifty_on_a_page(desk, many):
    first, second = desk.page(), desk.page(number=1)
    assert [one.title for one in (*first.documents, *second.documents)] == many[::-1]
    assert (len(first.documents), first.pages, first.total, second.number) == (PAGE_SIZE, 2, PAGE_SIZE + 3, 1)


@pytest.mark.parametrize(("number", "shown"), [(-1, 0), (7, 1)])
def test_a_page_that_is_not_there_is_the_nearest(desk, many, number, shown):
    assert desk.page(number=number).number == shown


@pytest.mark.parametrize(
    ("looked_for", "matching"), [("第 7 篇", 1), ("note", PAGE_SIZE + 3), (" NOTE ", PAGE_SIZE + 3), ("%", 0)]
)
def test_titles_are_found_in_either_case_and_width(desk, many, looked_for, matching):
    assert desk.page(looked_for).matching == matching


def test_a_library_that_was_never_made_is_empty(desk):
    page = desk.page()
    assert (page.documents, page.total, page.pages) == ((), 0, 1)


# Reading again


@pytest.fixture
def file(tmp_path, library):
    """A file that `tongwen add` read."""
    path = tmp_path / "计划 plan.md"
    path.write_text("# Plan\n\nIn 2025.", "utf-8")
    with Parser() as parser:
        list(library.add_files(load_paths([path], parser)))
    return path


def test_a_file_of_the_server_is_read_again(desk, file):
    file.write_text("# Plan\n\nIn 2026.", "utf-8")
    (document,) = desk.page().documents
    assert desk.can_read_again(document)
    assert outcomes(desk.read_again(document.id)) == [(str(file), "replaced")]
    assert desk.page().documents[0].id != document.id


def test_a_file_that_is_gone_leaves_what_was_read_of_it(desk, file):
    file.unlink()
    (document,) = desk.page().documents
    (result,) = ending(desk.read_again(document.id)).results
    assert (result.outcome, result.rejected[0].reason) == ("failed", "does not exist; check the path")
    assert desk.page().documents == (document,)


def test_a_link_that_took_the_place_of_a_file_is_not_followed(desk, file, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("The password is 12345.")
    file.unlink()
    file.symlink_to(secret)
    (document,) = desk.page().documents
    (result,) = ending(desk.read_again(document.id)).results
    assert (result.outcome, result.rejected[0].reason) == ("failed", ELSEWHERE)
    assert desk.page().documents == (document,)


@pytest.mark.parametrize("name", ["x.md", "/etc/passwd.md", "C:\\secret.md"])
def test_what_was_uploaded_names_no_file_of_the_server(desk, arrive, name):
    ending(desk.upload(arrive((name, "Words."))))
    (document,) = desk.page().documents
    assert not desk.can_read_again(document)
    with pytest.raises(CannotReadAgain):
        desk.read_again(document.id)


@pytest.mark.parametrize("title", ["/etc/hostname", "http://127.0.0.1/", "https://intranet/"])
def test_what_was_pasted_names_no_file_and_no_address(library, title):
    desk = LibraryDesk(library, parse_allowed_hosts("127.0.0.1, intranet"))
    ending(desk.paste(title, "Words."))
    (document,) = desk.page().documents
    assert not desk.can_read_again(document)
    with pytest.raises(CannotReadAgain):
        desk.read_again(document.id)


@pytest.mark.parametrize(("hosts", "can"), [("", False), ("other.example", False), ("wiki.example", True)])
def test_only_pages_of_allowed_hosts_are_read_again(library, hosts, can):
    list(library.add([make_document("Words.", name="page", source="https://wiki.example/a")]))
    desk = LibraryDesk(library, parse_allowed_hosts(hosts))
    assert desk.can_read_again(desk.page().documents[0]) is can


# Removing


def test_a_removed_document_comes_back(desk, library, file):
    before = library.documents(), library.files()
    undo = desk.remove(desk.page().documents[0].id)
    assert desk.page().total == 0
    assert not undo.is_over
    assert desk.bring_back(undo).title == "Plan"
    assert (library.documents(), library.files()) == before


def test_it_does_not_come_back_in_the_place_of_another(desk, arrive):
    ending(desk.upload(arrive(("a.md", "One."))))
    undo = desk.remove(desk.page().documents[0].id)
    ending(desk.upload(arrive(("a.md", "Two."))))
    with pytest.raises(SourceTaken):
        desk.bring_back(undo)


def test_the_time_to_undo_is_limited(desk, file):
    undo = desk.remove(desk.page().documents[0].id)
    assert not undo.is_over
    assert replace(undo, until=undo.until - UNDO_SECONDS).is_over
    assert UNDO_SECONDS == 600
    assert "In 2025" not in repr(undo)
