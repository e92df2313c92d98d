"""Figures in Chinese and English text: what is counted, how much, how exactly, and where it stands.

Read are money, shares, dates, measures, counts, multiples (两倍, twice) and ranks that order something (第三大,
third-largest). The parts, `rag.figures`, read numbers, dates and units; here they are
put together, ranges and hedges (约, more than, 以上) included, and what only looks like a figure is left out: names and
versions (GPT-4, Claude 3.5), citation numbers ([1]), ids, 一起, 三星, 十分重要, and 一 or "one" where it only says "a".

Not handled: 折 and 亩, arithmetic in words ("cut by half to"), fractions with a slash, and spans of dates.
"""

from __future__ import annotations

import re

from rag.figures.amounts import read_amount
from rag.figures.chinese_dates import DATE_CHARACTERS
from rag.figures.chinese_numerals import CHINESE_NUMERALS
from rag.figures.date_reading import read_date
from rag.figures.english_dates import DATE_WORDS
from rag.figures.english_numerals import NUMBER_WORDS
from rag.figures.figure import Figure, Skipped
from rag.figures.figure_words import FIGURE_WORDS, read_figure_in_words
from rag.figures.hedges import hedge_of
from rag.figures.lookalikes import end_of_name, skipped_digits
from rag.figures.number import fold
from rag.figures.quantity import Bound, Comparison, Quantity, QuantityKind, compare
from rag.figures.quantity_styles import write_quantity
from rag.figures.ranges import is_year, read_range
from rag.figures.units import CURRENCY_WORDS

__all__ = [
    "Bound",
    "Comparison",
    "Quantity",
    "QuantityKind",
    "compare",
    "find_quantities",
    "without_quantities",
    "write_quantity",
]


def find_quantities(text: str) -> list[Quantity]:
    """The figures of `text` in reading order; spans do not overlap."""
    folded, found, position = fold(text), [], 0
    while trigger := _TRIGGER.search(folded, position):
        start, word = trigger.start(), trigger[0]
        is_word = word[0].isalpha() and word.isascii()
        figure = _read_figure(text, folded, start, word) if not is_word or word in _WORDS else None
        if isinstance(figure, Figure):
            found.append(_quantity(text, folded, figure))
        position = max(trigger.end(), figure.end if figure else 0)
        if is_word and figure is None:
            position = end_of_name(folded, position)
    return found


def without_quantities(text: str) -> str:
    """`text` with a space in place of each figure: its words alone."""
    pieces, end = [], 0
    for quantity in find_quantities(text):
        pieces.append(text[end : quantity.start])
        end = quantity.end
    return " ".join([*pieces, text[end:]])


_WORDS = NUMBER_WORDS | DATE_WORDS | CURRENCY_WORDS | FIGURE_WORDS
_TRIGGER = re.compile(
    rf"[0-9]+|[{CHINESE_NUMERALS}万亿数几半过翻{DATE_CHARACTERS}]|[$€£¥₩₹]|[a-z]+", re.ASCII
)  # where a figure may begin


def _quantity(text: str, folded: str, figure: Figure) -> Quantity:
    bound = figure.bound
    if figure.kind not in {"date", "rank"} and bound == "exact":
        bound = hedge_of(folded, figure.start, figure.end, is_time=figure.unit in {"d", "wk", "month", "year"})
    return Quantity(
        text[figure.start : figure.end],
        figure.start,
        figure.end,
        figure.kind,
        figure.value,
        figure.unit,
        bound,
        figure.high,
    )


def _read_figure(text: str, folded: str, start: int, word: str) -> Figure | Skipped | None:
    if "0" <= word[0] <= "9":
        if skipped := skipped_digits(text, folded, start, word):
            return skipped
    elif (
        folded[start - 1 : start] in {"-", "'"}
        and word.isalpha()
        and word.isascii()
        and folded[start - 2 : start - 1].isalpha()
    ):
        return None  # one-off, mother-of-two, all-in-one
    if (date := read_date(folded, start, capital=text[start].isupper())) is not None:
        return Figure(start, date[1], "date", date[0])
    if (special := read_figure_in_words(folded, start, word)) is not None:
        return special
    if (first := read_amount(folded, start)) is None:
        return None
    if (whole := read_range(folded, first)) is not None:
        return whole
    if is_year(folded, first):
        return Figure(start, first.number.end, "date", folded[start : first.number.end])
    return first.figure(folded)
