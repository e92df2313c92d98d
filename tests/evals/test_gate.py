"""What a gate lets pass, on runs whose records are changed by hand; and what two runs differ in."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from evals.compare import compare_runs, comparison_json
from evals.gate import check_gate
from evals.junit import write_junit
from evals.records import RunError


def with_failures(run, cause, *ids):
    """The run with the cases of these ids failed."""

    def failed(record):
        answered = {"right": False, "answer_right": False}
        return replace(record, scores={**record.scores, **answered}, cause=cause)

    return replace(run, records=tuple(failed(one) if one.case.id in ids else one for one in run.records))


def test_a_run_passes_the_gates_that_it_reaches(baseline):
    assert check_gate(baseline, {"answer_accuracy": 0.8, "false_refusals": 0.2}) == []
    assert check_gate(baseline, {}, baseline) == []


def test_a_figure_below_its_gate_is_a_reason_with_causes_and_ids(baseline):
    run = with_failures(baseline, "wrong_answer", "cost.zh", "solar.en")
    (reason,) = check_gate(run, {"answer_accuracy": 1.0})
    assert reason.figure == "answer_accuracy"
    assert (reason.value, reason.wanted) == (pytest.approx(15 / 17), 1.0)
    assert reason.causes == {"wrong_answer": 2}
    assert reason.ids == ("cost.zh", "solar.en")
    assert "below 1 by 0.118" in reason.text


def test_one_case_is_no_proof(baseline):
    answerable = [one for one in baseline.records if one.case.answerable]
    few = replace(baseline, records=(answerable[0],), info={**baseline.info, "case_ids": [answerable[0].case.id]})
    (reason,) = check_gate(with_failures(few, "wrong_answer", answerable[0].case.id), {"answer_accuracy": 0.5})
    assert (reason.value, reason.significant) == (0.0, False)
    ids = [one.case.id for one in answerable]
    (reason,) = check_gate(with_failures(baseline, "wrong_answer", *ids), {"answer_accuracy": 0.5})
    assert (reason.value, reason.significant) == (0.0, True)


def test_a_part_of_the_run_may_have_a_gate_of_its_own(baseline):
    ids = [one.case.id for one in baseline.records if one.case.answerable and one.direction == "zh→both"]
    run = with_failures(baseline, "wrong_answer", *ids)
    assert check_gate(run, {"answer_accuracy en": 0.8}) == []
    (reason,) = check_gate(run, {"answer_accuracy zh": 0.8})
    assert (reason.figure, reason.value, reason.ids) == ("answer_accuracy zh", 0.0, tuple(ids))
    worse = check_gate(run, {"answer_accuracy zh": 0.0}, baseline)
    assert [one.figure for one in worse] == ["answer_accuracy", "answer_accuracy zh"]
    assert worse[1].wanted == 1.0
    with pytest.raises(RunError, match=r"there is no figure 'answer_accuracy fr'; there are: .*answer_accuracy zh"):
        check_gate(run, {"answer_accuracy fr": 0.5})


def test_of_false_refusals_more_is_worse(baseline):
    refused = [
        replace(one, scores={**one.scores, "refused": True, "right": False}, cause="wrongly_refused")
        if one.case.id == "cost.zh"
        else one
        for one in baseline.records
    ]
    run = replace(baseline, records=tuple(refused))
    (reason,) = check_gate(run, {"false_refusals": 0.05})
    assert "above 0.05" in reason.text
    assert reason.ids == ("cost.zh",)
    assert [one.figure for one in check_gate(run, {}, baseline)] == ["answer_accuracy", "false_refusals"]


def test_a_loss_within_the_tolerance_passes(baseline):
    run = with_failures(baseline, "wrong_answer", "cost.zh")  # one of 17
    assert check_gate(run, {}, baseline, 0.06) == []
    assert [one.figure for one in check_gate(run, {}, baseline, 0.05)] == ["answer_accuracy"]
    refused = [
        replace(one, scores={**one.scores, "refused": True}) if one.case.id == "cost.zh" else one
        for one in baseline.records
    ]
    more = replace(baseline, records=tuple(refused))
    assert [check_gate(more, {}, baseline, share) == [] for share in (0.05, 0.06)] == [False, True]


def test_whether_a_difference_may_be_chance_is_said(baseline):
    (chance,) = check_gate(with_failures(baseline, "ranked_out", "cost.zh"), {}, baseline)
    assert "may be chance, p = 1.000, McNemar" in chance.text
    assert (chance.significant, chance.causes, chance.ids) == (False, {"ranked_out": 1}, ("cost.zh",))
    ids = [record.case.id for record in baseline.records if record.case.answerable][:8]
    (sure,) = check_gate(with_failures(baseline, "ranked_out", *ids), {}, baseline)
    assert "significant, p = 0.008, McNemar" in sure.text
    assert sure.significant


def test_a_better_run_passes(baseline):
    assert check_gate(baseline, {}, with_failures(baseline, "wrong_answer", "cost.zh", "cost.en")) == []


def test_an_empty_or_unfinished_run_never_passes(baseline):
    unfinished = replace(baseline, info={**baseline.info, "finished": None})
    cut = replace(baseline, records=baseline.records[:-1])
    empty = replace(baseline, records=(), info={**baseline.info, "case_ids": []})
    for run in (unfinished, cut, empty):
        for gates in ({}, {"answer_accuracy": 0.0}):
            assert len(check_gate(run, gates, baseline)) == 1
            assert len(check_gate(baseline, gates, run)) == 1


def test_a_gate_that_asks_for_nothing_does_not_pass(baseline):
    (reason,) = check_gate(baseline, {})
    assert "nothing was asked for" in reason.text


def test_unscored_cases_do_not_make_a_run_pass(baseline):
    unscored = [replace(one, scores={}, cause=None, unscored="it timed out") for one in baseline.records[:3]]
    run = replace(baseline, records=(*unscored, *baseline.records[3:]))
    (reason,) = check_gate(run, {"answer_accuracy": 0.0})
    assert "3 of 23 cases" in reason.text
    assert "it timed out" in reason.text
    one = replace(baseline, records=(*unscored[:1], *baseline.records[1:]))
    assert check_gate(one, {"answer_accuracy": 0.0}) == []
    (lost,) = check_gate(one, {}, baseline)
    assert "1 cases of the baseline are not scored" in lost.text


def test_a_figure_that_no_case_has_is_not_reached(baseline):
    answered = tuple(one for one in baseline.records if one.case.answerable)
    run = replace(baseline, records=answered, info={**baseline.info, "case_ids": [one.case.id for one in answered]})
    (reason,) = check_gate(run, {"refusal_recall": 0.0})
    assert "not measured" in reason.text


def test_a_figure_that_there_is_not_is_named(baseline):
    with pytest.raises(RunError, match=r"no figure 'speed'; there are: answer_accuracy"):
        check_gate(baseline, {"speed": 1.0})


# Comparison


def test_cases_that_became_better_and_worse_are_told_apart(baseline):
    before = with_failures(baseline, "wrong_answer", "cost.zh", "done.en")
    after = with_failures(baseline, "ranked_out", "cost.zh", "solar.zh")
    found = compare_runs(before, after)
    assert [two.case.id for _, two in found.better] == ["done.en"]
    assert [(one.cause, two.cause) for one, two in found.worse] == [(None, "ranked_out")]
    assert found.causes["wrong_answer"] == (2, 0)
    assert found.causes["ranked_out"] == (0, 2)
    assert found.figures["answer_accuracy"].by == 0
    content = json.loads(json.dumps(comparison_json(found)))
    assert content["worse"][0]["id"] == "solar.zh"
    assert content["figures"]["answer_accuracy"]["noise"] is True
    assert content["same_cases"] is True


def test_only_cases_that_both_have_are_compared(baseline):
    fewer = replace(baseline, records=baseline.records[3:])
    found = compare_runs(baseline, fewer)
    assert found.shared == len(baseline.records) - 3
    assert found.only_first == tuple(record.case.id for record in baseline.records[:3])
    with pytest.raises(RunError, match="share no scored case"):
        compare_runs(replace(baseline, records=baseline.records[:3]), fewer)


# JUnit


def test_junit_has_a_test_for_each_case_and_escapes_what_xml_cannot_hold(baseline, tmp_path):
    first, second, *rest = with_failures(baseline, "wrong_answer", baseline.records[0].case.id).records
    first = replace(first, answer={**first.answer, "answer": "a\x00b\x1b[31m <&>\ud800 ]]> 中文"})
    second = replace(second, scores={}, cause=None, unscored="status\x07 503")
    run = replace(baseline, records=(first, second, *rest))
    write_junit(run, tmp_path / "out.xml")
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    failures = [record for record in run.records if record.cause]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        str(len(run.records)), str(len(failures)), "1",
    )  # fmt: skip
    assert [case.get("name") for case in suite] == [record.case.id for record in run.records]
    failure = suite[0].find("failure")
    assert failure.get("type") == "wrong_answer"
    assert "a\ufffdb\ufffd[31m <&>\ufffd ]]> 中文" in failure.text
    assert suite[1].find("skipped").get("message") == "status\ufffd 503"
    assert suite[2].find("failure") is None


def test_a_junit_file_that_cannot_be_written_is_one_line(baseline, tmp_path):
    with pytest.raises(RunError, match="cannot be written"):
        write_junit(baseline, tmp_path / "nowhere" / "out.xml")
