"""The figures of the torture tests: their bounds, their lines and the table."""

import json
from pathlib import Path

import pytest
from torture_report import latest, report, table, upper_bound


@pytest.mark.parametrize(
    ("n", "failures", "bound"),
    [(0, 0, 1.0), (2, 0, 1.0), (200, 0, 0.015), (10_000, 0, 0.0003), (10, 1, 0.4041), (100, 50, 0.5962)],
)
def test_upper_bounds(n: int, failures: int, bound: float) -> None:
    assert upper_bound(n, failures) == pytest.approx(bound, abs=1e-4)


def test_a_line_says_what_was_measured_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "build" / "figures.jsonl"
    monkeypatch.setenv("TONGWEN_TORTURE_REPORT", str(path))
    report("T01", n=200, failures=0, seed=7, what="丢失的文档")
    report("T02", n=3, failures=1, calls={"write": 3})
    first, second = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert (first["n"], first["failures"], first["upper95"], first["seed"]) == (200, 0, 0.015, 7)
    assert first["what"] == "丢失的文档"
    assert "test_a_line_says_what_was_measured_and_how" in first["command"]
    assert second["calls"] == {"write": 3}
    assert first["commit"] == second["commit"] != ""


def line(**fields: object) -> dict[str, object]:
    return {"id": "T01", "what": "kills", "commit": "a", "n": 5, "failures": 0, "upper95": 0.6, "seed": 1,
            "command": "pytest"} | fields  # fmt: skip


def test_the_table_shows_the_longest_run_of_the_last_commit() -> None:
    lines = [line(n=900), line(commit="b", n=200), line(commit="b", n=5), line(id="T02", seed=None)]
    assert [(one["id"], one["n"]) for one in latest(lines)] == [("T01", 200), ("T02", 5)]
    assert table(latest(lines)).splitlines()[2:] == [
        "| T01 | kills | 200 | 0 | 60 % | 1 | b | `pytest` |",
        "| T02 | kills | 5 | 0 | 60 % | – | a | `pytest` |",
    ]
