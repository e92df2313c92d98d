"""Whether the documents answer the question at all: a probability fitted on labelled questions, and thresholds.

A logistic regression over `rag.answer_signs`. Weights and thresholds are in `weights.json`, written by `python -m
evals.fit refusal` from questions that the development documents answer and from near misses that they do not;
evals/README.md has the chosen point. `tongwen calibrate` moves both for one library (`rag.calibration`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal

from index.schema import Language
from rag.answer_signs import AnswerSigns
from rag.calibration import Calibration
from rag.question import Question
from rag.retriever import Retrieval, is_across

Regime = Literal["own", "across", "mixed"]


@dataclass(frozen=True)
class RefusalModel:
    """A logistic regression, and the least probability in each regime at which an answer is given."""

    weights: AnswerSigns
    bias: float
    thresholds: Mapping[Regime, float]
    calibration: Calibration | None = None  # of the library that is asked

    @cached_property
    def fingerprint(self) -> str:
        """Of weights and thresholds, a calibration aside: a calibration is of one model."""
        content = json.dumps([self.weights._asdict(), self.bias, dict(self.thresholds)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def answers(self, signs: AnswerSigns, regime: Regime) -> bool:
        """Whether what was found is given as an answer."""
        return self.margin(signs, regime) >= (self.calibration.shift if self.calibration else 0.0)

    def margin(self, signs: AnswerSigns, regime: Regime) -> float:
        """By how much the log-odds are above the regime's shipped threshold."""
        return self._log_odds(signs) - log_odds(self.thresholds[regime])

    def probability(self, signs: AnswerSigns) -> float:
        """Between 0 and 1: that the best evidence answers the question."""
        total = self._log_odds(signs)
        if self.calibration:
            total = self.calibration.scale * total + self.calibration.intercept
        return logistic(total)

    def _log_odds(self, signs: AnswerSigns) -> float:
        return self.bias + sum(weight * sign for weight, sign in zip(self.weights, signs, strict=True))


def regime_of(question: Question, retrieval: Retrieval, language: Language) -> Regime:
    """The regime of evidence in that language: a mixed library is held to more where its other half could answer."""
    if not is_across(question, language):
        return "own"
    return "across" if all(is_across(question, other) for other in retrieval.languages) else "mixed"


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def logistic(total: float) -> float:
    """1 / (1 + exp(-total)), without overflow."""
    return 1 / (1 + math.exp(-total)) if total >= 0 else math.exp(total) / (1 + math.exp(total))


def shipped_weights() -> Mapping[str, Any]:
    """The part of `weights.json` that is about refusal."""
    content: Mapping[str, Any] = json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))["refusal"]
    return content


@cache
def refusal_model() -> RefusalModel:
    """The fitted model that ships with the program."""
    content = shipped_weights()
    return RefusalModel(AnswerSigns(**content["weights"]), content["bias"], content["thresholds"])
