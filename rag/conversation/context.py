"""What a later turn of a conversation may refer to, and the parts of speech it is read with in both languages.

Parts are found by closed lists of words and by their form; there is no tagger and no list of names. A part that no
list holds is not found, and the turn that needs it then keeps the earlier question's topic in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.language import HAN
from rag.answer import QuestionLanguage

Span = tuple[int, int]
FindNames = Callable[[str], Sequence[Span]]  # where the names of a text stand that are known

# Periods, as far as they stand by themselves in a question; what repeats in them is bounded.
_CHINESE_PART = r"(?:\s?\d{1,2}\s?月份?|年?[初中底末]|[上下]半年|第?[一二三四1-4]季度)"
CHINESE_PERIOD = (
    rf"(?:(?:19|20)\d{{2}}\s?(?:财|財)?年{_CHINESE_PART}?|[去今明前后後]年{_CHINESE_PART}?"
    r"|[上下][个個]?(?:月|季度)|本(?:月|季度|年度)|[这這]个?[月年]|第?[一二三四1-4]季度|[上下]半年|昨天|昨日|明天)"
)
ENGLISH_PERIOD = (
    r"(?:\b(?:in|during|for|by|since|at\s+the\s+end\s+of|as\s+of)\s+)?"
    r"(?:\b(?:(?:the\s+)?(?:first|second|third|fourth|last|next)\s+(?:quarter|half)(?:\s+of\s+(?:19|20)\d\d)?"
    r"|(?:last|next|this|the\s+previous|the\s+following)\s+(?:year|month|week|quarter|decade)"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+(?:19|20)\d\d"
    r"|(?:19|20)\d\d|q[1-4](?:\s+(?:of\s+)?(?:19|20)\d\d)?|yesterday|tomorrow)\b)"
)
PERIOD = re.compile(rf"{CHINESE_PERIOD}|{ENGLISH_PERIOD}", re.IGNORECASE | re.ASCII)

_WORD = r"(?:(?:[A-Z]\.){2,5}|[A-Z][A-Za-z0-9&+’-]{0,40})"
LATIN_NAME = re.compile(rf"(?<![A-Za-z0-9]){_WORD}(?:\s(?:{_WORD}|\d{{1,4}}[A-Z]?(?!\w))){{0,4}}")
# Written like names, they name nobody that a question is about; the first ones begin questions.
_NO_NAMES = frozenset(
    """
    what which who whom whose when where why how is are was were do does did has have had will would can could should
    may might must if in at on for by to from of about with until since during after before and but or the a an this
    that these those it its he she they his her their there no not yes ok okay thanks hello hi hey bye
    cheers really sure great good please tell give i ai ceo cfo cto
    q1 q2 q3 q4 january february march april june july august september october november december
    """.split()  # noqa: SIM905 (a list of a hundred words reads worse)
)
_NARROW = {code: code - 0xFEE0 for code in range(ord("！"), ord("～") + 1) if chr(code - 0xFEE0).isalnum()} | {
    0x3000: " "
}
_JOINS = re.compile(r"\s*(?:,|，|、|和|与|與|及|以及|,?\s*\band\b|&)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """An earlier question in its stand-alone form, read for what a later turn takes from it."""

    question: str  # without its end mark
    language: QuestionLanguage
    answer: str
    topic: str  # the question without its question words
    topic_is_phrase: bool  # a noun phrase, which can stand where a pronoun stands; else it holds a verb
    entity: str | None  # what the question is about: its first name with what belongs to it, else its subject
    person: str | None  # whom "he" means
    many: str | None  # what "they" means, where it is something else than the entity
    names: tuple[Span, ...]  # in `question`; names that are listed together are one

    @property
    def thing(self) -> str:
        """What "that" means: the whole topic where it can stand for it."""
        return self.topic if self.topic_is_phrase or self.entity is None else self.entity


def fold(text: str) -> str:
    """`text` with full-width letters, digits and spaces narrow, one character for one: offsets stay."""
    return text.translate(_NARROW)


def without_end(text: str) -> str:
    """`text` without the marks and spaces that it ends with."""
    return text.rstrip(" ?!.？！。")


def without_opening(
    said: str, lead: re.Pattern[str], correction: re.Pattern[str], link: re.Pattern[str]
) -> tuple[str, str]:
    """A turn without its thanks and greetings, and then without what ties it to the last one: a correction or an "and".

    The patterns are those of its language, each for the beginning of a text.
    """
    text = lead.sub("", said)
    corrected = correction.sub("", text)
    return text, corrected if corrected != text else link.sub("", text, count=1)


def joined(*parts: str) -> str:
    """The parts in a row, with a space between two of them where a Latin letter or digit meets another character."""
    text = ""
    for part in filter(None, (part.strip() for part in parts)):
        if text and _needs_space(text[-1], part[0]):
            text += " "
        text += part
    return text


def _needs_space(left: str, right: str) -> bool:
    latin_left, latin_right = (each.isascii() and (each.isalnum() or each in "'$%)") for each in (left, right))
    han_left, han_right = (re.match(f"[{HAN}]", each) is not None for each in (left, right))
    return (latin_left and (latin_right or han_right)) or (han_left and latin_right)


def without(text: str, span: Span) -> str:
    """`text` without that part."""
    return joined(text[: span[0]], text[span[1] :])


def put(text: str, span: Span, part: str) -> str:
    """`text` with `part` in the place of that part."""
    return joined(text[: span[0]], part, text[span[1] :]) if part else without(text, span)


def period_of(text: str) -> Span | None:
    """Where the last period of `text` stands."""
    spans = [match.span() for match in PERIOD.finditer(fold(text))]
    return spans[-1] if spans else None


def name_spans(text: str, find_names: FindNames) -> tuple[Span, ...]:
    """The names of `text` in reading order: those that are known, and words in Latin letters that begin with a capital.

    Names listed together ("Microsoft, Google and Oracle") are one span; a period is no name.
    """
    folded = fold(text)
    periods = [match.span() for match in PERIOD.finditer(folded)]
    spans = [*find_names(text), *_latin_names(folded)]
    spans = [span for span in spans if not any(overlap(span, period) for period in periods)]
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or _JOINS.fullmatch(text, merged[-1][1], start)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _latin_names(text: str) -> list[Span]:
    spans = []
    for match in LATIN_NAME.finditer(text):
        start, end = match.span()
        while start < end and _first_word(text[start:end]).lower() in _NO_NAMES:
            start += len(_first_word(text[start:end]))
            start += len(text[start:end]) - len(text[start:end].lstrip())
        if text[start:end].endswith(("’s", "'s")):
            end -= 2
        if start < end:
            spans.append((start, end))
    return spans


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0] if text.strip() else text


def overlap(one: Span, other: Span) -> bool:
    """Whether two parts share a character."""
    return one[0] < other[1] and other[0] < one[1]


def parallel(part: str, text: str, spans: Sequence[Span]) -> Span | None:
    """Which of `spans` of `text` is written like `part`: E07 like E04, else the only one; None where it is open."""
    alike = [span for span in spans if _shape(text[slice(*span)]) == _shape(part)]
    digits = any(character.isdigit() for character in part)
    if digits and len(alike) == 1:
        return alike[0]
    return spans[0] if len(spans) == 1 else None


def _shape(text: str) -> str:
    return re.sub(r"[A-Za-z]", "A", re.sub(r"[0-9]", "9", fold(text)))
