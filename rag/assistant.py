"""A question in, a cited answer or a refusal out: the one object behind every door."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding import CachingEmbedder
from index.library import Library
from index.schema import Hit
from rag.answer import Answer, Conflict, Exchange, Note, NoteCode, RefusalReason
from rag.answer_signs import AnswerSigns, answer_signs
from rag.answerer import Answerer, AnswererUnavailable, DraftEnd, DraftSentence
from rag.async_steps import in_threads
from rag.calibration import CalibrationFile
from rag.composition import Composition
from rag.conflicts import as_conflict, conflict_sentences, find_conflicts
from rag.evidence import Evidence, rank_sentences
from rag.extractive import ExtractiveAnswerer
from rag.follow_up import Rewriter, has_own_language, stand_alone
from rag.grounding import GroundingRules, ground
from rag.library_names import LibraryNames
from rag.library_retriever import Retriever
from rag.names import Names
from rag.phrases import phrases
from rag.question import Question, question_language, understand
from rag.refusal import RefusalModel, refusal_model, regime_of
from rag.refusal_text import refusal_text
from rag.retriever import Retrieval, retrieve

if TYPE_CHECKING:
    from rag.opening import AnswererChoice

_DEPTH = 24  # passages retrieved at least, so that those in the question's language are among them


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question before an answer is written."""

    asked: str  # the question as it was asked; `question` is its stand-alone form
    question: Question
    retrieval: Retrieval
    evidence: Sequence[Evidence]  # every sentence of the passages, best first
    signs: AnswerSigns | None  # what speaks for the best evidence; None where there is none
    retrieve_ms: float


class Assistant:
    """Answers questions from one library. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        answerer: Answerer | None = None,
        passages: int = 6,
        rules: GroundingRules | None = None,
        rewriter: Rewriter | None = None,
    ) -> None:
        """`passages` is how many retrieved passages an answer may draw on; `rewriter` makes follow-ups stand alone."""
        self.library = library
        self._answerer = answerer
        self._passages = passages
        self._rules = rules or GroundingRules()
        self._names = LibraryNames(library.folder)
        self._rewriter = rewriter
        self._embedder = CachingEmbedder(library.embedder)
        self.retriever = Retriever(library, self._embedder)
        self._version: str | None = None  # of the library when it was last asked
        self._calibration = CalibrationFile(library.folder, library.embedder.fingerprint)

    @classmethod
    def open(cls, library: Path | str | None = None, answerer: AnswererChoice | None = None) -> Assistant:
        """The assistant over the library in a folder, else over the one that the settings name (`rag.settings`).

        A language model answers where the settings name one, unless `answerer` is "extractive". Nothing is read yet.
        Raises `SettingsError`.
        """
        from rag.opening import open_assistant

        return open_assistant(library, answerer)

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        """The complete answer. Raises `QuestionError`, or the `LibraryError` that opening the library raises."""
        for event in self.stream(question, history):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    def stream(self, question: str, history: Sequence[Exchange] = ()) -> Generator[str | Answer, None, None]:
        """The pieces of the answer's text as they become known, then the `Answer`.

        `history` is the conversation so far, oldest first. Every piece is a grounded sentence: what a model writes is
        held back until its sentence is whole and checked. Closing the iterator ends the answerer's work.
        """
        yield from self.answer(self.find(question, history=history))

    async def aask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        """`ask` in threads: the event loop stays free, and cancelling it ends the answerer's work."""
        async with aclosing(self.astream(question, history)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("a stream ends with its answer")

    def astream(self, question: str, history: Sequence[Exchange] = ()) -> AsyncGenerator[str | Answer, None]:
        """`stream` in threads. Closing it ends the answerer's work, after the sentence that is being written."""
        return in_threads(self.stream(question, history))

    def answer(self, findings: Findings) -> Iterator[str | Answer]:
        """The same from what was found."""
        answering = time.perf_counter()
        names = self.names_in(findings.evidence)
        answerer = self._answerer or ExtractiveAnswerer(names)
        work = _Work(findings, names, Composition(findings.question.language), answerer.name)
        shipped = refusal_model()
        model = replace(shipped, calibration=self._calibration.read(shipped.fingerprint))
        reason = _refusal_reason(findings, model)
        if reason is None:
            yield from self._write(work, answerer)
            reason = "not_answered" if work.end.refused else None
        if reason:
            yield from _refuse(work, reason)
        done = time.perf_counter()
        confidence = model.probability(findings.signs) if findings.signs else 0.0
        timings = {"retrieve": findings.retrieve_ms, "answer": (done - answering) * 1000}
        yield _finished(work, reason, confidence, timings | {"total": sum(timings.values())})

    def _write(self, work: _Work, answerer: Answerer) -> Iterator[str]:
        """The pieces of an answer; an extractive one where the answerer is away or nothing of its draft holds."""
        try:
            yield from self._compose(work, answerer)
        except AnswererUnavailable:
            work.composition.notes["llm_unavailable"] = None
        if not work.composition.statements and not work.end.refused and answerer.name != ExtractiveAnswerer.name:
            work.answerer = ExtractiveAnswerer.name
            work.end = DraftEnd(usage=work.end.usage)
            yield from self._compose(work, ExtractiveAnswerer(work.names))
        if work.composition.statements and work.end.complete and not work.end.refused:
            yield from self._show_conflicts(work)

    def _show_conflicts(self, work: _Work) -> Iterator[str]:
        """What other passages say instead of a cited sentence, behind the answer."""
        question, composition = work.findings.question, work.composition
        found = find_conflicts(question, tuple(composition.cited), work.findings.evidence, work.names)
        for sentence in conflict_sentences(question, found):
            yield composition.add(ground(sentence, work.names, self._rules))
        work.conflicts = tuple(as_conflict(question, group, composition.cite, work.names) for group in found)
        if found:
            composition.notes["conflict"] = None

    def _compose(self, work: _Work, answerer: Answerer) -> Iterator[str]:
        work.end = DraftEnd(complete=False)  # until the draft says how it ended
        with closing(answerer.draft(work.findings.question, work.findings.evidence)) as events:
            for event in events:
                if isinstance(event, DraftSentence):
                    piece = work.composition.add(ground(event, work.names, self._rules))
                    if piece:
                        yield piece
                else:
                    work.end = event

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        self._embedder.embed_question("同文 Tongwen")

    def search(self, question: str, k: int) -> tuple[Hit, ...]:
        """At most `k` passages, best first, without an answer."""
        return tuple(self.retriever.retrieve(question, k))

    def find(self, question: str, depth: int = 0, history: Sequence[Exchange] = ()) -> Findings:
        """Retrieve at least `depth` passages and rank the evidence, in one state of the library."""
        started = time.perf_counter()
        understood = understand(self._stand_alone(question, history))
        with self.library.snapshot() as snapshot:
            self._forget_if_changed(snapshot.version)
            retrieval = retrieve(snapshot, self._embedder, understood, max(depth, _DEPTH, self._passages))
        evidence = rank_sentences(understood, retrieval, self._embedder, self._passages) if retrieval.hits else []
        signs = self.weigh(understood, retrieval, evidence)
        spent = (time.perf_counter() - started) * 1000
        if has_own_language(question, self._names.names()):
            # After a question in the other language a turn is searched in the words of both, and answered in its own.
            understood = replace(understood, language=question_language(question))
        return Findings(question.strip(), understood, retrieval, evidence, signs, spent)

    def _forget_if_changed(self, version: str) -> None:
        """Drop the sentences that are remembered with their vectors: they may be of a document that was removed."""
        if version != self._version:
            self._embedder.clear()
            self._version = version

    def _stand_alone(self, question: str, history: Sequence[Exchange]) -> str:
        rewritten = self._rewriter.rewrite(question, history) if self._rewriter and history else None
        return rewritten or stand_alone(question, history, self._names.names())

    def weigh(self, question: Question, retrieval: Retrieval, evidence: Sequence[Evidence]) -> AnswerSigns | None:
        """What speaks for the first of `evidence`, a part of what was found for the question; None of none."""
        return answer_signs(question, retrieval, evidence, self.names_in(evidence)) if evidence else None

    def names_in(self, evidence: Sequence[Evidence]) -> Names:
        """The names that are known, with what the passages of the evidence explain."""
        return self._names.explained_in({item.hit.chunk.text: None for item in evidence})


@dataclass(slots=True)
class _Work:
    """An answer on its way."""

    findings: Findings
    names: Names
    composition: Composition
    answerer: str
    end: DraftEnd = field(default_factory=DraftEnd)
    conflicts: tuple[Conflict, ...] = ()


def _refusal_reason(findings: Findings, model: RefusalModel) -> RefusalReason | None:
    if findings.signs is None:
        return "empty_library"
    regime = regime_of(findings.question, findings.retrieval, findings.evidence[0].hit.chunk.language)
    return None if model.answers(findings.signs, regime) else "not_answered"


def _refuse(work: _Work, reason: RefusalReason) -> Iterator[str]:
    """The refusal, which takes the place of whatever was composed."""
    question, evidence = work.findings.question, work.findings.evidence
    work.composition = Composition(question.language)
    for closest in evidence[:1]:
        work.composition.cite(closest)
    yield work.composition.say(refusal_text(question, evidence, reason, work.names))


def _finished(work: _Work, reason: RefusalReason | None, confidence: float, timings_ms: dict[str, float]) -> Answer:
    composition, findings = work.composition, work.findings
    complete = reason is not None or work.end.complete
    codes: dict[NoteCode, None] = {"degraded": None} if findings.retrieval.degraded else {}
    codes |= dict.fromkeys(chain(composition.notes, work.end.notes, () if complete else ("incomplete",)))
    known = phrases(composition.language).notes
    return Answer(
        question=findings.asked,
        standalone=findings.question.text,
        text=composition.text,
        short=composition.short,
        language=composition.language,
        refused=reason is not None,
        reason=reason,
        complete=complete,
        statements=tuple(composition.statements),
        citations=composition.citations(),
        checks=composition.checks(),
        conflicts=work.conflicts,
        notes=tuple(Note(code, known[code]) for code in codes),
        confidence=confidence,
        answerer=work.answerer,
        usage=work.end.usage,
        timings_ms=timings_ms,
    )
