"""Stored citations: they stand, or they are said to be stale; they are never moved."""

import json

import pytest

# (document, question, its figure, the figure after an edit)
TEXTS = {
    "zh": ("# 海源\n\n2025 年，海源投资 35 亿元在宁波建厂。\n", "海源在宁波投资多少？", "35 亿元", "36 亿元"),
    "en": (
        "# Haiyuan\n\nIn 2025 Haiyuan spent 3.5 billion yuan on a plant in Ningbo.\n",
        "How much did Haiyuan spend?",
        "3.5 billion",
        "3.6 billion",
    ),
    "mixed": (
        "# 海源 Haiyuan\n\n海源 Haiyuan 在 Ningbo plant 投资 35 亿元 yuan。\n",
        "Haiyuan plant 投资多少？",
        "35 亿元",
        "36 亿元",
    ),
}


@pytest.fixture(params=TEXTS)
def cited(request, tongwen, place):
    """A file, an answer over it that was stored, and an edit of the file that the answer rests on."""
    text, question, figure, other = TEXTS[request.param]
    source = place / "source.md"
    source.write_text(text, "utf-8")
    assert tongwen("add", source).status == 0
    answer = tongwen("ask", question, "--json").json
    assert answer["citations"]
    stored = place / "answer.json"
    stored.write_text(json.dumps(answer), "utf-8")
    return source, stored, (figure, other)


def states(result):
    return {entry["state"] for entry in result.json["citations"]}


def test_a_citation_stands_while_its_text_is_there(tongwen, cited):
    _, stored, _ = cited
    result = tongwen("check", stored, "--json")
    assert (result.status, states(result)) == (0, {"valid"})


def test_a_citation_is_stale_once_its_source_was_edited(tongwen, cited):
    source, stored, edit = cited
    source.write_text(source.read_text("utf-8").replace(*edit), "utf-8")
    tongwen("add", source)
    result = tongwen("check", stored, "--json")
    assert (result.status, states(result)) == (1, {"stale"})


def test_a_citation_is_stale_even_where_its_sentence_is_only_moved(tongwen, cited):
    source, stored, _ = cited
    source.write_text("# 前言 Preface\n\n新的一段。A new paragraph.\n\n" + source.read_text("utf-8"), "utf-8")
    tongwen("add", source)
    result = tongwen("check", stored, "--json")
    assert (result.status, states(result)) == (1, {"stale"})


@pytest.mark.parametrize("field", ["quote", "start", "end", "sha256"])
def test_a_citation_that_was_changed_is_noticed(tongwen, cited, field):
    _, stored, _ = cited
    answer = json.loads(stored.read_text("utf-8"))
    for citation in answer["citations"]:
        value = citation[field]
        citation[field] = value + 1 if isinstance(value, int) else "9" + value[1:]
    stored.write_text(json.dumps(answer), "utf-8")
    result = tongwen("check", stored, "--json")
    assert (result.status, states(result)) == (1, {"altered"})


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"citations": [{"number": 1}]}', '{"citations": [7]}', "\udcff"])
def test_what_is_no_answer_is_refused_in_one_line(tongwen, place, content):
    (place / "answer.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    result = tongwen("check", place / "answer.json")
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "ask --json" in result.err
