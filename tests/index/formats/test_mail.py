"""E-mail as it is found: nothing of a message is lost, and headers are read whatever encoding they were put in."""

from __future__ import annotations

from base64 import b64encode

import pytest

from index.extraction import Extracted
from index.formats import registry


def read(*parts: bytes) -> list[Extracted]:
    """What is read of a message whose lines are `parts`."""
    found = list(registry.read(b"\r\n".join((b"From: a@example.org", *parts, b"")), "a.eml"))
    assert all(isinstance(item, Extracted) for item in found)
    return [item for item in found if isinstance(item, Extracted)]


def multipart(kind: bytes, *parts: bytes) -> tuple[bytes, ...]:
    """The lines of a container of `parts`, each with its own header."""
    head = (b"Subject: x", b"Content-Type: multipart/" + kind + b"; boundary=Q", b"")
    return (*head, *(b"--Q\r\n" + part for part in parts), b"--Q--")


def part(kind: bytes, text: bytes) -> bytes:
    return b"Content-Type: text/" + kind + b"; charset=utf-8\r\n\r\n" + text


def encoded(content: bytes, charset: bytes = b"gb2312") -> bytes:
    return b"=?" + charset + b"?B?" + b64encode(content) + b"?="


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_a_subject_of_bytes_that_no_header_may_hold(encoding: str) -> None:
    subject = "關於資本支出的會議紀要" if encoding == "big5" else "关于资本支出的会议纪要"
    (found,) = read(b"Subject: " + subject.encode(encoding), b"", b"Hello.")
    assert found.title == subject


def test_an_encoded_subject_with_a_character_beyond_its_charset() -> None:
    (found,) = read(b"Subject: Re: " + encoded("朱镕基讲话".encode("gbk")), b"", b"Hello.")
    assert found.title == "Re: 朱镕基讲话"


def test_an_encoded_subject_that_is_cut_within_a_character() -> None:
    subject = "关于资本支出的会议纪要".encode()
    (found,) = read(b"Subject: " + encoded(subject[:10], b"utf-8"), b" " + encoded(subject[10:], b"utf-8"), b"", b"Hi.")
    assert found.title == "关于资本支出的会议纪要"


def test_an_encoded_subject_that_is_damaged_is_kept_as_it_stands() -> None:
    (found,) = read(b"Subject: =?utf-8?B?a?= budget", b"", b"Hello.")
    assert found.title == "=?utf-8?B?a?= budget"


@pytest.mark.parametrize("kinds", [(b"html", b"plain"), (b"plain", b"html"), (b"plain", b"plain")])
def test_every_text_of_a_message_is_read(kinds: tuple[bytes, bytes]) -> None:
    parts = [part(kind, f"第 {number} 段正文。".encode()) for number, kind in enumerate(kinds, 1)]
    (found,) = read(*multipart(b"mixed", *parts))
    assert found.text.endswith("第 1 段正文。\n\n第 2 段正文。")


def test_an_alternative_that_is_empty_is_passed_over() -> None:
    (found,) = read(*multipart(b"alternative", part(b"plain", b" "), part(b"html", b"<p>The body.</p>")))
    assert found.text.endswith("The body.")


def test_a_page_in_a_message_is_read_whole() -> None:
    page = (
        "<h1>预算</h1><p>各位同事：</p><p>预算为三亿元，比去年多两成，请在周五前确认各部门的数字。</p>"
        "<nav>导航里的一句</nav><footer>此邮件仅供内部使用。</footer><p style='display:none'>看不见的一句</p>"
    )
    (found,) = read(b"Content-Type: text/html; charset=utf-8", b"", page.encode())
    for seen in ("# 预算", "各位同事：", "三亿元", "导航里的一句", "此邮件仅供内部使用。"):
        assert seen in found.text
    assert "看不见" not in found.text
    assert found.notes == ("left out, not visible to a reader: 1 × display:none",)


def test_the_charset_that_only_the_page_names() -> None:
    page = "<meta charset=gbk><p>預算為三億元</p>".encode("gbk")
    (found,) = read(b"Content-Type: text/html", b"", page)
    assert found.text.endswith("預算為三億元")


def test_a_container_without_borders_is_text() -> None:
    (found,) = read(b"Content-Type: multipart/mixed", b"", b"The body.")
    assert found.text.endswith("The body.")


def test_a_message_that_is_an_attached_file() -> None:
    disposition = b'Content-Disposition: attachment; filename="a.txt"'
    _, attached = read(b"Content-Type: text/plain", disposition, b"", b"The file.")
    assert (attached.member, attached.text.strip()) == ("a.txt", "The file.")


@pytest.mark.parametrize("name", ["说明书和价目表.txt".encode("gbk"), encoded("朱镕基讲话.txt".encode("gbk"))])
def test_the_name_of_an_attached_file(name: bytes) -> None:
    disposition = b'Content-Disposition: attachment; filename="' + name + b'"\r\n\r\n'
    _, attached = read(*multipart(b"mixed", part(b"plain", "正文。".encode()), disposition + b"The file."))
    assert attached.member in ("说明书和价目表.txt", "朱镕基讲话.txt")


def test_a_message_in_a_message_keeps_its_subject() -> None:
    inner = b"From: b@example.org\r\nSubject: " + ("关于资本支出的会议纪要" * 5).encode("gbk") + b"\r\n\r\nInner."
    forwarded = b"Content-Type: message/rfc822\r\n\r\n" + inner
    _, attached = read(*multipart(b"mixed", part(b"plain", b"Outer."), forwarded))
    assert attached.title == "关于资本支出的会议纪要" * 5
