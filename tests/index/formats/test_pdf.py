"""PDF: lines into paragraphs, pages into places, and what has no text reported."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from index.errors import LoadError
from index.extraction import Extracted
from index.formats import pdf
from index.radicals import repair_radicals
from tests.index import format_files

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

LONG_ZH = "本公司在二零二六年的资本支出预计达到两千亿元人民币主要用"
LONG_EN = "The company expects capital expenditure of two hundred"


def only(content: bytes) -> Extracted:
    (item,) = pdf.read(content, "a.pdf")
    assert isinstance(item, Extracted)
    return item


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([LONG_ZH, "于数据中心。"], f"{LONG_ZH}于数据中心。"),
        ([LONG_EN, "billion dollars."], f"{LONG_EN} billion dollars."),
        (["亚马逊 Amazon 公司今年要花费的资本支出是 2000 亿 dollars 即", "capex 两千亿。"], None),
        (["第一章 概述", LONG_ZH + "。", "短句。"], f"第一章 概述\n{LONG_ZH}。\n短句。"),
        (["Heading", LONG_EN + ".", "A short line."], f"Heading\n{LONG_EN}.\nA short line."),
    ],
    ids=["zh", "en", "mixed", "zh paragraphs", "en paragraphs"],
)
def test_lines_of_a_paragraph_are_joined(lines: list[str], text: str | None) -> None:
    assert only(format_files.pdf([lines])).text == (text or "".join(lines))


def test_radicals_are_ideographs_before_lines_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\r\n".join(["本公司在二零二六年的资本支出预计见⾸", "⻚。"])
    monkeypatch.setattr("pypdfium2.PdfTextPage.get_text_bounded", lambda page: text)
    assert only(format_files.pdf([["x"]])).text == "本公司在二零二六年的资本支出预计见首页。"


@pytest.mark.parametrize(("first", "second"), [(LONG_ZH, "于数据中心。"), (LONG_EN, "billion dollars.")])
def test_a_sentence_that_crosses_a_page_stays_one(first: str, second: str) -> None:
    found = only(format_files.pdf([["标题 Title", first], [second]]))
    space = " " if first.isascii() else ""
    assert found.text == f"标题 Title\n{first}{space}{second}"
    assert [(place.kind, place.label, found.text[place.start :][:2]) for place in found.places] == [
        ("page", "1", "标题"),
        ("page", "2", second[:2]),
    ]


@pytest.mark.parametrize(
    ("divided", "whole"),
    [
        (("The infor", "mation stood there. It was new."), "The information stood there. It was new."),
        (("A well", "known name. It is well-known here."), "A well-known name. It is well-known here."),
        (("Its long", "term plan. The term was long."), "Its long-term plan. The term was long."),
        (("The non", "Chinese text."), "The non-Chinese text."),
    ],
)
def test_a_hyphen_at_the_end_of_a_line(divided: tuple[str, str], whole: str) -> None:
    first, second = divided
    assert only(format_files.pdf([[f"{first}-", second]])).text == whole


def test_a_page_without_text_is_reported() -> None:
    found = only(format_files.pdf([["甲。"], [], ["Two."], []]))
    assert found.text == "甲。\n\nTwo."
    assert [place.label for place in found.places] == ["1", "3"]
    assert found.notes == ("pages 2, 4 hold only pictures or nothing; have the text recognised (OCR) if it is needed",)


def test_a_scanned_file_is_rejected() -> None:
    with pytest.raises(LoadError, match="OCR"):
        list(pdf.read(format_files.pdf([[], []]), "a.pdf"))


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("年度报告 Annual report", "年度报告 Annual report"),
        ("", "首行"),
        ("Microsoft Word - a.docx", "首行"),
        ("无标题", "首行"),
    ],
)
def test_the_title(stated: str, title: str) -> None:
    assert only(format_files.pdf([["首行", "正文。"]], stated)).title == title


def test_a_password() -> None:
    key = b"<" + b"41" * 32 + b">"
    encryption = b"<</Filter/Standard/V 1/R 2/O %s/U %s/P -4>>" % (key, key)
    content = format_files.assembled(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>", encryption],
        b"/Encrypt 3 0 R/ID[<41><41>]",
    )
    with pytest.raises(LoadError, match="protected by a password"):
        list(pdf.read(content, "a.pdf"))


def test_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    with pytest.raises(LoadError, match="has 3 pages, more than 2; split it"):
        list(pdf.read(format_files.pdf([["a"]] * 3), "a.pdf"))


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed to print with")
def test_a_page_that_a_browser_printed(tmp_path: Path) -> None:
    chinese = "本公司在二零二六年的资本支出预计达到两千亿元人民币，主要用于数据中心和芯片的采购，管理层认为必要。"
    english = (
        "The company expects capital expenditure of 200 billion dollars, mostly for centres and well-known chips. "
    )
    paragraphs = [2 * chinese, 2 * english, "首页内容：车辆长度为 12.5 米，见第三页。"]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<!doctype html><meta charset=utf-8><title>季度报告</title><body style='width:420px'>{body}"
    (tmp_path / "a.html").write_text(page, "utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={tmp_path}/profile", f"--print-to-pdf={tmp_path}/a.pdf", f"file://{tmp_path}/a.html"]
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    found = only((tmp_path / "a.pdf").read_bytes())
    assert found.title == "季度报告"
    assert [repair_radicals(line) for line in found.text.split("\n")] == [text.strip() for text in paragraphs]
