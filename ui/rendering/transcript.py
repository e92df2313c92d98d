"""The conversation as the web chat shows it, with what can be done with each turn of it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import EXTRACTIVE, Answer
from ui.conversation import Turn, was_completed
from ui.messages import TAGLINES, InterfaceLanguage, Messages
from ui.rendering.answer_text import answer_text
from ui.rendering.escaping import escape
from ui.rendering.terminal import plain_text

OTHER: dict[InterfaceLanguage, InterfaceLanguage] = {"zh": "en", "en": "zh"}
_LOCALES: dict[InterfaceLanguage, str] = {"zh": "zh-CN", "en": "en"}


def header(documents: int, visitor: str, language: InterfaceLanguage, messages: Messages) -> str:
    """The head of the page: what the program is, how much it can draw on, who is logged in, and the other language.

    The name of the `visitor`, where there is one, leads to where one logs out.
    """
    other = OTHER[language]
    return (
        f'<header><h1><span lang="zh">同文</span> <span class="accent" lang="en">Tongwen</span></h1>'
        f'<p class="tagline">{escape(TAGLINES[language])}</p>'
        f'<p class="count">{escape(messages.library.format(count=f"{documents:,}"))}</p>'
        f"{_visitor(visitor, language, messages)}"
        f'<p class="switch"><a href="/{other}/" lang="{_LOCALES[other]}">{escape(messages.other_language)}</a></p>'
        "</header>"
    )


def _visitor(name: str, language: InterfaceLanguage, messages: Messages) -> str:
    said = escape(messages.visitor.format(name=name))
    return f'<p class="visitor"><a href="/login?language={language}">{said}</a></p>' if name else ""


def transcript(turns: Sequence[Turn], examples: Sequence[str], messages: Messages, rated: bool = False) -> str:
    """The turns of a conversation, oldest first; before the first one a welcome, with questions to choose from.

    Buttons are of the class "act" and carry in their id what they do: `copy-0`, `retry-0`, `edit-0` for the first
    turn, and `up-0`, `down-0` where answers can be `rated`; `example-0` asks the first example.
    """
    if not turns:
        offered = _offers("example", messages.examples, examples)
        return f'<section class="welcome"><h2>{escape(messages.welcome)}</h2>{offered}</section>'
    last = len(turns) - 1
    articles = "".join(_turn(number, turn, number == last, messages, rated) for number, turn in enumerate(turns))
    return f'<section class="turns">{articles}</section>'


def suggestions(questions: Sequence[str], messages: Messages) -> str:
    """Questions that could be asked next; `suggest-0` asks the first. Nothing at all of none."""
    return _offers("suggest", messages.suggestions, questions)


def notice(text: str) -> str:
    """One line that says what just happened; nothing of no text."""
    return f'<p class="notice" role="status">{escape(text)}</p>' if text else ""


def _offers(action: str, heading: str, questions: Sequence[str]) -> str:
    items = "".join(
        f"<li>{_button(f'{action}-{number}', escape(question), 'offer via-asking')}</li>"
        for number, question in enumerate(questions)
    )
    return f'<section class="offers"><h3>{escape(heading)}</h3><ul>{items}</ul></section>' if items else ""


def _turn(number: int, turn: Turn, is_last: bool, messages: Messages, rated: bool) -> str:
    return (
        f'<article class="turn" id="turn-{number}">'
        f'<h2 class="unseen">{escape(messages.asked)}</h2><div class="asked">{_asked(turn, messages)}</div>'
        f'<h2 class="unseen">{escape(messages.replied)}</h2><div class="reply">{_reply(number, turn, messages)}</div>'
        f"{_actions(number, turn, is_last, messages, rated)}</article>"
    )


def _asked(turn: Turn, messages: Messages) -> str:
    question = f'<div class="said">{escape(turn.question.strip() or messages.no_question)}</div>'
    if turn.answer and was_completed(turn.answer):
        understood = escape(messages.standalone.format(question=turn.answer.standalone))
        return f'{question}<p class="standalone">{understood}</p>'
    return question


def _reply(number: int, turn: Turn, messages: Messages) -> str:
    text = answer_text(turn.answer, number, messages) if turn.answer else escape(turn.text)
    said = f'<div class="said">{text}</div>' if text else ""
    match turn.status:
        case "working":
            return said or f'<p class="working" role="status">{escape(messages.working)}</p>'
        case "answered":
            return said + _remarks(turn.answer, messages)
        case "incomplete" | "failed":
            return said + _note(without_answer(turn, messages))


def without_answer(turn: Turn, messages: Messages) -> str:
    """Why a turn that is incomplete or failed has no answer, as plain text."""
    if turn.status == "incomplete":
        return turn.problem or messages.incomplete
    if turn.reference:
        return messages.unexpected.format(reference=turn.reference)
    return messages.problem.format(problem=messages.problems[turn.problem])


def _remarks(answer: Answer | None, messages: Messages) -> str:
    """What the reader has to know of an answer: its notes, and who wrote it where a model did."""
    if answer is None:
        return ""
    remarks = [messages.remark.format(note=note.text) for note in answer.notes]
    if answer.answerer != EXTRACTIVE:
        remarks.append(messages.written_by.format(answerer=answer.answerer))
    return "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks)


def _note(text: str) -> str:
    return f'<p class="note" role="alert">{escape(text)}</p>'


def _actions(number: int, turn: Turn, is_last: bool, messages: Messages, rated: bool) -> str:
    """The buttons under a turn that has ended. Only the last is answered again: nothing that follows is lost."""
    if turn.status == "working":
        return ""
    buttons = []
    copied = ""
    if turn.answer:
        switching = (
            f'<span class="before">{escape(messages.copy)}</span><span class="after">{escape(messages.copied)}</span>'
        )
        buttons.append(_button(f"copy-{number}", switching))
        copied = f'<div class="copied" id="copied-{number}">{escape(plain_text(turn.answer))}</div>'
    if is_last:
        buttons.append(_button(f"retry-{number}", escape(messages.retry), "via-asking"))
    buttons.append(_button(f"edit-{number}", escape(messages.edit)))
    if turn.answer and rated:
        buttons.append(_button(f"up-{number}", escape(messages.helpful), "rating"))
        buttons.append(_button(f"down-{number}", escape(messages.wrong), "rating"))
    return f'<div class="actions">{"".join(buttons)}</div>{copied}'


def _button(action: str, content: str, kind: str = "") -> str:
    """`content` is HTML."""
    return f'<button type="button" class="{f"act {kind}".strip()}" id="{action}">{content}</button>'
