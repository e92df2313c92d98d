"""The tables that the README shows, from what was saved."""

import json

import pytest

from evals.records import RunError
from evals.result_tables import write_tables
from evals.runs import read_summary


@pytest.fixture
def result(tmp_path):
    def write(name, **content):
        figures = {"n": 1190, "contexts": "xquad.en.json", "questions": "xquad.en.json", "beside": 0, "scorer": "SQuAD"}
        figures |= {"passage_recall": {"1": 0.956, "5": 0.99}, "mrr": 0.97, "f1": None, "refusal": {"recall": None}}
        (tmp_path / name).write_text(json.dumps(figures | content))
        return tmp_path / name

    return write


def test_a_run_becomes_a_table_of_its_figures(baseline):
    lines = write_tables([baseline.folder]).splitlines()
    right = read_summary(baseline.folder)["figures"]["answer_accuracy zh"]
    assert lines[:2] == ["| `small`, 23 questions | share | 95 % interval | n |", "|---|---|---|---|"]
    shown = f"| {right['mean']:.3f} | {right['low']:.3f} to {right['high']:.3f} | {right['n']} |"
    assert f"| right, Chinese questions {shown}" in lines


def test_question_sets_become_the_columns_of_one_table(result):
    across = result("b.json", questions="xquad.zh.json", passage_recall={"1": 0.8}, scorer="CMRC 2018")
    lines = write_tables([result("a.json"), across]).splitlines()
    assert lines[0] == "| questions → documents | xquad.en | xquad.zh → xquad.en |"
    assert "| right paragraph first | 0.956 | 0.800 |" in lines
    assert "| among the first five | 0.990 | – |" in lines
    assert not any(line.startswith("| F1 |") for line in lines)
    assert lines[-1] == "| scorer of exact match and F1 | SQuAD | CMRC 2018 |"


@pytest.mark.parametrize("content", ["", "[]", "{}", "\x00"])
def test_what_is_neither_is_named(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(RunError, match="neither a run nor a result"):
        write_tables([tmp_path / "x.json"])
