"""What an answer rests on, beside the conversation."""

from __future__ import annotations

from collections.abc import Iterable

from rag.answer import Answer, Check, Citation, Conflict
from ui.conversation import Turn
from ui.messages import Messages
from ui.rendering.escaping import escape
from ui.rendering.places import place_path, section_of


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


def _hint(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def _panel(heading: str, content: str) -> str:
    return f'<section class="evidence"><h2>{escape(heading)}</h2>{content}</section>'


def _quote(citation: Citation, messages: Messages) -> str:
    path = " › ".join(place_path(citation.place, section_of(citation), messages))
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
