"""Question sets in SQuAD's format made a suite's: each article a document, each question a case with its sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.accepted import accepted_from
from evals.cases import Case, CaseError, MustCite, PlacedCase, case_json, parse_case
from evals.sheets import guessed_type
from index.sentences import sentence_spans
from rag.question import question_language

_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 80  # characters of a file's name


@dataclass(frozen=True, slots=True)
class SquadSuite:
    """The texts by the names of the files they go into, and the cases; none is written yet."""

    texts: Mapping[str, str]
    placed: tuple[PlacedCase, ...]
    unmarked: int  # answerable questions whose answer stands nowhere in their paragraph: nothing must be cited


def read_squad_suite(path: Path) -> SquadSuite:
    """The articles and questions of a SQuAD 1.1 or 2.0 file; raises `CaseError` where it is none."""
    texts: dict[str, str] = {}
    placed: list[PlacedCase] = []
    unmarked = 0
    try:
        for article in json.loads(path.read_text("utf-8-sig"))["data"]:
            name = _file_name(str(article.get("title") or path.stem), texts)
            contexts = [str(paragraph["context"]) for paragraph in article["paragraphs"]]
            texts[name] = "\n\n".join(contexts) + "\n"
            for paragraph, context in zip(article["paragraphs"], contexts, strict=True):
                for entry in paragraph["qas"]:
                    case = _case(entry, context, name)
                    unmarked += case.answerable and not case.must_cite
                    placed.append(PlacedCase(case, f"{path}, question {case.id}"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CaseError(f"{path} is not a question set in SQuAD's format ({error!r}); give one that is") from error
    if not placed:
        raise CaseError(f"{path} holds no question; give a set that does")
    return SquadSuite(texts, tuple(placed), unmarked)


def _file_name(title: str, taken: Mapping[str, str]) -> str:
    stem = _UNSAFE.sub("_", title).strip("._")[:_LONGEST_NAME] or "article"
    names = (f"{stem}.txt", *(f"{stem}-{number}.txt" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in {other.casefold() for other in taken})


def _case(entry: Mapping[str, Any], context: str, document: str) -> Case:
    question = str(entry["question"])
    marked = [] if entry.get("is_impossible") else [(str(a["text"]), a.get("answer_start")) for a in entry["answers"]]
    quotes = dict.fromkeys(quote for text, start in marked if text and (quote := _sentence(context, text, start)))
    case = Case(
        id=str(entry["id"]),
        question=question,
        language=question_language(question),
        type="other",
        answerable=bool(marked),
        answers=tuple(accepted_from(list(dict.fromkeys(text for text, _ in marked)))),
        must_cite=(tuple(MustCite(quote, document) for quote in quotes),) if quotes else (),
    )
    return parse_case(case_json(case) | {"type": guessed_type(question)})


def _sentence(context: str, answer: str, start: object) -> str | None:
    """The sentence with the answer at `start`, or, where it does not stand there, with its first occurrence."""
    if not isinstance(start, int) or start < 0 or not context.startswith(answer, start):
        start = context.find(answer)
    if start < 0:
        return None
    spans = [(first, last) for first, last in sentence_spans(context) if first < start + len(answer) and start < last]
    return context[spans[0][0] : spans[-1][1]] if spans else None
