"""English numbers in words, and the multipliers after digits: two hundred billion, a dozen, tens of millions, 200bn.

Not handled: numbers that end in an ordinal, and years read in pairs ("twenty twenty-five").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from rag.figures.number import Number, times_scale, vague_number

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH_NUMBERS = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_ENGLISH_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"mn": 10**6, "bn": 10**9, "tn": 10**12, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_PLURAL_SCALES = {"tens": 10, "dozens": 10, "hundreds": 100} | {
    f"{name}s": scale for name, scale in _ENGLISH_SCALES.items()
}
NUMBER_WORDS = frozenset({*ENGLISH_NUMBERS, *_PLURAL_SCALES, "a", "an", "half", "several", "few"} - {"zero"})

_SCALE_WORD = "(?:thousand|million|billion|trillion)(?![a-z])"
_AND_A_HALF = re.compile(r"\s{1,2}and\sa\shalf(?![a-z])")
_ENGLISH_SCALE = re.compile(
    rf"(?:\s{{0,2}}|-)(?:(?P<hundred>hundred(?![a-z]))\s?)?(?P<scale>{_SCALE_WORD}|[mbt]n(?![a-z]))"
    r"|(?:\s?|-)(?P<only_hundred>hundred(?![a-z]))|(?P<letter>[kmbt](?![a-z0-9]))"
)
_ENGLISH_WORD = re.compile(r"(?:(?P<joint>[\s-]{1,2}(?:and\s{1,2})?(?P<article>a\s)?))?(?P<word>[a-z]{3,10})(?![a-z])")
_POINT = re.compile(rf"\s{{1,2}}point((?:[\s-](?:{'|'.join(_UNITS[:10])})(?![a-z])){{1,12}})")
_ARTICLE = re.compile(
    rf"(?:an?|(?P<half>half\s(?:an?\s)?|half-)|(?P<vague>(?:a\s)?few|several))[\s-]?(?P<scale>hundred\s)?(?P<name>hundred|dozen|{_SCALE_WORD})(?![a-z])"
)
_TENS_OF = re.compile(
    r"(?:(?P<first>tens|dozens|hundreds|thousands)\s(?:of\s)?)?(?P<name>hundreds|thousands|millions|billions|trillions)(?![a-z])"
)
_MAX_WORDS = 16


def scale_english(text: str, number: Number) -> Number | None:
    """`number` with the multiplier that follows it: 3 and a half million, 200bn; None where none follows."""
    half = _AND_A_HALF.match(text, number.end)
    if half:
        number = replace(number, value=number.value + Fraction(1, 2), end=half.end())
    scale = _ENGLISH_SCALE.match(text, number.end)
    if scale:
        return times_scale(number, _english_scale(scale), scale.end())
    return number if half else None


def _english_scale(match: re.Match[str]) -> int:
    scale = 100 if match["hundred"] or match["only_hundred"] else 1
    name = match["scale"] or match["letter"]
    return scale * (_ENGLISH_SCALES.get(name) or _SHORT_SCALES[name]) if name else scale


def read_english(text: str, start: int) -> Number | None:
    if match := _ARTICLE.match(text, start):
        scale = {"hundred": 100, "dozen": 12}.get(match["name"]) or _ENGLISH_SCALES[match["name"]]
        scale *= 100 if match["scale"] else 1
        if match["vague"]:
            return vague_number(scale, match.end(), "english") if scale != 12 else None
        return Number(Fraction(scale, 2 if match["half"] else 1), match.end(), "english", scale)
    if match := _TENS_OF.match(text, start):
        first = _PLURAL_SCALES[match["first"]] if match["first"] else 1
        return vague_number(first * _PLURAL_SCALES[match["name"]], match.end(), "english")
    if text.startswith("dozens", start):
        return vague_number(10, start + 6, "english")
    return _read_words(text, start)


@dataclass(slots=True)
class _Words:
    """A spelled-out number while it is read: 1,234,000 after "one million two hundred and thirty-four thousand"."""

    total: Fraction = Fraction(0)
    current: Fraction = Fraction(0)
    last_scale: int = 10**15

    def add(self, word: str, joint: str) -> bool:
        """Whether `word` goes on with the number."""
        if (value := ENGLISH_NUMBERS.get(word)) is not None:
            return self._add_small(value, joint)
        if word in {"hundred", "dozen"} and 0 < self.current < 100:
            self.current *= 100 if word == "hundred" else 12
            return True
        if word == "half" and "and" in joint and self.current:
            self.current += Fraction(1, 2)
            return True
        if (scale := _ENGLISH_SCALES.get(word)) and self.current and scale < self.last_scale:
            self.total += self.current * scale
            self.current, self.last_scale = Fraction(0), scale
            return True
        return False

    def _add_small(self, value: int, joint: str) -> bool:
        current = self.current
        fits = (
            (not current and (not self.total or "and" not in joint or self.last_scale == 1000))
            or (current % 100 == 0 and current and 0 < value < 100)
            or (
                current.denominator == 1
                and current % 100 >= 20
                and current % 10 == 0
                and 0 < value < 10
                and "and" not in joint
            )
        )
        if fits:
            self.current += value
        return bool(fits)

    @property
    def value(self) -> Fraction:
        return self.total + self.current


def _read_words(text: str, start: int) -> Number | None:
    """A spelled-out number. A word that cannot go on with it ends it, and takes the word before along if it must:
    "two million and five million" are two numbers."""
    words = _Words()
    readings: list[tuple[Fraction, int, int]] = []
    end = start
    for match in _words(text, start):
        if not words.add(match["word"], match["joint"] or ""):
            if len(readings) > 1 and match["word"] in {"hundred", *_ENGLISH_SCALES}:
                readings.pop()
            break
        end = match.end()
        readings.append((words.value, end, words.last_scale))
    if not readings:
        return None
    value, end, scale = readings[-1]
    if point := _POINT.match(text, end):
        digits = "".join(str(_UNITS.index(word)) for word in point[1].replace("-", " ").split())
        number = Number(value + Fraction(f"0.{digits}"), point.end(), "english")
        return scale_english(text, number) or number
    return Number(value, end, "english", scale if scale < 10**15 and value % scale == 0 else 1)


def _words(text: str, start: int) -> Iterator[re.Match[str]]:
    for _ in range(_MAX_WORDS):
        match = _ENGLISH_WORD.match(text, start)
        if match is None or (match["article"] and match["word"] != "half"):
            return
        yield match
        start = match.end()
