"""A question in, a cited answer or a refusal out: the one object behind every door."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.embedding import CachingEmbedder
from index.library import Library
from index.schema import Hit, sha256_text
from rag.answer import Answer, Citation, QuestionLanguage, RefusalReason
from rag.answerer import Answerer, ExtractiveAnswerer
from rag.evidence import Evidence, rank_sentences
from rag.grounding import check_answer
from rag.question import Question, understand
from rag.refusal import AnswerSigns, answer_signs, refusal_model
from rag.retriever import Retrieval, retrieve

_DEPTH = 24  # passages retrieved at least, so that those in the question's language are among them

_REFUSALS: dict[QuestionLanguage, dict[RefusalReason, str]] = {
    "zh": {
        "empty_library": "资料库是空的，还没有可以查的文档。",
        "not_answered": "资料里没有找到这个问题的答案。最接近的一句见 [1]，它并不回答这个问题。",
    },
    "en": {
        "empty_library": "The library is empty: there is no document to look in yet.",
        "not_answered": "The documents do not answer this question. "
        "The closest sentence found is [1]; it is not an answer.",
    },
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question before an answer is written."""

    question: Question
    retrieval: Retrieval
    evidence: Sequence[Evidence]  # every sentence of the passages, best first
    signs: AnswerSigns | None  # what speaks for the best evidence; None where there is none
    retrieve_ms: float


class Assistant:
    """Answers questions from one library. Safe to share between threads."""

    def __init__(self, library: Library, answerer: Answerer | None = None, passages: int = 6) -> None:
        """`passages` is how many retrieved passages an answer may draw on."""
        self.library = library
        self.answerer = answerer or ExtractiveAnswerer()
        self._passages = passages
        self._embedder = CachingEmbedder(library.embedder)

    def ask(self, question: str) -> Answer:
        """The complete answer. Raises `QuestionError`, or the `LibraryError` that opening the library raises."""
        for event in self.stream(question):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    def stream(self, question: str) -> Iterator[str | Answer]:
        """The pieces of the answer's text as they become known, then the complete `Answer`."""
        yield from self.answer(self.find(question))

    def answer(self, findings: Findings) -> Iterator[str | Answer]:
        """The same from what was found."""
        answering = time.perf_counter()
        reason = _refusal_reason(findings)
        if reason:
            pieces: Sequence[str] = (_REFUSALS[findings.question.language][reason],)
            cited: Sequence[Evidence] = findings.evidence[:1]
        else:
            draft = self.answerer.answer(findings.question, findings.evidence)
            pieces, cited = draft.pieces, draft.cited
        yield from pieces
        text = "".join(pieces)
        citations = tuple(_citation(number, evidence) for number, evidence in enumerate(cited, 1))
        done = time.perf_counter()
        yield Answer(
            question=findings.question.text,
            text=text,
            language=findings.question.language,
            refused=reason is not None,
            reason=reason,
            citations=citations,
            checks=check_answer(text, [citation.quote for citation in citations]),
            confidence=refusal_model().probability(findings.signs) if findings.signs else 0.0,
            answerer=self.answerer.name,
            timings_ms={
                "retrieve": findings.retrieve_ms,
                "answer": (done - answering) * 1000,
                "total": findings.retrieve_ms + (done - answering) * 1000,
            },
        )

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        self._embedder.embed_question("同文 Tongwen")

    def search(self, question: str, k: int) -> tuple[Hit, ...]:
        """At most `k` passages, best first, without an answer."""
        with self.library.snapshot() as snapshot:
            return retrieve(snapshot, self._embedder, understand(question), k).hits

    def find(self, question: str, depth: int = 0) -> Findings:
        """Retrieve at least `depth` passages and rank the evidence, in one state of the library."""
        started = time.perf_counter()
        understood = understand(question)
        with self.library.snapshot() as snapshot:
            retrieval = retrieve(snapshot, self._embedder, understood, max(depth, _DEPTH, self._passages))
        evidence = rank_sentences(understood, retrieval, self._embedder, self._passages) if retrieval.hits else []
        signs = answer_signs(understood, retrieval, evidence[0]) if evidence else None
        return Findings(understood, retrieval, evidence, signs, (time.perf_counter() - started) * 1000)


def _refusal_reason(findings: Findings) -> RefusalReason | None:
    if findings.signs is None:
        return "empty_library"
    answered = refusal_model().answers(findings.question, findings.retrieval, findings.signs)
    return None if answered else "not_answered"


def _citation(number: int, evidence: Evidence) -> Citation:
    chunk = evidence.hit.chunk
    return Citation(
        number=number,
        document_id=chunk.document_id,
        title=evidence.hit.title,
        start=chunk.start + evidence.start,
        end=chunk.start + evidence.end,
        quote=evidence.text,
        sha256=sha256_text(evidence.text),
        score=evidence.score,
        language=chunk.language,
        section=chunk.section,
        before=chunk.text[: evidence.start],
        after=chunk.text[evidence.end :],
    )
