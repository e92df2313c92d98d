"""Pairs of names that a text itself sets equal: 安迪·贾西（Andy Jassy）, Amazon Web Services (AWS), 简称.

A pair needs a plain border on its left side: a shape of `naming.chinese_names`, a bracket or mark of punctuation, or a
word that the text repeats. Abbreviations must be the initials of the name or a part of it, after Schwartz and Hearst
(2003), "A simple algorithm for identifying abbreviation definitions". Not handled: definitions without parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.language import HAN
from rag.naming.chinese_names import chinese_names
from rag.naming.folding import LATIN, fold
from rag.naming.latin_names import latin_names

_PARENTHESES = re.compile(r"[(（]([^()（）\n]{2,80})[)）]")
_INTRODUCTION = re.compile(
    r"^(?:以下|下文)?(?P<alias>简称|下称|又称|又名|即|缩写)?(?:英文名?|英语|原名|全称)?(?:为|是)?[:： ]{0,2}[“\"「《]?"
)
_LATIN_NAME = re.compile(rf"[{LATIN}][{LATIN}0-9.&'-]*(?: [{LATIN}0-9.&'-]+){{0,6}}")
_HAN_NAME = re.compile(rf"[{HAN}·]{{2,12}}")
_HAN_BEFORE = re.compile(rf"[{HAN}·]{{2,24}}[》」”\"]?$")
_SENTENCE = re.compile(r"[。！？；!?\n]")
_REACH = 80  # characters before a parenthesis that can belong to the name
_REPEATED = range(8, 1, -1)  # characters of a name that only its repetition shows


def pairs_in(text: str) -> list[tuple[str, str]]:
    """The pairs of `text` in reading order, each as (the name before the parenthesis, the name within it)."""
    folded = fold(text)
    return list(dict.fromkeys(pair for match in _PARENTHESES.finditer(folded) for pair in _pairs(folded, match)))


def _pairs(folded: str, match: re.Match[str]) -> Iterator[tuple[str, str]]:
    before = folded[max(0, match.start() - _REACH) : match.start()].rstrip(" ")
    before = _SENTENCE.split(before)[-1]
    for piece in re.split(r"[,，;；、]", match[1]):
        introduction = _INTRODUCTION.match(piece.strip())
        within = piece.strip()[introduction.end() if introduction else 0 :].strip(' ”"」》')
        named = bool(introduction and introduction["alias"])
        if _HAN_NAME.fullmatch(within):
            name = _latin_before(before) or (_chinese_before(before, folded, _REACH) if named else None)
            if name and (named or _LATIN_NAME.fullmatch(name)):
                yield name, within
        elif _LATIN_NAME.fullmatch(within) and within[0].isupper():
            if name := _chinese_before(before, folded, _REPEATED.start):
                if _is_latin_name(within):
                    yield name, within
            elif (name := _latin_before(before)) and (_abbreviates(within, name) or _abbreviates(name, within)):
                yield name, within


def _is_latin_name(within: str) -> bool:
    """Whether the whole is one name where it stands in a sentence: no title, no unit, no "GDP"."""
    sentence = f"it calls {within} again"
    return latin_names(sentence, bytearray(len(sentence))) == [(9, 9 + len(within))]


def _latin_before(before: str) -> str | None:
    """The name in Latin letters that ends `before`."""
    spans = latin_names(before, bytearray(len(before)))
    return before[slice(*spans[-1])] if spans and spans[-1][1] == len(before) else None


def _chinese_before(before: str, folded: str, longest: int) -> str | None:
    """The Chinese name that ends `before`; None where its left border is not plain.

    A clause of up to `longest` characters counts as a name.
    """
    run = _HAN_BEFORE.search(before)
    if not run:
        return None
    closed = run[0][-1] in '》」”"'
    end = run.end() - closed
    for start, stop in chinese_names(before[:end] + ("》" if closed else "（")):
        if stop == end:
            return before[start:stop]
    if closed:
        opened = re.search(rf"[《「“\"]([{HAN}·]{{2,24}})$", before[:end])
        return opened[1] if opened else None
    whole = run[0]
    for length in _REPEATED:
        if length <= len(whole) and folded.count(whole[-length:]) > 1:
            return whole[-length:]
    return whole if len(whole) <= longest and run.start() == 0 else None


def _abbreviates(short: str, name: str) -> bool:
    """AWS for Amazon Web Services, and Haiyuan for Haiyuan Batteries."""
    words = re.findall(rf"[{LATIN}0-9]+", name)
    initials = "".join(word[0] for word in words if word[0].isupper())
    every = "".join(word[0] for word in words).upper()
    letters = short.replace(".", "").replace("&", "")
    return len(words) > 1 and (
        letters in (initials, every) or short in words[:-1] or f"{short} " == name[: len(short) + 1]
    )
