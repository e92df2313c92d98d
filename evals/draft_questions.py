"""A question about a figure, date or name of a sentence, in its language, by templates: for a person to edit.

Chinese asks where the answer stands (增至多少美元？), so its clause is kept and the figure replaced. English moves the
question word: a handful of sentence forms are turned round (`evals.draft_english`), and of all others the sentence is
shown with a gap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.draft_english import turned_round
from rag.answer import QuestionLanguage
from rag.names import Name
from rag.quantities import Quantity

_HEDGE_ZH = r"(?:大约|约|将近|近|接近|超过|不到|至少|最多)?"
_IS_ZH = re.compile(
    rf"^(?P<subject>.{{2,}}?)(?:将|已经|已|会|预计|目前|仅|只|也|还|要|则)*"
    rf"(?<!最)(?:增至|升至|降至|减至|攀升至|增长到|上升到|达到|达|约为|为|是|接近|超过|高达|共计|合计){_HEDGE_ZH}\s*$"
)
_NUMBER_ZH = re.compile(r"^[\d.,%％\s〇零一二两三四五六七八九十百千万亿几多半]+")
_HEDGE_ENDING_ZH = re.compile(rf"(?:接近|达到|多达|高达|超过|增至|共计|合计|将|有|是|为|{_HEDGE_ZH})\s*$")
_LEAST_ZH = 4  # characters of a clause before its figure; a shorter one says not what it is of
_CLAUSE_ZH = re.compile(r"[，；：。！？]")
GLOSSED_YEAR_ZH = re.compile(r"(?:今年|去年|前年|明年)\s*（(\d{4})\s*年）")
_SHARE_ZH = re.compile(r"(?:率|幅|比例|份额|占比|比重)$")
_SPEECH_ZH = re.compile(r"(?:宣布|表示|说|称|指出|透露|强调|预计|认为)$")
_OPENING_ZH = re.compile(r"^(?:仅|不过|但是?|而且|同时|其中|此外|另外|因此|才)[，]?")
_OWN_ZH = re.compile(r"^(?:该|本)?公司(?=今|去|明|的|将|在|\s*\d)")

_HEDGE_EN = r"(?:about|around|nearly|almost|over|under|more than|less than|at least|close to|up to|some)"
_IS_EN = re.compile(
    rf"^(?P<subject>.+?),? (?P<modal>will |would |should |must |(?:is|are) expected to )?"
    rf"(?P<verb>be|is|was|are|were|reach(?:ed)?|totall?ed|stood at|rise to|rose to|fall to|fell to|climb(?:ed)? to"
    rf"|amount(?:ed)? to|came to|grew to)(?: {_HEDGE_EN})? $",
    re.IGNORECASE,
)
_CLAUSE_EN = re.compile(r"(?:^|[;:] |, and | that )(?=[^;:]*$)")
_GLOSSED_YEAR_EN = re.compile(r"\b(?:this|last|next) year \((\d{4})\)", re.IGNORECASE)
_OWN_EN = re.compile(r"^the (?:company|firm|group)'s\b", re.IGNORECASE)
_VERB_EN = re.compile(r" (?!as\b)(?!\w*(?:ees|ers|ors|ists)\b)[a-z]+(?:s|ed|ew|old|aid)\b(?! and\b)")
_DATED_EN = re.compile(r"^(?:In|On) $")
_SMALL = re.compile(r"^[一二两三四五六七八九十]{1,2}$|^[a-z]+$", re.IGNORECASE)
_MISSING_EN = {"money": "amount", "share": "share", "date": "date"}
_WHO = {
    "person": ("谁", "Who"),
    "company": ("哪家公司", "Which company"),
    **dict.fromkeys(
        ("institution", "university", "bank", "lab", "fund", "exchange", "media"), ("哪家机构", "Which organisation")
    ),
}


def is_worth_asking(quantity: Quantity) -> bool:
    """Whether a figure is telling enough: no rank or range, no "a year", no small number in words, no relative date."""
    if quantity.kind == "date":
        return bool(re.match(r"\d{4}", str(quantity.value)))
    if quantity.high is not None or quantity.kind == "rank" or quantity.unit in {"d", "wk", "month", "year", "times"}:
        return False
    return quantity.kind in {"money", "share"} or not _SMALL.match(quantity.text)


def figure_question(
    sentence: str, figure: Quantity, names: Sequence[Name], dates: Sequence[Quantity], language: QuestionLanguage
) -> str | None:
    """A question that the figure answers; None where no form fits (a date inside a sentence, for one)."""
    subject = names[0].text if names else None
    if figure.kind == "date":
        return _date_question(sentence, figure, language)
    if language == "zh":
        return _chinese_question(sentence, figure, subject, dates)
    return _english_question(sentence, figure, subject)


def name_question(sentence: str, name: Name, kind: str, language: QuestionLanguage) -> str | None:
    """A question for the name that the sentence begins with and that does something in it; None where it is not so."""
    rest = sentence[name.end :]
    if kind not in _WHO or name.start:
        return None
    if language == "zh":
        clause = _CLAUSE_ZH.split(rest)[0].strip()
        fits = len(clause) > 4 and clause[0] not in "的和与、（·" and not _SPEECH_ZH.search(clause)
        return f"{_WHO[kind][0]}{clause}？" if fits else None
    if not _VERB_EN.match(rest):
        return None
    return f"{_WHO[kind][1]}{rest.rstrip().rstrip('.')}?"


def _date_question(sentence: str, date: Quantity, language: QuestionLanguage) -> str | None:
    """Of the date that a sentence begins with."""
    rest = sentence[date.end :]
    if language == "zh":
        clause = _CLAUSE_ZH.split(rest.lstrip("，"))[0]
        fits = date.start == 0 and rest[:1] == "，" and len(clause) > 3 and not _SPEECH_ZH.search(clause)
        return f"{clause}是在什么时候？" if fits else None
    if not _DATED_EN.match(sentence[: date.start]) or not rest.startswith(", "):
        return None
    return f"When was it that {rest[2:].rstrip().rstrip('.')}?"


def _chinese_question(sentence: str, figure: Quantity, subject: str | None, dates: Sequence[Quantity]) -> str | None:
    borders = [0, *(match.end() for match in _CLAUSE_ZH.finditer(sentence, 0, figure.start))]
    start, whole = borders.pop(), True
    if borders and len(_HEDGE_ENDING_ZH.sub("", sentence[start : figure.start])) < _LEAST_ZH:
        start, whole = borders.pop(), False  # "预计接近": what it is of stands before
    ending = _CLAUSE_ZH.search(sentence, figure.end)
    end = ending.start() if ending else len(sentence)
    before, after = sentence[start : figure.start], sentence[figure.end : end]
    match = _IS_ZH.match(before) if whole and not after.strip() else None
    if match and (figure.kind != "share" or _SHARE_ZH.search(match["subject"])):
        question = f"{match['subject'].rstrip()}是多少？"
    else:
        question = f"{before.rstrip()}{_how_much(figure)}{after.lstrip()}？"
    question = _OPENING_ZH.sub("", question.strip())
    if subject:
        question = _OWN_ZH.sub(lambda _: subject, question)
    question = GLOSSED_YEAR_ZH.sub(r" \1 年", question).strip()
    earlier = [date for date in dates if date.end <= start and re.match(r"\d{4}", str(date.value))]
    if earlier and not re.search(r"\d{4}|[今去明前]年", question):
        question = f"{earlier[-1].text}，{question}"
    return re.sub(r"(?<=[^\x00-\x7f，（：])(?=\d)", " ", question)


def _how_much(figure: Quantity) -> str:
    if figure.kind == "share":
        return "百分之多少" if "%" in figure.text or "％" in figure.text or "百分" in figure.text else "多大比例"
    unit = _NUMBER_ZH.sub("", figure.text).strip()
    return f"多少{unit}" if not unit.isascii() or not unit else f"多少 {unit}"


def _english_question(sentence: str, figure: Quantity, subject: str | None) -> str | None:
    before = sentence[: figure.start]
    clauses = [match.end() for match in _CLAUSE_EN.finditer(before)]
    for start in reversed(clauses):
        ends = re.match(r"\s*(?:[.,;:!?]|$|in \d{4}\b)", sentence[figure.end :])
        if ends and (match := _IS_EN.match(before[start:])):
            return _turned_round(match, subject)
    if question := turned_round(sentence, figure):
        return question
    word = _MISSING_EN.get(figure.kind, "figure")
    gap = f"{before}____{sentence[figure.end :]}".strip()
    return f"Which {word} is missing here: “{gap}”?"


def _turned_round(match: re.Match[str], subject: str | None) -> str:
    asked = _GLOSSED_YEAR_EN.sub(r"in \1", match["subject"])
    if subject:
        asked = _OWN_EN.sub(lambda _: f"{subject}'s", asked)
    if asked.split(" ")[0] in {"The", "Its", "Their", "His", "Her", "This"}:
        asked = asked[0].lower() + asked[1:]
    if modal := match["modal"]:
        return f"What {modal.strip() if modal in {'should ', 'must '} else 'will'} {asked} be?"
    return f"What {'is' if match['verb'].lower() in {'is', 'are', 'be'} else 'was'} {asked}?"
