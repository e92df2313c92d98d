"""Sentence borders of Chinese, English and mixed text.

The pieces always rebuild the text exactly: `"".join(split_sentences(text)) == text`. A border is a full stop in the
sense of either script, a blank line, or a line break that is not the soft wrap of a paragraph. Not handled: sentence
ends that only meaning shows (headlines in running text, "…" between two sentences).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from index.language import HAN

_CLOSERS = "”’」』）】》〉\"')\\]*_"

_CANDIDATE = re.compile(
    rf"(?P<stop>(?:[。｡！？!?]|\.(?!\.)|．)[。｡！？!?]*|(?:…+|\.{{2,}}))(?P<closers>[{_CLOSERS}]*)"
    r"|(?P<break>\n(?:[^\S\n]*\n)*)"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Abbreviations that a name, a number or the rest of the sentence follows: never an end.
_NEVER_AN_END = _words(
    "mr mrs ms dr prof rev hon gen col capt lt sgt st mt ft messrs gov sen rep pres vs cf viz eg ie e.g i.e "
    "no nos vol vols fig figs eq sec ch pp ed eds approx ca est dept "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "mon tue wed thu fri sat sun al"
)
# Abbreviations that may stand last in a sentence: an end where a usual sentence opener follows.
_SOMETIMES_AN_END = _words("inc corp ltd co bros plc llc etc jr sr a.m p.m am pm ph.d m.d u.s u.k u.n e.u d.c")
_OPENERS = _words(
    "the a an it its in on at he she they we you i this that these those but and so however meanwhile since although "
    "while when if for as by after before there their his her our some many most its what why how who"
)

_WORD_BEFORE = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)$")
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_SPEECH_TAG = re.compile(r"[^，。！？,.!?\n]{0,8}?(?:说|問|问|道|表示|称|稱|喊|答|坦言|說)")
_LIST_MARK = re.compile(
    r"[^\S\n]*(?:[-*+•·●▪|>#]|\d{1,3}[.)、．]|[(（]?[一二三四五六七八九十]{1,3}[)）、]|[a-zA-Z][.)])(?=\s|[^\d\s])"
)
_LIST_NUMBER = re.compile(r"(?:^|\n)[^\S\n]*(?:[-*+>]\s+)?(?:\d{1,3}|[a-zA-Z])$")
_SPACE_AFTER = re.compile(r"[^\S\n]*(?:\n\s*)?")
_HAN_CHARACTER = re.compile(f"[{HAN}]")

# A line this wide without a full stop is taken as soft-wrapped prose; a shorter one is a heading or a list item.
# Columns as a terminal counts them: an ideograph is two wide.
_WRAPPED_LINE_COLUMNS = (50, 130)


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` with the white space that follows each; joined, they are `text`."""
    borders = [0, *_borders(text), len(text)]
    return [text[start:end] for start, end in pairwise(borders) if end > start]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence without the white space around it; pieces that hold no letter or digit are joined
    to the sentence before them."""
    spans: list[tuple[int, int]] = []
    position = 0
    for piece in split_sentences(text):
        start = position + len(piece) - len(piece.lstrip())
        end = position + len(piece.rstrip())
        position += len(piece)
        if end <= start:
            continue
        if spans and not any(character.isalnum() for character in piece):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _borders(text: str) -> Iterator[int]:
    """Offsets where a sentence ends, the white space after it included, in ascending order."""
    last = 0
    for match in _CANDIDATE.finditer(text):
        end = match.end()
        if end <= last:
            continue  # a line break in the white space after a full stop
        if match["break"] is not None:
            border = end if _is_paragraph_break(text, match) else None
        else:
            border = _end_of_space(text, end) if _is_full_stop(text, match) else None
        if border is not None:
            last = border
            yield border


def _end_of_space(text: str, start: int) -> int:
    space = _SPACE_AFTER.match(text, start)
    return space.end() if space else start


def _is_full_stop(text: str, match: re.Match[str]) -> bool:
    stop, end = match["stop"], match.end()
    following = text[end : end + 80].lstrip()
    if not following:
        return True
    if stop[0] in "。｡！？":
        return not (match["closers"] and _SPEECH_TAG.match(text, end))  # “为什么？”他问。
    spaced = text[end].isspace()
    if stop[0] in "…" or stop.startswith(".."):
        return (spaced and following[0].isupper()) or text[end] in "\r\n"
    if not spaced and not _HAN_CHARACTER.match(text, end):
        return False
    if following[0].islower():
        return False
    if stop[0] in "!?":
        return True
    return _is_period(text, match.start(), following, spaced)


def _is_period(text: str, start: int, following: str, spaced: bool) -> bool:
    """Whether the "." at `start`, which white space or an ideograph follows, ends a sentence."""
    before = text[max(0, start - 40) : start]
    if _LIST_NUMBER.search("\n" + before if start <= 40 else before):
        return False
    word = _WORD_BEFORE.search(before)
    if word is None:
        return spaced  # a number, a bracket: "in 2025. Then", but "3.查"
    abbreviation = word[1].lower()
    if abbreviation in _NEVER_AN_END:
        return False
    initial = len(word[1]) == 1 and word[1].isupper()
    if initial or abbreviation in _SOMETIMES_AN_END or re.fullmatch(r"(?:[a-z]\.)+[a-z]", abbreviation):
        opener = _NEXT_WORD.match(following)
        return bool(opener and opener[0].lower() in _OPENERS)  # 亚马逊 Inc. 表示同意。
    return True


def _is_paragraph_break(text: str, match: re.Match[str]) -> bool:
    """Whether the line break ends a sentence that has no full stop: a heading, a list item, a paragraph."""
    if match["break"].count("\n") > 1 or match.end() == len(text):
        return True
    if _LIST_MARK.match(text, match.end()):
        return True
    line_start = text.rfind("\n", 0, match.start()) + 1
    line = text[line_start : match.start()].rstrip()
    if line.lstrip().startswith(("#", "|")):
        return True
    columns = len(line) + len(_HAN_CHARACTER.findall(line))
    narrowest, widest = _WRAPPED_LINE_COLUMNS
    return not narrowest <= columns <= widest
