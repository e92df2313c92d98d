"""Fit the refusal model on the development cases, and measure it on pairs of documents that it was not fitted on.

Each case is asked of several libraries: its own pair of documents, in both languages and in either, and all pairs
together. Beside the cases that have no answer, every answerable one is judged once more without the sentences that
answer it: the right subject, a missing fact. A question whose answer is there but was not found first teaches nothing
about refusal and is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.accepted import answer_is_accepted
from evals.cases import Case, DocumentSet
from evals.development_set import development_cases, development_pairs
from evals.metrics.matching import quote_is_expected
from evals.refusal_curve import curve_point, refusal_curve, threshold_at
from index.embedding import Embedder
from index.library import Library
from rag.answer_signs import DIRECTIONS, AnswerSigns
from rag.assistant import Assistant
from rag.refusal import Regime, log_odds, logistic, regime_of

FALSE_REFUSALS = 0.05  # the thresholds are where this share of the rightly answered cases is refused
_FOLDS = 7  # of document pairs; a fold is judged by the model that was fitted on the others
_PENALTY = 0.3  # C of the logistic regression, on standardised signs
_MADE_WEIGHT = 0.5  # of a case without its answer, or asked of strangers: easier than the near misses that people write
_QUANTILES = 21
_ENOUGH = 50  # answered cases in a regime for a threshold of its own

_BOUNDS: Mapping[float, tuple[float | None, float | None]] = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class Judged(NamedTuple):
    """What was found for a case in one library."""

    pair: str  # of documents
    regime: Regime
    label: str  # "answered", "left out", or why the case has no answer
    signs: AnswerSigns


def judge_development(folder: Path, embedder: Embedder) -> list[Judged]:
    """Ask every development case of its libraries."""
    print("asking the development cases", file=sys.stderr, flush=True)
    pairs = development_pairs()
    names = list(pairs)
    libraries = _Libraries(folder, embedder)
    judged: list[Judged] = []
    for number, (pair, case) in enumerate(development_cases()):
        name = pair or names[number % len(names)]
        other: DocumentSet = "en" if case.language == "zh" else "zh"
        one_of_all = case.language if number % 2 else other
        for asked_of, languages in (
            (name, "both"), (name, case.language), (name, other), ("all", "both"), ("all", one_of_all),
        ):  # fmt: skip
            judged += _judge(libraries.assistant(asked_of, languages), name, case)
        stranger = names[(names.index(name) + 1) % len(names)]
        judged += _judge_stranger(libraries.assistant(stranger, "both" if number % 2 else other), name, case)
    return judged


class _Libraries:
    """Throw-away libraries, each made when it is first asked."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder, self._embedder = folder, embedder
        self._assistants: dict[str, Assistant] = {}

    def assistant(self, pair: str, languages: str) -> Assistant:
        key = f"{pair}.{languages}"
        if key not in self._assistants:
            library = Library(self._folder / key, self._embedder)
            chosen = (
                document
                for name, documents in development_pairs().items()
                for document in documents
                if pair in ("all", name) and languages in ("both", document.language)
            )
            list(library.add(chosen))
            self._assistants[key] = Assistant(library)
        return self._assistants[key]


def _judge(assistant: Assistant, pair: str, case: Case) -> Iterator[Judged]:
    findings = assistant.find(case.question)
    question, retrieval, evidence = findings.question, findings.retrieval, findings.evidence
    if findings.signs is None:
        return
    regime = regime_of(question, retrieval, evidence[0].hit.chunk.language)
    if not case.answerable:
        yield Judged(pair, regime, str(case.why_unanswerable), findings.signs)
        return
    expected = [quote_is_expected(one.text, case.quotes) for one in evidence]
    if expected[0] and answer_is_accepted(evidence[0].text, case.answers):
        yield Judged(pair, regime, "answered", findings.signs)
    rest = [one for one, holds_answer in zip(evidence, expected, strict=True) if not holds_answer]
    signs = assistant.weigh(question, retrieval, rest)
    if signs:
        yield Judged(pair, regime_of(question, retrieval, rest[0].hit.chunk.language), "left out", signs)


def _judge_stranger(assistant: Assistant, pair: str, case: Case) -> Iterator[Judged]:
    """A question asked of documents on another subject."""
    findings = assistant.find(case.question)
    if findings.signs:
        regime = regime_of(findings.question, findings.retrieval, findings.evidence[0].hit.chunk.language)
        yield Judged(pair, regime, "stranger", findings.signs)


@dataclass(frozen=True, slots=True)
class Data:
    """`Judged` as columns."""

    pairs: NDArray[np.str_]
    regimes: NDArray[np.str_]
    labels: NDArray[np.str_]
    signs: Floats

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> Data:
        pairs, regimes, labels, signs = zip(*judged, strict=True)
        return cls(np.array(pairs), np.array(regimes), np.array(labels), np.array(signs))

    @property
    def answered(self) -> Booleans:
        return np.asarray(self.labels == "answered", np.bool_)

    @property
    def written(self) -> Booleans:
        return ~np.isin(self.labels, ("left out", "stranger"))


def fit_refusal(judged: Sequence[Judged]) -> dict[str, Any]:
    """Weights, bias and thresholds; scale and thresholds are from the log-odds of pairs that were held out."""
    data = Data.of(judged)
    held_out = held_out_log_odds(data)
    scale, intercept = _platt(held_out[data.written], data.answered[data.written])
    calibrated = scale * held_out + intercept
    thresholds = _thresholds(data, calibrated)
    weights, bias = _regression(data, np.ones(len(held_out), bool))
    limits = np.array([log_odds(thresholds[regime]) for regime in data.regimes])
    margins = calibrated - limits
    report_refusal(data, calibrated, margins, tuple(thresholds))
    return {
        "weights": {
            name: round(float(scale * weight), 4) for name, weight in zip(AnswerSigns._fields, weights, strict=True)
        },
        "bias": round(float(scale * bias + intercept), 4),
        "thresholds": thresholds,
        "answered": quantiles(margins[data.answered]),
    }


def held_out_log_odds(data: Data) -> Floats:
    """For each row the log-odds by the model that was fitted on the pairs of other folds."""
    totals = np.empty(len(data.labels))
    names = sorted(set(data.pairs.tolist()))
    for fold in range(_FOLDS):
        held = np.isin(data.pairs, names[fold::_FOLDS])
        if held.any():
            weights, bias = _regression(data, ~held)
            totals[held] = data.signs[held] @ weights + bias
    return totals


def _regression(data: Data, chosen: Booleans) -> tuple[Floats, float]:
    """Weights of the signs as they are, and the bias; both classes count the same.

    What speaks for an answer has no weight below zero, what speaks against it none above: near misses hold more words
    of their question than people use who ask in their own, and a free fit would take fewer words for a better sign.
    """
    from scipy.optimize import minimize

    signs, answered = data.signs[chosen], data.answered[chosen]
    mean, deviation = signs.mean(0), np.maximum(signs.std(0), 1e-6)
    features = np.column_stack([(signs - mean) / deviation, np.ones(len(signs))])
    counts = np.where(answered, 1 / answered.sum(), 1 / (~answered).sum()) * len(answered) / 2
    counts = counts * np.where(data.written[chosen], 1.0, _MADE_WEIGHT)
    truth = answered.astype(np.float64)
    ridge = np.append(np.ones(signs.shape[1]), 0.0) / _PENALTY

    def loss(weights: Floats) -> tuple[float, Floats]:
        totals = features @ weights
        value = counts @ (np.logaddexp(0, totals) - truth * totals) + ridge @ weights**2 / 2
        gradient = features.T @ (counts * (1 / (1 + np.exp(-totals)) - truth)) + ridge * weights
        return float(value), gradient

    bounds = [_BOUNDS[direction] for direction in DIRECTIONS] + [_BOUNDS[0]]
    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[:-1] / deviation
    return weights, float(found.x[-1] - weights @ mean)


def _platt(totals: Floats, answered: Booleans) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(totals[:, None], answered)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _thresholds(data: Data, totals: Floats) -> dict[Regime, float]:
    """For each regime; one with too few cases of its own is held to the strictest of the others."""
    regimes: tuple[Regime, ...] = ("own", "across", "mixed")
    found: dict[Regime, float] = {}
    for regime in regimes:
        answered = totals[data.answered & (data.regimes == regime)]
        if len(answered) >= _ENOUGH:
            found[regime] = round(logistic(threshold_at(answered, FALSE_REFUSALS)), 4)
    return {regime: found.get(regime, max(found.values())) for regime in regimes}


def quantiles(margins: Sequence[float] | Floats) -> list[float]:
    """Every twentieth, ascending: what `tongwen calibrate` compares a library with."""
    return [round(float(value), 3) for value in np.quantile(margins, np.linspace(0, 1, _QUANTILES))]


def report_refusal(data: Data, totals: Floats, margins: Floats, regimes: Sequence[Regime]) -> None:
    """Print the figures of held-out pairs, over the cases that people wrote and over those without their answer."""
    answered = data.answered
    for regime in (*regimes, "all"):
        mine = np.ones(len(margins), bool) if regime == "all" else data.regimes == regime
        written = mine & data.written
        if answered[written].all() or not answered[written].any():
            continue
        point = curve_point(0.0, margins[written].tolist(), answered[written].tolist())
        reasons = sorted(set(data.labels[mine & ~answered].tolist()))
        by_reason = ", ".join(f"{why} {(margins[mine & (data.labels == why)] < 0).mean():.3f}" for why in reasons)
        print(f"{regime}: n {written.sum()}, false refusals {point.false_refusals:.3f}, "
              f"refusal recall {point.refusal_recall:.3f} ({by_reason})")  # fmt: skip
    written = data.written
    probabilities = np.array([logistic(total) for total in totals[written]])
    truth = answered[written].astype(np.float64)
    print(f"Brier {np.mean((probabilities - truth) ** 2):.4f}, always the base rate {truth.var():.4f}; "
          f"expected calibration error {expected_calibration_error(probabilities, truth):.4f}")  # fmt: skip
    for at in refusal_curve(margins[written].tolist(), answered[written].tolist()):
        print(f"  false refusals {at.false_refusals:.3f}  refusal recall {at.refusal_recall:.3f}")


def expected_calibration_error(probabilities: Floats, truth: Floats, bins: int = 10) -> float:
    """The mean distance of probability and frequency over bins of equal width (Naeini et al. 2015)."""
    numbers = np.minimum((probabilities * bins).astype(int), bins - 1)
    distances = (abs(probabilities[numbers == number].sum() - truth[numbers == number].sum()) for number in range(bins))
    return float(sum(distances) / len(probabilities))
