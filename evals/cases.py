"""The nouns of an evaluation: a case is one question with what a right answer has to say and to cite.

The files of cases are described in `evals/CASES.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from evals.strict_json import load_object, shown
from index.errors import TongwenError
from rag.answer import Exchange, QuestionLanguage
from rag.quantities import find_quantities

CaseType = Literal[
    "amount",
    "share",
    "date",
    "count",
    "person",
    "organisation",
    "name",
    "reason",
    "comparison",
    "statement",
    "follow_up",
    "other",
]
DocumentSet = Literal["both", "zh", "en"]
Unanswerable = Literal["missing_fact", "false_premise", "other_subject", "other_period", "other_entity"]
Difficulty = Literal["easy", "medium", "hard"]


class CaseError(TongwenError):
    """A file of cases cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One right answer. Any of its texts will do, width and letter case aside; a quantity may also be written in
    any other way, in either language, and be off by the share `tolerance` of it."""

    text: str
    aliases: tuple[str, ...] = ()
    quantity: bool = False  # whether `text` is to be read as a figure; it is exactly one
    tolerance: float = 0.0

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *self.aliases)


@dataclass(frozen=True, slots=True)
class MustCite:
    """A passage of a document, word for word."""

    quote: str
    document: str | None = None  # its name in the suite; None: whichever document holds the quote


@dataclass(frozen=True, slots=True)
class Case:
    """One question. An answerable one is answered right where the answer holds one of `answers` and citations lie on
    one passage of every group of `must_cite`; an unanswerable one where it is refused."""

    id: str
    question: str
    language: QuestionLanguage
    type: CaseType
    answerable: bool
    answers: tuple[Accepted, ...] = ()
    must_cite: tuple[tuple[MustCite, ...], ...] = ()  # empty: what is cited is not judged
    documents: DocumentSet | tuple[str, ...] = "both"  # in the library when it is asked: by language, or by name
    why_unanswerable: Unanswerable | None = None
    difficulty: Difficulty | None = None
    history: tuple[Exchange, ...] = ()  # the turns before it, oldest first
    tags: tuple[str, ...] = ()

    @property
    def across(self) -> bool:
        """Whether only documents of the other language are there, as far as `documents` says."""
        return isinstance(self.documents, str) and self.documents not in ("both", self.language)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every accepted text, aliases included."""
        return tuple(text for accepted in self.answers for text in accepted.texts)

    @property
    def quotes(self) -> tuple[str, ...]:
        """Every passage of `must_cite`, its groups aside."""
        return tuple(passage.quote for group in self.must_cite for passage in group)


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case and where it is written, for the errors that only its documents show."""

    case: Case
    place: str  # "path:line"


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSONL file; raises `CaseError` with the line where one is wrong, or there is none."""
    cases = []
    for found in examine_cases(path):
        if isinstance(found, CaseError):
            raise found
        cases.append(found.case)
    if not cases:
        raise CaseError(f"{path}:1: the file holds no case; write one on each line, as evals/CASES.md says")
    return cases


def examine_cases(path: Path) -> Iterator[PlacedCase | CaseError]:
    """Every line that is not empty: its case, or what is wrong with it. A file that cannot be read is one error."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")  # not splitlines: texts may hold U+2028
    except (OSError, ValueError) as error:
        place = f"{path}:{_line_of(error)}" if isinstance(error, UnicodeDecodeError) else f"{path}"
        yield CaseError(f"{place} cannot be read ({error}); give a UTF-8 file of cases")
        return
    places: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            case = parse_case(load_object(line))
            if case.id in places:
                raise ValueError(f"the id {shown(case.id)} stands twice, first at {places[case.id]}")
        except ValueError as error:
            yield CaseError(f"{place}: {error}; correct the line")
        else:
            places[case.id] = place
            yield PlacedCase(case, place)


def _line_of(error: UnicodeDecodeError) -> int:
    return error.object[: error.start].count(b"\n") + 1


def parse_case(content: Mapping[str, Any]) -> Case:
    """The case in one object of a file; raises `ValueError` that says, in one line, what is wrong with which field."""
    if unknown := [name for name in content if name not in Case.__dataclass_fields__]:
        raise ValueError(
            f"there is no field {', '.join(map(shown, unknown))}; fields are {', '.join(Case.__dataclass_fields__)}"
        )
    if missing := [name for name in ("id", "question", "language", "type", "answerable") if name not in content]:
        raise ValueError(f"the field {', '.join(missing)} is missing")
    identifier = _text(content["id"], "id")
    if not identifier.isprintable():
        raise ValueError("id must be on one line, without control characters")
    if not isinstance(content["answerable"], bool):
        raise ValueError(f"answerable is {shown(content['answerable'])}, must be true or false")
    case = Case(
        id=identifier,
        question=_text(content["question"], "question"),
        language=_choice(content["language"], "language", get_args(QuestionLanguage)),
        type=_choice(content["type"], "type", get_args(CaseType)),
        answerable=content["answerable"],
        answers=tuple(_accepted(item) for item in _list(content.get("answers", []), "answers")),
        must_cite=_groups(content.get("must_cite", [])),
        documents=_documents(content.get("documents", "both")),
        why_unanswerable=_choice(content.get("why_unanswerable"), "why_unanswerable", (None, *get_args(Unanswerable))),
        difficulty=_choice(content.get("difficulty"), "difficulty", (None, *get_args(Difficulty))),
        history=tuple(_exchange(item) for item in _list(content.get("history", []), "history")),
        tags=tuple(_text(item, "every one of tags") for item in _list(content.get("tags", []), "tags")),
    )
    if case.answerable and not case.answers:
        raise ValueError("answers is empty, an answerable case needs at least one")
    if not case.answerable and case.answers:
        raise ValueError("answers must be left out of a case that is not answerable")
    if case.answerable and case.why_unanswerable:
        raise ValueError("why_unanswerable must be left out of an answerable case")
    if case.type == "follow_up" and not case.history:
        raise ValueError("history is empty, a follow_up needs the turns before it")
    return case


def case_json(case: Case) -> dict[str, Any]:
    """The object that `parse_case` reads back into the same case; what is as by default is left out."""
    groups = [[_passage_json(passage) for passage in group] for group in case.must_cite]
    optional: dict[str, Any] = {
        "documents": None if case.documents == "both" else case.documents,
        "answers": [_accepted_json(accepted) for accepted in case.answers],
        "must_cite": groups[0] if len(groups) == 1 else groups,
        "why_unanswerable": case.why_unanswerable,
        "difficulty": case.difficulty,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in case.history],
        "tags": list(case.tags),
    }
    return {
        "id": case.id,
        "question": case.question,
        "language": case.language,
        "type": case.type,
        "answerable": case.answerable,
    } | {name: list(value) if isinstance(value, tuple) else value for name, value in optional.items() if value}


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be a text that is not empty, not {shown(value)}")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list in [], not {shown(value)}")
    return value


def _choice(value: Any, name: str, choices: tuple[Any, ...]) -> Any:
    if not (value is None or isinstance(value, str)) or value not in choices:
        allowed = ", ".join("null" if choice is None else choice for choice in choices)
        raise ValueError(f"{name} is {shown(value)}, must be one of {allowed}")
    return value


def _accepted(value: Any) -> Accepted:
    if isinstance(value, str):
        return Accepted(_text(value, "every one of answers"))
    name = "quantity" if isinstance(value, dict) and "quantity" in value else "text"
    allowed = {name, "aliases"} | ({"tolerance"} if name == "quantity" else set())
    if not isinstance(value, dict) or name not in value or not set(value) <= allowed:
        raise ValueError(
            'every one of answers must be a text, {"text", "aliases"} or {"quantity", "tolerance", "aliases"}, '
            f"not {shown(value)}"
        )
    text, tolerance = _text(value[name], f"{name} of answers"), value.get("tolerance", 0)
    aliases = tuple(_text(item, "every alias") for item in _list(value.get("aliases", []), "aliases"))
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance < 1:
        raise ValueError(f"tolerance is {shown(tolerance)}, must be a share of the quantity, 0 to below 1")
    if name == "quantity" and (count := len(find_quantities(text))) != 1:
        raise ValueError(
            f"the quantity {shown(text)} holds {count or 'no'} figures, must be one with its unit, like 2000 亿美元"
        )
    return Accepted(text, aliases, name == "quantity", float(tolerance))


def _accepted_json(accepted: Accepted) -> Any:
    if not accepted.aliases and not accepted.quantity:
        return accepted.text
    content: dict[str, Any] = {"quantity" if accepted.quantity else "text": accepted.text}
    if accepted.tolerance:
        content["tolerance"] = accepted.tolerance
    return content | ({"aliases": list(accepted.aliases)} if accepted.aliases else {})


def _groups(value: Any) -> tuple[tuple[MustCite, ...], ...]:
    items = _list(value, "must_cite")
    lists = [isinstance(item, list) for item in items]
    if any(lists) and not all(lists):
        raise ValueError("must_cite mixes passages and lists of passages; give one list, or lists only")
    groups = items if any(lists) else [items] if items else []
    if not all(groups):
        raise ValueError("must_cite holds an empty list; give every list a passage")
    return tuple(tuple(_passage(item) for item in group) for group in groups)


def _passage(value: Any) -> MustCite:
    if isinstance(value, str):
        return MustCite(_text(value, "every passage of must_cite"))
    if not isinstance(value, dict) or "quote" not in value or not set(value) <= {"quote", "document"}:
        raise ValueError(f'every passage of must_cite must be a text or {{"document", "quote"}}, not {shown(value)}')
    document = _text(value["document"], "document of must_cite") if "document" in value else None
    return MustCite(_text(value["quote"], "quote of must_cite"), document)


def _passage_json(passage: MustCite) -> Any:
    return passage.quote if passage.document is None else {"document": passage.document, "quote": passage.quote}


def _documents(value: Any) -> Any:
    if isinstance(value, list) and value:
        return tuple(_text(item, "every one of documents") for item in value)
    if not isinstance(value, str) or value not in ("all", *get_args(DocumentSet)):
        raise ValueError(f"documents is {shown(value)}, must be both, all, zh, en or a list of file names")
    return "both" if value == "all" else value


def _exchange(value: Any) -> Exchange:
    if not isinstance(value, dict) or set(value) != {"question", "answer"} or not isinstance(value["answer"], str):
        raise ValueError(f'every turn of history must be {{"question", "answer"}}, not {shown(value)}')
    return Exchange(_text(value["question"], "question of history"), value["answer"])
