"""Plain text and Markdown as they are, with a note where the encoding had to be found out."""

import pytest

from index.errors import UndecodableText
from index.extraction import Extracted
from index.formats.text import read


def extract(content: bytes, name: str) -> Extracted:
    (found,) = read(content, name)
    assert isinstance(found, Extracted)
    return found


@pytest.mark.parametrize(
    "text", ["# 预算\r\n\r\n今年。", "# Budget\n\nThis year.", "# 预算 budget\n\n2000 亿 dollars。\n", ""]
)
@pytest.mark.parametrize(
    ("name", "structure"), [("a.md", "markdown"), ("报告.MARKDOWN", "markdown"), ("a.txt", "text"), ("-", "text")]
)
def test_text_is_kept_and_the_suffix_says_the_structure(text: str, name: str, structure: str) -> None:
    found = extract(text.encode(), name)
    assert (found.text, found.structure, found.notes) == (text, structure, ())
    assert found.metadata == {"format": structure}


@pytest.mark.parametrize(
    ("text", "codec", "encoding", "notes"),
    [
        ("今年的资本支出比去年增加了。", "gbk", "gb18030", 1),
        ("今年的資本支出比去年增加了。", "big5", "big5", 1),
        ("This year’s budget is “up” by more than that of the last.", "cp1252", "windows-1252", 1),
        ("今年的资本支出 capex。", "utf-16", "utf-16-le", 0),
    ],
)
def test_another_encoding_is_named(text: str, codec: str, encoding: str, notes: int) -> None:
    found = extract(text.encode(codec), "a.txt")
    assert (found.text, found.metadata["encoding"], len(found.notes)) == (text, encoding, notes)
    assert all(encoding in note for note in found.notes)


def test_undecodable_text_is_refused() -> None:
    with pytest.raises(UndecodableText):
        extract(b"\xff\xff\xff", "a.txt")
