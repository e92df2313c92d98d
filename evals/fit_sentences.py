"""Fit the weights of sentence ranking on questions whose answers are marked.

Question files hold one JSON object a line with `question`, `context` and `answers`; their contexts are one library.
The project's own development cases are added. No evaluation set may be given here.
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.accepted import answer_is_accepted
from evals.cases import DocumentSet
from evals.development_set import development_cases, development_documents
from evals.metrics.matching import answer_is_right, quote_is_expected
from index.embedding import Embedder
from index.library import Library
from index.loading import make_document
from index.schema import Document
from rag.assistant import Assistant
from rag.evidence import Signals

_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question that has its answer in the library: the signals of each sentence, and which are right."""

    source: str
    signals: NDArray[np.float64]  # (sentences, signals)
    right: NDArray[np.bool_]  # (sentences,)


def ask_marked(folder: Path, embedder: Embedder, files: Sequence[Path], contexts: int) -> list[Ranked]:
    """Every question of the first `contexts` contexts of each file, and the answerable development cases."""
    return [
        *(one for path in files for one in _ask_file(folder, embedder, path, contexts)),
        *_ask_cases(folder, embedder),
    ]


def _ask_file(folder: Path, embedder: Embedder, path: Path, contexts: int) -> Iterator[Ranked]:
    print(f"asking {path.name}", file=sys.stderr, flush=True)
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = sorted({row["context"] for row in rows})
    random.Random(_SEED).shuffle(texts)
    documents = {
        text: make_document(text, name=path.name, source=f"{path.name}:{number}")
        for number, text in enumerate(texts[:contexts])
    }
    assistant = _assistant(folder / path.name, embedder, list(documents.values()))
    for row in rows:
        if row["context"] in documents:
            document, answers = documents[row["context"]], [str(answer) for answer in row["answers"]]
            evidence = assistant.find(row["question"]).evidence
            right = [
                one.hit.chunk.document_id == document.id and answer_is_right(one.text, answers) for one in evidence
            ]
            yield _ranked(path.name, [one.signals for one in evidence], right)


def _ask_cases(folder: Path, embedder: Embedder) -> Iterator[Ranked]:
    print("asking the development cases", file=sys.stderr, flush=True)
    sets: tuple[DocumentSet, ...] = ("both", "zh", "en")
    documents = development_documents()
    assistants: dict[DocumentSet | tuple[str, ...], Assistant] = {
        chosen: _assistant(folder / chosen, embedder, [d for d in documents if chosen in ("both", d.language)])
        for chosen in sets
    }
    for _, case in development_cases():
        if case.answerable:
            evidence = assistants[case.documents].find(case.question).evidence
            right = [
                answer_is_accepted(one.text, case.answers) and quote_is_expected(one.text, case.quotes)
                for one in evidence
            ]
            yield _ranked("cases", [one.signals for one in evidence], right)


def _assistant(folder: Path, embedder: Embedder, documents: Sequence[Document]) -> Assistant:
    library = Library(folder, embedder)
    list(library.add(documents))
    return Assistant(library)


def _ranked(source: str, signals: Iterable[Signals], right: Iterable[bool]) -> Ranked:
    return Ranked(source, np.array(list(signals)), np.array(list(right)))


def fit_sentences(asked: Sequence[Ranked], penalty: float = 1e-3) -> dict[str, float]:
    """Weights that make the right sentences likely: a conditional logit over the candidates of each question."""
    import torch

    usable = [one for one in asked if one.right.any()]
    signals = [torch.tensor(one.signals) for one in usable]
    right = [torch.tensor(one.right) for one in usable]
    weights = torch.zeros(len(Signals._fields), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Any:
        optimizer.zero_grad()
        total = penalty * (weights**2).sum()
        for features, is_right in zip(signals, right, strict=True):
            scores = features @ weights
            total = total - (scores[is_right].logsumexp(0) - scores.logsumexp(0)) / len(usable)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    values = weights.detach().tolist()
    return {name: round(value, 3) for name, value in zip(Signals._fields, values, strict=True)}


def report_sentences(asked: Sequence[Ranked], weights: dict[str, float]) -> None:
    """Print how often the right sentence comes first, in sample."""
    vector = np.array(list(weights.values()))
    for source in sorted({one.source for one in asked}):
        mine = [one for one in asked if one.source == source]
        ranks = [_rank(one.right[np.argsort(-(one.signals @ vector), kind="stable")]) for one in mine]
        first, third = np.mean([rank < 1 for rank in ranks]), np.mean([rank < 3 for rank in ranks])
        found = np.mean([one.right.any() for one in mine])
        print(f"{source}: n {len(mine)}, right sentence first {first:.3f}, in three {third:.3f}, found {found:.3f}")


def _rank(right: NDArray[np.bool_]) -> int:
    return int(right.argmax()) if right.any() else len(right) + 3
