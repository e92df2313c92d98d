"""Measures what the grounding of answers catches: right answers with one figure or name changed, and false alarms.

Every answer is grounded sentence by sentence, as if a model had written it, against all that is retrieved for its
question. An unchanged one that is flagged is a false alarm; a changed one that is not is a miss. Not measured: whether
the right sentence is cited, and answers that are wrong in words alone.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any, Literal

from evals.cases import CaseError
from evals.development_set import development_documents
from evals.mutations import Mutation, bound_mutations, figure_mutations
from evals.name_swaps import KnownName, name_mutations, read_names
from evals.statistics import upper_bound
from index.embedding import Embedder
from index.library import Library
from index.loading import load_samples
from index.schema import Document
from index.sentences import sentence_spans
from rag.answer import QuestionLanguage
from rag.answerer import DraftSentence
from rag.assistant import Assistant
from rag.evidence import Evidence
from rag.grounding import GroundedSentence, GroundingRules, ground
from rag.names import Names

GuardSet = Literal["measuring", "development"]
Report = Callable[[int, int], None]  # (answers done, answers in all)

_SEED = 20260101


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """An answer that the documents bear out, written by hand."""

    id: str
    language: QuestionLanguage
    documents: Literal["zh", "en"]  # the only ones in the library when it is grounded
    question: str
    answer: str

    @property
    def direction(self) -> str:
        return f"{self.language} over {self.documents}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer, unchanged or with one change, and whether it was flagged."""

    answer: RightAnswer
    group: str  # "right: figures", "right: names", "figure", "name" or "bound"
    kind: str
    headline: bool  # the one change of its group that was drawn for the answer
    flagged: bool
    text: str
    reported: tuple[str, ...]  # the figures and names that were flagged
    held_against: tuple[str, ...]  # the sentences that it was found to rest on


@dataclass(frozen=True, slots=True)
class GuardRun:
    trials: tuple[Trial, ...]

    def figures(self) -> list[dict[str, Any]]:
        """A row each of: what, n, failures (false alarms or misses), their rate and its upper 95 % bound."""
        headline = [trial for trial in self.trials if trial.headline]
        rows = list(_rows("", headline, lambda trial: ""))
        rows += _rows("by direction", headline, lambda trial: trial.answer.direction)
        rows += _rows("every change, by kind", self.trials, lambda trial: trial.kind)
        return rows

    def failures(self) -> list[Trial]:
        return [trial for trial in self.trials if _failed(trial)]

    def to_json(self) -> dict[str, Any]:
        return {"seed": _SEED, "figures": self.figures(), "failures": [asdict(trial) for trial in self.failures()]}


def _failed(trial: Trial) -> bool:
    return trial.flagged == trial.group.startswith("right")


def _rows(table: str, trials: Iterable[Trial], part: Callable[[Trial], str]) -> Iterator[dict[str, Any]]:
    counted: Counter[tuple[str, str]] = Counter()
    failed: Counter[tuple[str, str]] = Counter()
    for trial in trials:
        counted[trial.group, part(trial)] += 1
        failed[trial.group, part(trial)] += _failed(trial)
    for (group, name), n in sorted(counted.items()):
        failures = failed[group, name]
        yield {
            "table": table, "group": group, "part": name, "n": n, "failures": failures, "rate": round(failures / n, 4),
            "upper95": round(upper_bound(failures, n), 4),
        }  # fmt: skip


def run_guard(name: GuardSet, embedder: Embedder, report: Report | None = None) -> GuardRun:
    """Ground every answer of the set, unchanged and with every change that applies to it."""
    answers, known, documents = _read_set(name)
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="tongwen-eval-") as folder:
        assistants: dict[str, Assistant] = {}
        for done, answer in enumerate(answers, 1):
            if answer.documents not in assistants:
                library = Library(Path(folder) / answer.documents, embedder)
                list(library.add(document for document in documents if document.language == answer.documents))
                assistants[answer.documents] = Assistant(library)
            assistant = assistants[answer.documents]
            evidence = assistant.find(answer.question).evidence
            trials += try_answer(answer, evidence, assistant.names_in(evidence), known)
            if report:
                report(done, len(answers))
    return GuardRun(tuple(trials))


def read_answers(path: Path) -> list[RightAnswer]:
    """The answers of a JSONL file; raises `CaseError` with the line where one is not as it should be."""
    answers = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            answers.append(RightAnswer(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise CaseError(f"{path}:{number} is no answer ({error}); correct the line") from error
    return answers


def _read_set(name: GuardSet) -> tuple[list[RightAnswer], list[KnownName], list[Document]]:
    root = Path(str(resources.files("evals")))
    if name == "measuring":
        folder = root / "suites" / "guard"
        return read_answers(folder / "answers.jsonl"), read_names(folder / "names.jsonl"), list(load_samples())
    folder = root / "development"
    return read_answers(folder / "guard.jsonl"), read_names(folder / "guard_names.jsonl"), development_documents()


def try_answer(
    answer: RightAnswer, evidence: Sequence[Evidence], names: Names, known: Sequence[KnownName]
) -> list[Trial]:
    """The unchanged answer and all its changes; what is drawn depends on the answer's id alone."""
    random = Random(f"{_SEED} {answer.id}")
    right = _ground(answer.answer, evidence, names)
    trials = list(_unchanged(answer, right))
    groups: dict[str, list[Mutation]] = {
        "figure": figure_mutations(answer.answer, random),
        "name": name_mutations(answer.answer, answer.language, known, random),
        "bound": bound_mutations(answer.answer, random),
    }
    for group, mutations in groups.items():
        drawn = _drawn(mutations, random)
        for mutation in mutations:
            text = mutation.apply(answer.answer)
            changed = _ground(text, evidence, names)
            flagged = _is_caught(right, changed, by="names" if group == "name" else "figures")
            trials.append(
                Trial(
                    answer,
                    group,
                    mutation.kind,
                    mutation is drawn,
                    flagged,
                    text,
                    _reported(changed),
                    _rests_on(changed),
                )
            )
    return trials


def _drawn(mutations: Sequence[Mutation], random: Random) -> Mutation | None:
    """One of them; the kind is drawn first, so that a kind with many places does not crowd out the others."""
    if not mutations:
        return None
    kind = random.choice(sorted({mutation.kind for mutation in mutations}))
    return random.choice([mutation for mutation in mutations if mutation.kind == kind])


def _ground(text: str, evidence: Sequence[Evidence], names: Names) -> list[GroundedSentence]:
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    return [ground(DraftSentence(sentence, "prose", evidence), names, GroundingRules()) for sentence in sentences]


def _unchanged(answer: RightAnswer, right: Sequence[GroundedSentence]) -> Iterator[Trial]:
    baseless = any(not sentence.rests_on for sentence in right)
    for group, checks in (
        ("right: figures", [check for sentence in right for check in sentence.checks.figures]),
        ("right: names", [check for sentence in right for check in sentence.checks.names]),
    ):
        wrong = [check.text for check in checks if not check.supported]
        kind = "nothing to rest on" if baseless else "flagged" if wrong else "held"
        yield Trial(
            answer, group, kind, True, baseless or bool(wrong), answer.answer, _reported(right), _rests_on(right)
        )


def _is_caught(
    right: Sequence[GroundedSentence], changed: Sequence[GroundedSentence], by: Literal["figures", "names"]
) -> bool:
    """Whether a sentence is withheld that was not, or something of the kind is flagged that was not."""
    withheld = sum(sentence.withheld for sentence in changed) > sum(sentence.withheld for sentence in right)
    return withheld or bool(_flagged(changed, by) - _flagged(right, by))


def _flagged(sentences: Sequence[GroundedSentence], by: Literal["figures", "names"]) -> Counter[str]:
    checks = (sentence.checks.figures if by == "figures" else sentence.checks.names for sentence in sentences)
    return Counter(check.text for each in checks for check in each if not check.supported)


def _rests_on(sentences: Sequence[GroundedSentence]) -> tuple[str, ...]:
    return tuple(evidence.text for sentence in sentences for evidence in sentence.rests_on)


def _reported(sentences: Sequence[GroundedSentence]) -> tuple[str, ...]:
    return tuple(text for sentence in sentences for text in sentence.unsupported)
