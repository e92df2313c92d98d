"""Records of JSON and JSON Lines as documents, and one clear line for each that is none."""

import json
import re

import pytest

from index.errors import LoadError, UndecodableText
from index.extraction import Extracted, Rejected
from index.formats.json_text import MAX_DEPTH, read


def extract(content: str | bytes, name: str = "a.json") -> list[Extracted | Rejected]:
    return list(read(content if isinstance(content, bytes) else content.encode(), name))


@pytest.mark.parametrize(
    ("record", "text", "title"),
    [
        ({"title": "预算", "content": "今年的预算。"}, "今年的预算。", "预算"),
        ({"标题": "预算", "正文": "今年的预算。"}, "今年的预算。", "预算"),
        ({"name": "Budget", "body": "This year's budget."}, "This year's budget.", "Budget"),
        ({"Title": "no title by that spelling", "Text": "用 FAISS 查。"}, "用 FAISS 查。", None),
        ({"text": "", "內容": "資本支出。"}, "資本支出。", None),
        ({"id": "x" * 60, "abstract": "One long string of words " * 3}, "One long string of words " * 3, None),
        ({"url": "https://example.org/" + "a" * 60, "摘要": "很长的摘要。" * 10}, "很长的摘要。" * 10, None),
    ],
)
def test_a_record_is_a_document(record: dict[str, str], text: str, title: str | None) -> None:
    (found,) = extract(json.dumps([record], ensure_ascii=False))
    assert isinstance(found, Extracted)
    assert (found.text, found.title, found.member) == (text, title, "1")


def test_other_scalar_fields_are_metadata() -> None:
    record = {
        "text": "正文。",
        "date": "2026-01-02",
        "page": 7,
        "draft": False,
        "tags": ["a"],
        "format": "x",
        "none": None,
    }
    (found,) = extract(json.dumps([record]))
    assert isinstance(found, Extracted)
    assert found.metadata == {"date": "2026-01-02", "page": "7", "draft": "false", "format": "json"}


def test_text_is_kept_exactly() -> None:
    text = '第一行\r\n第二行\u2028third\tline \\ " end\u0000'
    (found,) = extract(json.dumps({"text": text}) + "\n", "a.jsonl")
    assert isinstance(found, Extracted)
    assert found.text == text


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json"])
def test_records_one_a_line(name: str) -> None:
    found = extract('{"text": "一。"}\n\n{"text": "two.\u2028still two"}\r\n', name)
    assert [(item.member, item.text) for item in found if isinstance(item, Extracted)] == [
        ("1", "一。"),
        ("3", "two.\u2028still two"),
    ]


@pytest.mark.parametrize("wrapped", ['{"data": [%s], "version": 1}', "[%s]", "%s"])
def test_records_are_found_in_what_holds_them(wrapped: str) -> None:
    (found,) = extract(wrapped % '{"text": "正文 text"}')
    assert isinstance(found, Extracted)
    assert found.text == "正文 text"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "a", "text": "b"}', "'text' twice"),
        ('{"text": "a", "more": {"x": 1, "x": 2}}', "'x' twice"),
        ('{"text": "a", "n": NaN}', "NaN"),
        ('{"text": "a", "n": -Infinity}', "Infinity"),
        ('{"n": 1}', "has no text .*正文"),
        ('{"text": "  "}', "has no text"),
        ('{"text": 5}', "has no text"),
        ("17", "is no object"),
        ("[1]", "is no object"),
        ('{"text": "a"', "is not JSON"),
        ("'text'", "is not JSON"),
        (r'{"text": "half \ud83d"}', "half a character"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"more than {MAX_DEPTH} levels"),
        ('{"a":' * 100_000, f"more than {MAX_DEPTH} levels"),
    ],
)
def test_a_bad_line_is_rejected_alone(line: str, reason: str) -> None:
    before, bad, after = extract(f'{{"text": "一"}}\n{line}\n{{"text": "three"}}', "a.jsonl")
    assert isinstance(before, Extracted)
    assert isinstance(after, Extracted)
    assert isinstance(bad, Rejected)
    assert bad.member == "2"
    assert re.search(reason, bad.reason)
    assert re.match("is|has|holds", bad.reason)  # it is shown behind the name of the file and the number of the line
    assert re.search("line 2( |$)", bad.reason)
    assert "line 1" not in bad.reason
    assert "\n" not in bad.reason


def test_a_bad_record_of_a_list_is_rejected_alone() -> None:
    found = extract('[{"text": "a"}, {"text": "b", "text": "c"}, {"text": "d", "x": NaN}, {"n": 1}, "正文"]')
    assert [item.member for item in found if isinstance(item, Extracted)] == ["1", "5"]
    rejected = [item.reason for item in found if isinstance(item, Rejected)]
    assert [re.findall("record .", reason) for reason in rejected] == [["record 2"], ["record 3"], ["record 4"]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"a": 1, "b": {"text": "deep"}}', "looked for a field named text.*内容.*rename"),
        ("17", "no list of records"),
        ("null", "no list of records"),
        ("[]", "nothing to add"),
        ("", "is not JSON"),
        ("{", "column 2"),
        ("[\n{]", "line 2, column 2"),
        ('{"text": "a"}\nnot json', "is not JSON"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ("[" * 100_000, "levels deep"),
        ('{"a":' * 100_000, "levels deep"),
    ],
)
def test_a_file_without_records_is_rejected(content: str, reason: str) -> None:
    with pytest.raises(LoadError, match=reason) as raised:
        extract(content)
    assert "\n" not in str(raised.value)
    assert re.match("is|has|holds", str(raised.value))


def test_brackets_in_strings_are_no_nesting() -> None:
    (found,) = extract(json.dumps({"text": "[" * 500 + '\\"{' + "正文"}))
    assert isinstance(found, Extracted)


def test_the_encoding_is_decoded() -> None:
    (found,) = extract(json.dumps({"text": "今年的资本支出比去年增加了。"}, ensure_ascii=False).encode("gbk"))
    assert isinstance(found, Extracted)
    assert found.text == "今年的资本支出比去年增加了。"
    assert found.metadata["encoding"] == "gb18030"
    with pytest.raises(UndecodableText):
        extract(b'{"text": "\xff\xff"}')
