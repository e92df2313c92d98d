"""The page of a whole document: its text as it is, the cited sentence marked, and what is said where that fails."""

import html
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import fastapi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from index.embedding import open_embedder
from index.errors import LibraryBusy
from index.library import Library
from index.schema import Document, Place, sha256_text
from ui.document_messages import DOCUMENT_MESSAGES
from ui.rendering.document_page import Stretch, document_page, source_name
from ui.visitors import EVERYTHING, Visitor
from ui.web.documents import router_for

TEXT = (
    "# 年报 Annual report\n\n公司今年的资本支出将增至 2000 亿美元。<b>It climbs</b> & stays.\r\n\n"
    "## 开支\nUS$200 billion.\n"
)
QUOTE = "公司今年的资本支出将增至 2000 亿美元。"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    "# =-\n\r\t<>&\"'`*_[]资料，。a1"
)


def make_document(text=TEXT, **changes):
    known = {"title": "年报", "source": "/srv/private/年报.md", "language": "mixed", "metadata": {"format": "markdown"}}
    return Document(id=sha256_text(text)[:16], text=text, added_at=datetime(2026, 2, 3, tzinfo=UTC), **known | changes)


class Reader(HTMLParser):
    """The text of the document on its page, what of it is marked, and its headings."""

    def __init__(self, page):
        super().__init__()
        self.text, self.marked, self.headings, self.labels, self._open = "", "", [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self._open += [tag] if tag not in ("meta", "link") else []
        if tag[0] == "h" and tag[1:].isdecimal():
            self.headings.append("")

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "main" not in self._open:
            return
        if "p" in self._open:
            self.labels.append(data)
            return
        self.text += data
        self.marked += data if "mark" in self._open else ""
        if any(tag in self._open for tag in ("h2", "h3", "h4", "h5", "h6")):
            self.headings[-1] += data


def whole(document, start=0, end=0):
    return Stretch(document, 0, len(document.text), start, end)


@given(text=ANY_TEXT.filter(bool), data=st.data())
def test_the_text_is_that_of_the_document_whatever_is_set_off(text, data):
    offsets = st.integers(0, len(text))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    first, last = sorted((data.draw(offsets), data.draw(offsets)))
    places = tuple(Place("page", text, offset) for offset in sorted(data.draw(st.sets(offsets, max_size=3))))
    page = document_page(Stretch(make_document(text, places=places, title=text), first, last, start, end), "zh")
    shown = Reader(page)
    assert shown.text == text[first:last]
    assert shown.marked == text[max(start, first) : max(start, first, min(end, last))]
    assert page.count('id="sentence"') == bool(shown.marked)


def test_headings_and_places_are_set_off():
    document = make_document(places=(Place("page", "1", 0), Place("page", "2", TEXT.index("## 开支"))))
    shown = Reader(document_page(whole(document), "zh"))
    assert shown.headings[1:] == ["# 年报 Annual report\n", "## 开支\n"]
    assert shown.labels == ["第 1 页", "第 2 页"]


def test_text_that_is_no_markdown_has_no_headings():
    assert Reader(document_page(whole(make_document(metadata={"format": "text"})), "en")).headings == [""]


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        ("zh", ["来源|年报.md", "作者|李雷", "文档日期|2025-12-31", "加入日期|2026-02-03", "语言|中英混合"]),
        ("en", ["Source|年报.md", "Author|李雷", "Date of the document|2025-12-31", "Added on|2026-02-03",
                "Language|Chinese and English"]),
    ],
)  # fmt: skip
def test_the_page_says_where_the_document_is_from(language, facts):
    document = make_document(metadata={"author": "李雷", "date": "2025-12-31"})
    page = document_page(whole(document), language)
    assert [
        "|".join(fact) for fact in re.findall("<dt>(.*?)</dt><dd>(?:<time[^>]*>)?(.*?)(?:</time>)?</dd>", page)
    ] == facts
    assert "private" not in page


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/srv/private/年报.md", "年报.md"),
        ("C:\\private\\report.docx", "report.docx"),
        ("/srv/a.zip#folder/b.txt", "b.txt"),
        ("upload:report.pdf", "report.pdf"),
        ("sample:capex.zh.md", "capex.zh.md"),
        ("https://news.test/a/b?c=d", "https://news.test/a/b?c=d"),
        ("-", "直接输入的文字"),
    ],
)
def test_a_source_is_named_without_the_folders_of_the_server(source, name):
    assert source_name(source, DOCUMENT_MESSAGES["zh"]) == name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_are_said_to_be_what_they_are(language):
    page = document_page(whole(make_document(language="en")), language)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert '<main lang="en">' in page


LONG = "".join(f"第 {number} 句。{'·' * 2000}\n" for number in range(100, 370))  # what is no word is quickly indexed


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("documents") / "library", open_embedder("hashing"))
    list(library.add([make_document(), make_document(LONG, source="long.txt", metadata={})]))
    return library


def client_of(library, scopes=EVERYTHING):
    app = fastapi.FastAPI()
    app.include_router(router_for(library))

    async def visited(scope, receive, send):
        scope.setdefault("state", {})["visitor"] = Visitor("", "", scopes)
        await app(scope, receive, send)

    return TestClient(visited)


@pytest.fixture(scope="module")
def client(library):
    return client_of(library)


def address(text=TEXT, **asked):
    return f"/documents/{sha256_text(text)[:16]}?" + "&".join(f"{key}={value}" for key, value in asked.items())


def cited(quote=QUOTE, text=TEXT, **changes):
    start = text.index(quote)
    return address(text, **{"start": start, "end": start + len(quote), "sha256": sha256_text(quote)} | changes)


@pytest.mark.parametrize("quote", [QUOTE, "US$200 billion."])
def test_a_citation_leads_to_its_sentence(client, quote):
    shown = Reader(client.get(cited(quote)).text)
    assert (shown.text, shown.marked) == (TEXT, quote)


def test_without_a_sentence_the_document_is_shown_from_its_beginning(client):
    shown = Reader(client.get(address()).text)
    assert (shown.text, shown.marked) == (TEXT, "")


def test_of_a_long_document_a_stretch_around_the_sentence_is_shown(client):
    quote = "第 200 句。"
    shown = Reader(client.get(cited(quote, LONG)).text)
    assert shown.marked == quote
    start = LONG.index(quote)
    assert shown.text == LONG[start - 100_000 : start + 100_000]


def way(page, words):
    """Where the link with these words leads; None where there is none."""
    found = re.search(rf'<nav class="part"><a href="([^"]*)">{words}</a>', page)
    return html.unescape(found[1]) if found else None


def test_a_long_document_is_read_on_and_back_without_a_gap(client):
    words = DOCUMENT_MESSAGES["en"]
    stretches, following = [], address(LONG, language="en")
    while following:
        page = client.get(following).text
        stretches.append(Reader(page).text)
        following = way(page, words.later)
    assert "".join(stretches) == LONG
    assert len(stretches) > 3
    while preceding := way(page, words.earlier):
        page, later = client.get(preceding).text, Reader(page).text
        assert LONG.index(Reader(page).text) + len(Reader(page).text) >= LONG.index(later)
    assert LONG.startswith(Reader(page).text)


def test_the_sentence_stays_marked_while_one_reads_on(client):
    page = client.get(cited("第 200 句。", LONG, language="en")).text
    before = client.get(way(page, DOCUMENT_MESSAGES["en"].earlier)).text
    again = client.get(way(before, DOCUMENT_MESSAGES["en"].later)).text
    assert (Reader(before).marked, Reader(again).marked) == ("", "第 200 句。")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("asked", "status", "trouble"),
    [
        ("/documents/0123456789abcdef", 404, "gone"),
        ("/documents/%3Cscript%3E", 404, "gone"),
        (cited(end=10**6), 422, "unfit"),
        (cited(start=-1), 422, "unfit"),
        (cited(start="9" * 5000), 422, "unfit"),
        (cited(start="１"), 422, "unfit"),
        (cited(end="<b>"), 422, "unfit"),
        (address(start=3), 422, "unfit"),
        (address(start=3, end=3), 422, "unfit"),
        (address(offset=10**6), 422, "unfit"),
        (cited(sha256="0" * 64), 422, "unfit"),
    ],
)
def test_a_link_that_does_not_hold_says_what_to_do(client, language, asked, status, trouble):
    response = client.get(asked, headers={"accept-language": language})
    assert response.status_code == status
    heading, advice = DOCUMENT_MESSAGES[language].troubles[trouble]
    assert f"<h1>{heading}</h1>" in response.text
    assert f"<p>{advice}</p>" in response.text


def test_a_stale_link_into_a_known_document_offers_the_document(client):
    page = client.get(cited(sha256="0" * 64, language="zh")).text
    assert f'<a href="{html.escape(address(language="zh"))}">' in page


def test_who_may_not_read_sees_nothing(library):
    response = client_of(library, frozenset()).get(cited())
    assert response.status_code == 403
    assert QUOTE not in response.text


def test_a_library_that_cannot_be_read_is_said_to_be(library, monkeypatch):
    def busy():
        raise LibraryBusy("busy at /srv/private; try again")

    monkeypatch.setattr(library, "snapshot", busy)
    response = client_of(library).get(cited(language="en"))
    assert response.status_code == 503
    assert DOCUMENT_MESSAGES["en"].troubles["unreadable"][1] in response.text
    assert "private" not in response.text


def test_the_page_is_not_kept_by_the_browser_and_runs_nothing(client):
    response = client.get(cited())
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'; style-src 'self'" in html.unescape(response.text)
    assert "<script" not in response.text
    assert client.get("/documents/style.css").headers["content-type"].startswith("text/css")
