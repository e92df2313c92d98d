"""Follow-ups made stand-alone by a language model, over any object with the `complete` of LlamaIndex's LLM classes.

What the model writes is used only where it is one short question in the language of the turn that keeps the turn's
figures and brings in none that was not said. Otherwise there is no rewriting, and the rules of `rag.follow_up` answer.
The time that a call may take is set on the model object.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from fractions import Fraction
from importlib import resources
from string import Template
from typing import Protocol

from rag.answer import Exchange
from rag.quantities import find_quantities
from rag.question import question_language

logger = logging.getLogger(__name__)

_LAST_TURNS = 3
_LONGEST_SHOWN = 400  # characters of an earlier question or answer in the prompt
_LONGEST_QUESTION = 300  # a longer turn leaves nothing out, and a longer rewriting is no question


class Completion(Protocol):
    """What a model wrote."""

    @property
    def text(self) -> str: ...


class LanguageModel(Protocol):
    """The part of LlamaIndex's LLM classes that is used."""

    def complete(self, prompt: str) -> Completion:
        """The model's text for a prompt."""
        ...


class LlmRewriter:
    """Rewrites a turn with a language model. Safe to share between threads where the model is."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def rewrite(self, question: str, history: Sequence[Exchange]) -> str | None:
        """The stand-alone form of a turn; None where the model gives none that can be used."""
        question = question.strip()
        if not question or len(question) > _LONGEST_QUESTION:
            return None
        turns = history[-_LAST_TURNS:]
        try:
            written = self._model.complete(_prompt(question, turns)).text
        except Exception:  # every vendor raises its own
            logger.warning("the model did not rewrite a follow-up; the rules do", exc_info=True)
            return None
        return _usable(written, question, turns)


def _prompt(question: str, turns: Sequence[Exchange]) -> str:
    file = resources.files("rag") / "prompts" / f"stand_alone.{question_language(question)}.txt"
    shown = [{"question": _shown(turn.question), "answer": _shown(turn.answer)} for turn in turns]
    return Template(file.read_text("utf-8")).substitute(
        turns="\n".join(json.dumps(turn, ensure_ascii=False) for turn in shown),
        question=json.dumps({"question": question}, ensure_ascii=False),
    )


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _usable(written: str, question: str, turns: Sequence[Exchange]) -> str | None:
    """What the model wrote where it is a question as it should be."""
    lines = [line.strip() for line in written[: 2 * _LONGEST_QUESTION].strip().splitlines() if line.strip()]
    if len(lines) != 1 or not any(map(str.isalnum, lines[0])):
        return None
    rewritten = lines[0].strip('"“”「」 ')
    if len(rewritten) > _LONGEST_QUESTION or question_language(rewritten) != question_language(question):
        return None
    said = {value for turn in turns for text in (turn.question, turn.answer) for value in _figures(text)}
    asked, kept = _figures(question), _figures(rewritten)
    return rewritten if asked <= kept <= asked | said else None


def _figures(text: str) -> set[tuple[str, Fraction | str]]:
    return {(quantity.kind, quantity.value) for quantity in find_quantities(text)}
