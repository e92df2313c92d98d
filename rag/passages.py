"""The passages that a model is given: numbered, best first, within a budget of tokens, and marked as data.

A passage stands, its title with it, between lines with a random word that whoever wrote the document cannot know, so
that it cannot end its own quotation. What chat models take for the border of a message is made harmless in the copy
that the model reads; the stored text is never changed. Not handled: persuasion. What a model makes of a passage is
checked behind it (`rag.grounding`), never trusted.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.answer import QuestionLanguage
from rag.evidence import Evidence
from rag.question import Question

NO_ANSWER = "NO_ANSWER"  # what a model writes where the passages do not hold the answer

# Not text but orders to whoever shows it: controls, bidirectional overrides (Trojan Source, Boucher and Anderson 2021),
# zero-width characters that hide words, and tag characters that hide sentences. ZWJ and ZWNJ are kept: emoji need them.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)

# Borders of messages in the templates of ChatML, Llama 2 and 3, Gemma, Mistral, DeepSeek and Phi.
_MESSAGE_BORDER = re.compile(
    r"<(?=[|｜]|/?s>|[be]os>|/?(?:start|end)_of_turn>|</?SYS>>|/?(?:system|user|assistant|think)>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A whole chunk with every sentence of it that a sentence of the answer may rest on."""

    number: int  # from 1
    title: str
    text: str
    evidence: tuple[Evidence, ...]


def estimate_tokens(text: str) -> int:
    """How many tokens a text has at most, about, where the model's own tokenizer is not at hand.

    One for three ASCII characters and three for two others. Tokenizers of English make about one of four characters,
    those of Chinese models one of each or of two ideographs, older ones up to two of one: the estimate errs upwards.
    """
    ascii_characters = sum(character < "\x80" for character in text)
    return (ascii_characters + 2) // 3 + ((len(text) - ascii_characters) * 3 + 1) // 2


def choose_passages(evidence: Sequence[Evidence], tokens: int, count: Callable[[str], int]) -> list[Passage]:
    """The passages of `evidence` that fit into so many tokens, whole, those with the best sentences first.

    One that does not fit is left out, and the next smaller one may still come in.
    """
    by_chunk: dict[str, list[Evidence]] = {}
    for item in evidence:
        by_chunk.setdefault(item.hit.chunk.id, []).append(item)
    chosen: list[Passage] = []
    for items in by_chunk.values():
        hit = items[0].hit
        passage = Passage(len(chosen) + 1, hit.title, hit.chunk.text, tuple(items))
        cost = count(_quoted(passage, "0" * 16))
        if cost <= tokens:
            chosen.append(passage)
            tokens -= cost
    return chosen


def system_prompt(language: QuestionLanguage) -> str:
    """What the model is told before everything else."""
    return _prompt("system", language).format(marker=NO_ANSWER)


def user_prompt(question: Question, passages: Sequence[Passage], insist: bool = False) -> str:
    """The passages and the question; `insist` where the model has already answered in another language."""
    boundary = secrets.token_hex(8)
    prompt = _prompt("user", question.language).format(
        boundary=boundary,
        passages="\n\n".join(_quoted(passage, boundary) for passage in passages),
        question=harmless(question.text),
    )
    return f"{prompt}\n{_prompt('language', question.language)}" if insist else prompt


def harmless(text: str) -> str:
    """The copy of a text that a model may read: without unseen characters and borders of messages."""
    return _MESSAGE_BORDER.sub(lambda border: "‹" if border[0] == "<" else "(", UNSEEN.sub("", text))


def _quoted(passage: Passage, boundary: str) -> str:
    title = " ".join(harmless(passage.title).split())
    return f"[{passage.number}]\n<<<{boundary}\n{title}\n\n{harmless(passage.text)}\n{boundary}>>>"


@cache
def _prompt(name: str, language: QuestionLanguage) -> str:
    return (resources.files("rag") / "prompts" / f"{name}.{language}.txt").read_text("utf-8").rstrip("\n")
