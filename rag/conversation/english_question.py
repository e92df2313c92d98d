"""An English question taken apart: the question word, the auxiliary verb, and what the question is about.

Read are the orders of words that questions have: "How much did X …", "Who …", "What is the Y of X?". A noun phrase is
found by its determiner or owner, and ends before a preposition or a verb of a closed list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.conversation.context import Context, FindNames, Span, joined, name_spans, period_of, without_end

PREPOSITION = r"(?:for|by|in|at|on|to|from|until|since|with|of|about|within|over|under|between|during|than|into|per)"
AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)"
ASKING = rf"(?:{PREPOSITION}\s+)?(?:what|which|whom?|whose|when|where|why|how)\b"
_INVERTED = re.compile(
    rf"^(?P<asked>{ASKING}(?:\s+(?!{AUXILIARY}\b)[^\s?]+){{0,6}}?)\s+(?P<auxiliary>{AUXILIARY})\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_STRAIGHT = re.compile(
    r"^(?P<asked>who|what|which(?:\s+[a-z-]+){1,2}?|how\s+(?:many|much))\s+(?P<rest>\S.*)$", re.IGNORECASE | re.DOTALL
)
ASKING_HEAD = re.compile(
    rf"^(?:{PREPOSITION}\s+)?(?:what|which|whose|whom?|when|where|why|how(?:\s+(?:many|much|[a-z]+))?)\b\s*",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:the|a|an|its|his|her|their|this|that|these|those|it|he|she|they|there|you|we)\b|[A-Z“\"]")
_STOP = (
    rf"(?:{PREPOSITION}|{AUXILIARY}|be|been|and|or|but|that|who|which|goes|go|take|takes|has|have|say|says|said|worth"
    r"|(?:19|20)\d\d)"
)
# What follows "did the group …" is a verb and no noun any more.
_VERB = (
    r"(?:have|need|make|take|get|give|collect|allow|provide|apply|follow|keep|want|like|prefer|let|receive|buy|sell|spend"
    r"|pay|add|mean|expect|hold|say|tell|think|look|feel|do|build|sign|invest|grow|produce|carry|serve|announce|approve"
    r"|employ|win|lose|own|accept|require|weigh|begin|start|work)"
)
_FIRST_WORD = rf"(?:\s+(?!{_STOP}\b)[\w&’'-]+)"
_PHRASE_WORD = rf"(?:\s+(?!(?:{_STOP}|{_VERB})\b)[\w&’'-]+)"
_NOUN_PHRASE = re.compile(
    rf"\b(?:(?:the|these|our)|[A-Z][\w&-]{{0,40}}['’]s?){_FIRST_WORD}{_PHRASE_WORD}{{0,4}}"
    rf"(?P<tail>\s+of(?:\s+the)?{_PHRASE_WORD}{{1,4}})?",
)
_TRAILING = re.compile(rf"\s+(?:(?:expected|supposed|due|likely)\s+to\s+be|be|worth|{PREPOSITION})$", re.IGNORECASE)


FULL_NAME = re.compile(r"[A-Z][a-z]+(?:\s[A-Z]\.)?(?:\s[A-Z][a-z]+){1,2}")
_TITLED = re.compile(
    r"\b(?:executive|president|founder|director|engineer|head|chair(?:man|woman)?|minister|analyst|professor|CEO|CFO|Mrs?\.?|Ms\.?|Dr\.?)"
    rf"(?:\s+of\s[\w\s]{{1,40}})?,?\s(?P<name>{FULL_NAME.pattern})"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """An English question taken apart; all but `rest` may be empty."""

    asked: str  # "How many jobs"
    auxiliary: str
    rest: str  # subject and verb, or the verb alone where the asked part is the subject

    @property
    def noun(self) -> str:
        """What is asked for beside the question word: "jobs"."""
        noun = ASKING_HEAD.sub("", self.asked).strip()
        return f"the {noun}" if noun and self.asked.lower().startswith("which") else noun

    @property
    def has_subject(self) -> bool:
        """Whether the subject stands in `rest`."""
        return bool(self.auxiliary) and (_SUBJECT.match(self.rest) is not None or not self.starts_with_who_or_noun)

    @property
    def starts_with_who_or_noun(self) -> bool:
        return bool(self.noun) or self.asked.lower().startswith(("who", "what"))

    @property
    def statement(self) -> str:
        """Subject, verb and object without the question word and the auxiliary."""
        if not self.has_subject:
            return joined(self.noun, self.rest)
        return _with_object(self.rest, self.noun)


def read(question: str, answer: str, find_names: FindNames) -> Context:
    """What a later turn may take from an English question."""
    text = without_end(question)
    clause = take_apart(text)
    names = name_spans(text, find_names)
    topic, is_phrase = _topic(clause)
    return Context(
        question=text,
        language="en",
        answer=answer,
        topic=topic,
        topic_is_phrase=is_phrase,
        entity=_entity(text, names, topic if is_phrase else None),
        person=_person(text, clause, names, answer, find_names),
        many=_many(text, clause),
        names=names,
    )


def take_apart(text: str) -> Clause:
    match = _INVERTED.match(text)
    if match and not (match["asked"].lower().startswith("who ") or match["asked"].lower() == "how"):
        return Clause(match["asked"], match["auxiliary"], match["rest"])
    if match and match["asked"].lower() == "how":
        return Clause("How", match["auxiliary"], match["rest"])
    straight = _STRAIGHT.match(text)
    return Clause(straight["asked"], "", straight["rest"]) if straight else Clause("", "", text)


def _topic(clause: Clause) -> tuple[str, bool]:
    """The question as a noun phrase where it asks about one, and whether it does."""
    rest = clause.rest
    period = period_of(rest)
    be_before_period = re.search(r"\sbe(?=\s+\S+(?:\s+\S+)?$)", rest)
    if period and be_before_period:
        return joined(rest[: be_before_period.start()], rest[be_before_period.end() :]), True
    if not clause.has_subject:
        return clause.statement, False
    trimmed = _TRAILING.sub("", _TRAILING.sub("", rest))
    if rest.endswith(" be") or (clause.auxiliary.lower() in {"is", "are", "was", "were"} and not clause.noun):
        verbal = re.search(r"\s\w{2,20}(?:ed|ing)\b", trimmed)
        return trimmed, verbal is None
    return clause.statement, False


def _with_object(rest: str, noun: str) -> str:
    """`rest` with its object: before the first preposition, or at the end."""
    place = re.search(rf"(?<=\S)\s+{PREPOSITION}\s", rest, re.IGNORECASE) if noun else None
    return joined(rest[: place.start()], noun, rest[place.start() :]) if place else joined(rest, noun)


def noun_phrases(text: str) -> list[re.Match[str]]:
    return list(_NOUN_PHRASE.finditer(text))


def _entity(text: str, names: Sequence[Span], phrase: str | None) -> str | None:
    """The first name, with the noun phrase around it where it only describes a noun: "the Trainium chip"."""
    if names:
        start, end = names[0]
        for match in noun_phrases(text):
            last = match.start("tail") if match["tail"] else match.end()
            if match[0].lower().startswith("the ") and match.start() <= start and end <= last:
                return without_verb(text, match.start(), last)
        return text[start:end]
    if phrase:
        return phrase
    found = next(iter(noun_phrases(text)), None)
    return without_verb(text, *found.span()) if found else None


def without_verb(text: str, start: int, end: int) -> str:
    """The noun phrase without the verb that follows it in "did the group buy"."""
    words = text[start:end].split()
    inverted = re.search(r"\b(?:do|does|did|will|would|can|could|should|has|have|had)\s+$", text[:start], re.IGNORECASE)
    if inverted and len(words) > 2 and " of " not in text[start:end] and not words[-1][0].isupper():
        words.pop()
    return " ".join(words)


def _person(text: str, clause: Clause, names: Sequence[Span], answer: str, find_names: FindNames) -> str | None:
    if clause.asked.lower() in ("who", "whose"):
        if clause.auxiliary.lower() in {"is", "was"} and clause.has_subject:
            return clause.rest
        return f"the person who {joined(clause.auxiliary, clause.rest)}"
    named = [text[slice(*span)] for span in names]
    full = [name for name in named if FULL_NAME.fullmatch(name)]
    titled = _TITLED.search(answer)
    in_answer = [name for span in name_spans(answer, find_names) if FULL_NAME.fullmatch(name := answer[slice(*span)])]
    of_same_name = [name for name in in_answer if named and named[0] in name]
    return next(iter((*full, *of_same_name, *([titled["name"]] if titled else []), *named, *in_answer)), None)


def _many(text: str, clause: Clause) -> str | None:
    """A phrase whose noun is a plural."""
    for match in noun_phrases(text):
        head = match[0][: match.start("tail") - match.start()] if match["tail"] else match[0]
        if re.search(r"[a-z]s$", head) and not head.endswith("ss"):
            return match[0]
    return clause.noun if re.search(r"[a-z]s$", clause.noun) else None
