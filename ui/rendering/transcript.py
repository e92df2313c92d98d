"""The conversation as the web chat shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypedDict

from rag.answer import EXTRACTIVE, Answer
from ui.conversation import Turn, was_completed
from ui.messages import TAGLINES, Messages
from ui.rendering.escaping import escape


class ChatMessage(TypedDict):
    """One bubble, as `gradio.Chatbot` takes it; the content is HTML."""

    role: str
    content: str


def header(documents: int, messages: Messages) -> str:
    """The head of the page: the name, what the program does in both languages, how much it can draw on."""
    taglines = "".join(f'<p class="tagline" lang="{language}">{TAGLINES[language]}</p>' for language in TAGLINES)
    count = escape(messages.library.format(count=documents))
    return f'<header><h1>同文 <span>Tongwen</span></h1>{taglines}<p class="count">{count}</p></header>'


def chat_messages(turns: Iterable[Turn], messages: Messages) -> list[ChatMessage]:
    """The conversation as bubbles, question and reply in turn."""
    return [
        bubble
        for turn in turns
        for bubble in (
            ChatMessage(role="user", content=_asked(turn, messages)),
            ChatMessage(role="assistant", content=_reply(turn, messages)),
        )
    ]


def _asked(turn: Turn, messages: Messages) -> str:
    question = escape(turn.question.strip() or messages.no_question)
    if turn.answer and was_completed(turn.answer):
        understood = escape(messages.standalone.format(question=turn.answer.standalone))
        return f'{question}<span class="standalone">{understood}</span>'
    return question


def _reply(turn: Turn, messages: Messages) -> str:
    numbers = [citation.number for citation in turn.answer.citations] if turn.answer else []
    text = _mark_numbers(escape(turn.text), numbers)
    match turn.status:
        case "working":
            return text or f'<span class="working" role="status">{escape(messages.working)}</span>'
        case "answered":
            return text + _remarks(turn.answer, messages)
        case "incomplete":
            return text + _note(turn.problem or messages.incomplete)
        case "failed" if turn.reference:
            return text + _note(messages.unexpected.format(reference=turn.reference))
        case "failed":
            return text + _note(messages.problem.format(problem=turn.problem))


def _mark_numbers(escaped: str, numbers: Sequence[int]) -> str:
    """Sets off the markers [1], [2], … of sentences that are really cited; the text stays the same."""
    markers = "|".join(map(str, numbers))
    return re.sub(rf"\[(?:{markers})\]", r'<span class="marker">\g<0></span>', escaped) if markers else escaped


def _remarks(answer: Answer | None, messages: Messages) -> str:
    """What the reader has to know of an answer: its notes, and who wrote it where a model did."""
    if answer is None:
        return ""
    remarks = [messages.remark.format(note=note.text) for note in answer.notes]
    if answer.answerer != EXTRACTIVE:
        remarks.append(messages.written_by.format(answerer=answer.answerer))
    return "".join(f'<span class="remark">{escape(remark)}</span>' for remark in remarks)


def _note(text: str) -> str:
    return f'<span class="note" role="alert">{escape(text)}</span>'
