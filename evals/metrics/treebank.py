"""English cut into tokens as the Penn Treebank does, in the rules of NLTK, which the scorer of CMRC 2018 uses.

Sentences are told apart by `index.sentences`, where NLTK has a trained model: they differ in which full stops end one.
"""

from __future__ import annotations

import re

from index.sentences import sentence_spans

_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # opening quotes
        (r"([«“‘„]|`+)", r" \1 "),
        (r"^\"", "``"),
        (r"(``)", r" \1 "),
        (r"([ (\[{<])(\"|'{2})", r"\1 `` "),
        (r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", "' "),
        # punctuation; a full stop only at the end, a comma or colon not before a digit
        (r"([^.])(\.)([\])}>\"' »”’]*+)\s*$", r"\1 \2 \3 "),
        (r"([:,])(\D)", r" \1 \2"),
        (r"([:,])$", r" \1 "),
        (r"\.{2,}", r" \g<0> "),
        (r"[;@#$%&‒–—―?!*]", r" \g<0> "),
        (r"([^'])' ", r"\1 ' "),
        (r"[\]\[(){}<>]", r" \g<0> "),
        (r"--", " -- "),
    )
]
_ENDINGS = [
    (re.compile(r"[»”’]"), r" \g<0> "),
    (re.compile(r"''|\""), " '' "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"([^' ])('[sSmMdD]|') "), r"\1 \2 "),
    (re.compile(r"([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) "), r"\1 \2 "),
    (re.compile(r"(?i)\b(can)(not)\b|\b(gim)(me)\b|\b(gon|wan)(na)\b|\b(got)(ta)\b|\b(lem)(me)\b"), None),
]


def english_tokens(text: str) -> list[str]:
    """The tokens of a text without Chinese in it, in reading order."""
    return [token for start, end in sentence_spans(text) for token in _tokens(text[start:end])]


def _tokens(sentence: str) -> list[str]:
    text = sentence.strip()
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = f" {text} "
    for pattern, ending in _ENDINGS:
        if ending is None:
            text = pattern.sub(lambda match: " ".join(filter(None, match.groups())), text)
        else:
            text = pattern.sub(ending, text)
    return text.split()
