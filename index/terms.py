"""The terms that lexical search counts, cut by us because no tokenizer of SQLite's splits Chinese.

Chinese runs give their characters and character pairs; English words are stemmed (Snowball) and numbers lose their
thousands separators. On the development questions (CMRC 2018 train, SQuADShifts) pairs beat dictionary words, and a
dictionary is one thing less to ship: see `evals/README.md` for the figures.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from index.language import HAN, search_copy

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

_RUN = re.compile(rf"[{HAN}]+|\d+(?:[.,]\d+)*|[^\W\d_{HAN}]+")
_HAN_FIRST = re.compile(f"[{HAN}]")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")


def terms(text: str) -> list[str]:
    """The terms of `text` in reading order, repeats included; none holds white space."""
    found: list[str] = []
    for run in _RUN.findall(search_copy(text).lower()):
        if _HAN_FIRST.match(run):
            found.extend(run)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        elif run[0].isdigit():
            found.append(_THOUSANDS.sub("", run).replace(",", "."))
        else:
            found.append(_stem(run))
    return found


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_english_stemmer().stemWord(word)) if word.isascii() else word


@cache
def _english_stemmer() -> EnglishStemmer:
    # Not `snowballstemmer.stemmer`: where PyStemmer is installed it gives that, of another version, with other stems.
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()
