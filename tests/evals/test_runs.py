"""The folder of a run: what is in it, that it is the same twice, and that a killed run goes on."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from evals.judge import Judge
from evals.metrics.retrieval import DEPTH
from evals.records import RunError, read_run
from evals.runs import read_summary, run_suite
from evals.subject import NotAnswered, Response
from evals.suite_folder import FEWER_IS_BETTER, MORE_IS_BETTER, open_suite
from evals.summary import FIGURES


class Scripted:
    """Answers every case with its question, and remembers what it was asked."""

    kind, name, address = "local", "scripted", None

    def __init__(self, suite, version="1", failing=()):
        self.asked, self.histories = [], {}
        self._suite, self._version, self._failing = suite, version, failing

    def ask(self, case):
        self.asked.append(case.id)
        self.histories[case.id] = case.history
        if case.id in self._failing:
            raise NotAnswered("it is out; start it")
        return Response({"answer": case.question, "refused": False, "language": case.language, "citations": []})

    def documents_of(self, case):
        return self._suite.documents_of(case)

    def fingerprints(self):
        return {"version": self._version}


@pytest.fixture
def scripted(small):
    return lambda **options: Scripted(small, **options)


def test_a_run_has_a_record_of_every_case(small, baseline):
    assert baseline.finished
    assert [record.case for record in baseline.records] == list(small.cases)
    assert baseline.info["subject"] == {"kind": "local", "name": "extractive", "address": None}
    assert set(baseline.info["fingerprints"]) == {"code", "documents", "embedder", "chunker", "refusal", "prompts"}


def test_a_record_has_what_was_retrieved_and_said(small, baseline):
    texts = {document.id: document.text for document in small.documents}
    for record in baseline.records:
        assert 0 < len(record.retrieved) <= DEPTH
        assert set(record.passages) <= {span for span, _ in record.retrieved}
        assert [score for _, score in record.retrieved] == sorted((s for _, s in record.retrieved), reverse=True)
        for citation in record.answer["citations"]:
            assert texts[citation["document_id"]][citation["start"] : citation["end"]] == citation["quote"]
        for group, spans in zip(record.case.must_cite, record.expected, strict=True):
            assert {texts[s.document_id][s.start : s.end] for s in spans} <= {passage.quote for passage in group}


def test_directions_are_those_of_question_and_documents(baseline):
    directions = {record.case.id: record.direction for record in baseline.records}
    assert directions["cost.zh-en"] == "zh→en"
    assert directions["cost.en-zh"] == "en→zh"
    assert directions["cost.zh"] == "zh→both"


def test_a_follow_up_is_asked_with_its_history(small, baseline, scripted, tmp_path):
    (case,) = [case for case in small.cases if case.history]
    (record,) = [record for record in baseline.records if record.case == case]
    assert "多少钱" in record.answer["standalone"]
    subject = scripted()
    run_suite(small, subject, tmp_path / "run")
    assert subject.histories[case.id] == case.history


def test_the_summary_is_that_of_the_records(small, baseline):
    summary = read_summary(baseline.folder)
    assert set(FIGURES) <= set(summary["figures"])
    right = [record.scores["right"] for record in baseline.records if record.case.answerable]
    assert summary["figures"]["answer_accuracy"]["mean"] == pytest.approx(sum(right) / len(right))
    assert summary["figures"]["answer_accuracy zh→en"]["n"] == 2
    assert summary["n"] == summary["scored"] == len(small.cases)
    assert sum(summary["causes"].values()) == sum(record.cause is not None for record in baseline.records)
    assert sum(one["n"] for one in summary["calibration"]) == len(small.cases)
    assert [one["k"] for one in summary["recall_curve"]] == [1, 2, 3, 5, 10, 20, 60]
    assert set(summary["by"]["language"]) == {"zh", "en"}
    assert set(summary["latency"]) == {"p50", "p90", "p95", "p99", "mean", "max"}


def without_times(folder):
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines()]
    for record in records:
        del record["seconds"]
        (record["answer"] or {}).pop("timings_ms", None)
    return sorted(records, key=lambda record: record["case"]["id"])


def test_several_at_a_time_say_the_same(small, run_small, baseline, tmp_path):
    run = run_small(small, tmp_path / "run", jobs=3)
    assert without_times(run.folder) == without_times(baseline.folder)
    summaries = [read_summary(folder) | {"latency": None} for folder in (run.folder, baseline.folder)]
    assert summaries[0] == summaries[1]


def test_a_killed_run_goes_on_where_it_was(small, scripted, tmp_path):
    class Killed(BaseException):
        pass

    def kill(asked, of):
        if asked == 5:
            raise Killed

    with pytest.raises(Killed):
        run_suite(small, scripted(), tmp_path / "run", report=kill)
    with (tmp_path / "run" / "records.jsonl").open("a") as file:
        file.write('{"case": {"id": "half a li')
    broken = read_run(tmp_path / "run")
    assert (broken.finished, len(broken.records)) == (False, 5)
    subject = scripted()
    run = run_suite(small, subject, tmp_path / "run", resume=True)
    assert subject.asked == [case.id for case in small.cases[5:]]
    assert run.finished
    assert [record.case for record in run.records] == list(small.cases)


def test_what_was_unscored_is_asked_again(small, scripted, tmp_path):
    first = run_suite(small, scripted(failing=("cost.zh",)), tmp_path / "run")
    assert first.finished
    assert read_summary(tmp_path / "run")["unscored_ids"] == ["cost.zh"]
    (record,) = [record for record in first.records if record.unscored]
    assert (record.unscored, record.scores, record.cause) == ("it is out; start it", {}, None)
    subject = scripted()
    run = run_suite(small, subject, tmp_path / "run", resume=True)
    assert subject.asked == ["cost.zh"]
    assert read_summary(run.folder)["unscored"] == 0
    assert len(run.records) == len(small.cases)


def test_an_unscored_case_is_in_no_mean(small, scripted, tmp_path):
    run_suite(small, scripted(failing=[case.id for case in small.cases[1:]]), tmp_path / "run")
    summary = read_summary(tmp_path / "run")
    assert (summary["n"], summary["scored"], summary["unscored"]) == (len(small.cases), 1, len(small.cases) - 1)
    assert summary["figures"]["answer_accuracy"]["n"] == 1
    assert summary["figures"]["refusal_recall"] == {"mean": None, "low": None, "high": None, "n": 0}


def test_a_run_of_something_else_is_not_gone_on_with(small, scripted, tmp_path):
    run_suite(small, scripted(), tmp_path / "run")
    with pytest.raises(RunError, match="holds a run already; go on with --resume"):
        run_suite(small, scripted(), tmp_path / "run")
    with pytest.raises(RunError, match="run of another fingerprints; begin a new one"):
        run_suite(small, scripted(version="2"), tmp_path / "run", resume=True)
    fewer = replace(small, placed=small.placed[1:])
    with pytest.raises(RunError, match="run of another suite"):
        run_suite(fewer, scripted(), tmp_path / "run", resume=True)
    with pytest.raises(RunError, match="run of another settings"):
        run_suite(small, scripted(), tmp_path / "run", {"passages": 3}, resume=True)
    with pytest.raises(RunError, match="run of another judge"):
        run_suite(small, scripted(), tmp_path / "run", resume=True, judge=Judge(Opinion("RIGHT"), "openai:judge"))


def test_new_gates_of_the_suite_hold_once_the_run_is_gone_on_with(small, scripted, tmp_path):
    first = run_suite(small, scripted(), tmp_path / "run")
    subject = scripted()
    run = run_suite(replace(small, gates={"f1": 0.1}), subject, tmp_path / "run", resume=True)
    assert subject.asked == []
    assert run.info["suite"]["gates"] == {"f1": 0.1}
    assert run.info["started"] == first.info["started"]
    assert run.info["seconds"] >= first.info["seconds"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "case_ids": [], "suite": 3}'])
def test_what_is_no_run_is_named(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=r"run\.json is not the description of a run"):
        read_run(tmp_path)


def test_a_folder_without_a_run_another_format_and_a_broken_record_are_named(small, scripted, tmp_path):
    with pytest.raises(RunError, match=r"holds no run; make one with"):
        read_run(tmp_path)
    folder = run_suite(small, scripted(), tmp_path / "run").folder
    with (folder / "records.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(RunError, match=rf"records\.jsonl:{len(small.cases) + 1} is not a record"):
        read_run(folder)
    (folder / "run.json").write_text('{"format": 2}')
    with pytest.raises(RunError, match="has format 2, this program reads 1"):
        read_run(folder)


class Opinion:
    """A model that always writes the same."""

    def __init__(self, text):
        self.text, self.prompts = text, []

    def complete(self, prompt):
        self.prompts.append(prompt)
        return self


@pytest.mark.parametrize(("text", "mean"), [("RIGHT", 1.0), ("**Wrong**.\n", 0.0), ("I think it is right", None)])
def test_a_judge_is_reported_apart(small, scripted, tmp_path, text, mean):
    model = Opinion(text)
    run_suite(small, scripted(), tmp_path / "judged", judge=Judge(model, "openai:judge"))
    run_suite(small, scripted(), tmp_path / "run")
    judged, plain = read_summary(tmp_path / "judged"), read_summary(tmp_path / "run")
    assert (judged["judge"] or {"mean": None})["mean"] == mean
    assert plain["judge"] is None
    assert judged["figures"] == plain["figures"]
    assert len(model.prompts) == sum(case.answerable for case in small.cases)
    assert '"accepted": ["46 亿元"]' in model.prompts[0]


def test_the_shipped_suite_opens_and_its_gates_have_figures():
    assert set(open_suite("article").gates) <= set(FIGURES)
    assert set(MORE_IS_BETTER + FEWER_IS_BETTER) == set(FIGURES)


@pytest.mark.parametrize("changed", ["evals/prompts/draft.zh.txt", "rag/names.py"])
def test_another_prompt_or_module_is_other_code(scripted, small, tmp_path, monkeypatch, changed):
    for name in ("index/rows.py", "rag/names.py", "rag/prompts/answer.zh.txt", "evals/prompts/draft.zh.txt"):
        path = tmp_path / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("before")
    monkeypatch.setattr("evals.runs.resources", SimpleNamespace(files=lambda package: tmp_path / "code" / package))

    def code(folder):
        return run_suite(small, scripted(), tmp_path / folder).info["fingerprints"]["code"]

    before = code("first")
    assert code("second") == before
    (tmp_path / "code" / changed).write_text("after")
    assert code("third") != before
