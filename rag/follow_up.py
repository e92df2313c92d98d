"""Follow-ups made stand-alone: what a turn of a conversation leaves out is taken from the turns before it.

By rules, without a model: a turn that gives only a period, a name, an attribute or a question word changes that part of
the earlier question; a pronoun gets what it means; a subject that is left out is put back. The result stays in the
language of the turn, with words of the other language where the earlier question was in it. A question that lacks
nothing stays exactly as it was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.answer import Exchange
from rag.conversation.context import Context, FindNames, Span, name_spans, without
from rag.names import Names
from rag.question import question_language

_LAST_TURNS = 3  # further back, a turn says what it is about
_LONGEST_ANSWER = 2_000  # characters of an answer that are read for names and periods
_LONGEST = 300  # characters: a longer turn leaves nothing out, and one that grew longer is kept as it was asked


class Rewriter(Protocol):
    """Makes a turn stand alone in its own way, as a language model does."""

    def rewrite(self, question: str, history: Sequence[Exchange]) -> str | None:
        """The stand-alone form of a turn, or the turn itself; None where the rules have to answer."""
        ...


def stand_alone(question: str, history: Sequence[Exchange], names: Names) -> str:
    """The question with what it leaves out, or the question itself; `history` is oldest first."""
    context: Context | None = None
    for exchange in history[-_LAST_TURNS:]:
        context = _read(_resolve(exchange.question, context, names), exchange.answer[:_LONGEST_ANSWER], names)
    return _resolve(question, context, names)


def has_own_language(question: str, names: Names) -> bool:
    """Whether a turn says which language it is in: names in Latin letters, figures and signs do not."""
    for span in reversed(name_spans(question, _finder(names))):
        if question[slice(*span)].isascii():
            question = without(question, span)
    return any(map(str.isalpha, question))


def _read(question: str, answer: str, names: Names) -> Context | None:
    if not any(map(str.isalnum, question)) or len(question) > 2 * _LONGEST:
        return None
    from rag.conversation import chinese_question, english_question  # their many patterns are for later turns alone

    read = chinese_question.read if question_language(question) == "zh" else english_question.read
    return read(question, answer, _finder(names))


def _resolve(question: str, context: Context | None, names: Names) -> str:
    question = question.strip()
    if context is None or not any(map(str.isalnum, question)) or len(question) > _LONGEST:
        return question
    from rag.conversation import chinese_turn, english_turn

    language = question_language(question) if has_own_language(question, names) else context.language
    follow = chinese_turn.follow if language == "zh" else english_turn.follow
    resolved = follow(question, context, _finder(names))
    return resolved if resolved and len(resolved) <= 2 * _LONGEST else question


def _finder(names: Names) -> FindNames:
    def find_names(text: str) -> list[Span]:
        return [(name.start, name.end) for name in names.find(text)]

    return find_names
