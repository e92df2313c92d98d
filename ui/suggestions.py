"""Questions to choose from: examples from the library's own documents, and what could be asked next.

They are made from sentences by their form (`ui.suggesting`), and each is tried before it is shown: the assistant must
answer it and cite the sentence that it was made from. An extractive assistant tries them, whoever answers people: it
finds the same passages, gives the same every time and costs no tokens. No more than a fixed number is tried.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from index.errors import LibraryError
from index.schema import LANGUAGES, Chunk, DocumentSummary, Hit
from index.terms import terms
from rag.answer import Answer, Citation, Exchange
from rag.assistant import Assistant
from ui.conversation import was_completed
from ui.suggesting.candidate import Candidate
from ui.suggesting.questions import questions_of

logger = logging.getLogger(__name__)

EXAMPLES = 4
NEXT = 3
_TRIED_FOR_EXAMPLES = 16  # questions put to the assistant at most, once for each state of the library
_TRIED_FOR_NEXT = 8
_READ = 20_000  # characters of the beginning of a document that examples are made from
_LOOKED_AT = 60  # documents in which examples are looked for, the newest of each language
_SOURCES = 12  # of them that need to give a question
_FEW = 8  # documents: of so many a reader knows what "the project" is, which questions then need not say
_FROM_ONE = 3  # questions of one document or passage that are tried
_PASSAGES = 16  # that an answer's next questions are made from
_RELATED = 0.5  # of the best passage's score: one of another document below it is about something else
_ALIKE = 0.6  # share of their terms that two questions have in common which say nearly the same


class Suggestions:
    """Made of one library. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        """`assistant` tries the questions: one that is extractive, over the library."""
        self._assistant = assistant
        self._making = threading.Lock()
        self._made: tuple[str, tuple[str, ...]] = "", ()  # the version of the library, and the examples of it

    def examples(self) -> tuple[str, ...]:
        """Those of the library as it stands, at once; none while they are being made, in a thread of their own."""
        version, made = self._made
        if version == self._version():
            return made
        if not self._making.locked():
            threading.Thread(target=self.refresh, daemon=True, name="examples").start()
        return ()

    def refresh(self) -> None:
        """Make the examples of the library as it stands: at most four, of different documents where it has as many.

        It takes about as long as sixteen answers. Where it fails there are none, until the library changes.
        """
        with self._making:
            version = self._version()
            if version == self._made[0]:
                return
            self._made = version, ()
            try:
                self._made = version, tuple(islice(self._make_examples(), EXAMPLES))
            except Exception:
                logger.exception("no examples could be made")

    def next_questions(self, answer: Answer, history: Sequence[Exchange] = ()) -> tuple[str, ...]:
        """At most three questions, in the language of the answer, on passages that it found and did not cite.

        `history` is the conversation, that answer's exchange included. To be called when the answer has been shown: it
        takes about as long as eight answers. Raises the `LibraryError` that opening the library raises.
        """
        names = self._assistant.names_in(())
        offered = []
        for hit in self._unused(answer):
            chunk = hit.chunk
            made = questions_of(chunk.text, 0, len(chunk.text), hit.title, names)
            own = (candidate for candidate in made if candidate.language == answer.language)
            offered.append(_best(own, chunk.document_id, chunk.start))
        asked = (answer.question, answer.standalone, *(exchange.question for exchange in history))
        return tuple(islice(self._holding(_in_turn(offered), asked, _TRIED_FOR_NEXT, history), NEXT))

    def _unused(self, answer: Answer) -> list[Hit]:
        """The passages found for the question in which nothing is cited, those of cited documents first."""
        hits = self._assistant.search(answer.standalone, _PASSAGES)
        cited = {citation.document_id for citation in answer.citations}
        least = _RELATED * max((hit.score for hit in hits), default=0.0)
        unused = [hit for hit in hits if not any(_overlaps(citation, hit.chunk) for citation in answer.citations)]
        related = [hit for hit in unused if hit.chunk.document_id in cited or hit.score >= least]
        return sorted(related, key=lambda hit: hit.chunk.document_id not in cited)

    def _make_examples(self) -> Iterator[str]:
        names = self._assistant.names_in(())
        offered: list[list[_Sourced]] = []
        with self._assistant.library.snapshot() as snapshot:
            documents = snapshot.documents()
            for summary in _newest(documents):
                made = list(questions_of(snapshot.document(summary.id).text[:_READ], 0, _READ, summary.title, names))
                fit = (one for one in made if one.appeal or len(documents) <= _FEW)
                if chosen := _best(fit, summary.id, 0):
                    offered.append(chosen)
                if len(offered) == _SOURCES:
                    break
        yield from self._holding(_in_turn(offered), (), _TRIED_FOR_EXAMPLES)

    def _holding(
        self, offered: Iterable[_Sourced], asked: Iterable[str], most: int, history: Sequence[Exchange] = ()
    ) -> Iterator[str]:
        """Those that hold of the first `most` that are not like one before them, nor like what was `asked`."""
        said = [set(terms(question)) for question in asked]
        for sourced in offered:
            if most == 0:
                return
            words = set(terms(sourced.question))
            if any(len(words & other) > _ALIKE * len(words | other) for other in said):
                continue
            most -= 1
            if self._holds(sourced, history):
                said.append(words)
                yield sourced.question

    def _holds(self, sourced: _Sourced, history: Sequence[Exchange]) -> bool:
        """Whether it is answered, as it stands, first of all with the sentence that it was made from."""
        answer = self._assistant.ask(sourced.question, history)
        if answer.refused or not answer.complete or was_completed(answer) or not answer.citations:
            return False
        first = answer.citations[0]
        if first.quote.rstrip().endswith((":", "：")):  # what answers comes after it
            return False
        return first.document_id == sourced.document_id and first.start < sourced.end and sourced.start < first.end

    def _version(self) -> str:
        """Of the library; "" where it cannot be read, which whoever asks is told."""
        try:
            return self._assistant.library.version()
        except LibraryError:
            return ""


@dataclass(frozen=True, slots=True)
class _Sourced:
    """A question, and where in which document the sentence stands that it was made from."""

    question: str
    document_id: str
    start: int
    end: int


def _best(made: Iterable[Candidate], document_id: str, offset: int) -> list[_Sourced]:
    """The few that a person would rather ask, no two of one sentence; they were made from the text at `offset`."""
    chosen: dict[int, _Sourced] = {}
    for one in sorted(made, key=lambda candidate: -candidate.appeal):
        if one.start not in chosen and len(chosen) < _FROM_ONE:
            chosen[one.start] = _Sourced(one.question, document_id, offset + one.start, offset + one.end)
    return list(chosen.values())


def _in_turn(offered: Iterable[Sequence[_Sourced]]) -> Iterator[_Sourced]:
    """The first of each source, then the second of each."""
    return (sourced for turn in zip_longest(*offered) for sourced in turn if sourced is not None)


def _newest(documents: Iterable[DocumentSummary]) -> list[DocumentSummary]:
    """Where examples are looked for: the newest of each language, the languages in turn."""
    newest = list(documents)[::-1]
    of_each = [[one for one in newest if one.language == language] for language in LANGUAGES]
    return [one for turn in zip_longest(*of_each) for one in turn if one is not None][:_LOOKED_AT]


def _overlaps(citation: Citation, chunk: Chunk) -> bool:
    return citation.document_id == chunk.document_id and chunk.start < citation.end and citation.start < chunk.end
