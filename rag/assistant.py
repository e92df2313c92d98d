"""A question in, a cited answer or a refusal out: the one object behind every door.

What reads questions and writes answers is imported with the first question, or by `warm_up`: a program that embeds the
assistant need not wait for it when it starts.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding import CachingEmbedder
from index.library import Library
from index.schema import Hit
from rag.answer import Answer, Citation, Exchange
from rag.calibration import CalibrationFile
from rag.library_names import LibraryNames
from rag.library_retriever import Retriever

if TYPE_CHECKING:
    from rag.answer_signs import AnswerSigns
    from rag.answerer import Answerer
    from rag.counterpart import Counterpart
    from rag.evidence import Evidence
    from rag.findings import Findings
    from rag.follow_up import Rewriter
    from rag.grounding import GroundingRules
    from rag.names import Names
    from rag.opening import AnswererChoice
    from rag.question import Question
    from rag.retriever import Retrieval

_DEPTH = 24  # passages retrieved at least, so that those in the question's language are among them


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
        self._rules = rules
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

    def extractive(self) -> Assistant:
        """The same over the same library and by the same settings, without a language model."""
        return Assistant(self.library, passages=self._passages, rules=self._rules)

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
        from rag.async_steps import in_threads

        return in_threads(self.stream(question, history))

    def answer(self, findings: Findings) -> Iterator[str | Answer]:
        """The same from what was found."""
        started = time.perf_counter()
        from rag.writing import write_answer

        names = self.names_in(findings.evidence)
        yield from write_answer(findings, names, self._answerer, self._rules, self._calibration, started)

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        import rag.conversation.context
        import rag.follow_up
        import rag.naming.aliases
        import rag.writing  # noqa: F401

        self._embedder.embed_question("同文 Tongwen")

    def search(self, question: str, k: int) -> tuple[Hit, ...]:
        """At most `k` passages, best first, without an answer."""
        return tuple(self.retriever.retrieve(question, k))

    def counterpart(self, cited: Citation) -> Counterpart | None:
        """The sentence that says the same as a cited one in the other language, where the library surely holds it."""
        from rag.counterpart import counterpart

        with self.library.snapshot() as snapshot:
            self._forget_if_changed(snapshot.version)
            return counterpart(snapshot, cited, self._embedder)

    def find(self, question: str, depth: int = 0, history: Sequence[Exchange] = ()) -> Findings:
        """Retrieve at least `depth` passages and rank the evidence, in one state of the library."""
        from rag.evidence import rank_sentences
        from rag.findings import Findings
        from rag.follow_up import has_own_language
        from rag.question import question_language, understand
        from rag.retriever import retrieve

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
        from rag.follow_up import stand_alone
        from rag.small_talk import is_small_talk

        if is_small_talk(question):
            return question
        rewritten = self._rewriter.rewrite(question, history) if self._rewriter and history else None
        return rewritten or stand_alone(question, history, self._names.names())

    def weigh(self, question: Question, retrieval: Retrieval, evidence: Sequence[Evidence]) -> AnswerSigns | None:
        """What speaks for the first of `evidence`, a part of what was found for the question; None of none."""
        from rag.answer_signs import answer_signs

        return answer_signs(question, retrieval, evidence, self.names_in(evidence)) if evidence else None

    def names_in(self, evidence: Sequence[Evidence]) -> Names:
        """The names that are known, with what the passages of the evidence explain."""
        return self._names.explained_in({item.hit.chunk.text: None for item in evidence})
