"""Scores of one answer: pure functions, no model judges."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from index.language import HAN

_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(rf"[{HAN}]|[^\W{HAN}]+")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def answer_is_right(text: str, answers: Sequence[str]) -> bool:
    """Whether `text` holds one of `answers`, width, case and spaces aside; 80 does not stand in 380 or in 80.5."""
    squeezed = _squeeze(text)
    return any(_stands_in(_squeeze(answer), squeezed) for answer in answers)


def quote_is_expected(quote: str, expected: Sequence[str]) -> bool:
    """Whether the quote lies on one of the expected passages: either holds the other."""
    squeezed = _squeeze(quote)
    return any(_squeeze(passage) in squeezed or squeezed in _squeeze(passage) for passage in expected)


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1 where the answer is one of `golds`, case, punctuation and articles aside (SQuAD 1.1, CMRC 2018)."""
    return float(any(_bare(answer) == _bare(gold) for gold in golds))


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best harmonic mean of precision and recall over English words and Chinese characters (SQuAD 1.1, MLQA)."""
    return max((_f1(_TOKEN.findall(_bare(answer)), _TOKEN.findall(_bare(gold))) for gold in golds), default=0.0)


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    shared = sum((Counter(answer) & Counter(gold)).values())
    return 2 * shared / (len(answer) + len(gold)) if shared else 0.0


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    without = "".join(" " if unicodedata.category(character)[0] == "P" else character for character in folded)
    return _SPACE.sub(" ", _ARTICLES.sub(" ", without)).strip()


def _squeeze(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).lower())


def _stands_in(answer: str, text: str) -> bool:
    before = r"(?<!\d)(?<!\d[.,])" if answer[:1].isdigit() else ""
    after = r"(?![.,]?\d)" if answer[-1:].isdigit() else ""
    return re.search(before + re.escape(answer) + after, text) is not None
