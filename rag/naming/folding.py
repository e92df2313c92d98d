"""The copy of a text that names are looked up in: one character for each of the text, so that offsets hold.

Widths, traditional characters, white space, middle dots, hyphens and apostrophes are folded; case is kept. Not folded:
what would change the length, such as ligatures or accents written as a character of their own.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.language import HAN, search_copy

LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"  # letters and the accents on them

_HAN_RUN = re.compile(f"[{HAN}]+")
_VARIANTS = dict.fromkeys("•‧・∙⋅", "·") | dict.fromkeys("‘’ʼ", "'") | dict.fromkeys("‐‑", "-")
_VARIANTS |= {"衞": "卫", "敍": "叙", "枱": "台"}  # of Hong Kong; OpenCC's t2s leaves them
_CORPORATE = re.compile(r"(?<=\w),? (?:inc|corp|corporation|ltd|limited|llc|plc|co|company|group)$")
_CHINESE_CORPORATE = re.compile(rf"(?<=[{HAN}]{{2}})(?:(?:股份)?有限公司|集团公司|公司|集团|[市省县])$")


def fold(text: str) -> str:
    """The folded copy, of the same length."""
    if text.isascii():
        return text.translate(_ASCII_SPACES)
    return _simplified("".join(map(_fold_character, text)))


def lower(folded: str) -> str:
    """Lower case, of the same length."""
    lowered = folded.lower()
    if len(lowered) == len(folded):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in folded)


@lru_cache(maxsize=16_384)
def name_key(folded: str) -> str:
    """What two spellings of one name share: case, accents, full stops, hyphens, "the" and "Inc." do not count."""
    key = lower(folded)
    if not key.isascii():
        key = "".join(each for each in unicodedata.normalize("NFKD", key) if not unicodedata.combining(each))
        if _HAN_RUN.search(key):
            key = _CHINESE_CORPORATE.sub("", key.replace(" ", ""))
    key = " ".join(key.replace(".", "").replace("-", " ").split()).removesuffix("'s").removeprefix("the ")
    return _CORPORATE.sub("", key)


_ASCII_SPACES = dict.fromkeys((*range(9, 14), *range(28, 32)), " ")


@lru_cache(maxsize=16_384)
def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    narrow = unicodedata.normalize("NFKC", character)
    narrow = _VARIANTS.get(narrow, narrow)
    return narrow if len(narrow) == 1 else _VARIANTS.get(character, character)


def _simplified(folded: str) -> str:
    """Simplified characters, one for one; all runs are converted at once, because each conversion has a fixed cost."""
    runs = _HAN_RUN.findall(folded)
    if not runs:
        return folded
    simplified = iter(zip(runs, search_copy("\n".join(runs)).split("\n"), strict=True))
    return _HAN_RUN.sub(lambda _: _of_same_length(*next(simplified)), folded)


def _of_same_length(run: str, simplified: str) -> str:
    if len(simplified) == len(run):
        return simplified
    return "".join(one if len(one := search_copy(character)) == 1 else character for character in run)
