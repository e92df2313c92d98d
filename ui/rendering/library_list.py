"""The library as its page shows it: the list of documents, and what became of files that were added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from index.extraction import Rejected
from index.schema import DocumentSummary
from ui.adding import FileResult, Progress
from ui.library_desk import ListedPage
from ui.library_messages import LibraryMessages, counted
from ui.load_reasons import reason_in
from ui.messages import InterfaceLanguage
from ui.rendering.escaping import escape
from ui.rendering.local_times import time_element, zone_name

MOST_REASONS = 5  # that are shown of one file


def document_list(
    page: ListedPage,
    words: LibraryMessages,
    may_write: bool,
    can_read_again: Callable[[DocumentSummary], bool],
    zone: tzinfo | None = None,
) -> str:
    """The documents of a page; with buttons, `remove-ID` and `renew-ID`, for those who may change the library.

    Others are told that they may not, and of a file they see the name and not in which folder of the server it lies.
    Roles are named because the styles turn rows into blocks on a narrow screen, and browsers then forget what they are.
    """
    if page.matching == page.total:
        count = counted(words.documents, page.total)
    else:
        count = counted(words.matching, page.matching, total=f"{page.total:,}")
    if not page.documents:
        said = words.none_matching if page.total else words.none
        return f'<p class="count">{escape(count)}</p><p class="hint">{escape(said)}</p>'
    may_not = "" if may_write else f'<p class="hint">{escape(words.not_allowed)}</p>'
    times = words.times.format(zone=zone_name(page.documents[0].added_at, zone))
    headings = [words.title, words.details, words.size, words.added, words.source]
    cells = "".join(f'<th role="columnheader">{escape(heading)}</th>' for heading in headings)
    if may_write:
        cells += f'<th role="columnheader"><span class="unseen">{escape(words.actions)}</span></th>'
    rows = "".join(_row(one, words, may_write, may_write and can_read_again(one), zone) for one in page.documents)
    return (
        f'<p class="count" role="status">{escape(count)}<span class="times">{escape(times)}</span></p>'
        f'<table class="documents" role="table"><thead role="rowgroup"><tr role="row">{cells}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>{may_not}'
    )


def _row(
    document: DocumentSummary, words: LibraryMessages, may_write: bool, can_renew: bool, zone: tzinfo | None
) -> str:
    size = (
        f"<span>{escape(counted(words.characters, document.characters))}</span>"
        f"<span>{escape(counted(words.passages, document.chunks))}</span>"
    )
    cells = [
        ("title", escape(document.title)),
        ("language", escape(words.language_names[document.language])),
        ("size", size),
        ("added", _added(document.added_at, words, zone)),
        ("source", escape(source_words(document.source, words, may_write))),
    ]
    if may_write:
        spoken = f'<span class="unseen">{escape(words.of_title.format(title=document.title))}</span>'
        buttons = [("remove", words.remove)]
        if can_renew:
            buttons.insert(0, ("renew", words.read_again))
        made = "".join(
            f'<button type="button" class="act via-managing {verb}" id="{verb}-{document.id}">'
            f"{escape(word)}{spoken}</button>"
            for verb, word in buttons
        )
        cells.append(("changing", made))
    shown = "".join(f'<td role="cell" class="{kind}">{content}</td>' for kind, content in cells)
    return f'<tr role="row">{shown}</tr>'


def _added(moment: datetime, words: LibraryMessages, zone: tzinfo | None) -> str:
    if moment == datetime.min.replace(tzinfo=UTC):  # of a damaged row
        return "—"
    return time_element(moment, words.language, zone)


def source_words(source: str, words: LibraryMessages, with_folder: bool = True) -> str:
    """Where a document came from, in the words of the page; of a file with its folder, or its name alone."""
    if source in ("-", ""):
        return words.typed
    kind, colon, name = source.partition(":")
    if Path(source).is_absolute():
        return words.sources["path"].format(name=source if with_folder else Path(source).name)
    if kind in ("http", "https"):
        return words.sources["address"].format(name=source)
    if colon and kind in words.sources:
        return words.sources[kind].format(name=name)
    return words.sources[""].format(name=source)


def adding_progress(progress: Progress, words: LibraryMessages, stopping: bool = False) -> str:
    """How far it is, and what became of each file that is finished."""
    if progress.state == "done":
        said = _ending(progress, words)
        head = f'<p class="problem" role="alert">{escape(said)}</p>' if said else ""
    elif progress.state == "waiting":
        head = f'<p class="working" role="status">{escape(words.waiting)}</p>'
    else:
        parts = [counted(words.read, progress.total, done=f"{progress.read:,}")]
        if progress.passages:
            parts.append(counted(words.embedded, progress.passages))
        head = f'<p class="working" role="status">{escape(" · ".join(parts))}</p>'
    if stopping and progress.state != "done":
        head = f'<p class="working" role="status">{escape(words.stopping)}</p>'
    listed = "".join(_result(result, words) for result in progress.results)
    live = ' role="status"' if progress.state == "done" else ""
    return head + (f'<div{live}><ul class="results">{listed}</ul></div>' if listed else "")


def _ending(progress: Progress, words: LibraryMessages) -> str:
    if progress.reference:
        return words.unexpected.format(reference=progress.reference)
    return words.problem(progress.problem) if progress.problem else ""


def _result(result: FileResult, words: LibraryMessages) -> str:
    said = words.outcomes[result.outcome]
    if result.outcome == "stopped" and result.documents:
        said = counted(words.parts_left, result.documents)
    elif result.outcome != "failed" and result.documents > 1:
        said += " · " + counted(words.documents_of, result.documents)
    reasons = [_reason(rejected, words.language) for rejected in result.rejected]
    notes = [reason_in(words.language, note) for note in result.notes]
    kind = "partly" if reasons and result.outcome != "failed" else result.outcome
    if kind == "partly":
        said += " · " + counted(words.rejected_parts, len(reasons))
    return (
        f'<li class="{kind}"><span class="name">{escape(result.name or words.pasted)}</span>'
        f'<span class="outcome">{escape(said)}</span>{_lines(reasons, words)}{_lines(notes, words)}</li>'
    )


def _reason(rejected: Rejected, language: InterfaceLanguage) -> str:
    reason = reason_in(language, rejected.reason)
    if not rejected.member:
        return reason
    return f"{rejected.member}{'：' if language == 'zh' else ': '}{reason}"


def _lines(lines: Iterable[str], words: LibraryMessages) -> str:
    listed = list(lines)
    shown = [*listed[:MOST_REASONS]]
    if len(listed) > MOST_REASONS:
        shown.append(counted(words.more, len(listed) - MOST_REASONS))
    return "".join(f'<span class="reason">{escape(line)}</span>' for line in shown)


def notice(text: str, alarming: bool = False) -> str:
    """One sentence on what was done, or why not; nothing for none."""
    if not text:
        return ""
    return (
        f'<p class="{"problem" if alarming else "done"}" role="{"alert" if alarming else "status"}">{escape(text)}</p>'
    )
