"""Numbers in Chinese and English text, in digits and in words: 2,000, 1.3 万亿, 一亿二, two hundred billion, 数十万.

It reads the number alone: what is counted and how exact it is meant are read around it. Not handled: spaces between
thousands and decimal commas.
"""

from __future__ import annotations

from fractions import Fraction

from rag.figures.chinese_numerals import read_chinese, scale_chinese
from rag.figures.english_numerals import read_english, scale_english
from rag.figures.number import DIGITS, Number

_MAX_DIGITS = 100  # a longer run of digits is no figure that anybody reads


def read_number(text: str, start: int) -> Number | None:
    """The number of the folded `text` that begins at `start`, as long as it goes; None where none begins there."""
    first = text[start]
    if first in "0123456789":
        return _read_digits(text, start)
    return read_english(text, start) if first.isascii() else read_chinese(text, start)


def _read_digits(text: str, start: int) -> Number | None:
    match = DIGITS.match(text, start)
    if match is None or len(match[0]) > _MAX_DIGITS:
        return None
    digits = match[0].replace(",", "")
    number = Number(Fraction(digits) if "." in digits else Fraction(int(digits)), match.end(), "digits")
    return scale_english(text, number) or scale_chinese(text, number)
