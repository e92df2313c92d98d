"""What a benchmark stores and asks: the passages of documents, and questions on them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.bench.errors import BenchError
from evals.development_set import development_cases, development_documents
from evals.squad import read_squad
from index.chunking import chunk_document
from index.folders import shown
from index.loading import load_paths
from index.parsing import Parser
from index.schema import Document
from index.sentences import sentence_spans

_SEED = 20260101
_SHORTEST_QUESTION = 8  # characters of a sentence that is asked for


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the places of the texts that answer it; none where that is not known."""

    text: str
    answered_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages, all different and in an order without meaning, so that the first few stand for all."""

    origin: str
    texts: tuple[str, ...]
    questions: tuple[Question, ...]

    @property
    def fingerprint(self) -> str:
        content = json.dumps([self.texts, [question.text for question in self.questions]])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def read_texts(paths: Sequence[Path], most_questions: int) -> Texts:
    """The passages and questions of files and folders, of the development set where none is named.

    Questions come with a file in SQuAD's format (`.json`) and with the development set; where there are none, the
    first sentences of passages are asked. Raises `BenchError`, or the `CaseError` of a question set.
    """
    documents: list[Document] = []
    asked: list[tuple[str, str, tuple[str, ...]]] = []  # question, id of its document or "", strings that answer it
    if not paths:
        documents = development_documents()
        for _, case in development_cases():
            if case.answerable and not case.history and case.must_cite:
                asked.append((case.question, "", tuple(quote.quote for quote in case.must_cite[0])))
    sets = [path for path in paths if path.suffix.lower() == ".json"]
    for squad in map(read_squad, sets):
        documents += squad.documents
        asked += [(one.text, one.document_id, one.answers) for one in squad.questions if one.answers]
    documents += _load([path for path in paths if path not in sets])
    held = {
        chunk.text: chunk.document_id
        for document in documents
        for chunk in chunk_document(document)
        if any(map(str.isalnum, chunk.text))  # what has no letter and no digit cannot be a document
    }
    texts = sorted(held)
    order = random.Random(_SEED)
    order.shuffle(texts)
    order.shuffle(asked)
    questions = [
        Question(text, frozenset(_answering(texts, held, document_id, answers)))
        for text, document_id, answers in asked[:most_questions]
    ]
    if len(questions) < 2:
        questions = list(_opening_questions(texts))[:most_questions]
    if len(questions) < 2:
        raise BenchError("the texts are too few to ask questions of; name more files, or none for the ones that ship")
    names = ", ".join(" ".join(shown(path.name).split()) for path in paths) or "the development set"
    return Texts(names, tuple(texts), tuple(questions))


def _load(paths: Sequence[Path]) -> Iterator[Document]:
    """The documents of files and folders; of each path there has to be one, and what else cannot be read is not there.

    Two benchmarks of a folder that differ in what could be read have another fingerprint.
    """
    with Parser() as parser:
        for path in paths:
            loaded = list(load_paths([path], parser))
            if not any(file.documents for file in loaded):
                raise BenchError(next(f"{file.source} {file.rejected[0].reason}" for file in loaded if file.rejected))
            for file in loaded:
                yield from file.documents


def _answering(texts: Sequence[str], held: dict[str, str], document_id: str, answers: Sequence[str]) -> Iterator[int]:
    """The places of the texts, of that document or of any, in which one of the answers stands."""
    for place, text in enumerate(texts):
        if document_id in ("", held[text]) and any(answer in text for answer in answers):
            yield place


def _opening_questions(texts: Sequence[str]) -> Iterator[Question]:
    for place, text in enumerate(texts):
        start, end = next(iter(sentence_spans(text)))
        if end - start >= _SHORTEST_QUESTION:
            yield Question(text[start:end].strip(), frozenset([place]))
