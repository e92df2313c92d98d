"""How much a run of characters looks like written Chinese or English: the judge between readings of the same bytes.

Every character has a log-probability. Those of ideographs come from their frequency in Chinese encyclopedia articles
and software manuals, simplified and converted to traditional; those that are not among the most frequent count by
the level that GB 2312 and Big5 put them in. A wrong reading of legacy bytes is made of rare ideographs, private-use
characters and control characters. Not told apart here: languages other than Chinese and English.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from index.frequent_characters import FREQUENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

# Log-probability by rank of frequency, measured on 2.1 million ideographs and read between these ranks.
_RANKS = (1, 10, 50, 100, 200, 500, 1000, 1400)
_BY_RANK = (-4.0, -4.8, -5.8, -6.2, -6.7, -7.7, -8.9, -9.8)

_LEVEL_1 = -11.0  # ideographs of GB 2312 level 1 and Big5 level 1 that are not among the most frequent
_RARE = -14.5  # other ideographs of the basic plane
_IMPOSSIBLE = -25.0

# (first, last, log-probability): later lines overrule earlier ones.
_RANGES: tuple[tuple[int, int, float], ...] = (
    (0x0000, 0x10FFFF, -15.0),
    (0x0000, 0x001F, _IMPOSSIBLE),
    (0x0020, 0x007E, -3.5),
    (0x007F, 0x009F, _IMPOSSIBLE),
    (0x00A0, 0x00BF, -10.0),
    (0x00C0, 0x00FF, -8.5),
    (0x0100, 0x017F, -9.5),
    (0x0180, 0x1FFF, -13.0),  # the other alphabets
    (0x0386, 0x03CE, -9.3),
    (0x0401, 0x0451, -9.3),
    (0x1100, 0x11FF, -17.0),
    (0x2010, 0x203A, -8.5),
    (0x2100, 0x22FF, -11.0),
    (0x2460, 0x257F, -11.0),
    (0x3000, 0x3020, -9.0),
    (0x3040, 0x30FF, -9.3),
    (0x3400, 0x4DBF, -16.0),
    (0x4E00, 0x9FFF, _RARE),
    (0xAC00, 0xD7A3, -15.0),
    (0xD800, 0xDFFF, _IMPOSSIBLE),
    (0xE000, 0xF8FF, -20.0),
    (0xFE30, 0xFE6F, -12.0),
    (0xFF01, 0xFF5E, -8.5),
    (0xFF61, 0xFFDC, -15.0),
    (0xFFF0, 0xFFFB, -20.0),
    (0xFFFE, 0xFFFF, _IMPOSSIBLE),
    (0x1F300, 0x1FAFF, -12.0),
    (0x20000, 0x323AF, -16.0),
    (0xF0000, 0x10FFFF, -20.0),
)
_SINGLE = {
    -3.3: "，。",
    -5.0: "、（）：\t\n\r",
    -6.5: "“”《》「」；·？—！…‘’\u3000–",
    -8.0: "─－～『』│×／％℃°•【】〈〉",
}


def scores(text: str) -> Scores:
    """The log-probability of each character of `text`."""
    return _table()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)]


@cache
def _table() -> Scores:
    table = np.zeros(0x110000, np.float32)
    for first, last, value in _RANGES:
        table[first : last + 1] = value
    for value, characters in _SINGLE.items():
        table[[ord(character) for character in characters]] = value
    table[[ord(character) for character in _level_1()]] = _LEVEL_1
    by_rank = np.interp(np.log(np.arange(1, len(FREQUENT) + 1)), np.log(_RANKS), _BY_RANK)
    table[[ord(character) for character in FREQUENT]] = by_rank
    return table


def _level_1() -> str:
    """The ideographs that GB 2312 and Big5 list first because they are in common use, sorted by their codes."""
    gb = bytes(byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    big5 = bytes(byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail))
    return gb.decode("gb2312", "ignore") + "".join(
        character for character in big5.decode("cp950", "ignore") if "\u4e00" <= character <= "\u9fff"
    )
