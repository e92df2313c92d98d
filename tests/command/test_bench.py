"""The command `tongwen bench`: its tables, its files, and wrong options."""

import json

import pytest


def test_it_prints_tables_and_keeps_them_with_figures_and_plot(tongwen, place):
    done = tongwen("bench", "--sizes", "4", "--rounds", 1, "--contenders", "tongwen", "--questions", 4, "--out", "b")
    assert done.status == 0
    assert "4 texts: all given; all encoded" in done.out
    assert "round 1 of 1, 4 texts, Tongwen: ingest" in done.err
    assert {path.name for path in (place / "b").iterdir()} == {"results.json", "report.md", "search.svg"}
    assert len(json.loads((place / "b" / "results.json").read_text("utf-8"))["measurements"]) == 2

    again = tongwen("bench", "--sizes", "4", "--rounds", 1, "--contenders", "tongwen", "--questions", 4, "--out", "b")
    assert again.status == 1
    assert "--resume" in again.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sizes", "many"], "whole numbers"),
        (["--sizes", "0,10"], "each is from 1"),
        (["--contenders", "tongwen,谁"], "llama-index-bm25, txtai, by-hand"),
        (["--resume"], "needs --out"),
        (["--rounds", "0"], "--rounds"),
    ],
)
def test_a_wrong_option_is_a_usage_error(tongwen, options, said):
    done = tongwen("bench", *options)
    assert done.status == 2
    assert said in done.err


def test_a_path_that_is_not_there_is_one_line(tongwen):
    done = tongwen("bench", "没有.txt")
    assert done.status == 1
    assert done.err.startswith("tongwen: ")
    assert done.err.count("\n") == 1


def test_help_says_what_is_measured_and_where_the_others_come_from(tongwen, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    done = tongwen("bench", "--help")
    assert done.status == 0
    assert "the extra `bench`" in done.out
    assert "--encode-up-to" in done.out
