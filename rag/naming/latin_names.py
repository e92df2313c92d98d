"""Names in Latin letters, found by their shape: capitals inside a sentence, in English and in Chinese text.

A capitalised word that begins a sentence is a name only where the shipped lexicon does not know it as a word, or
where its letters show it (OpenAI, AWS). No names are: months, weekdays, nationalities, titles, units, and abbreviations
of common nouns (CEO, GDP, AI). Not handled: names in lower case, and the border between two names that stand side by
side without a title between them ("the Apple Goldman venture").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.language import HAN
from index.lexicon import bundled_lexicon
from index.terms import terms
from rag.naming.folding import LATIN
from rag.naming.latin_words import (
    ADJECTIVES,
    ALONE_NO_NAMES,
    DOTTED,
    HEAD_JOINERS,
    HEADS,
    HONORIFICS,
    NO_NAMES,
    OPENERS,
    PARTICLES,
    ROLE_WORDS,
    TITLES,
    WEAK_OPENERS,
)

Span = tuple[int, int]

_WORD = re.compile(
    rf"(?<![{LATIN}0-9])(?:(?:[A-Z]\.){{2,8}}|[A-Z]\.(?= [A-Z])"
    rf"|[{LATIN}][{LATIN}0-9]*(?:[-'&][{LATIN}0-9]+)*(?:\.(?:com|org|net|ai|io|cn)(?![{LATIN}0-9]))?)"
)
_POSSESSIVE = re.compile(r"'s?$|(?<=s)'$", re.IGNORECASE)
_CODE = re.compile(r"(?:[QHA-Z][0-9]|FY[0-9]*|[IVX]+)$")  # Q3, H1, A4, FY25, and Roman numerals
_LOWER_ENDING = re.compile(
    r"(?:[a-z]+ed|led|made|born|like|style|run|wide|era|only|first|free|to|and|the|sized|owner|maker|related|heavy"
    r"|focused|specific|friendly|compatible|level|type|based)$"
)
_LONGEST_RUN = 12  # words; what is longer is a heading or a list
_HAN_NEAR = re.compile(rf"[{HAN}、，。！？；：《》「」“”]")
_COMMON_ENDING = re.compile(r"(?:ers|ors|ists|ions?|ing|ings|ed|ly|ness|ments?|ities|ians|ists|ships?|als|ics)$")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str  # without a possessive ending and without a lower-case second half: "Amazon-owned" is Amazon
    start: int
    end: int
    next_start: int  # where the written word ends
    closed: bool  # a name that goes on after it would be another one

    @property
    def low(self) -> str:
        return self.text.lower()


def latin_names(folded: str, known: bytearray) -> list[Span]:
    """Spans of names in reading order.

    `known` is 1 at each character of a name that the glossary knows: words of such are never cut off.
    """
    if folded == folded.lower():
        return []
    words = [_word(match, known) for match in _WORD.finditer(folded)]
    heading = _is_heading(folded, words)
    shouting = folded.isupper()
    found: list[Span] = []
    for run in _runs(folded, words, known):
        if heading and not _beside_chinese(folded, run):
            pieces: Iterable[list[_Word]] = ([word] for word in run)
            found.extend(_span(piece) for piece in pieces if _stands_in_heading(piece[0], known, shouting))
            continue
        for piece in _pieces(run, known):
            if len(piece) > 1 and _beside_chinese(folded, piece):
                found.append(_span(piece))  # an English opener does not begin a Chinese sentence: The Verge 报道
                continue
            weak = piece[0] is run[0] and _begins_sentence(folded, piece[0].start)
            if trimmed := _trimmed(piece, known, weak and not _beside_chinese(folded, piece)):
                found.append(_span(trimmed))
    return found


def _word(match: re.Match[str], known: bytearray) -> _Word:
    written, start = match[0], match.start()
    if known[start] and known[match.end() - 1]:
        return _Word(written, start, match.end(), match.end(), False)
    text = _POSSESSIVE.sub("", written)
    closed = text != written
    parts = text.split("-")
    for position, part in enumerate(parts[1:], 1):
        if _LOWER_ENDING.match(part):
            text, closed = "-".join(parts[:position]), True
            break
    return _Word(text, start, start + len(text), match.end(), closed)


def _runs(folded: str, words: Sequence[_Word], known: bytearray) -> Iterator[list[_Word]]:
    """Stretches of words that are one name or several: capitalised, with the small words that may stand between."""
    run: list[_Word] = []
    joiners: list[_Word] = []
    for word in words:
        last = joiners[-1] if joiners else run[-1] if run else None
        if last and (last.closed or len(run) >= _LONGEST_RUN or not _adjoin(folded, last, word)):
            yield from (run,) if run else ()
            run, joiners = [], []
        if _looks_like_name(word) or _inside(word, known):
            run += [*joiners, word]
            joiners = []
        elif run and _joins(run[-1], joiners, word):
            joiners.append(word)
        else:
            yield from (run,) if run else ()
            run, joiners = [], []
    yield from (run,) if run else ()


def _adjoin(folded: str, last: _Word, word: _Word) -> bool:
    between = folded[last.next_start : word.start]
    return between in (" ", " & ") or (between == ". " and last.low in DOTTED)


def _joins(last: _Word, joiners: Sequence[_Word], word: _Word) -> bool:
    """Whether a lower-case word may stand within a name: Bank of Ningbo, Ursula von der Leyen."""
    if len(joiners) > 1:
        return False
    if word.text in PARTICLES:
        return True
    if joiners:
        return word.text == "the" and joiners[-1].text in HEAD_JOINERS
    return word.text in HEAD_JOINERS and last.low in HEADS


def _pieces(run: Sequence[_Word], known: bytearray) -> Iterator[list[_Word]]:
    """The names of a run, cut at titles and at words that are no names."""
    piece: list[_Word] = []
    for position, word in enumerate(run):
        title = word.low in TITLES or (word.low in HONORIFICS and not piece and position + 1 < len(run))
        if (title or word.low in NO_NAMES) and not _inside(word, known):
            while title and piece and piece[-1].low in ROLE_WORDS and not _inside(piece[-1], known):
                piece.pop()
            yield from (piece,) if piece else ()
            piece = []
        else:
            piece.append(word)
    yield from (piece,) if piece else ()


def _trimmed(piece: list[_Word], known: bytearray, weak: bool) -> list[_Word]:
    """The piece without words that belong to the sentence and not to the name; empty where nothing is left."""
    while piece and not _inside(piece[0], known):
        first, rest = piece[0], piece[1:]
        drop = first.low in OPENERS or first.text.islower()
        drop = drop or (first.low in ADJECTIVES and all(_inside(word, known) for word in rest))
        if weak and rest and not drop:
            drop = first.low in WEAK_OPENERS or (first.low.endswith(("ly", "ing")) and _is_common(first.low))
        if not drop:
            break
        piece, weak = rest, False
    while piece and not _inside(piece[-1], known) and _cannot_end(piece[-1]):
        piece = piece[:-1]
    if len(piece) == 1:
        return piece if _stands_alone(piece[0], known, weak) else []
    return piece


def _cannot_end(word: _Word) -> bool:
    return word.text.islower() or word.low in OPENERS or word.low in ADJECTIVES


def _stands_alone(word: _Word, known: bytearray, weak: bool) -> bool:
    """Whether one word is a name by itself; `weak` where anything would be capitalised."""
    if _inside(word, known):
        return True
    if not _looks_like_name(word) or word.low in ALONE_NO_NAMES or _CODE.match(word.text):
        return False
    letters = word.text.rstrip(".")
    if len(letters) < 2:
        return False
    if not weak:
        return word.low not in OPENERS or (letters.isupper() and len(letters) > 1)
    if _has_inner_signs(letters):
        return True
    return word.low not in OPENERS and len(letters) > 2 and not _is_common(word.low)


def _stands_in_heading(word: _Word, known: bytearray, shouting: bool) -> bool:
    if shouting and not _inside(word, known):
        return not _is_common(word.low) and len(word.text) > 2
    return _stands_alone(word, known, weak=True)


def _looks_like_name(word: _Word) -> bool:
    """A capital at the head, or within the first half: iPhone, but anti-Bolshevik is none."""
    head = word.text.split("-")[0]
    return head != head.lower()


def _has_inner_signs(letters: str) -> bool:
    """OpenAI, AWS, GPT-4, iPhone."""
    first = letters.split("-")[0]
    return any(character.isupper() for character in first[1:]) or any(character.isdigit() for character in letters)


@lru_cache(maxsize=16_384)
def _is_common(low: str) -> bool:
    """Whether the lexicon knows the word: it holds common words and few names."""
    if low in OPENERS or low in WEAK_OPENERS or low in ALONE_NO_NAMES or _COMMON_ENDING.search(low):
        return True
    lexicon = bundled_lexicon()
    return all(bool(lexicon.translations(term)) for term in terms(low))


def _is_heading(folded: str, words: Sequence[_Word]) -> bool:
    """Whether the text is in title case or in capitals, so that its capitals mean nothing."""
    long = sum(len(word.text) > 3 for word in words)
    if _HAN_NEAR.search(folded) or long < (3 if folded.isupper() else 4):
        return False
    return all(word.text[0].isupper() or word.text in OPENERS or word.text in PARTICLES for word in words)


def _begins_sentence(folded: str, start: int) -> bool:
    position = start
    while position and folded[position - 1] in " \"“'(（[*#>-•_「『":
        position -= 1
    return position == 0 or folded[position - 1] in ".!?:;…。！？：；|"


def _beside_chinese(folded: str, piece: Sequence[_Word]) -> bool:
    start, end = piece[0].start, piece[-1].next_start
    return bool(_HAN_NEAR.search(folded[max(0, start - 2) : start]) or _HAN_NEAR.search(folded[end : end + 2]))


def _inside(word: _Word, known: bytearray) -> bool:
    return bool(known[word.start] and known[word.end - 1])


def _span(piece: Sequence[_Word]) -> Span:
    return piece[0].start, piece[-1].end
