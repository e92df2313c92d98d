"""What the program knows about scripts: which language a text is in, and the copy of a text that is searched.

Only Chinese (simplified or traditional) and English are told apart. Japanese kana count as neither.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from index.radicals import repair_radicals
from index.schema import Language

if TYPE_CHECKING:
    from opencc import OpenCC

# Unified ideographs, extensions A to H, compatibility ideographs, and 〇, which is written as a digit.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

_HAN = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*")

# Unicode's Default_Ignorable_Code_Point without the fillers of Hangul; lone surrogates are no text either.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufff8"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)

# A Chinese word is 1.6 characters long on average, so that many ideographs weigh as much as one English word.
_HAN_PER_WORD = 1.6
_CHINESE_FROM = 0.55  # "亚马逊 CEO Andy Jassy 宣布 capex 达 2000 亿美元" is Chinese …
_ENGLISH_UP_TO = 0.12  # … and an English paragraph that names 亚马逊 once is English


def han_share(text: str) -> float:
    """Share of the words of `text` that are Chinese, 0 to 1; 0 for a text without words."""
    chinese = len(_HAN.findall(text)) / _HAN_PER_WORD
    latin = len(_LATIN_WORD.findall(text))
    return chinese / (chinese + latin) if chinese else 0.0


def detect_language(text: str) -> Language:
    """The language of a passage; a text without words in either script counts as English."""
    share = han_share(text)
    if share >= _CHINESE_FROM:
        return "zh"
    return "en" if share <= _ENGLISH_UP_TO else "mixed"


def as_seen(text: str) -> str:
    """`text` without what has no look of its own, and with ideographs for radicals; its search copy is the same."""
    return text if text.isascii() else _UNSEEN.sub("", repair_radicals(text))


def search_copy(text: str) -> str:
    """The copy of `text` that is embedded and searched: compatibility forms folded, traditional made simplified.

    Full-width Ｑ３ becomes Q3, 資本支出 becomes 资本支出, the radicals of ⾸⻚ become 首页, and what has no look of its
    own goes: zero-width spaces, variation selectors, marks of direction. Its length may differ from that of `text`, so
    offsets into it mean nothing; it is never stored as text and never quoted.
    """
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", as_seen(text))
    return str(_traditional_to_simplified().convert(folded)) if _HAN.search(folded) else folded


@cache
def _traditional_to_simplified() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
