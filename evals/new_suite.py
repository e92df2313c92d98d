"""A new suite: a folder with its settings, a table to fill in, and what to do in both languages."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

from evals.cases import CaseError
from evals.sheets import COLUMNS
from rag.answer import QuestionLanguage

TABLE = "cases.csv"


def start_suite(folder: Path, language: QuestionLanguage) -> list[Path]:
    """Make the folder, and return what was written into it; the table is headed in `language`.

    Raises `CaseError` where there is something in the folder already.
    """
    template = resources.files("evals") / "suite_template"
    try:
        if folder.exists() and any(folder.iterdir()):
            raise CaseError(f"{folder} is not empty; give a new folder")
        (folder / "documents").mkdir(parents=True, exist_ok=True)
        for name in ("suite.toml", "README.md"):
            (folder / name).write_bytes((template / name).read_bytes())
        (folder / "cases.jsonl").touch()
        with (folder / TABLE).open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel what it is
            csv.writer(file).writerow(names[language == "zh"] for names in COLUMNS.values())
    except OSError as error:
        raise CaseError(f"{folder} cannot be written ({error.strerror}); choose another folder") from error
    return sorted(folder.iterdir())
