"""Word, PowerPoint and Excel files: what is read of them, in their order, with places."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from index.errors import LoadError
from index.extraction import Extracted
from index.formats import registry
from index.formats.number_format import format_number
from index.formats.sheets import _uncomputed
from index.formats.tables import one_line, row_sentences
from tests.index import format_files


def only(content: bytes, name: str) -> Extracted:
    """The one document of a file, read in this process."""
    (item,) = registry.read(content, name)
    assert isinstance(item, Extracted)
    assert [place.start for place in item.places] == sorted({place.start for place in item.places})
    return item


def parts(found: Extracted) -> dict[str, str]:
    """The text of each place."""
    ends = [*(place.start for place in found.places[1:]), len(found.text)]
    return {place.label: found.text[place.start : end] for place, end in zip(found.places, ends, strict=True)}


# Word


def test_word_blocks_in_their_order() -> None:
    found = only(
        format_files.docx(
            "# 年度报告 2026",
            "本公司资本支出为 2000 亿元。",
            "## Outlook",
            "- 第一点",
            "- second point",
            [["部门", "预算"], ["研发", "12.5 亿元"], ["市场", ""]],
            "The end.",
        ),
        "a.docx",
    )
    assert found.text.split("\n\n") == [
        "# 年度报告 2026",
        "本公司资本支出为 2000 亿元。",
        "## Outlook",
        "- 第一点",
        "- second point",
        "部门：研发；预算：12.5 亿元。\n部门：市场。",
        "The end.",
    ]
    assert found.structure == "markdown"


@pytest.mark.parametrize("text", ["# 不是标题", "---", "===", "```"])
def test_what_looks_like_markup_in_word_is_none(text: str) -> None:
    body = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in ("正文 before", text, "after"))
    assert only(with_body(body), "a.docx").text == f"正文 before\n\n\\{text}\n\nafter"


def with_body(xml: str, extra: dict[str, str] | None = None) -> bytes:
    """A Word file whose body is this XML."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(format_files.docx("X"))) as source,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            part = source.read(name).decode("utf-8", "surrogateescape")
            if name == "word/document.xml":
                start, end = part.index("<w:body>") + 8, part.index("<w:sectPr")
                part = part[:start] + xml + part[end:]
            if name == "word/_rels/document.xml.rels" and extra:
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
                part = part.replace(
                    "</Relationships>",
                    f'<Relationship Id="rF" Type="{kind}" Target="footnotes.xml"/></Relationships>',
                )
            if name == "[Content_Types].xml" and extra:
                kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
                part = part.replace(
                    "</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
                )
            copy.writestr(name, part.encode("utf-8", "surrogateescape"))
        for name, part in (extra or {}).items():
            copy.writestr(name, part)
    return content.getvalue()


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<w:p><w:ins w:id='1'><w:r><w:t>新增的话。</w:t></w:r></w:ins></w:p>", "新增的话。"),
        ("<w:p><w:r><w:t>甲</w:t></w:r><w:del w:id='1'><w:r><w:delText>乙</w:delText></w:r></w:del></w:p>", "甲"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>", "In a control."),
        ("<w:p><w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>三</w:t></w:r></w:p>", "one\ntwo\t三"),
        ("<w:p><w:pPr><w:outlineLvl w:val='1'/></w:pPr><w:r><w:t>标题</w:t></w:r></w:p>", "## 标题"),
    ],
    ids=["insertion", "deletion", "control", "breaks", "outline level"],
)
def test_what_word_keeps_around_text(xml: str, text: str) -> None:
    assert only(with_body(xml), "a.docx").text == text


def test_a_cell_of_word_keeps_its_minus_and_has_no_markup() -> None:
    rows = [["部门", "变化"], ["研发", "-12.5%"], ["市场", "# 3"], ["其他", "---"]]
    assert only(format_files.docx(rows), "a.docx").text == (
        "部门：研发；变化：-12.5%。\n部门：市场；变化：# 3。\n部门：其他；变化：---。"
    )
    item = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>"
    row = f"<w:tr><w:tc>{item % '甲'}{item % '-5'}</w:tc><w:tc>{item % 'Two words'}</w:tc></w:tr>"
    assert only(with_body(f"<w:tbl>{row}</w:tbl>"), "a.docx").text == "甲 -5；Two words。"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("中文，\r\n继续", "中文，继续"),
        ("hello\n world", "hello world"),
        ("Revenue\nUSD m（百万美元）", "Revenue USD m（百万美元）"),
        ("2024\n2025年", "2024 2025年"),
        (" 合计  总 \n", "合计 总"),
        ("\n", ""),
    ],
)
def test_the_text_of_a_cell_on_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_footnotes_follow_the_text() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f"<w:footnotes {space}><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>--</w:t></w:r></w:p></w:footnote>"
        "<w:footnote w:id='1'><w:p><w:r><w:t>见附录三。</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    body = "<w:p><w:r><w:t>正文</w:t></w:r></w:p>"
    assert only(with_body(body, {"word/footnotes.xml": notes}), "a.docx").text == "正文\n\n见附录三。"


# PowerPoint


def test_each_slide_is_a_place() -> None:
    found = only(
        format_files.pptx(("产品路线", "第一点。\nSecond point.", "备注：慢一点讲。"), ("Numbers", "Up 12 %.", "")),
        "a.pptx",
    )
    assert [(place.kind, place.label) for place in found.places] == [("slide", "1"), ("slide", "2")]
    assert {label: text.split() for label, text in parts(found).items()} == {
        "1": ["##", "产品路线", "第一点。", "Second", "point.", "备注：慢一点讲。"],
        "2": ["##", "Numbers", "Up", "12", "%."],
    }


def test_a_slide_without_text_is_reported() -> None:
    found = only(format_files.pptx(("", "", ""), ("标题", "正文", "")), "a.pptx")
    assert found.notes == ("slide 1 without text, only pictures or nothing",)
    assert [place.label for place in found.places] == ["2"]


# Excel and tables as text


def test_rows_carry_their_header_and_show_what_the_sheet_shows() -> None:
    rows = [
        ["季度", "收入", "日期", "占比"],
        ["一季度", 1234567.5, date(2026, 3, 31), 0.125],
        [],
        ["二季度", 45321.0, datetime(2026, 6, 30, 12, 30), True],
    ]
    content = format_files.xlsx(
        {"销售": rows, "Costs": [["Item", "Cost"], ["Rent", 1200]], "Empty": []},
        {("销售", "B2"): '"¥"#,##0.00', ("销售", "D2"): "0.0%"},
    )
    found = only(content, "年报.xlsx")
    assert parts(found) == {
        "销售": "## 销售\n\n季度：一季度；收入：¥1,234,567.50；日期：2026-03-31；占比：12.5%。\n"
        "季度：二季度；收入：45321；日期：2026-06-30 12:30；占比：TRUE。\n\n",
        "Costs": "## Costs\n\nItem: Rent; Cost: 1200.\n",
    }
    assert found.title == "年报"


def test_a_hidden_sheet_is_left_out_with_a_note() -> None:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(format_files.xlsx({"公开": [["a", "b"], ["c", "d"]], "内部": [["secret"]]})))
    workbook["内部"].sheet_state = "hidden"
    content = io.BytesIO()
    workbook.save(content)
    found = only(content.getvalue(), "a.xlsx")
    assert "secret" not in found.text
    assert found.notes == ("sheet 内部 is hidden and was left out; show it to have it read",)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("<c><f>SUM(B2:B3)</f></c>", 1),
        ("<c><f>B2</f><v></v></c>", 1),
        ('<c><f t="shared" si="0"/><v/></c>', 1),
        ('<x:c r="A1"><x:f>B2</x:f></x:c>', 1),
        ("<c><f>B2</f><v>7</v></c>", 0),
        ('<c t="str"><f>""</f><v></v></c>', 0),
        ("<c><v>7</v></c><c/>", 0),
    ],
)
def test_formulas_that_were_never_computed(cell: str, count: int) -> None:
    assert _uncomputed(cell.encode()) == count


def test_a_formula_without_a_value_is_told() -> None:
    found = only(format_files.xlsx({"a": [["项目", "额"], ["甲", 3], ["合计", "=SUM(B2:B2)"]]}), "a.xlsx")
    assert found.notes == (
        "left out, never computed: 1 formula; open it in Excel or LibreOffice, save it and add it again",
    )
    with pytest.raises(LoadError, match="no cell with a value; open it in Excel"):
        only(format_files.xlsx({"a": [["=1+1"]]}), "a.xlsx")


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (45321.0, "General", "45321"),
        (0.1 + 0.2, "General", "0.3"),
        (12, "General", "12"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (0.1256, "0%", "13%"),
        (0.1256, "0.00%", "12.56%"),
        (3.5, "0.0##", "3.5"),
        (2000, "[$¥-804]#,##0", "¥2,000"),
        (2000, '#,##0"亿元"', "2,000亿元"),
        (1e20, "General", "1e+20"),
        (0.00001, "General", "1e-05"),
        (float("nan"), "General", ""),
        (2.5, "0", "3"),
        (1.005, "0.00", "1.01"),
        (-0.4, "0", "0"),
        (3, "0.0##", "3.0"),
        (1, "000000", "000001"),
        (-1234, "¥#,##0;[Red]¥-#,##0", "-¥1,234"),
        (-1234.5, r"#,##0.00_);[Red]\(#,##0.00\)", "(1,234.50)"),
        (-1234, "#,##0;[Red]#,##0", "-1,234"),
        (1500, "[$CNY] #,##0.00", "CNY 1,500.00"),
        (1234567890, '#,##0,,"M"', "1,235M"),
        (12.5, '0.0"%"', "12.5%"),
        (12345, '0!.0,"万"', "12345"),
        (12345, '[>=10000]0!.0,"万";0', "12345"),
        (0.5, "# ?/?", "0.5"),
        (13800138000, "000-0000-0000", "13800138000"),
        (5, '"第"0"章"', "第5章"),
        (3, 'General"元"', "3元"),
    ],
)
def test_a_number_as_it_is_displayed(value: float, number_format: str, shown: str) -> None:
    assert format_number(value, number_format) == shown


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([["姓名", "城市"], ["张三", "北京"]], ["姓名：张三；城市：北京。"]),
        ([["Name", "City"], ["Ann", "Leeds"], ["Bo", ""]], ["Name: Ann; City: Leeds.", "Name: Bo."]),
        ([["地区 Region", "2025", "2026"], ["North", "3", "4"]], ["地区 Region：North；2025：3；2026：4。"]),
        ([["销售表", ""], ["季度", "额"], ["一", "5"]], ["销售表。", "季度：一；额：5。"]),
        ([["1", "2"], ["3", "4"]], ["1; 2.", "3; 4."]),
        ([["同", "同"], ["3", "4"]], ["同；同。", "3; 4."]),
        ([["Name", "City"]], ["Name; City."]),
        ([["说明", "值"], ["甲。", "乙。"]], ["说明：甲。；值：乙。"]),
        ([], []),
    ],
    ids=["zh", "en", "mixed with years", "title above", "numbers", "no names", "one row", "full stops", "empty"],
)
def test_rows_as_sentences(rows: list[list[str]], lines: list[str]) -> None:
    assert list(row_sentences(rows)) == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_as_text(encoding: str, delimiter: str) -> None:
    lines = [["姓名", "备注", "城市"], ["张三", '"一,二;三"', "北京市朝阳区"], ["李四", "没有什么可说的", "上海"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert (
        only(content, "a.csv").text
        == "姓名：张三；备注：一,二;三；城市：北京市朝阳区。\n姓名：李四；备注：没有什么可说的；城市：上海。"
    )


def test_a_quotation_mark_that_is_never_closed_hides_no_row() -> None:
    content = '名称,备注\n"甲,x\n乙,y\n丙,z\n'.encode()
    assert only(content, "a.csv").text == '名称："甲；备注：x。\n名称：乙；备注：y。\n名称：丙；备注：z。'


def test_a_table_that_names_its_delimiter() -> None:
    assert only(b"sep=;\r\nName;City\r\nAnn;Leeds, West\r\n", "a.csv").text == "Name: Ann; City: Leeds, West."


def test_a_long_table_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.formats.sheets.MAX_ROWS", 3)
    found = only(b"a,b\n" + b"c,1\n" * 5, "a.csv")
    assert found.text.count("\n") == 1
    assert "more than 3 rows" in found.notes[0]


# Names and contents that differ


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.txt", "a.zip", "a.pdf"])
def test_an_office_file_under_any_name(name: str) -> None:
    found = only(format_files.docx("正文 text."), name)
    assert found.text == "正文 text."
    assert bool(found.notes) == (name != "a.docx")


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.docx", "has a password"),
        (b"<html><body>text</body></html>", "a.docx", "is not a Word file"),
        (format_files.packed([("a.txt", "x")]), "a.docx", "holds no Word document"),
        (b"Rar!\x1a\x07\x00", "a.zip", "is a RAR file"),
        (format_files.docx("x")[:-30], "a.docx", "damaged or not a complete zip"),
    ],
    ids=["password", "html", "zip", "rar", "cut short"],
)
def test_what_is_not_what_its_name_says(content: bytes, name: str, reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        list(registry.read(content, name))
