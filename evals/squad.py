"""Question sets in SQuAD's format: every paragraph becomes a document, every question is asked of all of them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from evals.cases import CaseError
from evals.metrics.reading import Scorer, exact_match, f1, without_marks
from evals.refusal_curve import refusal_curve
from evals.statistics import estimate
from index.embedding import Embedder
from index.errors import QuestionError
from index.language import han_share
from index.library import Library
from index.loading import make_document
from index.schema import LANGUAGES, Document, Hit
from rag.answer import Answer
from rag.answerer import Answerer
from rag.assistant import Assistant
from rag.findings import Findings

_DEPTH = 60  # chunks retrieved, so that 20 paragraphs are among them

Report = Callable[[int, int], None]  # (questions asked, questions in all)


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    id: str
    text: str
    document_id: str
    answers: tuple[str, ...]  # empty where the paragraph does not answer it
    translation_id: str | None = None  # the same paragraph in another language, which counts as right as well


@dataclass(frozen=True, slots=True)
class SquadSet:
    documents: tuple[Document, ...]
    questions: tuple[SquadQuestion, ...]
    contexts: str = ""  # the name of the file of the paragraphs
    asked: str = ""  # and of that of the questions, where it is another

    @property
    def scorer(self) -> Scorer:
        """Whose exact match and F1 are reported: those of the answers' language."""
        chinese = [bool(han_share(answer)) for question in self.questions for answer in question.answers]
        return "CMRC 2018" if 2 * sum(chinese) > len(chinese) else "SQuAD"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question; ranks count from 1, None where it was not among the first `_DEPTH` chunks."""

    answerable: bool
    passage_rank: int | None  # of the paragraph or its translation
    own_passage_rank: int | None  # of the paragraph alone
    dense_rank: int | None
    sentence_rank: int | None  # of the first sentence that holds a gold answer, among the ranked evidence
    exact_match: float
    f1: float
    refused: bool
    confidence: float


def read_squad(path: Path) -> SquadSet:
    """The paragraphs and questions of a SQuAD 1.1 or 2.0 file; raises `CaseError` where it is none."""
    documents: dict[str, Document] = {}
    questions: list[SquadQuestion] = []
    try:
        for article in json.loads(path.read_text("utf-8-sig"))["data"]:
            for paragraph in article["paragraphs"]:
                document = make_document(
                    paragraph["context"], name=f"{len(documents) + 1}", source=f"{path.name}:{len(documents)}"
                )
                documents.setdefault(document.id, document)
                for entry in paragraph["qas"]:
                    golds = [] if entry.get("is_impossible") else [str(answer["text"]) for answer in entry["answers"]]
                    answers = tuple(gold for gold in golds if gold.strip())  # an empty one stands in every sentence
                    questions.append(SquadQuestion(str(entry["id"]), str(entry["question"]), document.id, answers))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CaseError(f"{path} is not a question set in SQuAD's format ({error!r}); give one that is") from error
    if not questions:
        raise CaseError(f"{path} holds no question; give a set that does")
    return SquadSet(tuple(documents.values()), tuple(questions), path.name)


def with_questions_of(contexts: SquadSet, questions: SquadSet) -> SquadSet:
    """The paragraphs and gold answers of one set with the question texts of another, matched by id."""
    texts = {question.id: question.text for question in questions.questions}
    matched = tuple(replace(q, text=texts[q.id]) for q in contexts.questions if q.id in texts)
    if not matched:
        raise CaseError("the two files share no question id; give two translations of one set")
    return replace(contexts, questions=matched, asked=questions.contexts)


def with_paragraphs_of(squad: SquadSet, other: SquadSet) -> SquadSet:
    """A set with the paragraphs of its translation, matched by question id, in the same library."""
    translations = {question.id: question.document_id for question in other.questions}
    questions = tuple(replace(question, translation_id=translations.get(question.id)) for question in squad.questions)
    if not any(question.translation_id for question in questions):
        raise CaseError("the two files share no question id; give two translations of one set")
    return replace(squad, documents=(*squad.documents, *other.documents), questions=questions)


def run_squad(
    squad: SquadSet, embedder: Embedder, answerer: Answerer | None = None, limit: int | None = None,
    report: Report | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Ask every question of a throw-away library of all paragraphs; the figures of `tongwen eval squad`."""
    questions, scorer = squad.questions[:limit], squad.scorer
    with tempfile.TemporaryDirectory(prefix="tongwen-squad-") as folder:
        library = Library(Path(folder), embedder)
        for _ in library.add(squad.documents):
            pass
        assistant = Assistant(library, answerer)
        started = time.perf_counter()
        outcomes = []
        unscored = 0  # a set may hold an empty question, as CMRC 2018's trial set does
        for asked, question in enumerate(questions, 1):
            try:
                outcomes.append(_ask(assistant, question, scorer))
            except QuestionError:
                unscored += 1
            if report:
                report(asked, len(questions))
        seconds = time.perf_counter() - started
    return summarise(outcomes) | {
        "contexts": squad.contexts,
        "questions": squad.asked or squad.contexts,
        "beside": len({question.translation_id for question in squad.questions} - {None}),
        "scorer": scorer,
        "unscored": unscored,
        "documents": len(squad.documents),
        "seconds": round(seconds, 2),
        "questions_per_second": round(len(questions) / seconds, 2) if seconds else None,
    }


def _ask(assistant: Assistant, question: SquadQuestion, scorer: Scorer) -> Outcome:
    findings = assistant.find(question.text, depth=_DEPTH)
    answer = next(event for event in assistant.answer(findings) if isinstance(event, Answer))
    said = "" if answer.refused else without_marks(answer.short or answer.text)
    return Outcome(
        answerable=bool(question.answers),
        passage_rank=_document_rank(findings.retrieval.hits, question.document_id, question.translation_id),
        own_passage_rank=_document_rank(findings.retrieval.hits, question.document_id),
        dense_rank=_dense_rank(assistant, findings, question.document_id),
        sentence_rank=next(
            (
                rank
                for rank, evidence in enumerate(findings.evidence, 1)
                if any(answer in evidence.text for answer in question.answers)
            ),
            None,
        ),
        exact_match=exact_match(said, question.answers, scorer),
        f1=f1(said, question.answers, scorer),
        refused=answer.refused,
        confidence=answer.confidence,
    )


def _document_rank(hits: Sequence[Hit], *right: str | None) -> int | None:
    ranked = dict.fromkeys(hit.chunk.document_id for hit in hits)
    return next((rank for rank, document_id in enumerate(ranked, 1) if document_id in right), None)


def _dense_rank(assistant: Assistant, findings: Findings, document_id: str) -> int | None:
    """The rank of the paragraph by cosine alone, all languages together."""
    vector = findings.retrieval.question_vector
    if vector is None:
        return None
    with assistant.library.snapshot() as snapshot:
        found = [
            pair for language in LANGUAGES if language in snapshot.languages
            for pair in snapshot.search_vectors(vector, language, _DEPTH)
        ]  # fmt: skip
        found.sort(key=lambda pair: -pair[1])
        ranked = list(dict.fromkeys(snapshot.chunk(number)[0].document_id for number, _ in found[:_DEPTH]))
    return ranked.index(document_id) + 1 if document_id in ranked else None


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures over `outcomes`. Passage and sentence figures are over the answerable questions, refused or not."""
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    figures: dict[str, Sequence[float]] = {
        **{f"passage_recall.{k}": [_within(o.passage_rank, k) for o in answerable] for k in (1, 5, 20)},
        **{f"own_passage_recall.{k}": [_within(o.own_passage_rank, k) for o in answerable] for k in (1, 5, 20)},
        "mrr": [1 / o.passage_rank if o.passage_rank else 0.0 for o in answerable],
        **{f"dense_passage_recall.{k}": [_within(o.dense_rank, k) for o in answerable] for k in (1, 5, 20)},
        **{f"sentence_hit.{k}": [_within(o.sentence_rank, k) for o in answerable] for k in (1, 3)},
        "exact_match": [outcome.exact_match for outcome in outcomes],
        "f1": [outcome.f1 for outcome in outcomes],
        "refusal.precision": [float(not outcome.answerable) for outcome in outcomes if outcome.refused],
        "refusal.recall": [float(outcome.refused) for outcome in outcomes if not outcome.answerable],
        "false_refusals": [float(outcome.refused) for outcome in answerable],
    }
    estimates = {name: estimate(values) for name, values in figures.items()}
    intervals = {
        name: None if value.low is None or value.high is None else [round(value.low, 4), round(value.high, 4)]
        for name, value in estimates.items()
    }
    means = {name: None if value.mean is None else round(value.mean, 4) for name, value in estimates.items()}
    confidences, answers_there = [o.confidence for o in outcomes], [o.answerable for o in outcomes]
    curve = [asdict(point) for point in refusal_curve(confidences, answers_there)]
    return {"n": len(outcomes), **_nested(means), "ci95": intervals, "refusal_curve": curve}


def _within(rank: int | None, k: int) -> float:
    return float(rank is not None and rank <= k)


def _nested(figures: Mapping[str, float | None]) -> dict[str, Any]:
    """{"a.b": 1} as {"a": {"b": 1}}."""
    nested: dict[str, Any] = {}
    for name, value in figures.items():
        group, _, key = name.partition(".")
        if key:
            nested.setdefault(group, {})[key] = value
        else:
            nested[group] = value
    return nested
