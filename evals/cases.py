"""The nouns of an evaluation: a case is one question with what a right answer has to say and to cite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import TongwenError
from rag.answer import QuestionLanguage

CaseType = Literal[
    "amount", "share", "date", "count", "person", "organisation", "name", "reason", "comparison", "statement"
]
DocumentSet = Literal["both", "zh", "en"]
Unanswerable = Literal["missing_fact", "false_premise", "other_subject", "other_period", "other_entity"]


class CaseError(TongwenError):
    """A file of cases cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question. An answerable one is answered right where the answer holds one of `answers` and a citation lies
    on one of `must_cite`; an unanswerable one where it is refused."""

    id: str
    question: str
    language: QuestionLanguage
    type: CaseType
    documents: DocumentSet  # which of the suite's documents are in the library when it is asked
    answerable: bool
    answers: tuple[str, ...]
    must_cite: tuple[str, ...]  # passages of the documents, word for word
    why_unanswerable: Unanswerable | None

    @property
    def across(self) -> bool:
        """Whether only documents of the other language are there."""
        return self.documents not in ("both", self.language)


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSONL file; raises `CaseError` with the line where one is not as it should be."""
    cases = [_case(line, f"{path}:{number}") for number, line in enumerate(_lines(path), 1) if line.strip()]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"{path}: the id {case.id!r} stands twice; ids must be unique")
        seen.add(case.id)
    return cases


def _lines(path: Path) -> Iterable[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read ({error}); give a UTF-8 file of cases") from error


_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "language": get_args(QuestionLanguage),
    "type": get_args(CaseType),
    "documents": get_args(DocumentSet),
    "answerable": (True, False),
    "why_unanswerable": (None, *get_args(Unanswerable)),
}


def _case(line: str, place: str) -> Case:
    try:
        content = json.loads(line)
    except ValueError as error:
        raise CaseError(f"{place} is not JSON ({error}); correct the line") from error
    if isinstance(content, dict):
        content = {"documents": "both"} | content  # a library's own cases are asked of all that it has
    names = {field.name for field in fields(Case)}
    if not isinstance(content, dict) or set(content) != names:
        raise CaseError(f"{place} must have exactly the fields {', '.join(sorted(names))}; correct the line")
    for name, choices in _CHOICES.items():
        if not any(content[name] is choice or content[name] == choice for choice in choices):
            raise CaseError(f"{place}: {name} is {content[name]!r}, must be one of {', '.join(map(repr, choices))}")
    for name in ("answers", "must_cite"):
        if not isinstance(content[name], list) or not all(isinstance(item, str) and item for item in content[name]):
            raise CaseError(f"{place}: {name} must be a list of texts; correct the line")
    for name in ("id", "question"):
        if not isinstance(content[name], str) or not content[name].strip():
            raise CaseError(f"{place}: {name} must be a text that is not empty; correct the line")
    if content["answerable"] and not (content["answers"] and content["must_cite"]):
        raise CaseError(f"{place}: an answerable case needs answers and must_cite; correct the line")
    if content["answerable"] != (content["why_unanswerable"] is None):
        raise CaseError(f"{place}: why_unanswerable must be given for the unanswerable and for no other; correct it")
    return Case(**content | {"answers": tuple(content["answers"]), "must_cite": tuple(content["must_cite"])})
