"""E-mail and zip: what is inside is read as by itself, and nothing of a name is ever a path."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.errors import LoadError
from index.extraction import Extracted, Rejected
from index.formats import registry
from tests.index import format_files


def members(content: bytes, name: str) -> dict[str, str]:
    """The text of each member, or the reason why it has none."""
    items = list(registry.read(content, name))
    return {item.member: item.text if isinstance(item, Extracted) else item.reason for item in items}


# E-mail


@pytest.mark.parametrize(
    ("subject", "body", "first"),
    [
        (
            "关于预算",
            "预算为三亿元。",
            "主题：关于预算；发件人：李四 <li@example.org>；收件人：team@example.org；日期：2026-01-05 10:",
        ),
        (
            "Budget",
            "It is 300 million.",
            "Subject: Budget; From: 李四 <li@example.org>; To: team@example.org; Date: 2026-01-05 10",
        ),
        ("Re: 预算 budget", "Approved 已批准。", "主题：Re: 预算 budget；"),
    ],
    ids=["zh", "en", "mixed"],
)
def test_a_message_says_who_wrote_it_when_and_what(subject: str, body: str, first: str) -> None:
    (found,) = registry.read(format_files.eml(subject, body), "a.eml")
    assert isinstance(found, Extracted)
    assert found.text.startswith(first)
    assert found.text.endswith(f"\n\n{body}")
    assert found.title == subject
    assert found.metadata["date"] == "2026-01-05 10:00"


def test_a_charset_that_is_named_too_narrowly() -> None:
    head = "From: a@example.org\r\nSubject: x\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n"
    body = "镕基先生的正文内容在此，预算为三亿元。"  # 镕 is in GBK and not in GB 2312
    assert members(head.encode() + body.encode("gbk"), "a.eml")[""].endswith(body)


def test_the_plain_part_is_preferred_and_html_is_read_where_it_is_alone() -> None:
    both = members(format_files.eml("s", "plain 正文", html="<p>html</p>"), "a.eml")[""]
    assert both.endswith("plain 正文")
    head = "From: a@example.org\r\nSubject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    page = "<html><body><p>网页里的正文内容，说的是预算。</p><script>x</script></body></html>"
    alone = members((head + page).encode(), "a.eml")[""]
    assert "网页里的正文内容，说的是预算。" in alone
    assert "script" not in alone


def test_attachments_are_members() -> None:
    attached = [("报告.docx", format_files.docx("附件正文。")), ("picture.png", b"\x89PNG"), ("bad.pdf", b"%PDF-1.4")]
    content = format_files.eml("s", "正文", attached)
    found = members(content, "a.eml")
    assert found["报告.docx"] == "附件正文。"
    assert found["bad.pdf"].startswith("is damaged")
    first = next(iter(registry.read(content, "a.eml")))
    assert isinstance(first, Extracted)
    assert first.notes == ("attachments that are not read: picture.png",)


def test_what_is_no_message() -> None:
    with pytest.raises(LoadError, match="is not an e-mail"):
        list(registry.read(b"just text", "a.eml"))


# Zip


def test_every_member_is_read_by_its_format() -> None:
    content = format_files.packed(
        [
            ("文件夹/报告.txt", "正文。"),
            ("b.docx", format_files.docx("Word text.")),
            ("bad.docx", b"x"),
            ("picture.png", b"x"),
            ("__MACOSX/._a.txt", "x"),
            (".hidden.txt", "x"),
            ("~$b.docx", "x"),
            ("in.zip", format_files.packed([("深/c.md", "# 标题\n\n内容。")])),
        ]
    )
    assert members(content, "a.zip") == {
        "文件夹/报告.txt": "正文。",
        "b.docx": "Word text.",
        "bad.docx": "is not a Word file or is cut short; save it anew and add it again",
        "in.zip/深/c.md": "# 标题\n\n内容。",
    }


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_the_flag_of_utf8(encoding: str) -> None:
    stand_in = "x" * len("年度报告".encode(encoding)) + ".txt"
    content = format_files.packed([(stand_in, "正文")])
    content = content.replace(stand_in.encode(), "年度报告.txt".encode(encoding))
    assert list(members(content, "a.zip")) == ["年度报告.txt"]


def test_archives_in_archives_end() -> None:
    content = format_files.packed([("deep.txt", "x")])
    for _ in range(3):
        content = format_files.packed([("in.zip", content)])
    ((member, reason),) = members(content, "a.zip").items()
    assert member == "in.zip/in.zip"
    assert "too deep" in reason


def test_a_member_with_a_password() -> None:
    content = bytearray(format_files.packed([("secret.txt", "x"), ("open.txt", "正文")]))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert archive.namelist() == ["secret.txt", "open.txt"]
    content[6] |= 1  # the flag in the local header of the first member …
    content[content.index(b"PK\x01\x02") + 8] |= 1  # … and in the directory
    found = members(bytes(content), "a.zip")
    assert found["open.txt"] == "正文"
    assert "password" in found["secret.txt"]


def test_a_member_that_cannot_be_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "first")
        archive.writestr("b.txt", "second")
    damaged = bytearray(content.getvalue())
    start = damaged.index(b"a.txt") + len("a.txt")
    damaged[start : start + 10] = b"\x55" * 10
    found = members(bytes(damaged), "a.zip")
    assert found["a.txt"].startswith("is damaged inside its zip file")
    assert found["b.txt"] == "second"


def test_nothing_to_read_is_said_once() -> None:
    with pytest.raises(LoadError, match="holds no file that can be read"):
        list(registry.read(format_files.packed([("a.png", b"x")]), "a.zip"))


def test_a_rejected_member_is_named() -> None:
    (item,) = registry.read(format_files.packed([("a.docx", b"x")]), "a.zip")
    assert item == Rejected("is not a Word file or is cut short; save it anew and add it again", "a.docx")


@pytest.mark.parametrize("name", ["医院 report.docx", "a.xlsx", "a.zip", "a.txt"])
def test_a_pdf_under_another_name_is_read_as_one(name: str) -> None:
    (found,) = registry.read(format_files.pdf([["Visits: 860,000."]]), name)
    assert isinstance(found, Extracted)
    assert "is PDF in spite of its name" in found.notes[0]
