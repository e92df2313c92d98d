"""Files of other formats than text through the command line: what is reported, and the place of what is cited."""

import pytest

from tests.index import format_files


@pytest.mark.parametrize(
    ("question", "page", "shown"),
    [
        ("海源电池在宁波投资多少？", "2", "第 2 页"),
        ("How much will Haiyuan Batteries spend in Ningbo?", "3", "page 3"),
    ],
)
def test_a_citation_names_the_page(tongwen, place, question, page, shown):
    pages = [
        ["目录 Contents"],
        ["海源电池将在宁波投资 35 亿元建设工厂。"],
        ["Haiyuan Batteries will spend 3.5 billion yuan on a plant in Ningbo."],
    ]
    (place / "report.pdf").write_bytes(format_files.pdf(pages, "年报 Report"))
    assert tongwen("add", "report.pdf").status == 0
    answer = tongwen("ask", question, "--json").json
    places = {citation["quote"]: citation["place"] for citation in answer["citations"]}
    assert {"kind": "page", "label": page} in places.values()
    assert f"年报 Report › {shown}" in tongwen("ask", question).out
    hits = tongwen("search", question, "--json").json["hits"]
    assert all(hit["place"]["kind"] == "page" for hit in hits)
    assert "› page " in tongwen("search", question).out


def test_notes_and_members_are_reported(tongwen, place):
    members = [("a.md", "# 甲\n\n正文。"), ("bad.docx", b"x"), ("picture.png", b"x")]
    (place / "a.zip").write_bytes(format_files.packed(members))
    result = tongwen("add", "a.zip", "--json")
    assert result.status == 1
    assert [one["source"].rpartition("/")[2] for one in result.json["documents"]] == ["a.zip#a.md"]
    (failed,) = result.json["failed"]
    assert failed["source"].endswith("a.zip#bad.docx")
    assert failed["error"].startswith("is not a Word file")
    assert ".png 1" in result.json["notes"][0]["note"]


def test_an_address_is_refused(tongwen):
    assert tongwen("add", "https://example.org/a.html").status == 1
