"""What each command does, prints and returns."""

import hashlib
import json
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

LISTED = {"id", "title", "source", "language", "chunks", "characters", "added_at"}
FOUND = {"chunk_id", "document_id", "title", "start", "end", "text", "language", "score", "place"}
CITED = {"number", "document_id", "title", "start", "end", "quote", "sha256", "score", "place"}
ANSWERED = {"question", "answer", "language", "refused", "reason", "citations", "checks", "answerer", "timings_ms"}
ADDED = {"confidence", "standalone", "short", "complete", "statements", "conflicts", "notes", "usage"}
CHECKED = {"text", "supported", "verdict", "found", "citation"}
COMMANDS = {
    ("add",): ["--sample", "--library", "--json"],
    ("list",): ["--library", "--json"],
    ("remove",): ["--yes", "--library", "--json"],
    ("rebuild",): ["--library"],
    ("verify",): ["--library", "--json"],
    ("search",): ["-k", "--library", "--json"],
    ("ask",): ["--answerer", "--history", "--library", "--json"],
    ("serve",): ["--host", "--port", "--library"],
    ("mcp",): ["--answerer", "--library"],
    ("eval",): ["run", "squad", "follow-ups"],
    ("eval", "run"): ["--json"],
    ("eval", "follow-ups"): ["--json"],
    ("eval", "squad"): ["--questions", "--limit", "--json"],
    (): ["add", "list", "remove", "rebuild", "verify", "search", "ask", "serve", "eval"],
}


@pytest.fixture
def filled(tongwen, article):
    assert tongwen("add", article).status == 0
    return article


@pytest.mark.parametrize(
    ("command", "options"), COMMANDS.items(), ids=[" ".join(each) or "tongwen" for each in COMMANDS]
)
def test_help_names_the_options(tongwen, command, options):
    result = tongwen(*command, "--help")
    assert (result.status, result.err) == (0, "")
    assert [option for option in options if option not in result.out] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["add"],
        ["remove"],
        ["search"],
        ["ask"],
        ["ask", "a?", "--colour"],
        ["ask", "a?", "--answerer", "oracle"],
        ["search", "a?", "-k", "0"],
        ["search", "a?", "-k", "many"],
        ["serve", "--port", "99999"],
        ["eval", "squad"],
        ["eval", "squad", "a.json", "--limit", "0"],
        ["dance"],
    ],
    ids=" ".join,
)
def test_a_usage_error_is_2(tongwen, arguments):
    result = tongwen(*arguments)
    assert (result.status, result.out) == (2, "")
    assert "Traceback" not in result.err


def test_add_reports_each_document(tongwen, article):
    result = tongwen("add", article, "--json")
    assert (result.status, result.err) == (0, "")
    assert set(result.json) == {"documents", "failed", "notes"}
    assert (result.json["failed"], result.json["notes"]) == ([], [])
    by_title = {document["title"]: document for document in result.json["documents"]}
    assert set(by_title) == {"海源电池", "plant"}
    for document in by_title.values():
        assert set(document) == {"id", "title", "source", "outcome", "chunks", "embedded"}
        assert document["outcome"] == "added"
    assert by_title["plant"]["source"] == str((article / "plant.txt").resolve())


def test_adding_again_changes_nothing(tongwen, filled):
    result = tongwen("add", filled, "--json")
    assert [(each["outcome"], each["embedded"]) for each in result.json["documents"]] == [("unchanged", 0)] * 2
    assert len(tongwen("list", "--json").json["documents"]) == 2


def test_a_changed_file_replaces_its_earlier_text(tongwen, filled):
    (filled / "plant.txt").write_text("Haiyuan has finished its plant in Ningbo.", "utf-8")
    outcomes = {each["title"]: each["outcome"] for each in tongwen("add", filled, "--json").json["documents"]}
    assert outcomes == {"海源电池": "unchanged", "plant": "replaced"}
    texts = [hit["text"] for hit in tongwen("search", "Haiyuan plant", "--json").json["hits"]]
    assert "Haiyuan has finished its plant in Ningbo." in texts
    assert not any("3.5 billion" in text for text in texts)


def test_add_the_sample(tongwen):
    documents = tongwen("add", "--sample", "--json").json["documents"]
    assert sorted(document["source"] for document in documents) == ["sample:capex.en.md", "sample:capex.zh.md"]


def test_add_standard_input(program, tongwen):
    assert program("add", "-", stdin="# 标题\n\n从标准输入来的一句话。".encode()).status == 0
    (document,) = tongwen("list", "--json").json["documents"]
    assert (document["title"], document["source"]) == ("标题", "-")


def test_list(tongwen, filled):
    documents = tongwen("list", "--json").json["documents"]
    assert [set(document) for document in documents] == [LISTED, LISTED]
    chinese = next(document for document in documents if document["language"] == "zh")
    text = (filled / "电池.md").read_text("utf-8")
    assert (chinese["characters"], chinese["title"]) == (len(text), "海源电池")
    assert datetime.fromisoformat(chinese["added_at"]).utcoffset().total_seconds() == 0


def test_remove_takes_a_document_out_of_the_search(tongwen, filled):
    identity = next(d["id"] for d in tongwen("list", "--json").json["documents"] if d["language"] == "zh")
    removed = tongwen("remove", identity, "--json")
    assert [set(document) for document in removed.json["removed"]] == [LISTED]
    hits = tongwen("search", "海源电池 宁波 Haiyuan", "--json").json["hits"]
    assert identity not in {hit["document_id"] for hit in hits}
    assert (filled / "电池.md").exists()


def test_remove_takes_nothing_where_one_of_the_ids_is_unknown(tongwen, filled):
    before = tongwen("list", "--json").json
    result = tongwen("remove", before["documents"][0]["id"], "0" * 16, "--json")
    assert (result.status, result.out) == (1, "")
    assert tongwen("list", "--json").json == before


def test_what_a_document_is_called_cannot_drive_the_terminal(tongwen, tmp_path):
    hostile = tmp_path / "hostile.md"
    hostile.write_text("# \x1b[31mRED\x07 红色\n\nThe text 正文.\n", "utf-8")
    shown = tongwen("add", hostile).out + tongwen("list").out + tongwen("search", "正文 text").out
    assert "RED" in shown
    assert "\x1b" not in shown


def test_search(tongwen, filled):
    result = tongwen("search", "海源电池投资多少？", "--json")
    assert set(result.json) == {"question", "hits"}
    assert result.json["question"] == "海源电池投资多少？"
    assert [set(hit) for hit in result.json["hits"]] == [FOUND, FOUND]
    best = result.json["hits"][0]
    text = (filled / "电池.md").read_text("utf-8")
    assert (text[best["start"] : best["end"]], best["language"]) == (best["text"], "zh")
    scores = [hit["score"] for hit in result.json["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_search_gives_at_most_k(tongwen, filled):
    assert len(tongwen("search", "Haiyuan", "-k", "1", "--json").json["hits"]) == 1


@pytest.mark.parametrize(
    ("question", "language", "figure"),
    [
        ("海源电池在宁波投资多少？", "zh", "35 亿元"),
        ("How much will Haiyuan spend in Ningbo?", "en", "3.5 billion yuan"),
    ],
)
def test_ask(tongwen, filled, question, language, figure):
    result = tongwen("ask", question, "--json")
    assert (result.status, result.err) == (0, "")
    answer = result.json
    assert set(answer) == ANSWERED | ADDED
    assert (answer["question"], answer["language"], answer["refused"], answer["reason"]) == (
        question, language, False, None,
    )  # fmt: skip
    assert figure in answer["answer"]
    assert answer["answerer"] == "extractive"
    assert set(answer["timings_ms"]) == {"retrieve", "answer", "total"}
    assert set(answer["checks"]) == {"figures", "names"}
    assert answer["standalone"] == question
    assert (answer["complete"], answer["conflicts"], answer["notes"], answer["usage"]) == (True, [], [], None)
    assert [set(check) for check in answer["checks"]["figures"]] == [CHECKED] * len(answer["checks"]["figures"])
    assert (figure, True) in {(check["text"], check["supported"]) for check in answer["checks"]["figures"]}
    for statement in answer["statements"]:
        assert set(statement) == {"start", "end", "citations", "checks"}
        assert answer["answer"][statement["start"] : statement["end"]].strip()
    citation = answer["citations"][0]
    assert set(citation) == CITED
    assert citation["sha256"] == hashlib.sha256(citation["quote"].encode()).hexdigest()
    text = next(path for path in filled.iterdir() if figure in path.read_text("utf-8")).read_text("utf-8")
    assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("first", "second", "standalone"),
    [
        ("海源电池在宁波投资多少？", "它的份额是多少？", "海源电池的份额是多少？"),
        ("How much will Haiyuan spend in Ningbo?", "And in Suzhou?", "How much will Haiyuan spend in Suzhou?"),
    ],
    ids=["zh", "en"],
)
def test_a_follow_up_is_understood_by_the_turns_before_it(tongwen, filled, tmp_path, first, second, standalone):
    turn = tongwen("ask", first, "--json").json
    history = tmp_path / "history.json"
    history.write_text(json.dumps([turn]), "utf-8")
    answer = tongwen("ask", second, "--history", history, "--json").json
    assert (answer["question"], answer["standalone"]) == (second, standalone)
    assert standalone in tongwen("ask", second, "--history", history).out.splitlines()[0]


@pytest.mark.parametrize(
    "content", ["", "{}x", "3", '["a"]', '[{"question": "a?"}]', '[{"question": "a?", "answer": 3}]', "[" * 100_000]
)
def test_a_history_that_is_none_is_reported(tongwen, filled, tmp_path, content):
    (tmp_path / "history.json").write_text(content, "utf-8")
    result = tongwen("ask", "多少？", "--history", tmp_path / "history.json")
    assert (result.status, result.out) == (1, "")
    assert "is not a conversation" in result.err
    assert len(result.err.splitlines()) == 1


def test_eval_follow_ups(tongwen, tmp_path):
    result = tongwen("eval", "follow-ups", "--json", tmp_path / "figures.json")
    assert result.status == 0
    written = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert written["n"] == len(written["cases"]) >= 60
    assert [name for name in written["figures"] if name not in result.out] == []


def test_a_refusal_is_no_failure(tongwen, filled):
    result = tongwen("ask", "Who wrote Hamlet?", "--json")
    assert (result.status, result.json["refused"], result.json["reason"]) == (0, True, "not_answered")


def test_ask_in_words(tongwen, filled):
    result = tongwen("ask", "海源电池在宁波投资多少？")
    assert result.out.startswith("35 亿元 [1]\n海源电池在宁波投资 35 亿元建厂。 [1]")
    assert "— 海源电池" in result.out


def test_a_question_on_standard_input(program, filled):
    result = program("ask", "-", "--json", stdin="海源电池在宁波投资多少？\n".encode())
    assert (result.status, result.json["language"], result.json["refused"]) == (0, "zh", False)


def test_rebuild_and_verify(tongwen, filled):
    assert tongwen("rebuild").status == 0
    assert tongwen("verify", "--json").json == {"problems": []}


def test_the_library_may_be_named(tongwen, article, place):
    assert tongwen("add", article, "--library", place / "other").status == 0
    assert len(tongwen("list", "--json", "--library", place / "other").json["documents"]) == 2
    assert tongwen("list").status == 1


def test_eval_squad(tongwen, place):
    qas = [{"id": "1", "question": "海源在哪里建厂？", "answers": [{"text": "宁波", "answer_start": 3}]}]
    content = {"data": [{"title": "t", "paragraphs": [{"context": "海源在宁波建厂。", "qas": qas}]}]}
    (place / "set.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    result = tongwen("eval", "squad", "set.json", "--json", "figures.json")
    assert (result.status, result.err) == (0, "")
    figures = json.loads((place / "figures.json").read_text("utf-8"))
    assert result.json == figures
    assert (figures["n"], figures["passage_recall"]["1"], figures["sentence_hit"]["1"]) == (1, 1.0, 1.0)


def test_the_program_prints_json_and_nothing_else(program, article):
    added = program("add", article, "--json")
    assert (added.status, added.err, len(added.json["documents"])) == (0, "", 2)
    asked = program("ask", "How much will Haiyuan spend in Ningbo?", "--json")
    assert (asked.status, asked.err, asked.json["refused"]) == (0, "", False)


def test_what_the_output_cannot_show_is_escaped(start, filled, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii:strict")
    out, err = start("ask", "海源电池在宁波投资多少？", "--json").communicate(timeout=60)
    assert err == b""
    assert json.loads(out)["refused"] is False


def test_the_program_has_its_name_in_the_project_file():
    with (Path(__file__).parents[2] / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["scripts"] == {"tongwen": "ui.command:main"}
