"""An English turn of a conversation that leaves something out, completed from the earlier question.

Not handled: a turn that points two turns back ("the first one you named"), and tense, which stays as it was.
"""

from __future__ import annotations

import re

from rag.conversation.context import (
    LATIN_NAME,
    PERIOD,
    Context,
    FindNames,
    Span,
    fold,
    joined,
    name_spans,
    parallel,
    period_of,
    put,
    without,
    without_end,
    without_opening,
)
from rag.conversation.english_parts import with_attribute, with_part
from rag.conversation.english_pronouns import in_period, with_antecedents
from rag.conversation.english_question import ASKING, AUXILIARY, FULL_NAME, PREPOSITION, read, take_apart

_LEAD = re.compile(
    r"^(?:(?:ok(?:ay)?|thanks?(?:\s+you|\s+a\s+lot)?|thank\s+you|i\s+see|got\s+it|great|good|right|sure|well|hm+|yes|so"
    r"|understood|alright|interesting|really|no|sorry|wait|actually|hello|hi|hey|bye|cheers)\b(?:\s+then)?\s?[,.!;:–—-]\s{0,2}){1,3}",
    re.IGNORECASE,
)
_AND = re.compile(r"^(?:(?:and|but|so)\b[\s,]{0,3})?(?:(?:what|how)\s+about\s+)?(?:then\s+)?", re.IGNORECASE)
_CORRECTION = re.compile(
    r"^(?:(?:no|sorry|wait|oh)\b[\s,.!–—-]{0,4}){0,2}(?:i\s+(?:meant?|was\s+asking\s+about)|not\s+that,?|rather)\s+",
    re.IGNORECASE,
)
_MORE = re.compile(r"^(?:any(?:thing)?\s+(?:else|more)|what\s+else|more|others?|which\s+others?)$", re.IGNORECASE)
_OTHER = re.compile(r"^the\s+(?:other(?:\s+one)?s?|latter)$", re.IGNORECASE)
_COMPARED = re.compile(r"^(?:more\s+|less\s+)?(?:than|compared\s+(?:with|to))\s+(?P<with>\S.*)$", re.IGNORECASE)
_COUNTED = re.compile(rf"^(?P<asked>how\s+many)\s+(?P<rest>{AUXILIARY}\s+\S.*)$", re.IGNORECASE)
_BARE_ASKING = re.compile(
    rf"^(?:{PREPOSITION}\s+)?(?:why|when|where|who|whom|how|what|which|since when|how come)"
    r"(?:\s+(?:much|many|long|far|often|big|large|high|old|soon|fast|for|else|year|month|day|time|date|quarter|country"
    r"|city|place|company|ahead|exactly|come)){0,2}$",
    re.IGNORECASE,
)
_FULL = re.compile(rf"^(?:{ASKING}|{AUXILIARY}\b)(?:\s+\S+){{2,}}", re.IGNORECASE)


def follow(question: str, context: Context, find_names: FindNames) -> str | None:
    """The stand-alone form of a turn; None where the turn needs nothing of what was said before."""
    said = without_end(fold(question).strip())
    if _LEAD.fullmatch(f"{said}."):
        return None
    _, core = without_opening(said, _LEAD, _CORRECTION, _AND)
    led = core != said
    if not core:
        return None
    rewritten = _complete(core, led, context, find_names)
    if rewritten is None and led and _FULL.match(core):
        rewritten = core
    return None if rewritten is None else _finished(rewritten)


def _complete(core: str, led: bool, context: Context, find_names: FindNames) -> str | None:
    if _MORE.match(core):
        return joined("What else:", context.question) if context.language == "zh" else _what_else(context)
    if _BARE_ASKING.match(core):
        return _asked_anew(core, context)
    if PERIOD.fullmatch(core):
        return _at_period(core, context)
    if compared := _COMPARED.match(core):
        return f"{context.question}, compared with {compared['with']}"
    if (counted := _COUNTED.match(core)) and context.question.lower().startswith("how many "):
        return joined(counted["asked"], take_apart(context.question).noun, counted["rest"])
    if _OTHER.match(core):
        other = _other_name(context, find_names)
        return _with_entity(other, context) if other else f"{core} ({context.topic})"
    if name_spans(core, find_names) == ((0, len(core)),) and len(core.split()) <= 5:
        return _with_entity(core, context)
    if re.match(r"(?:its|his|her|their)\s+\S+(?:\s+\S+){0,5}$", core, re.IGNORECASE) and not _has_verb(core):
        return with_attribute(core.split(maxsplit=1)[1], context)
    if led and not _FULL.match(core) and not _has_verb(core) and len(core.split()) <= 8:
        period = period_of(core)
        part = without(core, period).strip() if period else core
        if period and part:
            moved = read(_at_period(core[slice(*period)], context), context.answer, find_names)
            return _with_part(part, moved)
        return _with_part(core, context)
    return with_antecedents(core, context, find_names)


def _finished(text: str) -> str:
    return text[0].upper() + text[1:] + "?"


def _what_else(context: Context) -> str:
    clause = take_apart(context.question)
    if not clause.asked.lower().startswith(("what", "which", "who")):
        return f"{context.question}, and what else"
    return joined("What else", clause.auxiliary, clause.statement if clause.has_subject else clause.rest)


def _asked_anew(core: str, context: Context) -> str:
    """The last question with another question word."""
    asking = "Why" if core.lower() in ("what for", "how come") else core
    if context.language == "zh":
        return f"{asking}: {context.topic}"
    clause = take_apart(context.question)
    if not clause.auxiliary:
        verb = clause.rest if not clause.noun else clause.statement
        be = "is" if re.match(r"\w+s\b", verb) else "was"
        return f"{asking} {be} it that someone {verb}" if clause.asked else f"{asking}: {context.topic}"
    if clause.has_subject:
        return joined(asking, clause.auxiliary, clause.statement)
    return joined(asking, clause.auxiliary, clause.noun or "someone", clause.rest)


def _at_period(period: str, context: Context) -> str:
    text = context.question
    span = period_of(text)
    if context.language == "zh":
        return (
            f"{_asking_for(context)} {put(context.topic, period_of(context.topic) or (0, 0), '')} {in_period(period)}"
        )
    if not span:
        return joined(text, in_period(period))
    return put(text, span, in_period(period, text[slice(*span)]))


def _asking_for(context: Context) -> str:
    """An English question word for what the last question, which was Chinese, asked for."""
    for pattern, asking in (
        ("为什么|為什麼|为何", "Why"),
        ("什么时候|什麼時候|何时|哪[一]?[年天月]|几[点月年]", "When"),
        ("谁|誰|哪位", "Who"),
        ("哪里|哪裡|哪儿", "Where"),
        ("多少|几|幾|多[大长高重]", "How much is" if context.topic_is_phrase else "How much or how many:"),
    ):
        if re.search(pattern, context.question):
            return asking
    return "What about"


def _with_entity(name: str, context: Context) -> str:
    """The last question about another name."""
    replaced = put(context.question, span, name) if (span := _replaced(name, context)) else None
    if context.language == "en":
        return replaced or f"{context.question}, for {name}"
    if not replaced or not span:
        return f"{_asking_for(context)} {name} ({context.topic})"
    old = context.question[slice(*span)]
    topic = context.topic.replace(old, f" {name} ").replace("  ", " ").strip()
    return f"{_asking_for(context)} {topic}"


def _replaced(name: str, context: Context) -> Span | None:
    """Which name of the last question another one takes the place of."""
    text, names = context.question, context.names
    alike = parallel(name, text, names)
    if alike or not names:
        return alike
    joined_to = [
        span for span in names if re.search(r"(?:\bwith\s+|[和与與跟给給])\s?$", text[: span[0]], re.IGNORECASE)
    ]
    return joined_to[-1] if joined_to else names[0]


def _other_name(context: Context, find_names: FindNames) -> str | None:
    """A name of the last answer, and no person's, that the question does not hold, where there is one only."""
    answer = context.answer
    spans = name_spans(answer, find_names)
    names = {answer[slice(*span)] for span in spans} - {context.question[slice(*span)] for span in context.names}
    others = [name for name in names if not FULL_NAME.fullmatch(name)]
    return others[0] if len(others) == 1 else None


def _with_part(part: str, context: Context) -> str:
    """The last question with one part of it changed."""
    preposition = re.match(rf"{PREPOSITION}\s+", part, re.IGNORECASE)
    named = part[preposition.end() :] if preposition else part
    changed = with_part(part, context) if context.language == "en" else None
    if changed is None and (LATIN_NAME.fullmatch(named) or context.language == "zh"):
        return _with_entity(named, context)
    if changed is None:
        return joined(context.question, part) if preposition else f"{context.question}, for {part}"
    return changed


def _has_verb(text: str) -> bool:
    return re.search(rf"\b{AUXILIARY}\b", text, re.IGNORECASE) is not None
