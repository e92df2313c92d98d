"""Drafted cases into a suite, with the documents they are about."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from evals.case_files import write_cases
from evals.cases import Case, CaseError, PlacedCase, examine_cases
from evals.suite_folder import examine_suite, problems_of
from index.errors import LoadError
from index.loading import load_file
from index.schema import Document

Draft = Callable[[Document, str | None], Sequence[Case]]  # a document, and its name in the suite


def draft_document(path: Path, draft: Draft) -> list[Case]:
    """The cases of a document that belongs to no suite; raises `LoadError` where it is none."""
    return list(draft(load_file(path), None))


def draft_into_suite(path: Path, suite_folder: Path, draft: Draft, again: bool = False) -> tuple[Path, list[Case]]:
    """Write the cases into `draft-NAME.jsonl` of the suite, and the document beside its others where it is not there.

    `again`: in place of an earlier draft, edits of it included. Raises `CaseError` where anything is in the way.
    """
    target, folder = suite_folder / f"draft-{path.stem}.jsonl", suite_folder / "documents"
    if not (suite_folder / "suite.toml").is_file():
        raise CaseError(f"{suite_folder} is no suite; start one with `tongwen eval new {suite_folder}`")
    inside = path.resolve().is_relative_to(folder.resolve())
    name = path.resolve().relative_to(folder.resolve()).as_posix() if inside else path.name
    if others := _cited_in(target) - {name}:
        raise CaseError(f"{target} is the draft of {min(others)}; rename one of the two documents")
    if target.exists() and not again:
        raise CaseError(f"{target} is there already; give --again to replace it, with all that was edited in it")
    document = load_file(path)
    if not inside:
        _bring(path, folder / name)
    cases = list(draft(document, name))
    suite, _ = examine_suite(suite_folder)
    if suite is None or not suite.files.get(name):
        raise CaseError(f"{name} is not among the documents that {suite_folder / 'suite.toml'} names; add it there")
    if problem := next((problem for case in cases for problem in problems_of(case, suite)), None):
        raise CaseError(f"{path}: {problem}")
    write_cases(target, cases)
    return target, cases


def _cited_in(target: Path) -> set[str]:
    """The documents that an earlier draft names."""
    found = examine_cases(target) if target.exists() else ()
    groups = [group for one in found if isinstance(one, PlacedCase) for group in one.case.must_cite]
    return {passage.document for group in groups for passage in group if passage.document}


def _bring(source: Path, target: Path) -> None:
    try:
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
        elif target.read_bytes() != source.read_bytes():
            raise LoadError(f"{target} is there already and is another document; rename one of them")
    except OSError as error:
        raise CaseError(f"{target} cannot be written ({error.strerror}); check the folder") from error
