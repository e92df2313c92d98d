"""A conversation to take along: as Markdown for people, as JSON for programs.

The JSON is one object: `schema` (1), `program`, `library`, `exported_at`, `conversation`, and `turns`, each with its
`question`, `status`, `text`, `problem`, `reference` and `answer`, which is what `ask --json` prints, or null.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rag.answer import Answer, Check, Citation
from rag.answer_json import answer_json
from ui.conversation import Turn, was_completed
from ui.conversations import Conversation
from ui.export_messages import EXPORT_MESSAGES, ExportMessages
from ui.messages import MESSAGES, InterfaceLanguage, Messages
from ui.rendering.escaping import DRIVING, UNPRESENTABLE
from ui.rendering.markdown import markdown_block, markdown_line
from ui.rendering.places import place_path, section_of
from ui.rendering.transcript import without_answer
from ui.rendering.verdicts import verdict

SCHEMA = 1
ExportKind = Literal["md", "json"]
_LONGEST_NAME = 60  # characters
_NOT_IN_NAMES = re.compile(r"[\\/:*?\"<>|\s.]+|[^\w()（）《》“”，、-]")
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)  # names that Windows keeps for devices


@dataclass(frozen=True, slots=True)
class Origin:
    """What an export was made by, and when."""

    program_version: str
    library_version: str
    exported_at: datetime  # UTC


def conversation_json(conversation: Conversation, origin: Origin) -> str:
    """The conversation as JSON; what no UTF-8 can hold, halves of characters, becomes U+FFFD."""
    content = {
        "schema": SCHEMA,
        "program": {"name": "tongwen", "version": origin.program_version},
        "library": {"version": origin.library_version},
        "exported_at": origin.exported_at.isoformat(),
        "conversation": {
            "id": conversation.id,
            "title": conversation.title,
            "created_at": conversation.created_at.isoformat(),
            "changed_at": conversation.changed_at.isoformat(),
        },
        "turns": [_turn_json(turn) for turn in conversation.turns],
    }
    return UNPRESENTABLE.sub("�", json.dumps(content, ensure_ascii=False, indent=2)) + "\n"


def _turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "question": turn.question,
        "status": turn.status,
        "text": turn.text,
        "problem": turn.problem,
        "reference": turn.reference,
        "answer": answer_json(turn.answer) if turn.answer else None,
    }


def conversation_markdown(conversation: Conversation, origin: Origin, language: InterfaceLanguage) -> str:
    """The conversation as Markdown, its own words in the language of the reader; no text in it is live Markdown."""
    words = EXPORT_MESSAGES[language]
    made_by = words.made_by.format(version=origin.program_version, library=origin.library_version)
    exported = words.exported.format(time=origin.exported_at.strftime("%Y-%m-%d %H:%M"))
    blocks = [
        f"# {markdown_line(conversation.title or words.untitled)}",
        f"{markdown_line(exported)}\\\n{markdown_line(made_by)}",
    ]
    for number, turn in enumerate(conversation.turns, 1):
        blocks += _turn_blocks(number, turn, MESSAGES[language], words)
    return "\n\n".join(blocks) + "\n"


def _turn_blocks(number: int, turn: Turn, messages: Messages, words: ExportMessages) -> Iterator[str]:
    yield f"## {number}. {markdown_line(turn.question) or markdown_line(messages.no_question)}"
    if turn.answer and was_completed(turn.answer):
        yield markdown_line(messages.standalone.format(question=turn.answer.standalone))
    if turn.answer and turn.answer.refused:
        yield f"**{markdown_line(words.no_answer)}**"
    if turn.text.strip():
        yield markdown_block(turn.text)
    match turn.status:
        case "working":
            yield f"**{markdown_line(messages.working)}**"
        case "incomplete" | "failed":
            yield f"**{markdown_line(without_answer(turn, messages))}**"
    if turn.answer:
        yield from _answer_blocks(turn.answer, messages, words)


def _answer_blocks(answer: Answer, messages: Messages, words: ExportMessages) -> Iterator[str]:
    yield from _list([messages.remark.format(note=note.text) for note in answer.notes])
    if answer.citations:
        yield f"### {markdown_line(messages.closest if answer.refused else messages.sources)}"
        if answer.refused:
            yield markdown_line(messages.closest_hint)
    for citation in answer.citations:
        yield from _citation_blocks(citation, messages, words)
    conflicts = [
        " / ".join(f"{figure} [{number}]" for figure, number in zip(conflict.figures, conflict.citations, strict=True))
        for conflict in answer.conflicts
    ]
    yield from _list(conflicts, messages.conflicts)
    yield from _list([_check(check, messages) for check in answer.checks.figures], messages.figure_checks)
    yield from _list([_check(check, messages) for check in answer.checks.names], messages.name_checks)


def _citation_blocks(citation: Citation, messages: Messages, words: ExportMessages) -> Iterator[str]:
    path = " › ".join((citation.title, *place_path(citation.place, section_of(citation), messages)))
    yield f"**{markdown_line(f'[{citation.number}]')}** {markdown_line(path)}"
    yield markdown_block(citation.quote, quoted=True)
    place = words.document.format(id=citation.document_id, start=citation.start, end=citation.end)
    yield f"{markdown_line(place)}\\\n{markdown_line(words.checksum.format(sha256=citation.sha256))}"


def _list(items: Iterable[str], heading: str = "") -> Iterator[str]:
    lines = [f"- {markdown_line(item)}" for item in items]
    if lines and heading:
        yield f"### {markdown_line(heading)}"
    if lines:
        yield "\n".join(lines)


def _check(check: Check, messages: Messages) -> str:
    number = f" [{check.citation}]" if check.citation is not None else ""
    return f"{'✓' if check.supported else '✗'} {check.text} {verdict(check, messages)}{number}"


def file_name(conversation: Conversation, kind: ExportKind) -> str:
    """A name for the file, from the title, that every file system takes."""
    title = DRIVING.sub(" ", unicodedata.normalize("NFC", conversation.title))
    name = _NOT_IN_NAMES.sub("-", title)[:_LONGEST_NAME].strip("-. ")
    if not name or _RESERVED.match(name):
        name = f"tongwen-{conversation.id}"
    return f"{name}.{kind}"
