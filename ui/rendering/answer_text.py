"""The text of an answer with its citations to choose and, at each figure, what the check of it found.

Nothing is added to the text but what only screen readers get, or a reader who points at a figure: signs are drawn by
the style sheet. So whoever selects and copies an answer has its words and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer import Answer, Check
from ui.messages import Messages
from ui.rendering.escaping import escape
from ui.rendering.verdicts import verdict

_NOTHING = re.compile("(?!)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """What becomes of the text from `start` to `end`: a citation to choose, or a figure or name with its check."""

    start: int
    end: int
    citation: int | None = None
    check: Check | None = None
    kind: str = ""


def answer_text(answer: Answer, turn: int, messages: Messages) -> str:
    """The text of the answer of a turn, counted from 0, as HTML; `cite-TURN-NUMBER` chooses a citation."""
    shown, position = [], 0
    for piece in _without_overlaps([*_markers(answer), *_checked(answer)]):
        shown += [escape(answer.text[position : piece.start]), _drawn(piece, answer.text, turn, messages)]
        position = piece.end
    return "".join(shown) + escape(answer.text[position:])


def _drawn(piece: _Piece, text: str, turn: int, messages: Messages) -> str:
    written = escape(text[piece.start : piece.end])
    if piece.check is None:
        return f'<button type="button" class="act marker" id="cite-{turn}-{piece.citation}">{written}</button>'
    remark = escape(messages.aside.format(remark=verdict(piece.check, messages)))
    said = f'<span class="unseen">{remark}</span>'
    if piece.check.supported:
        return f'<span class="{piece.kind} supported">{written}{said}</span>'
    # In reach of the keyboard and of a finger, which cannot point.
    return f'<span class="{piece.kind} unsupported" tabindex="0">{written}{said}</span>'


def _markers(answer: Answer) -> Iterator[_Piece]:
    """The markers [1], [2], … of sentences that are really cited."""
    numbers = {citation.number for citation in answer.citations}
    for match in re.finditer(r"\[([0-9]{1,4})\]", answer.text):
        if int(match[1]) in numbers:
            yield _Piece(match.start(), match.end(), citation=int(match[1]))


def _checked(answer: Answer) -> Iterator[_Piece]:
    """Where the figures of an answer stand, and the names that its sources do not hold."""
    for statement in answer.statements:
        yield from _found(answer.text, statement.start, statement.end, statement.checks.figures, "figure")
        for piece in _found(answer.text, statement.start, statement.end, statement.checks.names, "name"):
            if piece.check and not piece.check.supported:
                yield piece


def _found(text: str, start: int, end: int, checks: Sequence[Check], kind: str) -> Iterator[_Piece]:
    """Each check at the text that it is of; they come in reading order, so that the second 60% is the second check."""
    position = start
    for check in checks:
        if match := _as_a_whole(check.text).search(text, position, end):
            position = match.end()
            yield _Piece(match.start(), match.end(), check=check, kind=kind)


def _as_a_whole(written: str) -> re.Pattern[str]:
    """Finds the text where it is no part of a longer number or word: 60 stands neither in 160 nor in 1,60."""
    before = {"number": r"(?<![0-9])(?<![0-9][.,])", "word": r"(?<![A-Za-z])", "": ""}[_kind_of(written[:1])]
    after = {"number": r"(?![.,]?[0-9])", "word": r"(?![A-Za-z])", "": ""}[_kind_of(written[-1:])]
    return re.compile(before + re.escape(written) + after) if written else _NOTHING


def _kind_of(character: str) -> str:
    if not character.isascii():
        return ""
    return "number" if character.isdecimal() else "word" if character.isalpha() else ""


def _without_overlaps(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """In the order of the text; of two that overlap the first to begin, and of those the longer one."""
    position = 0
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if piece.start >= position:
            position = piece.end
            yield piece
