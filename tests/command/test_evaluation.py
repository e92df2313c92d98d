"""The commands that run a suite, compare two runs, gate on one and print tables."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

QUESTION = {"language": "zh", "type": "amount", "answerable": True}
CASES = [
    QUESTION | {"id": "one", "question": "海源电池去年投资多少？", "answers": [{"quantity": "3.5 billion yuan"}]},
    QUESTION | {"id": "two", "question": "海源电池的份额是多少？", "answers": ["18%"]},
    QUESTION | {"id": "wrong", "question": "海源电池去年投资多少钱？", "answers": ["99"]},
]


@pytest.fixture(autouse=True)
def suite(place):
    folder = place / "reports"
    (folder / "documents").mkdir(parents=True)
    text = "# 年报\n\n海源电池去年投资 35 亿元。\n\n## 份额\n\n海源电池的份额为 18%。\n"
    (folder / "documents" / "年报.md").write_text(text, "utf-8")
    (folder / "suite.toml").write_text('name = "reports"\n[gates]\nf1 = 0.99\n', "utf-8")
    (folder / "cases.jsonl").write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in CASES), "utf-8")
    return folder


def test_a_run_prints_figures_and_leaves_a_folder(tongwen, place):
    result = tongwen("eval", "run", "reports", "--json", "out.json", "--junit", "out.xml")
    assert (result.status, result.err) == (0, "")
    assert "answer_accuracy zh" in result.out
    assert "1 of 3 failed: wrong_answer 1" in result.out
    assert "3 questions in" in result.out
    (folder,) = (place / "runs").iterdir()
    assert result.out.endswith(f"tongwen eval report runs/{folder.name}\n")
    assert folder.name.startswith("reports-")
    assert {file.name for file in folder.iterdir()} == {"run.json", "records.jsonl", "summary.json"}
    written = json.loads((place / "out.json").read_text("utf-8"))
    assert [case["case"]["id"] for case in written["cases"]] == ["one", "two", "wrong"]
    assert ElementTree.parse(place / "out.xml").getroot().get("failures") == "1"


def test_a_key_of_the_settings_is_not_written_down(tongwen, place, monkeypatch):
    monkeypatch.setenv("TONGWEN_LLM_API_KEY", "secret-key")
    monkeypatch.setenv("TONGWEN_EVAL_API_KEY", "secret-key")
    assert tongwen("eval", "run", "reports", "--out", "run").status == 0
    assert "secret-key" not in "".join(file.read_text("utf-8") for file in (place / "run").iterdir())


def test_a_folder_that_has_a_run_needs_resume(tongwen):
    assert tongwen("eval", "run", "reports", "--out", "run").status == 0
    again = tongwen("eval", "run", "reports", "--out", "run")
    assert (again.status, again.err.count("\n")) == (1, 1)
    assert "holds a run already; go on with --resume" in again.err
    assert tongwen("eval", "run", "reports", "--out", "run", "--resume").status == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--resume",),
        ("--remote", "http://127.0.0.1:1", "--answerer", "extractive"),
        ("--openai", "http://127.0.0.1:1"),
        ("--model", "tiny"),
        ("--jobs", "0"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(tongwen, options):
    assert tongwen("eval", "run", "reports", *options).status == 2


def test_a_judge_needs_a_model(tongwen):
    result = tongwen("eval", "run", "reports", "--judge")
    assert result.status == 1
    assert "--judge needs a language model; set TONGWEN_LLM" in result.err


def test_gates_pass_or_say_why_not(tongwen):
    tongwen("eval", "run", "reports", "--out", "run")
    passed = tongwen("eval", "gate", "run", "--fail-under", "answer_right=0.6", "--no-worse-than", "run")
    assert (passed.status, passed.out) == (0, "passed\n")
    failed = tongwen("eval", "gate", "run", "--fail-under", "answer_right=0.9")
    assert failed.status == 1
    assert "answer_right is 0.667" in failed.out
    assert "causes: wrong_answer 1" in failed.out
    assert "cases: wrong" in failed.out
    as_json = tongwen("eval", "gate", "run", "--fail-under", "answer_right=0.9", "--json")
    assert (as_json.status, as_json.json["passed"]) == (1, False)
    assert as_json.json["reasons"][0]["ids"] == ["wrong"]
    assert "f1 is" in tongwen("eval", "gate", "run").out  # the gate of the suite


def test_a_tolerance_is_of_the_other_run(tongwen, suite):
    tongwen("eval", "run", "reports", "--out", "a")
    report = suite / "documents" / "年报.md"
    report.write_text(report.read_text("utf-8").replace("18%", "81%"), "utf-8")
    tongwen("eval", "run", "reports", "--out", "b")
    gate = ("eval", "gate", "b", "--fail-under", "f1=0", "--no-worse-than", "a")
    assert tongwen(*gate, "--tolerance", "0.3").status == 1
    assert tongwen(*gate, "--tolerance", "0.4").status == 0
    assert tongwen("eval", "gate", "b", "--tolerance", "0.1").status == 2


def test_a_report_made_elsewhere_finds_the_documents(tongwen, place, monkeypatch):
    tongwen("eval", "run", "reports", "--out", "run")
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    assert tongwen("eval", "report", "../run", "--out", "page.html").status == 0
    page = (place / "elsewhere" / "page.html").read_text("utf-8")
    assert "# 年报\n\n<mark>海源电池去年投资 35 亿元。</mark>" in page


@pytest.mark.parametrize("given", ["answer_right", "answer_right=x", "answer_right=2", "answer_right=nan"])
def test_a_threshold_that_is_none_is_a_usage_error(tongwen, given):
    tongwen("eval", "run", "reports", "--out", "run")
    assert tongwen("eval", "gate", "run", "--fail-under", given).status == 2


def test_an_unknown_figure_and_a_missing_run_are_one_line(tongwen):
    tongwen("eval", "run", "reports", "--out", "run")
    for arguments, message in (
        (("gate", "run", "--fail-under", "speed=0.5"), "there is no figure 'speed'"),
        (("gate", "nowhere"), "nowhere holds no run"),
        (("compare", "run", "nowhere"), "nowhere holds no run"),
        (("table", "nowhere"), "neither a run nor a result"),
    ):
        result = tongwen("eval", *arguments)
        assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
        assert message in result.err


def test_two_runs_are_compared_case_by_case(tongwen, suite):
    tongwen("eval", "run", "reports", "--out", "a")
    report = suite / "documents" / "年报.md"
    report.write_text(report.read_text("utf-8").replace("18%", "81%"), "utf-8")
    tongwen("eval", "run", "reports", "--out", "b")
    result = tongwen("eval", "compare", "a", "b")
    assert result.status == 0
    assert "The cases or documents of the suite have changed" in result.out
    assert "worse: 1\n  two: right → wrong_answer, 海源电池的份额是多少？" in result.out
    assert "better: 0" in result.out
    assert "may be chance" in result.out
    assert tongwen("eval", "compare", "a", "b", "--json").json["worse"][0]["cause"] == "wrong_answer"
    gate = tongwen("eval", "gate", "b", "--no-worse-than", "a", "--fail-under", "answer_right=0")
    assert gate.status == 1
    assert "answer_accuracy is 0.333, worse than the baseline's 0.667" in gate.out
    assert "causes: wrong_answer 1" in gate.out


def test_saved_results_become_tables(tongwen, place):
    tongwen("eval", "run", "reports", "--out", "run")
    text = "Haiyuan builds a plant in Ningbo."
    entry = {"id": "1", "question": "Where does Haiyuan build?", "answers": [{"text": "Ningbo", "answer_start": 0}]}
    content = {"data": [{"title": "t", "paragraphs": [{"context": text, "qas": [entry]}]}]}
    (place / "set.json").write_text(json.dumps(content))
    assert tongwen("eval", "squad", "set.json", "--json", "squad.json").status == 0
    result = tongwen("eval", "table", "run", "squad.json")
    assert (result.status, result.err) == (0, "")
    assert "| `reports`, 3 questions | share | 95 % interval | n |" in result.out
    assert "| questions → documents | set |" in result.out
