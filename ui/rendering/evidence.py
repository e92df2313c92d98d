"""What an answer rests on, beside the conversation: the sentences in their surroundings, and what was checked.

Where an answer has a few sources they all stand open: then nothing has to be chosen to be read. Of more, one stands
open and the others show where they are from and how they begin. They keep their order, so none moves when it is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rag.answer import Answer, Check, Citation, Conflict
from ui.conversation import Turn
from ui.messages import Messages
from ui.rendering.escaping import escape
from ui.rendering.places import document_address, place_path, section_of
from ui.rendering.verdicts import wording

if TYPE_CHECKING:
    from rag.counterpart import Counterpart

_ALL_OPEN = 3  # sources at most that are all open


def evidence(
    turn: Turn | None, number: int, chosen: int | None, counterpart: Counterpart | None, messages: Messages
) -> str:
    """The panel beside the conversation: what the answer of `turn`, counted from 0, rests on.

    `chosen` is the number of the citation that was chosen, and `counterpart` what says the same in the other language.
    Each source is a button of the class "act": `source-TURN-NUMBER` chooses it.
    """
    if turn is None or turn.answer is None:
        return _panel(messages.sources, _hint(messages.sources_hint))
    answer = turn.answer
    sources = _sources(answer.citations, number, chosen, counterpart, messages)
    if answer.refused:
        return _panel(messages.closest, _hint(messages.closest_hint if sources else messages.nothing_close) + sources)
    return _panel(messages.sources, (sources or _hint(messages.no_sources)) + _findings(answer, messages))


def _hint(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def _panel(heading: str, content: str) -> str:
    return f'<section class="evidence"><h2>{escape(heading)}</h2>{content}</section>'


def _sources(
    citations: tuple[Citation, ...], turn: int, chosen: int | None, counterpart: Counterpart | None, messages: Messages
) -> str:
    if not citations:
        return ""
    numbers = [citation.number for citation in citations]
    chosen = chosen if chosen in numbers else None
    opened = numbers if len(numbers) <= _ALL_OPEN else [numbers[0] if chosen is None else chosen]
    items = []
    for citation in citations:
        is_chosen = citation.number == chosen
        kind = " chosen" if is_chosen else ""
        content = _head(citation, turn, is_chosen, messages)
        if citation.number in opened:
            mark = f"quote-{turn}-{citation.number}"
            content += _passage(citation, mark, messages)
            content += _counterpart(counterpart, mark, messages) if is_chosen and counterpart else ""
        else:
            content += f'<p class="beginning" lang="{_script(citation)}">{escape(citation.quote.strip())}</p>'
        items.append(f'<li class="quote{kind}">{content}</li>')
    return f'<ol class="quotes">{"".join(items)}</ol>'


def _head(citation: Citation, turn: int, is_chosen: bool, messages: Messages) -> str:
    state = f' <span class="unseen">{escape(messages.aside.format(remark=messages.chosen_source))}</span>'
    return (
        f'<p class="origin"><button type="button" class="act source" id="source-{turn}-{citation.number}">'
        f'<span class="number">{citation.number}</span><cite class="title">{escape(citation.title)}</cite>'
        f"{state if is_chosen else ''}</button>{_language(citation, messages)}</p>"
    )


def _language(cited: Citation | Counterpart, messages: Messages) -> str:
    return f'<span class="language">{escape(messages.language_names[cited.language])}</span>'


def _script(cited: Citation | Counterpart) -> str:
    """By it a browser chooses the fonts of the two scripts, and a screen reader its voice."""
    return "en" if cited.language == "en" else "zh"


def _passage(cited: Citation | Counterpart, mark: str, messages: Messages) -> str:
    """Where the sentence stands, itself highlighted in its surroundings, and the way to the whole document."""
    path = " › ".join(place_path(cited.place, section_of(cited), messages))
    section = f'<p class="section">{escape(path)}</p>' if path else ""
    return (
        f'{section}<blockquote lang="{_script(cited)}"><span class="around">{escape(cited.before.lstrip())}</span>'
        f'<mark id="{mark}">{escape(cited.quote)}</mark>'
        f'<span class="around">{escape(cited.after.rstrip())}</span></blockquote>'
        f'<p class="whole"><a href="{escape(document_address(cited, messages))}" target="_blank">'
        f"{escape(messages.whole_document)}</a></p>"
    )


def _counterpart(counterpart: Counterpart, mark: str, messages: Messages) -> str:
    heading = messages.counterpart.format(language=messages.language_names[counterpart.language])
    return (
        f'<section class="counterpart"><h3>{escape(heading)}</h3>'
        f'<p class="origin"><cite class="title">{escape(counterpart.title)}</cite></p>'
        f"{_passage(counterpart, f'{mark}-other', messages)}{_hint(messages.counterpart_hint)}</section>"
    )


def _findings(answer: Answer, messages: Messages) -> str:
    """What was found out about the figures and names of an answer."""
    return (
        _list(messages.conflicts, "conflicts", map(_conflict, answer.conflicts))
        + _list(messages.figure_checks, "checks", (_check(check, messages) for check in answer.checks.figures))
        + _list(messages.name_checks, "checks", (_check(check, messages) for check in answer.checks.names))
    )


def _list(heading: str, kind: str, items: Iterable[str]) -> str:
    listed = "".join(dict.fromkeys(items))  # a short answer and its sentence may hold the same figure
    return f'<h3>{escape(heading)}</h3><ul class="{kind}">{listed}</ul>' if listed else ""


def _conflict(conflict: Conflict) -> str:
    pairs = zip(conflict.figures, conflict.citations, strict=True)
    return f"<li>{' / '.join(f'<b>{escape(figure)}</b> {_marker(number)}' for figure, number in pairs)}</li>"


def _check(check: Check, messages: Messages) -> str:
    kind, sign = ("supported", "✓") if check.supported else ("unsupported", "✗")
    number = f" {_marker(check.citation)}" if check.citation is not None else ""
    before, placeholder, after = wording(check, messages).partition("{found}")
    found = f"<b>{escape(check.found or '')}</b>" if placeholder else ""
    said = escape(before) + found + escape(after)
    return f'<li class="{kind}">{sign} <b>{escape(check.text)}</b> {said}{number}</li>'


def _marker(number: int) -> str:
    return f'<span class="marker">[{number}]</span>'
