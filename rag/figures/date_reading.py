"""Dates in Chinese and English text, from a century to a time of day; `dates` has the values they are read to."""

from __future__ import annotations

from rag.figures.chinese_dates import read_numeral_date, read_word_date
from rag.figures.chinese_numerals import CHINESE_NUMERALS
from rag.figures.dates import DateReading
from rag.figures.english_dates import read_digit_date, read_english_date


def read_date(text: str, start: int, *, capital: bool = False) -> DateReading | None:
    """The date of the folded `text` that begins at `start`; `capital`: whether the text as it is has a capital there,
    which tells the month of May from a verb."""
    first = text[start]
    if first in "0123456789":
        return read_numeral_date(text, start) or read_digit_date(text, start)
    if first.isascii():
        return read_english_date(text, start, capital)
    return read_numeral_date(text, start) if first in CHINESE_NUMERALS else read_word_date(text, start)
