"""Files into documents, and one clear line for each that cannot be one."""

import os
from pathlib import Path

import pytest

from index.errors import EmptyText, FileTooLarge, LoadError, UndecodableText, UnsupportedFormat
from index.loading import SAMPLE_NAMES, find_files, load_bytes, load_file, load_samples, make_document

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


def test_the_source_is_the_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.txt")
    monkeypatch.chdir(tmp_path)
    assert load_file(Path("a.txt")).source == str(path.resolve())


def test_the_same_text_is_the_same_document(tmp_path: Path) -> None:
    assert load_file(put(tmp_path, "a.txt")).id == load_file(put(tmp_path, "b/c.md")).id


@pytest.mark.parametrize(
    ("name", "content", "error", "advice"),
    [
        ("a.txt", b"", EmptyText, "nothing to add"),
        ("a.txt", b"\xef\xbb\xbf", EmptyText, "nothing to add"),
        ("a.md", " \n\t　\r\n", EmptyText, "nothing to add"),
        ("a.md", "……！？——\n***\n🙂", EmptyText, "nothing to add"),
        ("a.txt", "资本支出".encode("gbk"), UndecodableText, "save it as UTF-8"),
        ("a.txt", "资本支出".encode("utf-16"), UndecodableText, "save it as UTF-8"),
        ("a.txt", b"text\0more", UndecodableText, "supported are"),
        ("a.txt", "截断".encode()[:-1], UndecodableText, "save it as UTF-8"),
        ("a.pdf", b"%PDF-1.7", UnsupportedFormat, "convert it to plain text"),
        ("README", b"text", UnsupportedFormat, "no suffix"),
        (".txt", b"text", UnsupportedFormat, "no suffix"),
    ],
)
def test_what_cannot_be_a_document_says_what_to_do(
    tmp_path: Path, name: str, content: bytes | str, error: type[LoadError], advice: str
) -> None:
    path = put(tmp_path, name, content)
    with pytest.raises(error, match=advice) as raised:
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
