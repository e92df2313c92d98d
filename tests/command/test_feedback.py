"""From an answer that was wrong to a case of a suite, on the command line."""

import json

import pytest

TEXT = "# 年报\n\n海源电池去年投资 35 亿元。\n\nHaiyuan invested 3.5 billion yuan last year.\n"


@pytest.fixture
def answer(tongwen, place):
    tongwen("eval", "new", "mine")
    source = place / "mine" / "documents" / "年报.md"
    source.write_text(TEXT, "utf-8")
    tongwen("add", source)
    stored = place / "answer.json"
    stored.write_text(tongwen("ask", "海源电池去年投资多少？", "--json").out, "utf-8")
    return stored


def test_a_wrong_answer_becomes_a_case(tongwen, answer):
    given = tongwen("feedback", answer, "--down", "--correction", "35 亿元", "--reason", "not\n\x1b[31min yuan")
    assert (given.status, given.err) == (0, "")
    listed = tongwen("eval", "pending")
    assert listed.out.startswith(given.out.strip())
    assert "correction: 35 亿元" in listed.out
    assert "\x1b" not in listed.out
    (entry,) = tongwen("eval", "pending", "--json").json["feedback"]
    assert json.loads(entry["answer"])["question"] == entry["question"] == "海源电池去年投资多少？"
    assert entry["documents"]
    assert entry["library_version"]
    approved = tongwen("eval", "approve", entry["id"], "--suite", "mine", "--json")
    assert approved.json["answers"] == [{"quantity": "35 亿元"}]
    assert approved.json["tags"] == ["feedback"]
    assert tongwen("eval", "pending").out == "nothing is pending\n"
    assert tongwen("eval", "check", "mine").status == 0


def test_a_wrong_answer_may_be_dismissed(tongwen, answer):
    given = tongwen("feedback", answer, "--down", "--json").json["id"]
    assert tongwen("eval", "dismiss", given).out == f"{given} is dismissed\n"
    assert tongwen("eval", "pending", "--json").json == {"feedback": []}


def test_praise_is_kept_and_not_pending(tongwen, answer):
    assert tongwen("feedback", answer, "--up").status == 0
    assert tongwen("eval", "pending", "--json").json == {"feedback": []}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"question": 1, "answer": "", "citations": []}', "[" * 99_999])
def test_what_is_no_answer_is_one_line(tongwen, answer, content):
    answer.write_text(content, "utf-8")
    result = tongwen("feedback", answer, "--down")
    assert (result.status, result.out) == (1, "")
    assert result.err.count("\n") == 1
    assert "answer.json is not an answer" in result.err


def test_a_verdict_has_to_be_given(tongwen, answer):
    assert tongwen("feedback", answer).status == 2


def test_what_cannot_be_approved_is_one_line(tongwen, answer):
    given = tongwen("feedback", answer, "--down").out.strip()
    for arguments in ((given,), ("none",), (given, "--answer", "36 亿元")):
        result = tongwen("eval", "approve", *arguments, "--suite", "mine")
        assert result.status == 1
        assert result.err.count("\n") == 1
    assert tongwen("eval", "approve", given, "--suite", "mine", "--unanswerable", "--answer", "1").status == 2
