"""An English question for a figure of a sentence: its clause turned round, where it is one of a few plain forms.

Verbs need their base form ("carried" → "did … carry"), so that only those of `evals.english_verbs` are turned round.
"""

from __future__ import annotations

import re

from evals.english_verbs import PAST, PRESENT
from rag.quantities import Quantity

_HEDGE = r"(?:about|around|nearly|almost|over|under|more than|less than|at least|close to|up to|some|only|just)"
_MODAL = "will|would|should|must|can|could"
_FINITE = re.compile(rf"\b(?:is|are|was|were|has|have|had|{_MODAL}|{'|'.join(PAST)}|[a-z]{{3,}}ed)\b")
_VERB = "|".join(sorted((*PAST, *PRESENT), key=len, reverse=True))
_STATEMENT = re.compile(
    r"^(?:(?P<when>(?:[Ii]n|[Oo]n|[Bb]y|[Aa]t|Since|During) (?:[^,]{0,25}?\d{4}(?=,? )|[^,]{3,30}(?=,))),? )?"
    rf"(?P<subject>[^,]{{1,60}}?) (?:(?P<modal>{_MODAL}) (?P<base>(?!be\b)[a-z]+)|(?P<verb>{_VERB}))"
    r"(?P<object> [^,]{2,60}?)?(?P<preposition> by| for)?$"
)
_BORDERS_BEFORE = re.compile(r"[;:] |, (?:and|but|while) | said (?:that )?| that ")
_ENDS = re.compile(rf"[;:!?]|,(?!\d)|\.(?:\s|$)| and (?=(?:{'|'.join(PAST)}|[a-z]{{3,}}ed)\b)")
_NOT_COUNTED = r"(?!(?:in|of|on|at|to|for|from|by|is|was|has|does|its|and|or|as|across|less)\b)"
_COUNTED = re.compile(
    rf"^ (?P<noun>(?:{_NOT_COUNTED}[a-z-]+ )?{_NOT_COUNTED}(?:[a-z-]+[a-rt-z]s|people|men|women|children))\b"
)
_MEASURED = re.compile(r"^[\d.,]+ (?P<unit>(?:[a-z]+ )?[a-z]+s)$")
_DETERMINERS = {"The", "A", "An", "Its", "Their", "His", "Her", "This", "It", "They", "He", "She", "We", "Our"}


def turned_round(sentence: str, figure: Quantity) -> str | None:
    """The question; None where the sentence has none of the forms, or something in it is quoted."""
    borders = [0, *(match.end() for match in _BORDERS_BEFORE.finditer(sentence, 0, figure.start))]
    ending = _ENDS.search(sentence, figure.end)
    before = sentence[borders[-1] : figure.start]
    after = sentence[figure.end : ending.start() if ending else len(sentence)]
    if re.search('["“”‘(]', before + after):
        return None
    before = re.sub(rf"(?:^| ){_HEDGE} $", " ", before, flags=re.IGNORECASE).rstrip()
    asked, after = _asked(figure, after)
    if asked is None:
        return None
    if not before:
        return f"{asked}{after}?" if _FINITE.search(after) and after.startswith(" ") else None
    if there := re.fullmatch(r"There (are|were)", before):
        return f"{asked} {there[1]} there{after}?"
    return _of_statement(before, figure, asked, after)


def _asked(figure: Quantity, after: str) -> tuple[str | None, str]:
    """The question word, with what is counted, and what is left of the clause behind it."""
    if figure.kind == "money":
        return "How much", after
    if figure.kind == "share":
        return "What share", after
    if figure.kind == "count" and (counted := _COUNTED.match(after)):
        return f"How many {counted['noun']}", after[counted.end() :]
    if figure.kind == "measure" and (measured := _MEASURED.match(figure.text)):
        return f"How many {measured['unit']}", after
    return None, after


def _of_statement(before: str, figure: Quantity, asked: str, after: str) -> str | None:
    match = _STATEMENT.match(before)
    if not match or _FINITE.search(match["subject"]) or re.search(r"\b(?:which|who|to)\b", match["subject"]):
        return None
    if re.search(r" and\b", after):
        return None  # a second verb may follow, which would have to be turned round too
    preposition = match["preposition"]
    if (match["object"] and not preposition) or (figure.kind == "share" and preposition != " by"):
        return None  # what stands between verb and figure is not its object
    if preposition == " by" and figure.kind in ("share", "money"):
        asked = "By how much"
    elif preposition:
        asked = f"{preposition.strip().capitalize()} {asked[0].lower()}{asked[1:]}"
    subject = match["subject"]
    if subject.split(" ")[0] in _DETERMINERS:
        subject = subject[0].lower() + subject[1:]
    if match["modal"]:
        helper, verb = match["modal"], match["base"]
    else:
        word = match["verb"]
        helper, verb = ("did", PAST[word]) if word in PAST else ("does", PRESENT[word])
    when = f" {match['when'][0].lower()}{match['when'][1:]}" if match["when"] else ""
    return f"{asked} {helper} {subject} {verb}{match['object'] or ''}{after}{when}?"
