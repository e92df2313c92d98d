"""Cases from elsewhere into a suite: tables that people filled in, and question sets in SQuAD's format.

Nothing is written where anything is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.case_files import write_cases
from evals.cases import CaseError, PlacedCase
from evals.sheets import read_sheet
from evals.squad_import import read_squad_suite
from evals.suite_folder import Suite, examine_suite, problems_of
from index.errors import LoadError
from index.loading import make_document

SHEETS = (".csv", ".tsv", ".xlsx")


class ImportFailed(CaseError):
    """Rows that cannot become cases; `problems` has a line for each, and nothing was written."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f"; {len(problems) - 1} more are like it" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Imported:
    file: Path  # where the cases are now
    cases: int
    documents: int  # written beside them
    uncited: int  # answerable cases that say of no passage that it must be cited


def import_cases(source: Path, suite_folder: Path, again: bool = False) -> Imported:
    """Write the cases of `source` into `imported-NAME.jsonl` in the suite; `again`: in place of an earlier import.

    Raises `ImportFailed` with every row that is wrong, in itself or by the documents of the suite.
    """
    suite, _ = examine_suite(suite_folder)
    if suite is None:
        raise CaseError(f"{suite_folder} is no suite; start one with `tongwen eval new {suite_folder}`")
    target = suite_folder / f"imported-{source.stem}.jsonl"
    if target.exists() and target.stat().st_size and not again:
        raise CaseError(f"{target} is there already; give --again to replace its cases")
    suite = replace(suite, placed=tuple(one for one in suite.placed if not one.place.startswith(f"{target}:")))
    texts: dict[str, str] = {}
    if source.suffix.lower() in SHEETS:
        found = list(read_sheet(source))
    elif source.suffix.lower() == ".json":
        squad = read_squad_suite(source)
        texts, found = dict(squad.texts), list(squad.placed)
        suite = _with_documents(suite, texts, again)
    else:
        raise CaseError(f"{source} is neither a table (.csv, .xlsx) nor a question set (.json); convert it")
    placed = _checked(found, suite)
    for name, text in texts.items():
        _write_document(suite_folder / "documents" / name, text)
    write_cases(target, [one.case for one in placed])
    uncited = sum(one.case.answerable and not one.case.must_cite for one in placed)
    return Imported(target, len(placed), len(texts), uncited)


def _with_documents(suite: Suite, texts: dict[str, str], again: bool) -> Suite:
    if not again and (taken := sorted(set(texts) & set(suite.files))):
        raise CaseError(f"the suite has a document {taken[0]!r} already; give --again to replace it")
    try:
        made = {name: (make_document(text, name=name, source=name),) for name, text in texts.items()}
    except LoadError as error:
        raise CaseError(str(error)) from error
    return replace(suite, files={**suite.files, **made})


def _checked(found: Sequence[PlacedCase | CaseError], suite: Suite) -> list[PlacedCase]:
    taken = {one.case.id: one.place for one in suite.placed}
    placed, problems = [], []
    for one in found:
        if isinstance(one, CaseError):
            problems.append(str(one))
            continue
        if one.case.id in taken:
            problems.append(f"{one.place}: the id {one.case.id!r} stands at {taken[one.case.id]} already; change one")
        problems += [f"{one.place}: {problem}" for problem in problems_of(one.case, suite)]
        placed.append(one)
    if problems:
        raise ImportFailed(problems)
    if not placed:
        raise CaseError("the table has no row below its header; fill one in for each case")
    return placed


def _write_document(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        raise CaseError(f"{path} cannot be written ({error.strerror}); check the folder") from error
