"""`tongwen calibrate`, by its file, its output and its errors."""

import json

import pytest

from evals.development_set import FOLDER, development_pairs
from rag.calibration import FILE_NAME


@pytest.fixture
def club(tongwen, place):
    """A library of the development documents on a club, and its cases without the field `documents`."""
    assert tongwen("add", FOLDER / "club.zh.md", FOLDER / "club.en.md").status == 0
    lines = []
    for line in (FOLDER / "cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        if case["id"].removeprefix("u-").startswith("club-"):
            del case["documents"]
            lines.append(json.dumps(case, ensure_ascii=False))
    path = place / "cases.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_cases_make_a_calibration_that_reset_takes_away(tongwen, club, place):
    made = tongwen("calibrate", "--cases", club, "--json")
    assert (made.status, made.err) == (0, "")
    assert made.json["source"] == "cases"
    assert made.json["chosen"]["false_refusals"] <= 0.05
    file = place / "library" / FILE_NAME
    assert json.loads(file.read_text("utf-8"))["shift"] == made.json["shift"]
    assert tongwen("ask", "Which side won the title?", "--json").status == 0
    reset = tongwen("calibrate", "--reset", "--json")
    assert (reset.json, file.exists()) == ({"reset": True}, False)
    assert tongwen("calibrate", "--reset", "--json").json == {"reset": False}


def test_the_curve_is_printed_with_the_point_that_was_chosen(tongwen, club):
    lines = tongwen("calibrate", "--cases", club, "--max-false-refusals", "0.1").out.splitlines()
    assert lines[0].startswith("calibrated on labelled cases: ")
    assert lines[-1].endswith("chosen")


def test_without_cases_questions_are_drawn(tongwen, place):
    tongwen("add", *(FOLDER / f"{name}.{end}.md" for name in list(development_pairs())[:3] for end in ("zh", "en")))
    assert tongwen("calibrate", "--json").json["source"] == "drawn"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cases", "missing.jsonl"], "missing.jsonl cannot be read"),
        (["--cases", "few.jsonl"], "at least 20 are needed"),
        ([], "at least 40 are needed"),
    ],
)
def test_what_is_not_enough_is_one_line(tongwen, club, place, arguments, words):
    (place / "few.jsonl").write_text(club.read_text("utf-8").splitlines()[0], "utf-8")
    result = tongwen("calibrate", *arguments)
    assert result.status == 1
    assert words in result.err
    assert result.err.count("\n") == 1
    assert not (place / "library" / FILE_NAME).exists()


@pytest.mark.parametrize("share", ["-0.1", "0.6", "x"])
def test_a_share_that_is_none_is_a_usage_error(tongwen, share):
    assert tongwen("calibrate", "--max-false-refusals", share).status == 2


def test_without_a_library_there_is_nothing_to_calibrate(tongwen, place):
    assert "no library" in tongwen("calibrate").err
    assert "no library" in tongwen("calibrate", "--reset").err


def test_a_damaged_calibration_is_one_line_and_reset_cures_it(tongwen, club, place):
    (place / "library" / FILE_NAME).write_text("{", "utf-8")
    asked = tongwen("ask", "Which side won the title?")
    assert (asked.status, asked.err.count("\n")) == (1, 1)
    assert "tongwen calibrate --reset" in asked.err
    assert tongwen("calibrate", "--reset").status == 0
    assert tongwen("ask", "Which side won the title?").status == 0
