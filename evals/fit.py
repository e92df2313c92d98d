"""Fit the weights of sentence ranking and refusal on development questions, and write `rag/weights.json`.

    python -m evals.fit FILE.jsonl.xz … [--contexts N] [--write]

Question files hold one JSON object a line with `question`, `context` and `answers`. Their contexts are dealt to two
libraries: a question asked of its own library is answerable, asked of the other it is not. The project's own
development cases, near misses among them, are added. No evaluation set may be given here.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.cases import DocumentSet, read_cases
from evals.scoring import answer_is_right, quote_is_expected
from index.embedding import Embedder, open_embedder
from index.library import Library
from index.loading import load_file, make_document
from index.schema import Document
from rag.assistant import Assistant, Findings
from rag.evidence import Signals
from rag.refusal import AnswerSigns, answer_signs

_SEED = 20260101
_FALSE_REFUSALS = 0.05  # the threshold is where this share of the answerable development cases is refused
_CASE_WEIGHT = 12.0  # our own cases are near misses, as in use; the others are mostly plain strangers


@dataclass(frozen=True, slots=True)
class Asked:
    """A development question and what the assistant found for it."""

    source: str
    answerable: bool
    findings: Findings
    signals: NDArray[np.float64]  # (sentences, signals), in the order of findings.evidence
    right: NDArray[np.bool_]  # (sentences,): whether it answers the question


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit", description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="question files (.jsonl or .jsonl.xz)")
    parser.add_argument("--contexts", type=int, default=150, help="contexts taken from each file")
    parser.add_argument("--embedder", help="as TONGWEN_EMBEDDER")
    parser.add_argument("--write", action="store_true", help="write rag/weights.json; otherwise only report")
    options = parser.parse_args()
    embedder = open_embedder(options.embedder)
    with tempfile.TemporaryDirectory() as folder:
        asked = [
            *(one for path in options.files for one in _ask_file(Path(folder), embedder, path, options.contexts)),
            *_ask_cases(Path(folder), embedder),
        ]
        sentence = fit_sentences(asked)
        _report_sentences(asked, sentence)
        refusal = fit_refusal(asked, sentence)
    fitted = {"sentence": sentence, "refusal": refusal}
    text = json.dumps(fitted, indent=2) + "\n"
    print(text)
    if options.write:
        (Path(__file__).parent.parent / "rag" / "weights.json").write_text(text, "utf-8")
    return 0


def _ask_file(folder: Path, embedder: Embedder, path: Path, contexts: int) -> Iterator[Asked]:
    print(f"asking {path.name}", file=sys.stderr, flush=True)
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = sorted({row["context"] for row in rows})
    random.Random(_SEED).shuffle(texts)
    documents = {
        text: make_document(text, name=path.name, source=f"{path.name}:{number}")
        for number, text in enumerate(texts[:contexts])
    }
    halves = {text: number % 2 for number, text in enumerate(documents)}
    assistants = [
        _assistant(
            folder / f"{path.name}.{half}", embedder, [documents[text] for text in documents if halves[text] == half]
        )
        for half in (0, 1)
    ]
    for row in rows:
        if (text := row["context"]) in documents:
            answers = [str(answer) for answer in row["answers"]]
            for half in (0, 1):
                answerable = half == halves[text]
                findings = assistants[half].find(row["question"])
                right = [
                    answerable
                    and evidence.hit.chunk.document_id == documents[text].id
                    and answer_is_right(evidence.text, answers)
                    for evidence in findings.evidence
                ]
                yield _asked(path.name, answerable, findings, right)


def _ask_cases(folder: Path, embedder: Embedder) -> Iterator[Asked]:
    print("asking the development cases", file=sys.stderr, flush=True)
    development = Path(str(resources.files("evals"))) / "development"
    files = sorted(development.glob("*.md"))
    sets: tuple[DocumentSet, ...] = ("both", "zh", "en")
    assistants = {
        chosen: _assistant(
            folder / chosen, embedder, [load_file(file) for file in files if chosen in ("both", file.stem[-2:])]
        )
        for chosen in sets
    }
    for case in read_cases(development / "cases.jsonl"):
        findings = assistants[case.documents].find(case.question)
        right = [
            case.answerable
            and answer_is_right(evidence.text, case.answers)
            and quote_is_expected(evidence.text, case.must_cite)
            for evidence in findings.evidence
        ]
        yield _asked("cases", case.answerable, findings, right)


def _assistant(folder: Path, embedder: Embedder, documents: Sequence[Document]) -> Assistant:
    library = Library(folder, embedder)
    list(library.add(documents))
    return Assistant(library)


def _asked(source: str, answerable: bool, findings: Findings, right: Iterable[bool]) -> Asked:
    signals = np.array([evidence.signals for evidence in findings.evidence])
    return Asked(source, answerable, findings, signals, np.array(list(right)))


def fit_sentences(asked: Sequence[Asked], penalty: float = 1e-3) -> dict[str, float]:
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


def _report_sentences(asked: Sequence[Asked], weights: dict[str, float]) -> None:
    vector = np.array(list(weights.values()))
    for source in sorted({one.source for one in asked}):
        mine = [one for one in asked if one.source == source and one.answerable]
        ranks = [_rank(one.right[np.argsort(-(one.signals @ vector), kind="stable")]) for one in mine]
        first, third = np.mean([rank < 1 for rank in ranks]), np.mean([rank < 3 for rank in ranks])
        found = np.mean([one.right.any() for one in mine])
        print(f"{source}: n {len(mine)}, right sentence first {first:.3f}, in three {third:.3f}, found {found:.3f}")


def _rank(right: NDArray[np.bool_]) -> int:
    return int(right.argmax()) if right.any() else len(right) + 3


def fit_refusal(asked: Sequence[Asked], sentence: dict[str, float]) -> dict[str, Any]:
    """A logistic regression of "answered right" against "not there", and its threshold."""
    from sklearn.linear_model import LogisticRegression

    vector = np.array(list(sentence.values()))
    rows, labels, weights, cases = [], [], [], []
    for one in asked:
        order = np.argsort(-(one.signals @ vector), kind="stable")
        answered = bool(one.right[order[0]])
        if one.answerable != answered:
            continue  # an answer that is there but not found first teaches nothing about refusal
        rows.append(answer_signs(one.findings.question, one.findings.retrieval, one.findings.evidence[order[0]]))
        labels.append(answered)
        weights.append(_CASE_WEIGHT if one.source == "cases" else 1.0)
        cases.append(one.source == "cases")
    features, answered_right, is_case = np.array(rows), np.array(labels), np.array(cases)
    balance = np.where(answered_right, 1 / answered_right.sum(), 1 / (~answered_right).sum()) * len(rows) / 2
    model = LogisticRegression(C=1.0, max_iter=1000).fit(features, answered_right, np.array(weights) * balance)
    probabilities = model.predict_proba(features)[:, 1]
    across = features[:, AnswerSigns._fields.index("across")] == 1
    own_threshold, across_threshold = (
        round(float(np.quantile(probabilities[answered_right & is_case & side], _FALSE_REFUSALS)), 4)
        for side in (~across, across)
    )
    threshold = np.where(across, across_threshold, own_threshold)
    groups = {"question files": ~is_case, "cases": is_case & ~across, "cases across": is_case & across}
    for name, chosen in groups.items():
        kept, truth = (probabilities >= threshold)[chosen], answered_right[chosen]
        print(
            f"refusal, {name}: n {len(truth)}, refused of the unanswerable {1 - kept[~truth].mean():.3f}, "
            f"of the answerable {1 - kept[truth].mean():.3f}"
        )
    values = zip(AnswerSigns._fields, model.coef_[0], strict=True)
    coefficients = {name: round(float(value), 3) for name, value in values}
    return {
        "weights": coefficients,
        "bias": round(float(model.intercept_[0]), 3),
        "threshold": own_threshold,
        "threshold_across": across_threshold,
    }


if __name__ == "__main__":
    sys.exit(main())
