"""Exact match and F1 as the official scorers define them: SQuAD 1.1 and 2.0 for English, CMRC 2018 for Chinese.

SQuAD (Rajpurkar et al. 2016, `evaluate-v1.1.py`, `evaluate-v2.0.py`): lower case, without ASCII punctuation and
articles; F1 over the bag of words. CMRC 2018 (Cui et al. 2019, `cmrc2018_evaluate.py`): lower case, without a list of
punctuation; F1 over the longest common run of Chinese characters and English tokens. Both take the best of the
accepted answers, and neither folds traditional characters or full-width digits: what they count as wrong is wrong here.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from evals.metrics.treebank import english_tokens

Scorer = Literal["SQuAD", "CMRC 2018"]

_CITATION_MARK = re.compile(r"\s?\[\d+\]")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)
# The scorer's list has …… as well, which it never finds, because it looks at one character at a time.
_CMRC_PUNCTUATION = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』"
_CMRC_CHINESE = re.compile("[\u4e00-\u9fa5]")  # the scorer's own range
_WITHOUT_CMRC = str.maketrans("", "", _CMRC_PUNCTUATION)


def without_marks(text: str) -> str:
    """What an answer says: its text without the numbers of citations, which no accepted answer has."""
    return _CITATION_MARK.sub("", text)


def exact_match(prediction: str, golds: Sequence[str], scorer: Scorer) -> float:
    """1 or 0. No gold is a question without an answer, to which the empty prediction is right."""
    bare = _squad_bare if scorer == "SQuAD" else _cmrc_bare
    return float(any(bare(prediction) == bare(gold) for gold in golds or ("",)))


def f1(prediction: str, golds: Sequence[str], scorer: Scorer) -> float:
    """0 to 1, the best of the golds."""
    score = _squad_f1 if scorer == "SQuAD" else _cmrc_f1
    return max(score(prediction, gold) for gold in golds or ("",))


def _squad_bare(text: str) -> str:
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_ASCII_PUNCTUATION)).split())


def _squad_f1(prediction: str, gold: str) -> float:
    said, wanted = _squad_bare(prediction).split(), _squad_bare(gold).split()
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted))


def _cmrc_bare(text: str) -> str:
    return text.lower().strip().translate(_WITHOUT_CMRC)


def _cmrc_tokens(text: str) -> list[str]:
    """Each Chinese character by itself; what stands between them in English tokens."""
    tokens: list[str] = []
    between = ""
    for character in _cmrc_bare(text):
        if _CMRC_CHINESE.match(character):
            tokens += (*english_tokens(between), character)
            between = ""
        else:
            between += character
    return [*tokens, *english_tokens(between)]


def _cmrc_f1(prediction: str, gold: str) -> float:
    said, wanted = _cmrc_tokens(prediction), _cmrc_tokens(gold)
    if not said and not wanted:
        return 1.0  # the official scorer has no questions without an answer
    shared = _longest_common_run(said, wanted)
    return 2 * shared / (len(said) + len(wanted))


def _longest_common_run(one: Sequence[str], other: Sequence[str]) -> int:
    longest, before = 0, [0] * (len(other) + 1)
    for token in one:
        row = [0] * (len(other) + 1)
        for position, against in enumerate(other):
            if token == against:
                row[position + 1] = before[position] + 1
        longest, before = max(longest, *row), row
    return longest
