"""Documents into chunks: runs of whole sentences of one section, small enough to be embedded in one piece.

Every character that is not white space or part of a Markdown heading lies in exactly one chunk, unless its section
holds no letter and no digit (a ruler); chunks stand in reading order, and no sentence is cut unless it alone is over
the limit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.language import HAN, detect_language
from index.schema import Chunk, Document
from index.sentences import sentence_spans

# Recorded in every library: chunks of another version are not the same chunks.
CHUNKER_VERSION = "2"
EARLIER_CHUNKERS = ("1",)  # whose chunks, of the same size, may stand beside those of this one

# As many as an embedder reads. Smaller chunks lost passage recall on the development questions: evals/README.md.
MAX_CHUNK_WORDS = 256

_SHORT_SECTION = 8  # one of so many chunks at most is cut into equal parts
_EQUAL_PARTS = 2  # and so is what is left at the end of a longer one
_PARAGRAPH_BREAK = re.compile(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)")
_LETTERS_PER_EXTRA_WORD = 7  # English words then count 1.3 on average, as a word-piece tokenizer cuts them

_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_FRONT_MATTER = re.compile(
    r"---[^\S\r\n]*(?:\r\n|\r|\n)(?=\w+[^\S\r\n]*:)(?:[^\r\n]*(?:\r\n|\r|\n))*?---[^\S\r\n]*(?:\r\n|\r|\n|$)"
)
_MAYBE_HEADING = re.compile(r"(?:^|[\r\n])[ ]{0,3}(?:#{1,6}(?:[ \t\r\n]|$)|(?:=+|-+)[ \t]*(?:[\r\n]|$))")
_LINE = re.compile(r"\r\n|\r|\n")
_NOT_SPACE = re.compile(r"\S")
_CLAUSE_END = re.compile(r"[，,；;、：:]\s*|\s+")


def chunk_document(document: Document, max_words: int = MAX_CHUNK_WORDS) -> list[Chunk]:
    """The chunks of `document` in reading order; at least one where the text holds a letter or a digit."""
    chunks = []
    for section in _sections(document):
        spans = [
            part
            for start, end in sentence_spans(document.text[section.start : section.end])
            for part in _within_limit(document.text, section.start + start, section.start + end, max_words)
        ]
        for start, end in _pack(document.text, spans, max_words):
            chunks.append(_chunk(document, start, end, section.headings))
    return chunks


def count_words(text: str) -> int:
    """Ideographs plus words and numbers of other scripts, a long one counting for several: close to what a
    word-piece tokenizer makes of them."""
    return sum(_weight(match) for match in _WORD.finditer(text))


def _weight(word: re.Match[str]) -> int:
    return 1 + (word.end() - word.start()) // _LETTERS_PER_EXTRA_WORD


@dataclass(frozen=True, slots=True)
class _Section:
    start: int
    end: int
    headings: tuple[str, ...]


def _sections(document: Document) -> list[_Section]:
    """The bodies between the headings of a Markdown document; the whole text of any other."""
    text = document.text
    whole = [_Section(0, len(text), ())]
    if not is_markdown(document):
        return whole
    sections: list[_Section] = []
    path: list[tuple[int, str]] = []
    body_start = 0
    for level, title, start, end in markdown_headings(text):
        sections.append(_Section(body_start, start, tuple(heading for _, heading in path)))
        path = [(depth, heading) for depth, heading in path if depth < level] + [(level, title)]
        body_start = end
    sections.append(_Section(body_start, len(text), tuple(heading for _, heading in path)))
    with_text = [section for section in sections if _WORD.search(text, section.start, section.end)]
    return with_text or whole  # a document of headings alone is still found by them


def is_markdown(document: Document) -> bool:
    """Whether the headings of its text are marked as those of Markdown."""
    return "markdown" in (document.metadata.get("format"), document.metadata.get("structure"))


def markdown_headings(text: str) -> Iterator[tuple[int, str, int, int]]:
    """(level, title, start, end) of each heading, its line break included. Front matter in YAML holds none."""
    if not _MAYBE_HEADING.search(text):
        return  # a tenth of a millisecond for each paragraph is saved
    from markdown_it import MarkdownIt

    body = match.end() if (match := _FRONT_MATTER.match(text)) else 0
    line_starts = [body, *(match.end() for match in _LINE.finditer(text, body)), len(text)]
    parser = MarkdownIt("commonmark").disable("inline")
    for token, inline in pairwise(parser.parse(text[body:])):
        if token.type == "heading_open" and token.map and token.level == 0:
            first, after = token.map
            yield int(token.tag[1:]), inline.content.strip(), line_starts[first], line_starts[after]


def first_heading(text: str) -> str | None:
    """The title of the first Markdown heading of `text`."""
    return next((title for _, title, _, _ in markdown_headings(text) if title), None)


def _within_limit(text: str, start: int, end: int, max_words: int) -> Iterator[tuple[int, int]]:
    """The span itself, or, where one sentence is over the limit, pieces of it cut at clauses or between words."""
    while (cut := _first_cut(text, start, end, max_words)) is not None:
        yield start, start + len(text[start:cut].rstrip())
        start = next((match.start() for match in _NOT_SPACE.finditer(text, cut, end)), end)
    if start < end:
        yield start, end


def _first_cut(text: str, start: int, end: int, max_words: int) -> int | None:
    """Where the span has to be cut first, or None where it is within the limit."""
    words = 0
    # An endless word is looked at no further than where it is over the limit.
    bounded = re.compile(rf"[{HAN}]|[^\W_{HAN}]{{1,{_LETTERS_PER_EXTRA_WORD * max_words}}}")
    for word in bounded.finditer(text, start, end):
        words += _weight(word)
        if words > max_words:
            limit = word.start() if word.start() > start else start + max_words  # one endless word
            clauses = [match.end() for match in _CLAUSE_END.finditer(text, (start + limit) // 2, limit)]
            return clauses[-1] if clauses else limit
    return None


def _pack(text: str, spans: list[tuple[int, int]], max_words: int) -> Iterator[tuple[int, int]]:
    """Neighbouring spans joined up to the limit.

    A section of few parts is cut into about equal ones, so that none is a leftover or smaller than it needs to be.
    There an edit may move every border; so of a longer section only the end is cut in that way, and what is before it
    at borders that its own content decides: an edit moves those beside it, and the rest of the section keeps its parts.
    """
    sizes = [count_words(text[start:end]) for start, end in spans]
    first, left = 0, sum(sizes)
    equal_parts = _SHORT_SECTION if left <= _SHORT_SECTION * max_words else _EQUAL_PARTS
    while left > equal_parts * max_words:
        border = _own_border(text, spans, sizes, first, max_words)
        yield spans[first][0], spans[border - 1][1]
        left -= sum(sizes[first:border])
        first = border
    yield from _pack_equally(spans[first:], sizes[first:], max_words)


def _own_border(text: str, spans: list[tuple[int, int]], sizes: list[int], first: int, max_words: int) -> int:
    """The span before which the part that begins with the span `first` ends: of those that leave it large enough, one
    that begins a paragraph, and of these the one whose text has the lowest hash."""
    words, candidates = 0, []
    for position in range(first, len(spans)):
        if position > first and words >= max_words // 2:
            start, end = spans[position]
            begins = _PARAGRAPH_BREAK.search(text, spans[position - 1][1], start) is not None
            digest = hashlib.blake2b(text[start:end].encode(), digest_size=8).digest()
            candidates.append((not begins, digest, position))
        words += sizes[position]
        if words > max_words:
            break
    return min(candidates)[2] if candidates else max(position, first + 1)


def _pack_equally(spans: list[tuple[int, int]], sizes: list[int], max_words: int) -> Iterator[tuple[int, int]]:
    parts = -(-sum(sizes) // max_words)
    target = sum(sizes) / parts if parts else 0
    first, words = 0, 0
    for position, size in enumerate(sizes):
        full = words + size > max_words
        closer_before = words >= target or (words + size / 2 > target and words > 0)
        if position > first and (full or closer_before):
            yield spans[first][0], spans[position - 1][1]
            first, words = position, 0
        words += size
    if first < len(spans):
        yield spans[first][0], spans[-1][1]


def _chunk(document: Document, start: int, end: int, headings: tuple[str, ...]) -> Chunk:
    identity = hashlib.sha256(f"{document.id}:{start}:{end}".encode()).hexdigest()[:16]
    text = document.text[start:end]
    return Chunk(identity, document.id, start, end, headings, detect_language(text), text)
