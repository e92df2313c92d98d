"""English questions from a sentence: how to, why, when, where, how much, and what or who something is.

Only statements of a few plain forms are turned round; better none than one turned round wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evals import english_verbs as verbs
from evals.draft_questions import figure_question, is_worth_asking
from rag.quantities import find_quantities
from ui.suggesting.candidate import Made

_PAST = {**verbs.PAST, **verbs.AMBIGUOUS_PAST}
_PRESENT = {**verbs.PRESENT, **verbs.AMBIGUOUS_PRESENT}
_BE = ("is", "are", "was", "were")
_MODALS = ("will", "can", "must", "should", "may")
_FINITE = re.compile(
    rf"\b(?:{'|'.join((*_BE, *_MODALS, *_PAST, *_PRESENT))}|have|would|could|might|said|says|[a-z]{{3,}}ed"
    r"|who|which|whose|that)\b"
)
_NO_SUBJECT = re.compile(r"[,;:()\"“”]|\b(?:who|which|whose|that|not|to|there|few|many|most|no|some)\b", re.IGNORECASE)
_LONGEST_SUBJECT = 8  # words
_BEFORE_PARTICIPLE = re.compile(r"the|an?|and|or|of|in|on|at|for|by|with|from|be|been|being|not|than|as|newly")

_NOT_PLAIN = re.compile(r"[\"“”!?;:…]|\. |\b(?:I|[Mm]y|me|[Ww]e|[Oo]ur|us)\b")
_BRACKETED = re.compile(r" \([^()]*\)")
_REPORTED = re.compile(
    r"^[A-Z][^,]{2,60}? (?:said|says|announced|reported|argued|added|expects)(?: on [^,]{4,16})? that "
)
_BORDER = re.compile(
    r"[;:]|,(?!\d)| (?:and|while|but|which|who|whose|where|when|after|before|until|although|so|including|with)\b"
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = rf"(?P<date>(?:\d{{1,2}} )?(?:{_MONTH} (?:\d{{1,2}}, )?)?(?:1\d|20)\d\d)"
_DATE_FIRST = re.compile(rf"^(?:In|On) {_DATE},? ")
_DATE_LAST = re.compile(rf" (?:in|on) {_DATE}$")
_PURPOSE = re.compile(
    r"^To (?P<what>(?!be\b|date\b|some\b)[a-z]+ (?!to\b)[^,]{6,60}), (?:you |please |simply )?(?!is\b|was\b)[a-z]+ "
)
_BECAUSE = re.compile(r"^(?P<what>[^,]+?),? (?:(?:mainly|chiefly|largely|partly) )?because (?!of )(?P<why>.+)$")
_DEFINED = re.compile(
    r"^(?P<subject>[^,]{3,50}?) (?P<verb>is|was) (?P<what>(?:an?|one of the|the (?:[a-z]+ ){0,2}?"
    r"(?:first|largest|oldest|national|official|main|highest|longest)) [^.]{12,})$"
)
_PERSON = re.compile(
    r"^(?:an?|the|one of the) (?:[\w’'-]+ ){0,5}?(?:\w+(?:ist|cian|grapher)|actor|actress|singer|writer|author|player"
    r"|painter|footballer|composer|director|professor|general|king|queen|emperor|president|poet|lawyer|engineer|founder|leader"
    r"|bishop|priest|officer|architect|producer|coach|philosopher|teacher|soldier|businessman|historian|inventor|explorer)"
    r"\b"
)
_PLACE = re.compile(r"(?P<how>located|situated|based|headquartered) (?P<where>(?:in|at|near) .+)")
_SIZE = re.compile(r"(?P<figure>.+) (?P<how>long|tall|high|wide|deep|old)")
_WHAT_IS = re.compile(r"What (?:is|was|will|must|should) (?P<subject>.+?)(?: be)?\?")
_NOT_A_SUBJECT = re.compile(r",|^(?:in|on|by|at|for|after|with|from|if|when|as)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a text writes its words: whether one that begins a sentence would have a capital inside it too."""

    small: frozenset[str]
    capital: frozenset[str]  # of those that do not begin a sentence

    @classmethod
    def of(cls, text: str) -> Spelling:
        return cls(frozenset(_SMALL_WORD.findall(text)), frozenset(_CAPITAL_INSIDE.findall(text)))


_SMALL_WORD = re.compile(r"\b[a-z]+\b")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z]\w*")


def english_questions(sentence: str, spelling: Spelling) -> Iterator[Made]:
    """What can be asked of a sentence of a text that has that spelling; nothing of one that is not plain."""
    plain = _REPORTED.sub("", _BRACKETED.sub("", sentence.strip()).rstrip("."))
    if _NOT_PLAIN.search(plain) or len(plain.split(" ")) < 5:
        return
    yield from _how_to(plain)
    yield from _why(plain, spelling)
    yield from _defined(plain)
    yield from _when(plain, spelling)
    yield from _where(plain, spelling)
    yield from _how_much(plain, spelling)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement in its parts; `helper subject verb rest` is its question, after a question word."""

    subject: str
    helper: str  # "did", "was", "will"
    verb: str  # its base form; "" where the helper is the verb, or the verb begins the rest: "was opened by"
    rest: str

    def asked(self, question_word: str) -> str:
        return " ".join(part for part in (question_word, self.helper, self.subject, self.verb, self.rest) if part) + "?"


def _read(statement: str, spelling: Spelling) -> _Statement | None:
    """The parts of a statement with one plain finite verb; None of any other."""
    words = statement.split(" ")
    for number in range(1, min(len(words), _LONGEST_SUBJECT + 1)):
        subject, rest = " ".join(words[:number]), words[number + 1 :]
        if _NO_SUBJECT.search(subject):
            return None
        match words[number]:
            case word if word in _BE:
                helper, verb = word, ""
            case word if word in _MODALS and rest:
                helper, verb = (word, "") if rest[0] in ("be", "not") else (word, rest.pop(0))
            case word if word in _PAST and not _BEFORE_PARTICIPLE.fullmatch(words[number - 1]) and rest[:1] != ["by"]:
                helper, verb = "did", _PAST[word]
            case word if word in _PRESENT and not _BEFORE_PARTICIPLE.fullmatch(words[number - 1]):
                helper, verb = "does", _PRESENT[word]
            case _:
                continue
        said = " ".join(rest)
        inside = _inside(subject, spelling)
        return _Statement(inside, helper, verb, said) if inside and not _has_second_verb(helper, said) else None
    return None


def _has_second_verb(helper: str, rest: str) -> bool:
    return bool(_FINITE.search(rest.partition(" ")[2] if helper in (*_BE, *_MODALS) else rest))


def _inside(beginning: str, spelling: Spelling) -> str | None:
    """What begins a sentence as it is written inside one; None where nothing tells whether it is a name."""
    word, _, rest = beginning.partition(" ")
    lowered = beginning[:1].lower() + beginning[1:]
    if _LOWERED.fullmatch(word):
        return lowered
    if not word[:1].isupper() or word[1:] != word[1:].lower() or rest[:1].isupper():
        return beginning  # iPhone, AWS, New York
    if word in spelling.capital:
        return beginning
    return lowered if word.lower() in spelling.small else None


def _first_clause(plain: str) -> str:
    border = _BORDER.search(plain)
    return plain[: border.start()] if border else plain


def _how_to(plain: str) -> Iterator[Made]:
    """Of an instruction; what it says to its reader is asked as the reader would."""
    if (match := _PURPOSE.match(plain)) and not _FINITE.search(match["what"]) and not find_quantities(match["what"]):
        asked = re.sub(r"\byour\b", "my", match["what"]).rstrip()
        yield Made(f"How do I {asked}?", appeal=3)


def _why(plain: str, spelling: Spelling) -> Iterator[Made]:
    if (match := _BECAUSE.match(plain)) and (statement := _read(match["what"], spelling)):
        yield Made(statement.asked("Why"), match["why"], 3)


def _defined(plain: str) -> Iterator[Made]:
    """What or who a name is; of things that are no names a reader knows better questions."""
    match = _DEFINED.match(plain)
    if not match or not re.fullmatch(
        r"(?:The )?[A-Z][\w’'-]*(?: (?:of |the |de )?[A-Z0-9][\w’'-]*){0,4}", match["subject"]
    ):
        return
    subject, is_person = match["subject"], " " in match["subject"] and _PERSON.match(match["what"])
    if _NO_NAME.fullmatch(subject.partition(" ")[0]) or (match["verb"] == "was" and not is_person):
        return
    subject = f"the {subject[4:]}" if subject.startswith("The ") else subject
    yield Made(f"{'Who' if is_person else 'What'} {match['verb']} {subject}?", match["what"], 2)


_LOWERED = re.compile("The|An?|About|Almost|Nearly|Over|Under|More|Less|Only|Some")
_NO_NAME = re.compile(
    r"An?|It|This|That|There|He|She|They|One|Each|Another|Some|Most|Here|What|Next|Last|\w+day"
    r"|Figure|Table|Section|Chapter|Part|Step|Appendix|Note|Line"
)


def _when(plain: str, spelling: Spelling) -> Iterator[Made]:
    first = _DATE_FIRST.match(plain)
    clause = _first_clause(plain[first.end() :] if first else plain)
    date = first or _DATE_LAST.search(clause)
    if not date:
        return
    statement = _read(clause if first else clause[: date.start()], spelling)
    if (
        not statement
        or statement.helper in ("is", "are", "does")
        or find_quantities(f"{statement.subject} {statement.rest}")
    ):
        return
    if statement.rest or statement.verb in ("open", "close", "begin", "start", "end", "die"):
        yield Made(statement.asked("When"), date["date"], 2)


def _where(plain: str, spelling: Spelling) -> Iterator[Made]:
    statement = _read(_first_clause(plain), spelling)
    if statement and statement.helper in _BE and (place := _PLACE.fullmatch(statement.rest)):
        yield Made(f"Where {statement.helper} {statement.subject} {place['how']}?", place["where"], 2)


def _how_much(plain: str, spelling: Spelling) -> Iterator[Made]:
    dated = _DATE_FIRST.match(plain)
    clause = plain[: dated.end() if dated else 0] + _first_clause(plain[dated.end() if dated else 0 :])
    sentence = clause if dated or clause.startswith("There ") else _inside(clause, spelling)
    figures = [one for one in find_quantities(clause) if one.kind != "date" and is_worth_asking(one)]
    if not sentence or len(figures) != 1:
        return
    figure = figures[0]
    if figure.kind in ("count", "measure") and clause.startswith(" of ", figure.end):
        return
    statement = _read(clause, spelling)
    if statement and (size := _SIZE.fullmatch(statement.rest)) and size["figure"].endswith(figure.text):
        yield Made(f"How {size['how']} {statement.helper} {statement.subject}?", figure.text, 2)
        return
    question = figure_question(f"{sentence}.", figure, (), (), "en")
    if not question or "____" in question or figure.text in question:
        return
    if question.startswith(("How much were", "How much are")):
        return
    if what := _WHAT_IS.fullmatch(question):
        if figure.kind == "measure" or _NOT_A_SUBJECT.search(what["subject"]) or _FINITE.search(what["subject"]):
            return
        if (date := _DATE_LAST.search(clause)) and date["date"] not in question:
            question = f"{question[:-1]}{date[0]}?"
    yield Made(question, figure.text, 2)
