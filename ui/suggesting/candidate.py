"""A question made from a document, and what makes one fit to be shown to a person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.terms import terms
from rag.answer import QuestionLanguage
from rag.names import Names
from rag.quantities import without_quantities
from ui.rendering.escaping import DRIVING

LONGEST = {"zh": 40, "en": 90}  # characters: what fits on a button, and what a person would type
SHORTEST = {"zh": 7, "en": 16}

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffd\ue000-\uf8ff\t\n]")
_MARKUP = re.compile(r"[*_`<>{}\[\]|\\#=~^@/…]|https?:|www\.|\s{2}|\.\.|[?？].*[?？]| [-–] ")
_ENGLISH_WORD = re.compile(r"\b[a-z]{2,}\b")
_BRACKETS = (("(", ")"), ("（", "）"), ("“", "”"), ("《", "》"), ("「", "」"), ("『", "』"), ("‘", "’"))

# Words that point at something outside the question, which whoever reads it alone does not see.
_POINTING_EN = re.compile(
    r"\b(?:it|its|they|their|them|he|his|him|she|her|hers|we|our|us|you|your|this|these|those|such|said|above|below"
    r"|following|former|latter|same|here|then|today|yesterday|tomorrow|now|ago|(?:this|last|next) (?:year|month|week)"
    r"|another|others?|so|also|however|therefore|instead|too)\b"
)
_POINTING_ZH = re.compile(
    r"[它他她其该該此牠祂]|这|這|那|本[文节章次届屆片作书書站曲]|我|咱|你|您|以上|以下|上述|下述|如下|前者|后者|後者|同[时時年期月]"
    r"|[今去前明上当當次翌]年|今天|昨天|本月|近日|目前|如今|日前|当时|當時|[也还還则則却卻]|另外|因此|所以|但是"
)
_NOT_POINTING_ZH = re.compile(r"其[他它余中]|还[原款]|规则|原则|應該|应该|也门|尤其|土耳其|吉他|他[人乡]|维他|排他")

# Words that tell no document from another.
_COMMON = re.compile(
    "the|of|and|in|for|on|to|what|who|which|how|when|why|where|is|was|are|were|did|does|do|much|many|with|from|by|at"
    "|an|as|group|company|city|school|firm|report|annual|year|公司|集团|学校|报告|什么|多少|年度|季度|规定|管理"
)
_QUESTION_WORD = re.compile(r"什[么麼]|哪|[谁誰]|多少|^(?:What|Who|Why|When|Where|How|Which)$")


@dataclass(frozen=True, slots=True)
class Made:
    """A question made from a sentence."""

    question: str
    answer: str = ""  # the stretch of the sentence that answers it, where there is one
    appeal: int = 1  # the higher, the rather would a person ask it: reasons before figures


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and where what answers it stands: at `start:end` of the text that it was made from."""

    question: str
    language: QuestionLanguage
    start: int
    end: int
    appeal: int


def is_presentable(question: str, language: QuestionLanguage) -> bool:
    """Whether it can be shown at all: short, and plain text."""
    if not SHORTEST[language] <= len(question) <= LONGEST[language]:
        return False
    if language == "zh" and len(_ENGLISH_WORD.findall(question)) > 1:
        return False  # of a sentence in both languages, which has the order of words of neither
    if DRIVING.search(question) or _INVISIBLE.search(question) or _MARKUP.search(question):
        return False
    return all(question.count(opening) == question.count(closing) for opening, closing in _BRACKETS)


def stands_alone(question: str, language: QuestionLanguage) -> bool:
    """Whether it points at nothing that is outside it: an "it", a 该公司, a "last year"."""
    if language == "zh":
        return not _POINTING_ZH.search(_NOT_POINTING_ZH.sub("", question))
    return not _POINTING_EN.search(question)


def names_its_subject(question: str, title: str, names: Names) -> bool:
    """Whether it says what it is about: by a name, or by words of the document's title, figures aside."""
    if any(not _QUESTION_WORD.search(name.text) for name in names.find(question)):
        return True
    shared = _telling_terms(question) & _telling_terms(title)
    return len(shared) > 1 or any(term.isascii() for term in shared)


def _telling_terms(text: str) -> set[str]:
    return {
        term
        for term in terms(without_quantities(text))
        if len(term) > 1 and not term.isdigit() and not _COMMON.fullmatch(term)
    }
