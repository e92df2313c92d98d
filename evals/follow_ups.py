"""Follow-up questions: whether the stand-alone form that is made of one finds what a hand-written one finds.

    python -m evals.follow_ups [--set development]

A case is a turn after a turn, with the stand-alone question that a person would write, the sentences that answer it,
and the parts that it must carry over. Compared are the passages found by the turn as it was asked, by the form made of
it, and by the hand-written one. Beside it complete questions follow other ones: none of them may be changed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from evals.cases import Case, CaseError, read_cases
from evals.development_set import development_documents
from evals.statistics import Estimate, estimate
from index.embedding import Embedder, open_embedder
from index.library import Library
from index.loading import load_samples
from index.schema import Document
from rag.answer import Exchange
from rag.assistant import Assistant
from rag.follow_up import stand_alone
from rag.names import Names
from rag.naming.glossary import open_glossary

SetName = Literal["article", "development"]
_FORMS = ("as asked", "made", "by hand")
_DEPTHS = (1, 5)
_SEED = 20260101
# Development documents of which every question says what it is about; those of the others say "it" and "the fee".
_COMPLETE_IN = ("metro", "hospital", "travel", "espresso")
_COMPLETE_QUESTIONS = 200  # that follow another one


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A turn after a turn. Its stand-alone form is right where it holds one form of every slot and nothing replaced."""

    id: str
    language: Literal["zh", "en", "mixed"]  # mixed: of turns in two languages, or of words of both
    kind: str  # what the turn leaves out or changes
    history: tuple[Exchange, ...]
    question: str
    standalone: str  # as a person would write it
    must_cite: tuple[str, ...]  # sentences that answer it, word for word, in each language
    slots: tuple[tuple[str, ...], ...]  # what must be said, each in one of several forms
    replaced: tuple[str, ...]  # what must not be said any more

    def is_carried_over(self, question: str) -> bool:
        """Whether `question` holds every slot and nothing that was replaced, letter case aside."""
        folded = question.casefold()
        carried = all(any(form.casefold() in folded for form in forms) for forms in self.slots)
        return carried and not any(gone.casefold() in folded for gone in self.replaced)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one follow-up and what each form of it found."""

    case: FollowUp
    made: str
    carried_over: bool
    ranks: Mapping[str, int | None]  # by form: of the first passage that holds a sentence to cite; None of none


@dataclass(frozen=True, slots=True)
class FollowUpRun:
    outcomes: tuple[Outcome, ...]
    rewritten: tuple[tuple[str, str, str], ...]  # complete questions that were changed: before them, asked, made
    complete_questions: int

    def figures(self) -> dict[str, Estimate]:
        """Name of each figure: its estimate, in the order in which a report shows them."""
        figures = {}
        for language in ("all", "zh", "en", "mixed"):
            chosen = [each for each in self.outcomes if language in ("all", each.case.language)]
            for depth, form in itertools.product(_DEPTHS, _FORMS):
                ranks = [each.ranks[form] for each in chosen]
                found = [rank is not None and rank <= depth for rank in ranks]
                figures[f"recall@{depth} {form}, {language}"] = estimate(found)
            figures[f"slots carried over, {language}"] = estimate([each.carried_over for each in chosen])
        changed = len(self.rewritten)
        figures["complete questions changed"] = estimate([1] * changed + [0] * (self.complete_questions - changed))
        return figures

    def to_json(self) -> dict[str, Any]:
        return {
            "n": len(self.outcomes),
            "figures": {name: asdict(value) for name, value in self.figures().items()},
            "cases": [
                {"id": each.case.id, "question": each.case.question, "standalone": each.case.standalone}
                | {"made": each.made, "carried_over": each.carried_over, "ranks": dict(each.ranks)}
                for each in self.outcomes
            ],
            "complete_questions_changed": [list(each) for each in self.rewritten],
        }


def read_follow_ups(path: Path) -> list[FollowUp]:
    """The follow-ups of a JSONL file; raises `CaseError` with the line where one is not as it should be."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read ({error}); give a UTF-8 file of follow-ups") from error
    return [_follow_up(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def run_follow_ups(name: SetName, embedder: Embedder) -> FollowUpRun:
    """Make every follow-up of a shipped set stand-alone and search for it in a throw-away library."""
    folder = Path(str(resources.files("evals")))
    if name == "article":
        cases = read_follow_ups(folder / "suites" / "follow-ups" / "cases.jsonl")
        complete = read_cases(folder / "suites" / "article" / "cases.jsonl")
        documents: Iterable[Document] = load_samples()
    else:
        cases = read_follow_ups(folder / "development" / "follow-ups.jsonl")
        cases_of = read_cases(folder / "development" / "cases.jsonl")
        complete = [case for case in cases_of if case.id.startswith(_COMPLETE_IN)]
        documents = development_documents()
    names = Names(open_glossary(None))
    with tempfile.TemporaryDirectory(prefix="tongwen-eval-") as scratch:
        library = Library(Path(scratch) / "library", embedder)
        for _ in library.add(documents):
            pass
        assistant = Assistant(library)
        outcomes = tuple(_outcome(case, assistant, names) for case in cases)
    return FollowUpRun(outcomes, _changed(complete, names), _COMPLETE_QUESTIONS)


def _outcome(case: FollowUp, assistant: Assistant, names: Names) -> Outcome:
    made = stand_alone(case.question, case.history, names)
    questions = zip(_FORMS, (case.question, made, case.standalone), strict=True)
    ranks = {form: _rank(assistant, question, case.must_cite) for form, question in questions}
    return Outcome(case, made, case.is_carried_over(made), ranks)


def _rank(assistant: Assistant, question: str, sentences: Sequence[str]) -> int | None:
    hits = assistant.search(question, max(_DEPTHS))
    return next((n for n, hit in enumerate(hits, 1) if any(sentence in hit.chunk.text for sentence in sentences)), None)


def _changed(cases: Sequence[Case], names: Names) -> tuple[tuple[str, str, str], ...]:
    """Of randomly paired complete questions those that were changed, though they need nothing of the other one."""
    generator = random.Random(_SEED)
    changed = []
    for _ in range(_COMPLETE_QUESTIONS):
        before, asked = generator.sample(cases, 2)
        history = [Exchange(before.question, " ".join(before.quotes[:1]))]
        made = stand_alone(asked.question, history, names)
        if made != asked.question.strip():
            changed.append((before.question, asked.question, made))
    return tuple(changed)


def _follow_up(line: str, place: str) -> FollowUp:
    try:
        content = json.loads(line)
        if set(content) != {field.name for field in fields(FollowUp)}:
            raise ValueError("the fields are not those of a follow-up")
        return FollowUp(
            **content
            | {
                "history": tuple(Exchange(**each) for each in content["history"]),
                "must_cite": tuple(content["must_cite"]),
                "slots": tuple(map(tuple, content["slots"])),
                "replaced": tuple(content["replaced"]),
            }
        )
    except (ValueError, TypeError) as error:
        raise CaseError(f"{place} is no follow-up ({error}); correct the line") from error


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.follow_ups", description=__doc__.partition("\n")[0])
    parser.add_argument("--set", choices=("article", "development"), default="article", dest="name")
    parser.add_argument("--cases", action="store_true", help="show every follow-up and what was made of it")
    options = parser.parse_args()
    run = run_follow_ups(options.name, open_embedder())
    if options.cases:
        for each in run.outcomes:
            sign = "✓" if each.carried_over else "✗"
            turns = f"{each.case.history[-1].question} | {each.case.question} → {each.made}"
            print(f"{each.case.id} {sign} rank {each.ranks['made']}: {turns}")
        for before, asked, made in run.rewritten:
            print(f"changed: {before} | {asked} → {made}")
    print_figures(run)
    return 0


def print_figures(run: FollowUpRun) -> None:
    """One figure a line, each with its 95 % interval."""
    figures = run.figures()
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value}  n={value.n}")


if __name__ == "__main__":
    sys.exit(main())
