"""Files into documents, and one clear line for each that cannot be one."""

import hashlib
import io
import os
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from index.errors import FileTooLarge, LoadError, UndecodableText
from index.extraction import LoadedFile, Rejected
from index.folders import find
from index.loading import (
    SAMPLE_NAMES,
    find_files,
    load_bytes,
    load_file,
    load_path,
    load_paths,
    load_samples,
    make_document,
)
from index.parsing import Parser

AS_ROOT = os.geteuid() == 0


def put(folder: Path, name: str, content: bytes | str = "正文 text。") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("text", ["今年的预算。\r\n第二行。", "This year's budget.\n", "预算 budget\t达 2000 亿。"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".TXT", ".markdown"])
def test_the_text_of_a_file_is_kept_exactly(tmp_path: Path, text: str, suffix: str) -> None:
    assert load_file(put(tmp_path, "报告" + suffix, text)).text == text


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert load_file(put(tmp_path, "a.txt", b"\xef\xbb\xbf" + "预算".encode())).text == "预算"


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("report.md", "# 年度报告\n\n正文。", "年度报告"),
        ("report.md", "Annual report\n===\n\nBody.", "Annual report"),
        ("report.md", "---\ntitle: x\n---\n# 标题\n\n正文。", "标题"),
        ("年报.md", "没有标题。", "年报"),
        ("report.v2.txt", "# 不是标题", "report.v2"),
    ],
)
def test_the_title_is_the_first_heading_or_the_name(tmp_path: Path, name: str, text: str, title: str) -> None:
    assert load_file(put(tmp_path, name, text)).title == title


@pytest.mark.parametrize("text", ["预算。\n\n- 一\n\n---\n\n完。", "Budget.\n\n- one\n\n---\n\nEnd."])
def test_headings_of_a_file_are_looked_for_only_where_time_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def in_this_process(text: str) -> None:
        pytest.fail("the child process has looked for them")

    monkeypatch.setattr("index.loading.first_heading", in_this_process)
    assert load_file(put(tmp_path, "年报.md", text)).title == "年报"


@pytest.mark.parametrize(
    ("name", "member", "title"),
    [("年报.jsonl", None, "年报 #1"), ("a.zip", "部门/预算.txt", "预算"), ("a.zip", "in/年报.jsonl", "年报 #1")],
)
def test_the_title_of_a_member_is_its_own(tmp_path: Path, name: str, member: str | None, title: str) -> None:
    text = '{"text": "正文 text。"}'
    path = put(tmp_path, name, text)
    if member:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, text)
    with Parser() as parser:
        (document,) = load_path(path, parser).documents
    assert document.title == title


def test_the_source_is_the_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.txt")
    monkeypatch.chdir(tmp_path)
    assert load_file(Path("a.txt")).source == str(path.resolve())


def test_the_same_text_is_the_same_document(tmp_path: Path) -> None:
    assert load_file(put(tmp_path, "a.txt")).id == load_file(put(tmp_path, "b/c.md")).id


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.txt", b"", "nothing to add"),
        ("a.txt", b"\xef\xbb\xbf", "nothing to add"),
        ("a.md", " \n\t　\r\n", "nothing to add"),
        ("a.md", "……！？——\n***\n🙂", "nothing to add"),
        ("a.txt", b"text\0more", "supported are"),
        ("a.txt", "截断".encode()[:-1], "save it as UTF-8"),
        ("a.pdf", b"%PDF-1.7", "save it anew"),
        ("a.pdf", b"text", "correct its name"),
        ("a.docx", b"text", "save it anew"),
        ("a.doc", b"text", r"save it as \.docx"),
        ("picture.txt", b"\x89PNG\r\n", "convert it"),
        ("README", b"text", "no suffix"),
        (".txt", b"text", "no suffix"),
    ],
)
def test_what_cannot_be_a_document_says_what_to_do(
    tmp_path: Path, name: str, content: bytes | str, advice: str
) -> None:
    path = put(tmp_path, name, content)
    with pytest.raises(LoadError, match=advice) as raised:
        load_file(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_of_100_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000)  # sparse: it takes no space
    with pytest.raises(FileTooLarge, match="split it"):
        load_file(path)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.md").mkdir()
    with pytest.raises(LoadError, match="not a regular file"):
        load_file(tmp_path / "x.md")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(LoadError, match="not a regular file"):
        load_file(tmp_path / "pipe.txt")


@pytest.mark.parametrize("name", ["missing.txt", "a.txt/below.txt", "n" * 300 + ".txt", "nul\0.txt"])
def test_a_path_that_leads_nowhere(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.txt")
    for use in (find_files, load_file):
        with pytest.raises(LoadError, match="check the path"):
            use(tmp_path / name)


def test_a_circle_of_links(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    with pytest.raises(LoadError, match="check the path"):
        load_file(tmp_path / "a.txt")


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt")
    path.chmod(0)
    with pytest.raises(LoadError, match="permissions"):
        load_file(path)


def test_a_name_that_is_no_utf8_is_shown_with_escapes(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xd6\xd0.txt"))
    try:
        path.write_text("正文", "utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    document = load_file(path)
    assert document.title == r"\xd6\xd0"
    assert document.source.encode().endswith(rb"/\xd6\xd0.txt")


def test_the_files_of_a_folder_in_order_of_their_paths(tmp_path: Path) -> None:
    wanted = [put(tmp_path, name) for name in ("a.txt", "b/深/c.md", "b/d.TXT", "x.md/e.markdown")]
    for name in (".hidden.txt", ".git/a.txt", "b/.cache/a.md", "picture.png", "noext"):
        put(tmp_path, name)
    put(tmp_path, "outside/a.txt")
    (tmp_path / "b" / "linked.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "b" / "folder").symlink_to(tmp_path / "outside")
    wanted.append(tmp_path / "outside/a.txt")
    assert find_files(tmp_path) == sorted(wanted)


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(put(tmp_path, "a.txt"))
    assert load_file(find_files(tmp_path / "link.txt")[0]).source.endswith("a.txt")


def test_a_folder_with_nothing_readable(tmp_path: Path) -> None:
    put(tmp_path, "picture.png")
    with pytest.raises(LoadError, match="supported are"):
        find_files(tmp_path)


@pytest.mark.parametrize("text", ["资本\ud800支出", "half \udc00 a character"])
def test_half_a_character_is_no_text(text: str) -> None:
    with pytest.raises(UndecodableText, match="lone surrogate"):
        make_document(text, name="a", source="-")


def test_the_error_names_the_source() -> None:
    with pytest.raises(UndecodableText, match="the source is not UTF-8"):
        load_bytes(b"\xff", name="a", source="the source", kind="text")


def test_the_samples_are_a_chinese_and_an_english_article() -> None:
    samples = list(load_samples())
    assert [sample.language for sample in samples] == ["zh", "en"]
    assert [sample.source for sample in samples] == [f"sample:{name}" for name in SAMPLE_NAMES]


# Folders and files


@pytest.fixture
def parser() -> Iterator[Parser]:
    with Parser() as opened:
        yield opened


def loaded(paths: Iterable[Path], parser: Parser) -> dict[str, LoadedFile]:
    return {file.source.rpartition("/")[2]: file for file in load_paths(paths, parser)}


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path, parser: Parser) -> None:
    for name, content in (("a.txt", "甲。"), ("b.pdf", b"%PDF-1.7 cut"), ("c.md", "# C\n\nText."), ("d.csv", b"")):
        put(tmp_path, name, content)
    files = loaded([tmp_path, tmp_path / "missing.txt"], parser)
    assert {name: [one.title for one in file.documents] for name, file in files.items()} == {
        "a.txt": ["a"],
        "b.pdf": [],
        "c.md": ["C"],
        "d.csv": [],
        "missing.txt": [],
    }
    assert files["b.pdf"].rejected[0].reason.startswith("is damaged or not a complete PDF")
    assert files["missing.txt"].rejected == (Rejected("does not exist; check the path"),)


def test_the_state_of_a_file_is_that_of_its_bytes(tmp_path: Path, parser: Parser) -> None:
    path = put(tmp_path, "a.txt", "正文")
    state = load_path(path, parser).state
    assert state is not None
    assert state.size == 6
    assert state.modified_ns == path.stat().st_mtime_ns
    assert state.sha256 == hashlib.sha256("正文".encode()).hexdigest()


def test_what_a_folder_passes_over(tmp_path: Path) -> None:
    kept = [put(tmp_path, name) for name in ("a.txt", "b/c.md", "b/draft.txt")]
    for name in ("~$a.docx", "__MACOSX/a.txt", "b/.x.md", "old/a.txt", "b/old/c.txt", "b/notes.tmp.md", "c/d/e.txt"):
        put(tmp_path, name)
    put(tmp_path, "picture.png")
    put(tmp_path, ".tongwenignore", "# left out\nold/\n*.tmp.md\n\nc/d/*.txt\n")
    found = find(tmp_path)
    assert list(found.files) == kept
    assert found.note() == "files of formats that are not read were passed over: .png 1; name one to be told why"


def test_an_ignore_file_counts_for_its_folder_only(tmp_path: Path) -> None:
    put(tmp_path, "a/.tongwenignore", "x.txt")
    put(tmp_path, "a/x.txt")
    put(tmp_path, "a/b/x.txt")
    kept = [put(tmp_path, "b/x.txt"), put(tmp_path, "x.txt")]
    assert find_files(tmp_path) == kept


def test_a_folder_of_which_all_is_ignored_says_so(tmp_path: Path) -> None:
    put(tmp_path, "报告.txt", "正文。")
    with_all_named = put(tmp_path, ".tongwenignore", "*.txt\n!报告.txt\n")
    with pytest.raises(LoadError, match=r"can be read and that no \.tongwenignore names"):
        find_files(tmp_path)
    with_all_named.write_text("other\n")
    assert [path.name for path in find_files(tmp_path)] == ["报告.txt"]


def test_what_was_passed_over_is_said_of_the_folder(tmp_path: Path, parser: Parser) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "picture.png")
    files = list(load_paths([tmp_path], parser))
    assert [bool(file.documents) for file in files] == [True, False]
    assert files[1].source == str(tmp_path)
    assert ".png 1" in files[1].notes[0]


def test_radicals_are_repaired_in_text_and_title(tmp_path: Path, parser: Parser) -> None:
    (document,) = load_path(put(tmp_path, "a.md", "# ⾸⻚\n\n⻋辆。"), parser).documents
    assert (document.title, document.text) == ("首页", "# 首页\n\n车辆。")


def test_documents_of_one_file_have_sources_of_their_own(tmp_path: Path, parser: Parser) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name is there twice
        for text in ("甲。", "乙。"):
            archive.writestr("深/a.txt", text)
    file = load_path(put(tmp_path, "a.zip", packed.getvalue()), parser)
    assert [one.source.rpartition("#")[2] for one in file.documents] == ["深/a.txt", "深/a.txt (2)"]
    assert [one.title for one in file.documents] == ["a", "a"]
    assert [one.text for one in file.documents] == ["甲。", "乙。"]
