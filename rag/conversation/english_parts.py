"""Which part of an English question a part that comes instead takes the place of.

A phrase with a preposition takes the place of the one with the same preposition, a phrase that is written alike (E07
for E04, the single basket for the double basket) that of its like, an attribute (profit) is asked of what the question
was about, and a noun takes the place of the counted or asked one.
"""

from __future__ import annotations

import re

from rag.conversation.context import Context, joined, parallel, period_of, put
from rag.conversation.english_pronouns import possessive
from rag.conversation.english_question import ASKING_HEAD, PREPOSITION, Clause, noun_phrases, take_apart, without_verb

# What is asked of somebody in one period, and what does not change with it.
_OF_A_PERIOD = (
    r"(?:revenues?|profits?|income|earnings|sales|costs?|expenses|spending|price|market\s+share|market\s+cap|headcount"
    r"|employees|staff|output|production|growth|margins?|debts?|assets|budget|salary|salaries|turnover|capacity)"
)
_LASTING = (
    r"(?:headquarters|address|name|ceo|cfo|founders?|chief\s+executive|president|chairman|location|age|population)"
)
_ATTRIBUTE = re.compile(rf"(?:^|\s)(?:{_OF_A_PERIOD}|(?P<lasting>{_LASTING}))$", re.IGNORECASE)
_OWNER = re.compile(r"(?!the\b).{1,60}?['’]s?\s")


def with_attribute(attribute: str, context: Context) -> str:
    """The asked attribute of what the last question was about, in its period where that matters."""
    clause = take_apart(context.question) if context.language == "en" else Clause("", "is", "")
    named = _ATTRIBUTE.search(attribute)
    lasting = context.language == "zh" or (named is not None and named["lasting"] is not None)
    past = not lasting and clause.auxiliary.lower() in {"was", "were", "did", "had"}
    plural = re.search(r"[a-z]s$", attribute) is not None and not attribute.endswith(("ss", "headquarters"))
    be = ("were" if past else "are") if plural else ("was" if past else "is")
    span = None if lasting or period_of(attribute) else period_of(context.question)
    period = context.question[slice(*span)] if span else ""
    return joined("What", be, possessive(context.entity or context.topic), attribute, period)


def with_part(part: str, context: Context) -> str | None:
    """The last question, which is English, with one part changed; None where no part of it is like the new one."""
    text = context.question
    preposition = re.match(rf"{PREPOSITION}\b", part, re.IGNORECASE)
    if preposition:
        phrase = rf"\b{re.escape(preposition[0])}\s+(?:(?!{PREPOSITION}\b)\S+(?:\s+|$)){{1,5}}"
        same = re.search(phrase, text, re.IGNORECASE)
        return put(text, same.span(), part) if same else None
    bare = re.sub(r"^(?:the|its|our)\s+", "", part, flags=re.IGNORECASE)
    if " " in part:
        alike = re.search(rf"(?:\bthe\s+)?(?:[\w-]+\s+)?\b{re.escape(part.split()[-1])}\b", text, re.IGNORECASE)
        if alike:
            return put(text, alike.span(), part)
    name = parallel(part, text, context.names)
    if name and part[0].isupper():
        return put(text, name, part)
    phrases = noun_phrases(text)
    owner = _OWNER.match(phrases[-1][0]) if phrases else None
    if _ATTRIBUTE.search(bare) and not owner and context.names:
        return with_attribute(bare, context)
    if phrases and (bare != part or owner):
        start = phrases[-1].start() + (owner.end() if owner else 0)  # "the profit" for "Haiyuan's share price"
        end = phrases[-1].start() + len(without_verb(text, *phrases[-1].span()))
        return put(text, (start, end), bare if owner else part)
    return _with_noun(part, text)


def _with_noun(part: str, text: str) -> str | None:
    clause, head = take_apart(text), ASKING_HEAD.match(text)
    if head and clause.noun and text.startswith(clause.asked):
        return joined(head[0], part, text[len(clause.asked) :])
    counted = re.match(r"how\s+(?:many|much)\s+(?!of\b)(?P<noun>[\w-]+)", text, re.IGNORECASE)
    return put(text, counted.span("noun"), part) if counted else None
