"""Benchmarks from start to end with the embedder that needs no model: kept, gone on with, and what goes wrong."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from evals.bench.contender import why_missing
from evals.bench.errors import BenchError
from evals.bench.figures import FLOOR
from evals.bench.measuring import Plan, measure, open_results, read_results
from evals.bench.report import write_report
from evals.bench.texts import read_texts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plan():
    """Of one contender, encoded with 16 texts and drawn with 120."""
    return Plan(
        texts=read_texts([], 8),
        contenders=("tongwen",),
        sizes=(16, 120),
        rounds=1,
        encode_up_to=16,
        embedder="hashing",
        time_limit=60,
    )


@pytest.fixture(autouse=True)
def place(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def out(tmp_path):
    return tmp_path


def run(plan, out, report=lambda line: None, resume=False):
    results = open_results(plan, out, resume)
    measure(plan, results, out, report)
    return results


def test_a_benchmark_measures_every_stage_and_is_gone_on_with(plan, out):
    lines = []

    def stop(line):
        lines.append(line)
        if line.startswith("round") and "120 texts" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(plan, out, stop)
    kept = read_results(out)
    assert [(one.size, one.contender) for one in kept.measurements] == [(16, "tongwen"), (16, FLOOR), (120, "tongwen")]

    results = run(plan, out, resume=True)
    assert results.measurements[:3] == kept.measurements
    assert results == read_results(out)
    encoded, floor, drawn, _ = (one.figures for one in results.measurements)
    times = {"search_p50_ms", "embed_p95_ms", "dense_p50_ms", "lexical_p50_ms", "fuse_p50_ms", "answer_p50_ms"}
    assert {*times, "first_s", "first_answer_s", "store_s", "memory_mb", "disk_mb"} <= encoded.keys() & drawn.keys()
    assert "ingest_s" in encoded
    assert "ingest_s" not in drawn
    assert 0 < encoded["first_s"] <= encoded["first_answer_s"]
    assert encoded["store_s"] <= encoded["ingest_s"]
    assert encoded["disk_mb"] < drawn["disk_mb"]
    assert 0 < drawn["found"] <= 1
    assert {"ingest_s", "embed_p50_ms", "dense_p50_ms", "lexical_p50_ms", "first_s"} <= floor.keys()
    assert "120 texts: 102 given, the others drawn" in write_report(results, markdown=False)


def test_a_folder_that_holds_a_benchmark_is_not_written_over(plan, out):
    (out / "results.json").write_text("{}", "utf-8")
    with pytest.raises(BenchError, match="--resume"):
        open_results(plan, out, resume=False)
    with pytest.raises(BenchError, match="not the result of a benchmark"):
        open_results(plan, out, resume=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"sizes": (4, 5), "rounds": 9}, None), ({"encode_up_to": 3}, "other texts"), ({"contenders": ()}, "other texts")],
    ids=["more of the same", "other vectors", "other contenders"],
)
def test_only_the_same_benchmark_is_gone_on_with(plan, out, change, reason):
    keep(open_results(plan, out, resume=False), out)
    with pytest.raises(BenchError, match=reason) if reason else nullcontext():
        open_results(replace(plan, **change), out, resume=True)


def test_figures_of_two_machines_are_not_mixed(plan, out):
    results = open_results(plan, out, resume=False)
    keep(replace(results, machine={**results.machine, "cores": 4096}), out)
    with pytest.raises(BenchError, match="another machine"):
        open_results(plan, out, resume=True)


def keep(results, out):
    (out / "results.json").write_text(json.dumps(results.to_json()), "utf-8")


@pytest.fixture
def broken_txtai(tmp_path_factory, monkeypatch):
    """A package of that name which cannot be imported."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "txtai.py").write_text("raise RuntimeError('索引损坏 the index is damaged')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{ROOT}")
    monkeypatch.syspath_prepend(folder)


def test_a_contender_that_crashes_is_noted_and_the_others_are_measured(plan, out, broken_txtai):
    results = run(replace(plan, contenders=("txtai", "tongwen"), sizes=(4,), rounds=2), out)
    assert results.contenders(4) == ["tongwen"]
    assert [one.round for one in results.measurements if one.contender == "txtai"] == [1]  # not tried again
    reason = "its ingest ended with status 1: RuntimeError: 索引损坏 the index is damaged"
    assert results.failures() == {(4, "txtai"): reason}
    assert f"txtai hybrid failed with 4 texts: {reason}" in write_report(results, markdown=False)


def test_a_process_that_takes_too_long_is_ended(plan, out):
    results = run(replace(plan, sizes=(4,), time_limit=0.01), out)
    assert results.failures()[4, "tongwen"] == "its ingest took longer than 0.01 s"


def test_a_contender_that_is_not_installed_is_left_out_with_the_reason(plan, out, monkeypatch):
    monkeypatch.setattr("evals.bench.contender.find_spec", lambda module: None)
    reason = "txtai is not installed; run `pip install 'tongwen[bench]'`"
    assert why_missing("txtai") == reason
    assert open_results(replace(plan, contenders=("tongwen", "txtai")), out, resume=False).left_out == {"txtai": reason}
