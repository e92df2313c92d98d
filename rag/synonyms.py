"""Whether a text holds a term of a question, or another word for it.

Words for the same thing are found by pivoting through the other language (Bannard and Callison-Burch 2005): two terms
that are translated alike mean the same, as far as the lexicon is sure of both steps. Not handled: opposites, which are
translated unlike, and names, which the lexicon hardly holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from functools import lru_cache

from index.lexicon import bundled_lexicon
from rag.matching import Wording

_LEAST_SURE = 0.05  # a term whose way there and back is hardly known gives no measure to compare with


@lru_cache(maxsize=20_000)
def synonyms(term: str) -> Mapping[str, float]:
    """Terms of the same language that may stand for `term`, and how surely, 0 to 1; itself not among them.

    The probability of the way there and back, as a share of that with which the term itself comes back.
    """
    lexicon = bundled_lexicon()
    found: dict[str, float] = {}
    for pivot, there in lexicon.translations(term):
        for word, back in lexicon.translations(pivot):
            found[word] = found.get(word, 0.0) + there * back
    itself = max(found.pop(term, 0.0), _LEAST_SURE)
    return {word: min(1.0, probability / itself) for word, probability in found.items()}


def support(term: str, words: Set[str], wording: Wording, across: bool) -> float:
    """How surely `words`, the terms of a text, say what `term` of the question says: 1 where it stands there.

    Across languages a translation stands for it; `wording` is that of the text's language.
    """
    if term in words:
        return 1.0
    if across:
        return max((sure for word, sure in wording.translations.get(term, ()) if word in words), default=0.0)
    known = synonyms(term)
    # By the square root, as translations count in `rag.matching`.
    return max((math.sqrt(known[word]) for word in known.keys() & words), default=0.0)
