"""Whether one text stands in another, as people read: width, letter case, spaces and traditional characters aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.language import search_copy

_LATIN = "a-zà-öø-ÿ"
_SPACE = re.compile(rf"(?<![{_LATIN}]) | (?![{_LATIN}])")  # between two English words it is kept: it parts them


def answer_is_right(text: str, answers: Sequence[str]) -> bool:
    """Whether `text` holds one of `answers`; 80 does not stand in 380 or in 80.5, nor one in money."""
    squeezed = _squeeze(text)
    return any(_stands_in(_squeeze(answer), squeezed) for answer in answers)


def quote_is_expected(quote: str, expected: Sequence[str]) -> bool:
    """Whether the quote lies on one of the expected passages: either holds the other. A quote of nothing never does."""
    squeezed = _squeeze(quote)
    if not any(map(str.isalnum, squeezed)):
        return False
    return any(_squeeze(passage) in squeezed or squeezed in _squeeze(passage) for passage in expected)


@lru_cache(maxsize=4096)
def _squeeze(text: str) -> str:
    return _SPACE.sub("", " ".join(search_copy(text).lower().split()))


def _stands_in(answer: str, text: str) -> bool:
    """As a whole word where it is English, of which a plural or a genitive will do."""
    before = after = ""
    if re.match(rf"[{_LATIN}]", answer):
        before = rf"(?<![{_LATIN}])"
    elif answer[:1].isdigit():
        before = r"(?<!\d)(?<!\d[.,])"
    if re.search(rf"[{_LATIN}]$", answer):
        after = rf"(?:e?s)?(?![{_LATIN}])"
    elif answer[-1:].isdigit():
        after = r"(?![.,]?\d)"
    return bool(answer) and re.search(before + re.escape(answer) + after, text) is not None
