"""Pronouns of an English turn, and what of the earlier question stands in their place.

A pronoun that may mean something in its own question stays. Not handled: "one", "such", and the second of two pronouns
of the same kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.conversation.context import Context, FindNames, Span, name_spans, period_of, put
from rag.conversation.english_question import AUXILIARY, PREPOSITION

_HE = re.compile(r"\b(?P<word>he|she|him|(?:this|that)\s+(?:person|man|woman)|his|her|hers)\b", re.IGNORECASE)
_COMPANY = r"(?:this|that|the\s+same)\s+(?:company|firm|group|organi[sz]ation|project|product|place|country|city)"
_IT = re.compile(rf"\b(?P<word>it|its|{_COMPANY})\b(?!['’])", re.IGNORECASE)
_THEY = re.compile(r"\b(?P<word>they|them|their|theirs)\b", re.IGNORECASE)
_COMPARISON = (
    r"(?:more|less|as|worse"
    r"|(?:bigg|small|high|low|fast|slow|larg|great|bett|cheap|long|short|earli|lat|old|new|heavi)er)"
)
_THAT = re.compile(
    rf"(?:^|\b(?:is|was|does|did)\s)(?P<word>that|this)(?=\s(?:{PREPOSITION}|{_COMPARISON}|{AUXILIARY}|compares?|costs?|happen)\b)"
    r"|\b(?P<last>that|this)$",
    re.IGNORECASE,
)
_THERE = re.compile(r"\b(?:over\s+there|there(?=$)|then(?=$)|at\s+that\s+time$)", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:said|say|says|think|thinks)\s+so\b|\bdo(?:ing)?\s+(?:that|this|so)\b", re.IGNORECASE)
_EMPTY_IT = re.compile(
    r"\b(?:is|was)\s+it\s+(?:true|possible|likely|necessary|important|that)\b"
    r"|\bit\s+(?:takes?\b.{0,80}\sto|means?|is\s+said|comes?\s+to)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"^\s+(?:be\s+|been\s+)?(?:\w{2,20}ed|built|made|sold|done|held|given|spent|known|paid|bought|set|shown|written|put)\b",
    re.IGNORECASE,
)
_DETERMINER = r"(?:the|a|an|these|those|my|your|our|some|any|each|every|all)"


def in_period(period: str, before: str = "") -> str:
    """A period with its preposition: that of `before` where it needs one and has none."""
    if re.match(r"(?:last|next|this|yesterday|tomorrow|(?:in|during|for|by|since|at|as)\b)", period, re.IGNORECASE):
        return period
    preposition = re.match(r"(?:in|during|for|by|since|at\s+the\s+end\s+of|as\s+of)\b", before, re.IGNORECASE)
    return f"{preposition[0] if preposition else 'in'} {period}"


def possessive(owner: str) -> str:
    """A name with 's, a plural with an apostrophe alone."""
    return f"{owner}'" if re.search("[a-z]s$", owner) and owner[0].islower() else f"{owner}'s"


def with_antecedents(core: str, context: Context, find_names: FindNames) -> str | None:
    """The question with its pronouns replaced; None where there is none that points outside."""
    own_names = name_spans(core, find_names)
    if _VAGUE.search(core) and "," not in core:
        return f"{core} ({context.topic})"
    text, changed = core, False
    for pattern, antecedent in ((_HE, context.person), (_IT, None), (_THEY, context.many or context.entity)):
        match = pattern.search(text)
        if not match or not _points_outside(text, match, own_names if not changed else ()):
            continue
        if changed and _repeats(text, context):
            break  # what it means stands in the question by now
        meant = antecedent or (_it(text, match, context) if pattern is _IT else context.entity)
        if meant and not (pattern is _IT and _EMPTY_IT.search(text)):
            text, changed = _in_place(text, match, meant), True
    if not changed and (match := _THAT.search(text)) and not any(end <= match.start() for _, end in own_names):
        text, changed = put(text, match.span("word" if match["word"] else "last"), context.thing), True
    if not changed and (match := _THERE.search(text)):
        text, changed = _then_or_there(text, match, context), True
    return text if changed else None


def _points_outside(text: str, match: re.Match[str], names: Sequence[Span]) -> bool:
    """Whether a pronoun can mean nothing in its own question.

    As the subject it follows an auxiliary verb or begins the question. As an object, and where it says whose, no noun
    that it could mean stands before it, or it is the last word and so the object of the name before it.
    """
    word, before = match["word"].lower(), text[: match.start()].rstrip()
    named = any(end <= match.start() for _, end in names)
    earlier_noun = named or re.search(rf"\b{_DETERMINER}\s", before, re.IGNORECASE) is not None
    if word in {"he", "she", "they"} or (word == "it" and re.search(rf"\b{AUXILIARY}$", before, re.IGNORECASE)):
        if earlier_noun and re.search(r",|\b(?:or|and|but|if|when|because)\b", before, re.IGNORECASE):
            return False  # it stands in a clause before this one
        return re.search(rf"(?:^|,|\b{AUXILIARY})$", before, re.IGNORECASE) is not None
    if named:
        return word in {"it", "him", "them"} and match.end() == len(text)
    plural = word in {"they", "them", "their"} and re.search(r"[a-z]s\b(?<!\bdoes)(?<!\bis)(?<!\bwas)", before)
    return not plural and not earlier_noun


def _repeats(text: str, context: Context) -> bool:
    return context.person is not None and context.person.startswith("the person who") and context.person in text


def _it(text: str, match: re.Match[str], context: Context) -> str | None:
    """As object, and as what something is done to, "it" is the asked thing; as the doer it is the entity."""
    if match["word"].lower() != "it":
        return context.entity or context.topic
    before, after = text[: match.start()], text[match.end() :]
    inverted = re.search(rf"\b{AUXILIARY}\s+$", before, re.IGNORECASE)
    if not inverted or _PASSIVE.match(after):
        return context.thing
    return context.entity or context.thing


def _in_place(text: str, match: re.Match[str], meant: str) -> str:
    word = match["word"].lower()
    # "her" is an object at the end and before a preposition, else it says whose.
    owner = word in {"its", "his", "their"} or (
        word == "her" and not re.match(rf"\s*(?:$|{PREPOSITION}\b)", text[match.end() :], re.IGNORECASE)
    )
    return put(text, match.span(), possessive(meant) if owner else meant)


def _then_or_there(text: str, match: re.Match[str], context: Context) -> str:
    if "there" in match[0].lower():
        preposition = "at" if re.search(r"\bworks?\s+$", text[: match.start()]) else "in"
        return put(text, match.span(), f"{preposition} {context.entity or context.topic}")
    for source in (context.question, context.answer):
        if span := period_of(source):
            return put(text, match.span(), in_period(source[slice(*span)]))
    return f"{text} ({context.topic})"
