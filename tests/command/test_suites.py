"""The commands about the files of suites."""

import json


def test_a_shipped_suite_is_as_it_should_be(tongwen):
    result = tongwen("eval", "check", "article")
    assert (result.status, result.err) == (0, "")
    assert "over 2 documents: all as it should be" in result.out


def test_every_problem_of_a_suite_is_a_line(tongwen, place):
    (place / "suite.toml").write_text("sample = true\n", "utf-8")
    (place / "cases.jsonl").write_text('{"id": "一"}\n[\n{"id": "\x1b[31m"}\n', "utf-8")
    result = tongwen("eval", "check", place)
    assert result.status == 1
    assert [line.partition(": ")[0].rpartition("cases.jsonl")[2] for line in result.out.splitlines()] == [
        ":1", ":2", ":3",
    ]  # fmt: skip
    assert "\x1b" not in result.out
    as_json = tongwen("eval", "check", place, "--json")
    assert as_json.status == 1
    assert len(json.loads(as_json.out)["problems"]) == 3


def test_a_suite_that_is_not_there_is_one_line(tongwen):
    for command in ("check", "run"):
        result = tongwen("eval", command, "nowhere")
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith("tongwen: there is no suite 'nowhere'; give a folder, or one of: article")


def test_a_folder_is_run_like_a_shipped_suite(tongwen, place):
    (place / "documents").mkdir()
    (place / "documents" / "年报.md").write_text("# 年报\n\n海源电池去年投资 35 亿元。\n", "utf-8")
    (place / "suite.toml").write_text('name = "reports"\n', "utf-8")
    case = {"id": "one", "question": "海源电池去年投资多少？", "language": "zh", "type": "amount", "answerable": True}
    case |= {"answers": [{"quantity": "3.5 billion yuan"}], "must_cite": ["海源电池去年投资 35 亿元。"]}
    (place / "cases.jsonl").write_text(json.dumps(case), "utf-8")
    result = tongwen("eval", "run", ".")
    assert (result.status, result.err) == (0, "")
    assert "1 questions in" in result.out


def test_a_suite_is_started_filled_and_asked(tongwen, place):
    result = tongwen("eval", "new", "mine", "--language", "zh")
    assert (result.status, result.err) == (0, "")
    assert [line.rpartition("mine/")[2] for line in result.out.splitlines()] == [
        "README.md", "cases.csv", "cases.jsonl", "documents/", "suite.toml",
    ]  # fmt: skip
    (place / "mine" / "documents" / "年报.md").write_text("# 年报\n\n海源电池去年投资 35 亿元。\n", "utf-8")
    with (place / "mine" / "cases.csv").open("a", encoding="utf-8") as file:
        file.write("海源电池去年投资多少？,35 亿元,海源电池去年投资 35 亿元。\n")
    imported = tongwen("eval", "import", "mine/cases.csv", "--suite", "mine", "--json")
    assert imported.json == {"file": "mine/imported-cases.jsonl", "cases": 1, "documents": 0, "uncited": 0}
    assert tongwen("eval", "check", "mine").out == "1 cases over 1 documents: all as it should be\n"


def test_every_wrong_row_is_a_line(tongwen, place):
    tongwen("eval", "new", "mine")
    (place / "mine" / "documents" / "年报.md").write_text("# 年报\n\n海源电池去年投资 35 亿元。\n", "utf-8")
    (place / "table.csv").write_text("问题,答案\n谁？,\n谁？,林岚\n多少？,\n", "utf-8")
    result = tongwen("eval", "import", "table.csv", "--suite", "mine")
    assert (result.status, result.out) == (1, "")
    assert [line.partition(": it has no answer")[0] for line in result.err.splitlines()] == [
        "tongwen: table.csv, row 2", "tongwen: table.csv, row 4",
    ]  # fmt: skip
    assert not (place / "mine" / "imported-table.jsonl").exists()


def test_what_is_no_suite_takes_no_cases(tongwen, place):
    (place / "table.csv").write_text("问题,答案\n谁？,林岚\n", "utf-8")
    (place / "folder").mkdir()
    for suite in ("nowhere", "folder"):
        result = tongwen("eval", "import", "table.csv", "--suite", suite)
        assert result.status == 1
        assert result.err.count("\n") == 1


def test_cases_are_drafted_for_a_person_to_edit(tongwen, place):
    (place / "年报.txt").write_text("2025 年，海源电池的收入达到 35 亿元。", "utf-8")
    printed = tongwen("eval", "draft", "年报.txt")
    assert printed.status == 0
    assert "read each question" in printed.err
    assert "草稿" in printed.err
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert "2025 年，海源电池的收入是多少？" in [line["question"] for line in lines]
    tongwen("eval", "new", "mine")
    assert tongwen("eval", "draft", "年报.txt", "--suite", "mine").out.endswith("mine/draft-年报.jsonl\n")
    assert tongwen("eval", "check", "mine").status == 0


def test_drafting_without_a_model_or_a_document_is_one_line(tongwen, place):
    assert "no language model is set" in tongwen("eval", "draft", "年报.txt", "--llm").err
    result = tongwen("eval", "draft", "nowhere.txt")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("tongwen: nowhere.txt does not exist")
    assert "drafts" not in result.err
