"""The assistant of this program, asked over throw-away libraries: one for each set of documents, built once."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any

from evals.cases import Case
from evals.metrics.retrieval import DEPTH, Span
from evals.subject import NotAnswered, Response, SubjectKind
from evals.suite_folder import Suite
from index.chunking import CHUNKER_VERSION
from index.embedding import Embedder
from index.errors import LibraryMissing, QuestionError
from index.library import Library
from index.schema import Chunk, Document
from rag.answer import Answer
from rag.answer_json import answer_json
from rag.answerer import Answerer
from rag.assistant import Assistant
from rag.extractive import ExtractiveAnswerer
from rag.refusal import refusal_model


class LocalSubject:
    """Use it in a `with`, at whose end its libraries are gone."""

    kind: SubjectKind = "local"
    address: str | None = None

    def __init__(
        self,
        suite: Suite,
        embedder: Embedder,
        answerer: Answerer | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """`options` go to `Assistant`."""
        self.name = answerer.name if answerer else ExtractiveAnswerer.name
        self._suite = suite
        self._embedder = embedder
        self._answerer = answerer
        self._options = dict(options or {})
        self._folder = tempfile.TemporaryDirectory(prefix="tongwen-eval-")
        self._building = threading.Lock()
        self._built: dict[tuple[str, ...], tuple[Assistant, list[Document]]] = {}

    def __enter__(self) -> LocalSubject:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def ask(self, case: Case) -> Response:
        assistant, _ = self._of(case)
        try:
            findings = assistant.find(case.question, history=case.history)
        except QuestionError as error:
            raise NotAnswered(str(error)) from error
        answer = next(event for event in assistant.answer(findings) if isinstance(event, Answer))
        hits = assistant.search(findings.question.text, DEPTH)  # deeper than an answer looks, which stays as it is
        return Response(
            answer=answer_json(answer),
            retrieved=tuple((_span(hit.chunk), round(hit.score, 4)) for hit in hits),
            passages=tuple(dict.fromkeys(_span(item.hit.chunk) for item in findings.evidence)),
        )

    def documents_of(self, case: Case) -> Sequence[Document]:
        return self._of(case)[1]

    def fingerprints(self) -> dict[str, str]:
        prompts = resources.files("rag") / "prompts"
        texts = sorted((file.name, file.read_bytes()) for file in prompts.iterdir() if file.name.endswith(".txt"))
        return {
            "embedder": self._embedder.fingerprint,
            "chunker": str(CHUNKER_VERSION),
            "refusal": refusal_model().fingerprint,
            "prompts": hashlib.sha256(repr(texts).encode()).hexdigest()[:16],
        }

    def _of(self, case: Case) -> tuple[Assistant, list[Document]]:
        """The assistant over the documents of the case, and those that its library holds."""
        documents = self._suite.documents_of(case)
        key = tuple(document.id for document in documents)
        with self._building:
            if key not in self._built:
                library = Library(Path(self._folder.name) / str(len(self._built)), self._embedder)
                for _ in library.add(documents):
                    pass
                held = _held(library)
                assistant = Assistant(library, self._answerer, **self._options)
                self._built[key] = assistant, [document for document in documents if document.id in held]
            return self._built[key]


def _held(library: Library) -> set[str]:
    try:
        return {summary.id for summary in library.documents()}
    except LibraryMissing:
        return set()


def _span(chunk: Chunk) -> Span:
    return Span(chunk.document_id, chunk.start, chunk.end)
