"""An answer or a refusal from what was found: drafted by an answerer, grounded sentence by sentence, put together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain

from rag.answer import Answer, Conflict, Note, NoteCode, RefusalReason
from rag.answerer import Answerer, AnswererUnavailable, DraftEnd, DraftSentence
from rag.calibration import CalibrationFile
from rag.composition import Composition
from rag.conflicts import as_conflict, conflict_sentences, find_conflicts
from rag.extractive import ExtractiveAnswerer
from rag.findings import Findings
from rag.grounding import GroundingRules, ground
from rag.names import Names
from rag.phrases import phrases
from rag.refusal import RefusalModel, refusal_model, regime_of
from rag.refusal_text import refusal_text
from rag.small_talk import is_small_talk


@dataclass(slots=True)
class _Work:
    """An answer on its way."""

    findings: Findings
    names: Names
    rules: GroundingRules
    composition: Composition
    answerer: str
    end: DraftEnd = field(default_factory=DraftEnd)
    conflicts: tuple[Conflict, ...] = ()


def write_answer(
    findings: Findings,
    names: Names,
    answerer: Answerer | None,
    rules: GroundingRules | None,
    calibration: CalibrationFile,
    started: float,
) -> Iterator[str | Answer]:
    """The pieces of the answer's text as they become known, then the `Answer`; its time counts from `started`."""
    answerer = answerer or ExtractiveAnswerer(names)
    composition = Composition(findings.question.language)
    work = _Work(findings, names, rules or GroundingRules(), composition, answerer.name)
    shipped = refusal_model()
    model = replace(shipped, calibration=calibration.read(shipped.fingerprint))
    reason = _refusal_reason(findings, model)
    if reason is None:
        yield from _write(work, answerer)
        reason = "not_answered" if work.end.refused else None
    if reason:
        yield from _refuse(work, reason)
    confidence = model.probability(findings.signs) if findings.signs else 0.0
    timings = {"retrieve": findings.retrieve_ms, "answer": (time.perf_counter() - started) * 1000}
    yield _finished(work, reason, confidence, timings | {"total": sum(timings.values())})


def _write(work: _Work, answerer: Answerer) -> Iterator[str]:
    """The pieces of an answer; an extractive one where the answerer is away or nothing of its draft holds."""
    try:
        yield from _compose(work, answerer)
    except AnswererUnavailable:
        work.composition.notes["llm_unavailable"] = None
    if not work.composition.statements and not work.end.refused and answerer.name != ExtractiveAnswerer.name:
        work.answerer = ExtractiveAnswerer.name
        work.end = DraftEnd(usage=work.end.usage)
        yield from _compose(work, ExtractiveAnswerer(work.names))
    if work.composition.statements and work.end.complete and not work.end.refused:
        yield from _show_conflicts(work)


def _show_conflicts(work: _Work) -> Iterator[str]:
    """What other passages say instead of a cited sentence, behind the answer."""
    question, composition = work.findings.question, work.composition
    found = find_conflicts(question, tuple(composition.cited), work.findings.evidence, work.names)
    for sentence in conflict_sentences(question, found):
        yield composition.add(ground(sentence, work.names, work.rules))
    work.conflicts = tuple(as_conflict(question, group, composition.cite, work.names) for group in found)
    if found:
        composition.notes["conflict"] = None


def _compose(work: _Work, answerer: Answerer) -> Iterator[str]:
    work.end = DraftEnd(complete=False)  # until the draft says how it ended
    with closing(answerer.draft(work.findings.question, work.findings.evidence)) as events:
        for event in events:
            if isinstance(event, DraftSentence):
                piece = work.composition.add(ground(event, work.names, work.rules))
                if piece:
                    yield piece
            else:
                work.end = event


def _refusal_reason(findings: Findings, model: RefusalModel) -> RefusalReason | None:
    if is_small_talk(findings.asked):
        return "no_question"
    if findings.signs is None:
        return "empty_library"
    regime = regime_of(findings.question, findings.retrieval, findings.evidence[0].hit.chunk.language)
    return None if model.answers(findings.signs, regime) else "not_answered"


def _refuse(work: _Work, reason: RefusalReason) -> Iterator[str]:
    """The refusal, which takes the place of whatever was composed."""
    question = work.findings.question
    evidence = work.findings.evidence if reason == "not_answered" else ()  # nothing is close to what asks nothing
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
