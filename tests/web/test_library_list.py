"""The library as its page shows it, in both languages; what others have named is text and never anything else."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from index.errors import DocumentUnknown, LibraryBusy, LibraryDamaged, SettingsError
from index.extraction import Rejected
from index.schema import DocumentSummary
from ui.adding import FileResult, Progress
from ui.library_desk import CannotReadAgain, ListedPage
from ui.library_messages import LIBRARY_MESSAGES, counted
from ui.rendering.library_list import MOST_REASONS, adding_progress, document_list, notice, source_words
from ui.rendering.local_times import local_time, zone_name

ZONE = timezone(timedelta(hours=8))
MOMENT = datetime(2026, 11, 25, 6, 5, tzinfo=UTC)
DOCUMENT = DocumentSummary("0123456789abcdef", "年报 Report", "upload:年报.pdf", "mixed", 1, 12_345, MOMENT)
ZH, EN = LIBRARY_MESSAGES["zh"], LIBRARY_MESSAGES["en"]
ALLOWED = {"div", "p", "span", "table", "thead", "tbody", "tr", "th", "td", "time", "button", "ul", "li"}
both = pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])


class Reader(HTMLParser):
    """What a browser makes of it: the tags, and the text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.ids = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.ids += [value for name, value in attributes if name == "id"]

    def handle_data(self, data):
        self.text += data


def listed(words, *documents, may_write=True, can=lambda document: False, total=None):
    page = ListedPage(documents, len(documents), len(documents) if total is None else total, 0, 1)
    return document_list(page, words, may_write, can, ZONE)


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        (ZH, ["年报 Report", "中英混合", "12,345 个字符", "1 个段落", "2026年11月25日 14:05", "上传的文件：年报.pdf"]),
        (
            EN,
            ["Chinese and English", "12,345 characters", "1 passage", "25 Nov 2026, 14:05", "Uploaded file: 年报.pdf"],
        ),
    ],
    ids=["zh", "en"],
)
def test_a_document_in_the_words_of_the_reader(words, cells):
    text = Reader(listed(words, DOCUMENT)).text
    assert [cell for cell in cells if cell not in text] == []


def test_the_chinese_list_has_no_english_of_ours():
    document = replace(DOCUMENT, title="年报", source="-")
    letters = re.findall(r"[A-Za-z]+", Reader(listed(ZH, document)).text)
    assert letters == ["UTC"]


@both
def test_buttons_say_what_they_do_and_to_which(words):
    html = listed(words, DOCUMENT, can=lambda document: True)
    assert Reader(html).ids == ["renew-0123456789abcdef", "remove-0123456789abcdef"]
    assert html.count('type="button"') == 2
    assert Reader(html).text.count("年报 Report") == 3


@both
def test_whoever_may_only_read_has_no_buttons(words):
    html = listed(words, DOCUMENT, may_write=False, can=lambda document: True)
    assert "button" not in Reader(html).tags
    assert words.actions not in Reader(html).text


@both
def test_whoever_may_only_read_is_told_so_and_not_where_files_lie(words):
    document = replace(DOCUMENT, source="/srv/secret/年报.md")
    assert "/srv/secret/年报.md" in Reader(listed(words, document)).text
    read = Reader(listed(words, document, may_write=False)).text
    assert "年报.md" in read
    assert "secret" not in read
    assert words.not_allowed in read
    assert words.not_allowed not in Reader(listed(words, document)).text


@both
def test_what_is_empty_says_so(words):
    assert words.none in listed(words)
    assert words.none_matching in listed(words, total=3)


@both
def test_hostile_names_are_text(words, hostile):
    document = replace(DOCUMENT, title=hostile, source=f"upload:{hostile}")
    result = FileResult(hostile, "failed", 0, (Rejected(hostile, hostile),), (hostile,))
    progress = Progress("done", 1, 1, 0, (result,))
    for html in (
        listed(words, document),
        adding_progress(progress, words),
        notice(words.removed.format(title=hostile)),
    ):
        assert set(Reader(html).tags) <= ALLOWED
        assert "\n" not in html
        assert hostile.split("\n")[0] in Reader(html).text


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ("-", "直接输入的文字", "Text that was typed in"),
        ("pasted:计划", "粘贴的文字：计划", "Pasted text: 计划"),
        ("api:plan", "由程序添加：plan", "Added by a program: plan"),
        ("sample:capex.zh.md", "自带的示例：capex.zh.md", "Sample: capex.zh.md"),
        ("/srv/a.pdf", "服务器上的文件：/srv/a.pdf", "File on the server: /srv/a.pdf"),
        ("https://wiki.example/a", "网页：https://wiki.example/a", "Web page: https://wiki.example/a"),
        ("odd:thing", "odd:thing", "odd:thing"),
        ("path:{name}", "服务器上的文件：{name}", "File on the server: {name}"),
    ],
)
def test_a_source_in_words(source, chinese, english):
    assert (source_words(source, ZH), source_words(source, EN)) == (chinese, english)


# Times


@pytest.mark.parametrize(
    ("moment", "zone", "chinese", "english"),
    [
        (MOMENT, ZONE, "2026年11月25日 14:05", "25 Nov 2026, 14:05"),
        (MOMENT, UTC, "2026年11月25日 06:05", "25 Nov 2026, 06:05"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), ZONE, "2027年1月1日 07:59", "1 Jan 2027, 07:59"),
    ],
)
def test_a_time_as_readers_write_it(moment, zone, chinese, english):
    assert (local_time(moment, "zh", zone), local_time(moment, "en", zone)) == (chinese, english)


@pytest.mark.parametrize(
    ("minutes", "name"), [(0, "UTC"), (480, "UTC+8"), (330, "UTC+5:30"), (-210, "UTC−3:30"), (-300, "UTC−5")]
)
def test_a_zone_by_its_distance(minutes, name):
    assert zone_name(MOMENT, timezone(timedelta(minutes=minutes))) == name


@both
def test_the_time_of_a_damaged_row_is_no_time(words):
    html = listed(words, replace(DOCUMENT, added_at=datetime.min.replace(tzinfo=UTC)))
    assert "—" in Reader(html).text


# Adding


@pytest.mark.parametrize(
    ("words", "said"),
    [(ZH, "已读取 3 / 12 个文件 · 已处理 240 个段落"), (EN, "3 of 12 files read · 240 passages processed")],
    ids=["zh", "en"],
)
def test_progress_in_words(words, said):
    assert Reader(adding_progress(Progress("working", 12, 3, 240), words)).text == said


@both
def test_waiting_and_stopping_are_said(words):
    assert words.waiting in adding_progress(Progress("waiting", 1), words)
    assert words.stopping in adding_progress(Progress("working", 1), words, stopping=True)


@both
def test_every_outcome_has_its_words(words):
    for outcome in ("added", "replaced", "unchanged", "failed", "stopped"):
        html = adding_progress(Progress("done", 1, 1, 0, (FileResult("a", outcome),)), words)
        assert words.outcomes[outcome] in Reader(html).text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (ZH, "b.pdf：已损坏，或不是完整的 PDF；请重新保存后再添加"),
        (EN, "b.pdf: It is damaged or not a complete PDF; save it anew"),
    ],
    ids=["zh", "en"],
)
def test_a_part_that_was_rejected_is_named_with_its_reason(words, reason):
    rejected = Rejected("is damaged or not a complete PDF; save it anew and add it again", "b.pdf")
    html = adding_progress(Progress("done", 1, 1, 0, (FileResult("a.zip", "added", 2, (rejected,)),)), words)
    assert reason in Reader(html).text
    assert 'class="partly"' in html


@both
def test_many_reasons_are_counted(words):
    rejected = tuple(Rejected("is empty; nothing to add", str(number)) for number in range(MOST_REASONS + 1_000))
    html = adding_progress(Progress("done", 1, 1, 0, (FileResult("a.zip", "failed", 0, rejected),)), words)
    assert counted(words.more, 1_000) in Reader(html).text
    assert html.count('class="reason"') == MOST_REASONS + 1


@both
def test_a_large_file_that_was_stopped_says_what_is_left_of_it(words):
    html = adding_progress(Progress("done", 1, 1, 0, (FileResult("a.zip", "stopped", 7),)), words)
    assert counted(words.parts_left, 7) in Reader(html).text


@both
@pytest.mark.parametrize("error", [LibraryBusy, LibraryDamaged, DocumentUnknown, CannotReadAgain, SettingsError])
def test_a_problem_is_said_in_the_words_of_the_page(words, error):
    said = words.problem(error("/srv/secret/library.db is not well"))
    assert "secret" not in said
    assert said.endswith("。" if words is ZH else ".")


@both
def test_what_nobody_foresaw_is_said_with_its_reference(words):
    assert "0badcafe" in adding_progress(Progress("done", 1, reference="0badcafe"), words)


# Words


def texts(words):
    for field in fields(words):
        value = getattr(words, field.name)
        values = value.values() if hasattr(value, "values") else [value]
        for one in values:
            yield from ((field.name, text) for text in ([one] if isinstance(one, str) else one))


def test_both_languages_take_the_same_values():
    taken = [{name: set() for name, _ in texts(words)} for words in (ZH, EN)]
    for found, words in zip(taken, (ZH, EN), strict=True):
        for name, text in texts(words):
            found[name] |= set(re.findall(r"\{(\w+)\}", text))
    assert taken[0] == taken[1]


def test_the_english_words_hold_no_chinese_and_the_chinese_no_english_sentence():
    assert [text for _, text in texts(EN) if re.search(r"[\u4e00-\u9fff]", text)] == []
    known = r"\{\w+\}|tongwen \w+|zh|Markdown|Word|PowerPoint|Excel|\.?[a-z]{2,4}|[A-Z]+"
    assert [text for _, text in texts(ZH) if re.search(r"[A-Za-z]", re.sub(known, "", text))] == []
