"""A model's stream of text, cut into plain sentences with the numbers of the passages that each names.

A sentence is given out as soon as the text behind it shows that it has ended and that no citation follows. Markdown
becomes its text, a link or an image the words it shows. A marker behind the full stop belongs to the sentence before.
Not handled: tables (each row becomes a sentence) and nested brackets in links, which stay as they are: text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from index.sentences import split_sentences
from rag.passages import UNSEEN

LONGEST_SENTENCE = 4_096  # characters; what goes on for longer is no sentence
_WINDOWS = (512, LONGEST_SENTENCE + 512)  # characters looked at for the end of the next one, a few first
_BEHIND = 128  # characters behind an end, more than `split_sentences` looks at
_LOOK_AHEAD = 16  # characters behind a full stop that can still unmake it ("Inc. A…", ”他问。)
_SAME_SENTENCES = 3  # as many make a loop
_LOOP_CHARACTERS, _LONGEST_PERIOD = 240, 60  # a stretch of that length that repeats a period makes one

_ADDRESS = r"(?:[^()\s]|\([^()\s]{0,200}\)){0,2000}"  # of a link; brackets in it come in pairs

# [1], [1, 2], [1-3], 【1】, ［１］, [^1], [Passage 1], 【1†source】, [1](link); a year in brackets is none.
_MARKER = re.compile(
    r"[\[【［〔]\s{0,3}(?:(?:passages?|sources?|段落|来源|來源|资料|資料|文档)\s{0,3})?\^?"
    r"(?P<numbers>\d{1,3}(?:\s{0,3}[,，、;；–-]\s{0,3}\d{1,3}){0,20})\s{0,3}(?:†[^\]】]{0,40})?[\]】］〕]"
    rf"(?:\({_ADDRESS}\))?",
    re.IGNORECASE,
)
_LEADING_MARKERS = re.compile(rf"\s*(?:{_MARKER.pattern.replace('?P<numbers>', '')}\s*)+", re.IGNORECASE)
_SPACED_MARKER = re.compile(rf"[^\S\n]{{0,3}}{_MARKER.pattern}", re.IGNORECASE)
_GLUED_MARKER = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"”’')*_]))(?=[\[【［〔]\^?\d)")  # "It opened.[2] It makes …"
_NUMBERS = re.compile(r"(\d{1,3})(?:\s{0,3}[–-]\s{0,3}(\d{1,3}))?")

_LINE_START = re.compile(r"\s{0,20}(?:(?:#{1,6}\s|>|[-*+•·●]\s|\d{1,2}[.)](?=\s)|\d{1,2}、)\s{0,20}){0,4}")
_LINK = re.compile(rf"!?\[([^\[\]]{{0,500}})\](?:\({_ADDRESS}(?:\s[^()]{{0,200}})?\)|\[[^\[\]]{{0,100}}\])")
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,2000}>")
_EMPHASIS = re.compile(r"`{1,3}|__|(?<![0-9A-Za-z])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![0-9A-Za-z])|\*{2,3}")
_LINE_BREAK = re.compile("\r\n?|[\u2028\u2029\x0b\x0c]")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is shown, and the numbers that it named, distinct and in their order."""

    text: str
    numbers: tuple[int, ...]
    paragraph: bool  # it began a line


class Repeating(Exception):
    """The model says the same again and again."""


class SentenceStream:
    """Takes pieces of text in and gives whole sentences out. Raises `Repeating` where it comes to a loop."""

    def __init__(self) -> None:
        self._line = ""  # what has come of the current line and is not cut yet
        self._begins_line = True
        self._held: Said | None = None  # ended, but a marker may follow
        self._counts: Counter[str] = Counter()

    def feed(self, text: str) -> Iterator[Said]:
        """The sentences that are known to have ended with this piece."""
        self._line += UNSEEN.sub("", _LINE_BREAK.sub("\n", text))
        *lines, self._line = self._line.split("\n")
        for line in lines:
            yield from self._take_sentences(line, look_ahead=0)
            self._begins_line = True
        self._line = yield from self._take_sentences(self._line, _LOOK_AHEAD)
        if self._line.strip() and not self._line.lstrip().startswith(("[", "【", "［", "〔")):
            yield from self._release()

    def end(self) -> Iterator[Said]:
        """What is left of a stream that came to its end."""
        self._line = yield from self._take_sentences(self._line, look_ahead=0)
        yield from self._release()

    def cut(self) -> Iterator[Said]:
        """What is left of a stream that broke off: its last words are no sentence and are dropped."""
        yield from self._release()

    def _take_sentences(self, line: str, look_ahead: int) -> Generator[Said, None, str]:
        """Take those sentences off the line that at least so many characters follow; what is left is returned.

        Each is looked for in what the ones before it left, so that the cuts do not depend on how the text came.
        """
        line = _GLUED_MARKER.sub(" ", line)
        start = 0
        while start < len(line):
            first = _first_sentence(line, start)
            if len(first) > LONGEST_SENTENCE or _loops(first):
                raise Repeating
            if len(line) - start - len(first) < look_ahead:
                break
            yield from self._take(first)
            start += len(first)
        return line[start:]

    def _take(self, piece: str) -> Iterator[Said]:
        leading = _LEADING_MARKERS.match(piece)
        if leading and self._held:
            numbers = (*self._held.numbers, *_numbers(leading[0]))
            self._held = Said(self._held.text, tuple(dict.fromkeys(numbers)), self._held.paragraph)
            piece = piece[leading.end() :]
        text = _without_markers(plain(_without_markers(piece), self._begins_line))
        if any(character.isalnum() for character in text):
            yield from self._release()
            self._held = Said(text, tuple(dict.fromkeys(_numbers(piece))), self._begins_line)
            self._begins_line = False

    def _release(self) -> Iterator[Said]:
        if self._held:
            said, self._held = self._held, None
            self._counts[said.text] += 1
            if self._counts[said.text] >= _SAME_SENTENCES:
                raise Repeating
            yield said


def plain(text: str, begins_line: bool) -> str:
    """A piece of Markdown as the text it shows, on one line."""
    if begins_line and (start := _LINE_START.match(text)):
        text = text[start.end() :]
    text = _TAG.sub("", _LINK.sub(r"\1", text))
    return " ".join(_EMPHASIS.sub("", text).split())


def _first_sentence(line: str, start: int) -> str:
    """The first one from `start` on; a longer piece than `LONGEST_SENTENCE` where none ends in that."""
    for window in _WINDOWS:
        first = split_sentences(line[start : start + window])[0]
        if len(first) + _BEHIND <= window:
            break
    return first


def _without_markers(text: str) -> str:
    """Without markers, nor those that come to be where one is taken out: none is shown that code did not set."""
    while (bare := _SPACED_MARKER.sub("", text)) != text:
        text = bare
    return text


def _numbers(text: str) -> Iterator[int]:
    for marker in _MARKER.finditer(text):
        for first, last in _NUMBERS.findall(marker["numbers"]):
            yield from range(int(first), min(int(last or first), int(first) + 20) + 1)


def _loops(text: str) -> bool:
    tail = text[-_LOOP_CHARACTERS:]
    return len(tail) == _LOOP_CHARACTERS and any(tail[p:] == tail[:-p] for p in range(1, _LONGEST_PERIOD + 1))
