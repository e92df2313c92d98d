"""The page of a whole document: its text as it is, with the cited sentence marked. No script, and nothing of others.

Of a long document a stretch is shown, with ways to the text before and after it: a browser need not lay out millions
of characters. Headings and places are set off; the text itself is that of the document, character by character.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from index.chunking import is_markdown, markdown_headings
from index.schema import Document
from ui.document_messages import DOCUMENT_MESSAGES, DocumentMessages, Trouble
from ui.messages import MESSAGES, InterfaceLanguage
from ui.rendering.escaping import escape
from ui.rendering.places import DOCUMENTS_PATH, SENTENCE

STYLE_PATH = f"{DOCUMENTS_PATH}/style.css"
AROUND = 100_000  # characters shown before and after the sentence

# Stricter than the policy of the chat, and in force beside it.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
_LOCALES = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is shown of a document: from `first` to `last`, the sentence from `start` to `end` marked where given."""

    document: Document
    first: int
    last: int
    start: int = 0
    end: int = 0


def document_page(stretch: Stretch, language: InterfaceLanguage) -> str:
    """The page, with its own words in `language`."""
    words, document = DOCUMENT_MESSAGES[language], stretch.document
    to_sentence = f'<a href="#{SENTENCE}">{escape(words.to_sentence)}</a>' if stretch.end else ""
    content = (
        f"<header>{_ways(language, to_sentence)}<h1>{escape(document.title)}</h1>{_facts(stretch, language)}</header>"
        f"{_way(stretch, max(0, stretch.first - 2 * AROUND), words.earlier, language) if stretch.first else ''}"
        f'<main lang="{"en" if document.language == "en" else "zh"}">{_text(stretch, language)}</main>'
        f"{_way(stretch, stretch.last, words.later, language) if stretch.last < len(document.text) else ''}"
    )
    return _page(document.title, content, language)


def trouble_page(trouble: Trouble, language: InterfaceLanguage, document_id: str = "") -> str:
    """What is the matter and what to do; with the way to the document where there is one."""
    words = DOCUMENT_MESSAGES[language]
    heading, advice = words.troubles[trouble]
    whole = _link(document_id, {}, words.whole, language) if document_id else ""
    content = f"<header>{_ways(language, whole)}<h1>{escape(heading)}</h1></header><main><p>{escape(advice)}</p></main>"
    return _page(heading, content, language)


def source_name(source: str, words: DocumentMessages) -> str:
    """Where a document is from, without the folders of the server: an address, or the name of a file."""
    if source == "-":
        return words.standard_input
    if source.startswith(("http://", "https://")):
        return source
    return (
        source.removeprefix("sample:").removeprefix("upload:").removeprefix("api:").replace("\\", "/").rsplit("/")[-1]
    )


def _page(title: str, content: str, language: InterfaceLanguage) -> str:
    return (
        f'<!doctype html><html lang="{_LOCALES[language]}"><head><meta charset="utf-8">'
        f'<meta http-equiv="content-security-policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – 同文 Tongwen</title>"
        f'<link rel="stylesheet" href="{STYLE_PATH}"></head><body>{content}</body></html>'
    )


def _ways(language: InterfaceLanguage, further: str) -> str:
    chat = f'<a href="/{language}/">{escape(DOCUMENT_MESSAGES[language].to_chat)}</a>'
    return f"<nav>{chat}{further}</nav>"


def _way(stretch: Stretch, offset: int, words: str, language: InterfaceLanguage) -> str:
    asked = {"offset": offset}
    if stretch.end:
        asked |= {"start": stretch.start, "end": stretch.end}
    return f'<nav class="part">{_link(stretch.document.id, asked, words, language)}</nav>'


def _link(document_id: str, asked: dict[str, int], words: str, language: InterfaceLanguage) -> str:
    address = f"{DOCUMENTS_PATH}/{document_id}?{urlencode(asked | {'language': language})}"
    return f'<a href="{html.escape(address)}">{escape(words)}</a>'


def _facts(stretch: Stretch, language: InterfaceLanguage) -> str:
    """Where the document is from, of when, and how much of it is shown."""
    words, document = DOCUMENT_MESSAGES[language], stretch.document
    total = len(document.text)
    facts = [(words.source, escape(source_name(document.source, words)))]
    facts += [
        (heading, escape(document.metadata[key]))
        for key, heading in (("author", words.author), ("date", words.date))
        if document.metadata.get(key)
    ]
    day = document.added_at.date().isoformat()
    facts += [
        (words.added, f'<time datetime="{day}">{day}</time>'),
        (words.language, escape(MESSAGES[language].language_names[document.language])),
    ]
    if stretch.last - stretch.first < total:
        shown = words.part.format(first=f"{stretch.first + 1:,}", last=f"{stretch.last:,}", total=f"{total:,}")
    else:
        shown = words.length.format(characters=f"{total:,}")
    listed = "".join(f"<div><dt>{escape(heading)}</dt><dd>{fact}</dd></div>" for heading, fact in facts)
    return f'<dl>{listed}</dl><p class="shown">{escape(shown)}</p>'


def _text(stretch: Stretch, language: InterfaceLanguage) -> str:
    """The text of the stretch, its headings, places and sentence set off."""
    places = {place.start: place for place in stretch.document.places}
    pieces = []
    for start, end, level in _blocks(stretch):
        if place := places.get(start):
            label = escape(MESSAGES[language].places[place.kind].format(label=place.label))
            pieces.append(f'<p class="place" lang="{_LOCALES[language]}">{label}</p>')
        written = _marked(stretch, start, end)
        pieces.append(f"<h{level}>{written}</h{level}>" if level else written)
    return "".join(pieces)


def _blocks(stretch: Stretch) -> Iterator[tuple[int, int, int]]:
    """The stretch cut at its places and headings: (start, end, level), the level 0 of what is no heading."""
    text = stretch.document.text[stretch.first : stretch.last]
    headings = [
        (stretch.first + start, stretch.first + end, min(level + 1, 6))  # the title of the page is the first heading
        for level, _, start, end in (markdown_headings(text) if is_markdown(stretch.document) else ())
    ]
    levels = {start: level for start, _, level in headings}
    borders = {stretch.first, stretch.last, *(border for start, end, _ in headings for border in (start, end))}
    borders |= {place.start for place in stretch.document.places if stretch.first <= place.start < stretch.last}
    for start, end in pairwise(sorted(borders)):
        yield start, end, levels.get(start, 0)


def _marked(stretch: Stretch, start: int, end: int) -> str:
    """The text from `start` to `end` with what it has of the sentence; the first of that is where a link leads."""
    text = stretch.document.text
    first, last = (min(max(offset, start), end) for offset in (stretch.start, stretch.end))
    if first == last:
        return escape(text[start:end])
    name = f' id="{SENTENCE}"' if first == max(stretch.start, stretch.first) else ""
    return f"{escape(text[start:first])}<mark{name}>{escape(text[first:last])}</mark>{escape(text[last:end])}"
