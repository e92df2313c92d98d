"""Names of what is sent: whatever they are, they name no path, and can be stored and shown."""

import pytest

from index.embedding import open_embedder
from index.library import Library
from index.parsing import Parser
from ui.offered import LONGEST_NAME, Offered, addable, file_name, read_offered


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("年报 2026.pdf", "年报 2026.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\报告.docx", "报告.docx"),
        ("two\nlines.md", "two lines.md"),
        ("\u202efdp.exe", "fdp.exe"),
        ("half \ud800.txt", "half.txt"),
        ("\x1b[2Jclear.txt", "[2Jclear.txt"),
        ("👩‍💻.md", "👩‍💻.md"),
        ("", "file"),
        (" / ", "file"),
        ("\0", "file"),
    ],
)
def test_a_name_that_was_sent(sent, name):
    assert file_name(sent) == name


@pytest.mark.parametrize("letter", ["a", "字"])
def test_a_long_name_keeps_its_suffix(letter):
    name = file_name(letter * 5_000 + ".pdf")
    assert len(name) == LONGEST_NAME
    assert name.endswith(f"{letter}.pdf")


def test_a_text_may_be_called_what_no_file_can(tmp_path):
    offered = Offered.text("Plain words. 普通的话。", "2025/26 计划.v2", "text", "api")
    with Parser() as parser:
        (loaded,) = read_offered([offered], parser)
    assert (loaded.source, loaded.documents[0].title) == ("api:2025/26 计划.v2", "2025/26 计划.v2")


def test_half_a_character_in_a_text_does_not_keep_it_out():
    with Parser() as parser:
        (loaded,) = read_offered([Offered.text("半个 \ud800 字", "", "text", "api")], parser)
    assert loaded.documents[0].text == "半个 ? 字"


def test_what_there_is_nothing_of_makes_no_library(tmp_path):
    library, refused = Library(tmp_path / "library", open_embedder("hashing")), []
    with Parser() as parser:
        files = read_offered([Offered.file("x.exe", b"MZ"), Offered.file("empty.txt", b"")], parser)
        assert list(library.add_files(addable(files, refused.append))) == []
    assert [one.source for one in refused] == ["upload:x.exe", "upload:empty.txt"]
    assert not library.exists()
