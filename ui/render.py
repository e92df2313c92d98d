"""Answers as HTML for the web chat and as plain text for a terminal: pure functions, no Gradio.

Documents, questions and models are not trusted: whatever they say is escaped and reaches the reader as text. No link,
image or Markdown of theirs is ever live, and nothing here reads rendered text back.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TypedDict

from index.schema import Hit, Place
from rag.answer import EXTRACTIVE, Answer, Check, Citation, Conflict
from ui.conversation import Turn
from ui.messages import MESSAGES, TAGLINES, Messages

UNPRESENTABLE = re.compile(r"[\x00\ud800-\udfff]")
DRIVING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")


class ChatMessage(TypedDict):
    """One bubble, as `gradio.Chatbot` takes it; the content is HTML."""

    role: str
    content: str


def escape(text: str) -> str:
    """`text` as HTML content (not for an attribute) on a single line; a browser reads it back as `text`.

    Line breaks and tabs become references: a blank line would end an HTML block and let Markdown have the rest, and
    Gradio expands tabs. What cannot be in a page, lone surrogates and NUL, becomes U+FFFD.
    """
    possible = UNPRESENTABLE.sub("�", text)
    return re.sub(r"[\n\r\t]", lambda control: f"&#{ord(control[0])};", html.escape(possible, quote=False))


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


def evidence(turn: Turn | None, messages: Messages) -> str:
    """The panel beside the conversation: what the answer of `turn` rests on."""
    if turn is None or turn.answer is None:
        return _panel(messages.sources, _hint(messages.sources_hint))
    answer = turn.answer
    quotes = "".join(_quote(citation, messages) for citation in answer.citations)
    quotes = f'<ol class="quotes">{quotes}</ol>' if quotes else ""
    if answer.refused:
        return _panel(messages.closest, _hint(messages.closest_hint if quotes else messages.nothing_close) + quotes)
    return _panel(messages.sources, (quotes or _hint(messages.no_sources)) + _findings(answer, messages))


def plain_text(answer: Answer) -> str:
    """The answer for a terminal: the question as it was understood where it left something out, the text and its notes,
    then each cited sentence with its number, title and section."""
    messages = MESSAGES[answer.language]
    paragraphs = [printable(answer.text)]
    if was_completed(answer):
        paragraphs.insert(0, printable(messages.standalone.format(question=answer.standalone)))
    paragraphs += [printable(messages.remark.format(note=note.text)) for note in answer.notes]
    if answer.refused and answer.citations:
        paragraphs.append(f"{messages.closest}:")
    for citation in answer.citations:
        marker = f"[{citation.number}] "
        lines = [
            *citation.quote.strip().splitlines(),
            "— " + " › ".join((citation.title, *_path(citation.place, _section(citation), messages))),
        ]
        paragraphs.append(marker + ("\n" + " " * len(marker)).join(map(printable, lines)))
    return "\n\n".join(paragraphs)


def hit_path(hit: Hit) -> tuple[str, ...]:
    """Where in its document a passage begins, in English as all of the command line that is not an answer."""
    return _path(hit.place_at(hit.chunk.start), hit.chunk.section[1:], MESSAGES["en"])


def was_completed(answer: Answer) -> bool:
    """Whether the question left something out that was put in before it was searched."""
    return answer.standalone.strip() != answer.question.strip()


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


def _hint(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def _panel(heading: str, content: str) -> str:
    return f'<section class="evidence"><h2>{escape(heading)}</h2>{content}</section>'


def _quote(citation: Citation, messages: Messages) -> str:
    path = " › ".join(_path(citation.place, _section(citation), messages))
    section = f'<p class="section">{escape(path)}</p>' if path else ""
    language = "en" if citation.language == "en" else "zh"  # by it a browser chooses the fonts of the two scripts
    return (
        f'<li class="quote"><p class="origin"><span class="number">{citation.number}</span>'
        f'<cite class="title">{escape(citation.title)}</cite>'
        f'<span class="language">{escape(messages.language_names[citation.language])}</span></p>{section}'
        f'<blockquote lang="{language}"><span class="around">{escape(citation.before.lstrip())}</span>'
        f"<mark>{escape(citation.quote)}</mark>"
        f'<span class="around">{escape(citation.after.rstrip())}</span></blockquote></li>'
    )


def _section(citation: Citation) -> tuple[str, ...]:
    """The headings above the sentence, without the one that is the title."""
    return citation.section[1:] if citation.section[:1] == (citation.title,) else citation.section


def _path(place: Place | None, section: tuple[str, ...], messages: Messages) -> tuple[str, ...]:
    """Where in its document a text stands: page, slide, sheet or part, then the headings above it."""
    if place is None or (place.kind in ("sheet", "part") and place.label in section):
        return section
    return messages.places[place.kind].format(label=place.label), *section


def _findings(answer: Answer, messages: Messages) -> str:
    """What was found out about the figures and names of an answer."""
    return (
        _list(messages.conflicts, "conflicts", map(_conflict, answer.conflicts))
        + _list(messages.figure_checks, "checks", (_check(check, messages) for check in answer.checks.figures))
        + _list(messages.name_checks, "checks", (_check(check, messages) for check in answer.checks.names))
    )


def _list(heading: str, kind: str, items: Iterable[str]) -> str:
    listed = "".join(items)
    return f'<h3>{escape(heading)}</h3><ul class="{kind}">{listed}</ul>' if listed else ""


def _conflict(conflict: Conflict) -> str:
    pairs = zip(conflict.figures, conflict.citations, strict=True)
    return f"<li>{' / '.join(f'<b>{escape(figure)}</b> {_marker(number)}' for figure, number in pairs)}</li>"


def _check(check: Check, messages: Messages) -> str:
    kind, sign = ("supported", "✓") if check.supported else ("unsupported", "✗")
    number = f" {_marker(check.citation)}" if check.citation is not None else ""
    return f'<li class="{kind}">{sign} <b>{escape(check.text)}</b> {_verdict(check, messages)}{number}</li>'


def _verdict(check: Check, messages: Messages) -> str:
    match check.verdict:
        case "equal" if check.found in (None, check.text):
            wording = messages.supported
        case "equal":
            wording = messages.supported_otherwise
        case "compatible":
            wording = messages.agreeing
        case "different" if check.found:
            wording = messages.different
        case _:
            wording = messages.missing
    before, placeholder, after = wording.partition("{found}")
    found = f"<b>{escape(check.found or '')}</b>" if placeholder else ""
    return escape(before) + found + escape(after)


def _marker(number: int) -> str:
    return f'<span class="marker">[{number}]</span>'


def printable(text: str) -> str:
    """`text` without the characters by which a document could drive a terminal, turn the direction of writing or hide
    words (tag characters). Variation selectors, private-use characters and joiners are kept: names and emoji need them.
    """
    return DRIVING.sub("�", text)


def one_line(text: str) -> str:
    """Text of a document or a file name on one line for a terminal."""
    return printable(" ".join(text.split()))
