"""Whether an answer is written in the language of its question.

A sentence that is quoted stays in the language of its document; what stands around it has to be in the question's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.language import detect_language
from rag.answer import QuestionLanguage

_MARKS = re.compile(r"\[\d+\]|\d+")
_FEW_LETTERS = 2  # of a name or a unit, which say nothing of a language


def is_in_language(text: str, quotes: Sequence[str], language: QuestionLanguage) -> bool:
    """Whether `text`, as a whole or without the `quotes` in it, is in that language; in mixed text it is as well."""
    if detect_language(text) in (language, "mixed"):
        return True
    own = text
    for quote in sorted(quotes, key=len, reverse=True):
        own = re.sub(r"\s+".join(map(re.escape, quote.split())), " ", own) if quote.strip() else own
    if sum(map(str.isalpha, _MARKS.sub(" ", own))) < _FEW_LETTERS:
        return False  # nothing of its own, and what it quotes is in the other language
    return detect_language(own) in (language, "mixed")
