"""What a question asks: its language, the kind of answer it wants, and the words to look for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.errors import QuestionError
from index.language import HAN, search_copy
from index.terms import terms
from rag.answer import QuestionLanguage
from rag.kinds import Kind, asked_kinds
from rag.quantities import Quantity, find_quantities

MAX_QUESTION_CHARACTERS = 4_000

# Words that make a text a question and say nothing of its subject. Left in, "多少" would be its rarest term.
_QUESTION_WORDS = re.compile(
    r"请问|請問|告诉我|告訴我|我想知道|麻烦|能不能|可不可以|是不是|有没有|是否|为什么|为何|为啥|什么时候|什么样|什么|怎么样|怎么|怎样|如何"
    r"|多少|几(?=[个名位家座项次台条种人岁层倍年月号成件])|何时|何处|何人|哪里|哪儿|哪些|哪[个位家年天月种一]?|谁"
    r"|[吗呢吧啊呀么](?=[，。！？,.!?\s]|$)|多[久大高长]"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|please|tell|me|could|would|can|you|do|does|did"
    r"|is|are|was|were|be|been|the|a|an|of|in|on|at|to|for|by|with|from|and|or|it|its|that|this|there|has|have|had|i)\b",
    re.IGNORECASE,
)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_ABBREVIATIONS = frozenset({"WHO", "IT", "US", "UN"})  # written like this they are no question words
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z&'-]+")
# Words that a sentence is built with: "How much will 亚马逊 spend?" is English, "Jassy 是谁？" is Chinese.
_CHINESE_FRAME = re.compile(r"[的是吗嗎呢吧么麼哪谁誰何]|怎[么麼样樣]|多[少大久长長高]|几[个名位家座年月号]")
_ENGLISH_FRAME = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|will|can|could|has|have|tell)\b",
    re.IGNORECASE | re.ASCII,
)
_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood."""

    text: str  # as it was asked, without the white space around it; U+FFFD for NULs and halves of characters
    language: QuestionLanguage
    kinds: frozenset[Kind]
    terms: tuple[str, ...]  # of its subject, without the question words; distinct, in reading order
    names: tuple[str, ...]  # terms of names in Latin letters: Amazon, Jassy, GPU
    quantities: tuple[Quantity, ...]


def understand(text: str) -> Question:
    """Read a question; raises `QuestionError` where it is empty or too long."""
    text = _NO_TEXT.sub("\ufffd", text.strip())
    if not any(character.isalnum() for character in text):
        raise QuestionError("the question is empty; ask something / 问题是空的，请输入问题")
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(text):,} characters, the limit is {MAX_QUESTION_CHARACTERS:,}; shorten it "
            f"/ 问题有 {len(text)} 个字符，上限是 {MAX_QUESTION_CHARACTERS} 个，请缩短"
        )
    folded = search_copy(text)
    subject = terms(_without_question_words(folded)) or terms(folded)
    return Question(
        text=text,
        language=question_language(folded),
        kinds=asked_kinds(folded),
        terms=tuple(dict.fromkeys(subject)),
        names=tuple(dict.fromkeys(term for name in _names(folded) for term in terms(name))),
        quantities=tuple(find_quantities(text)),
    )


def _without_question_words(text: str) -> str:
    return _QUESTION_WORDS.sub(lambda match: match[0] if match[0] in _ABBREVIATIONS else " ", text)


def _names(text: str) -> list[str]:
    """Words in Latin letters that are names: capitalised inside an English sentence, any inside a Chinese one."""
    chinese = question_language(text) == "zh"
    words = _LATIN_WORD.findall(_without_question_words(text))
    first = _LATIN_WORD.match(text)
    return [word for word in words if chinese or (word != word.lower() and not (first and word == first[0]))]


def question_language(text: str) -> QuestionLanguage:
    """The language to answer in: Chinese where the sentence is built of it, however many names in it are not."""
    ideographs = len(_HAN_CHARACTER.findall(text))
    if not ideographs:
        return "en"
    latin = len(_LATIN_WORD.findall(text))
    if latin > ideographs and _ENGLISH_FRAME.search(text):
        return "en"  # "Who directed the film 哪吒?": the name is no question word
    if _CHINESE_FRAME.search(text):
        return "zh"
    if _ENGLISH_FRAME.search(text):
        return "en"
    return "zh" if ideographs >= latin else "en"
