"""What `evals/CASES.md` says is so: its fields, choices, settings and examples are those of the program."""

from pathlib import Path
from typing import get_args

import pytest

import evals
from evals.cases import Case, CaseType, Difficulty, Unanswerable, read_cases
from evals.sheets import COLUMNS
from evals.suite_folder import FEWER_IS_BETTER, MORE_IS_BETTER

TEXT = (Path(evals.__file__).parent / "CASES.md").read_text("utf-8")


def test_the_examples_are_cases(tmp_path):
    lines = [line.strip() for line in TEXT.splitlines() if line.startswith("    {")]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), "utf-8")
    assert [case.language for case in read_cases(tmp_path / "cases.jsonl")] == ["zh", "en"]


@pytest.mark.parametrize(
    "word",
    [
        *Case.__dataclass_fields__,
        *get_args(CaseType),
        *get_args(Unanswerable),
        *get_args(Difficulty),
        *MORE_IS_BETTER,
        *FEWER_IS_BETTER,
    ],
)
def test_every_word_of_a_case_is_described(word):
    assert f"`{word}`" in TEXT


@pytest.mark.parametrize("names", COLUMNS.values(), ids=COLUMNS)
def test_every_column_is_described(names):
    assert any(names[0] in line and names[1] in line for line in TEXT.splitlines() if line.startswith("| "))
