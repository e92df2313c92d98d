"""Fact suites: cases over a fixed set of documents, asked of throw-away libraries, and the figures of a run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from evals.cases import Case, CaseError, DocumentSet, read_cases
from evals.refusal_curve import refusal_curve
from evals.scoring import answer_is_right, quote_is_expected
from evals.statistics import Estimate, estimate
from index.embedding import Embedder
from index.library import Library
from index.loading import load_samples
from index.schema import Document
from rag.answer import Answer
from rag.answerer import Answerer
from rag.assistant import Assistant

SUITES: Mapping[str, Callable[[], Iterable[Document]]] = {"article": load_samples}

Report = Callable[[int, int], None]  # (cases asked, cases in all)


@dataclass(frozen=True, slots=True)
class Record:
    """One case and what came of it."""

    case: Case
    answer: Answer
    answered_right: bool  # an answer, not a refusal, that holds an accepted answer and cites an expected passage
    cited_right: bool  # a citation lies on an expected passage, whether or not the question was then refused
    seconds: float


@dataclass(frozen=True, slots=True)
class SuiteRun:
    suite: str
    records: tuple[Record, ...]
    seconds: float

    def figures(self) -> dict[str, Estimate]:
        """Name of each figure: its estimate, in the order in which a report shows them."""
        answerable = [record for record in self.records if record.case.answerable]
        unanswerable = [record for record in self.records if not record.case.answerable]
        refused = [record for record in self.records if record.answer.refused]
        right = {"accuracy": estimate([record.answered_right for record in answerable])}
        for language in ("zh", "en"):
            own = [r for r in answerable if r.case.language == language and not r.case.across]
            right[f"accuracy {language}"] = estimate([record.answered_right for record in own])
            across = [r for r in answerable if r.case.language == language and r.case.across]
            right[f"accuracy {language}, other language's documents"] = estimate([r.answered_right for r in across])
        for kind in sorted({record.case.type for record in answerable}):
            right[f"accuracy {kind}"] = estimate([r.answered_right for r in answerable if r.case.type == kind])
        return right | {
            "citation on an expected passage": estimate([record.cited_right for record in answerable]),
            "refusal precision": estimate([not record.case.answerable for record in refused]),
            "refusal recall": estimate([record.answer.refused for record in unanswerable]),
            **{
                f"refusal recall {why}": estimate(
                    [record.answer.refused for record in unanswerable if record.case.why_unanswerable == why]
                )
                for why in sorted({str(record.case.why_unanswerable) for record in unanswerable})
            },
            "false refusals": estimate([record.answer.refused for record in answerable]),
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "n": len(self.records),
            "seconds": round(self.seconds, 2),
            "figures": {name: asdict(value) for name, value in self.figures().items()},
            "refusal_curve": [
                asdict(point)
                for point in refusal_curve(
                    [record.answer.confidence for record in self.records],
                    [record.case.answerable for record in self.records],
                )
            ],
            "cases": [
                {
                    "id": record.case.id,
                    "question": record.case.question,
                    "answer": record.answer.text,
                    "refused": record.answer.refused,
                    "quotes": [citation.quote for citation in record.answer.citations],
                    "confidence": round(record.answer.confidence, 4),
                    "answerable": record.case.answerable,
                    "right": is_right(record),
                }
                for record in self.records
            ],
        }


def is_right(record: Record) -> bool:
    """Whether the case went as it should: a right, cited answer, or a refusal where there is none."""
    return record.answered_right if record.case.answerable else record.answer.refused


def run_suite(
    name: str, embedder: Embedder, answerer: Answerer | None = None, report: Report | None = None
) -> SuiteRun:
    """Ask every case of the shipped suite `name`; raises `CaseError` where there is none of that name."""
    if name not in SUITES:
        raise CaseError(f"there is no suite {name!r}; there are: {', '.join(SUITES)}")
    cases = read_cases(Path(str(resources.files("evals"))) / "suites" / name / "cases.jsonl")
    documents = list(SUITES[name]())
    started = time.perf_counter()
    records = []
    with tempfile.TemporaryDirectory(prefix="tongwen-eval-") as folder:
        assistants: dict[DocumentSet, Assistant] = {}
        for asked, case in enumerate(cases, 1):
            if case.documents not in assistants:
                chosen = [d for d in documents if case.documents in ("both", d.language)]
                assistants[case.documents] = _assistant(Path(folder) / case.documents, embedder, chosen, answerer)
            records.append(_ask(assistants[case.documents], case))
            if report:
                report(asked, len(cases))
    return SuiteRun(name, tuple(records), time.perf_counter() - started)


def _assistant(folder: Path, embedder: Embedder, documents: Sequence[Document], answerer: Answerer | None) -> Assistant:
    library = Library(folder, embedder)
    for _ in library.add(documents):
        pass
    return Assistant(library, answerer)


def _ask(assistant: Assistant, case: Case) -> Record:
    started = time.perf_counter()
    answer = assistant.ask(case.question)
    seconds = time.perf_counter() - started
    cited = any(quote_is_expected(citation.quote, case.must_cite) for citation in answer.citations)
    right = case.answerable and not answer.refused and cited and answer_is_right(answer.text, case.answers)
    return Record(case, answer, right, cited, seconds)
