"""What a question asks: its language, the kind of answer it wants, and the words to look for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.errors import QuestionError
from index.language import HAN, search_copy
from index.terms import terms
from rag.answer import QuestionLanguage
from rag.quantities import Quantity, find_quantities

MAX_QUESTION_CHARACTERS = 4_000

Kind = Literal["money", "share", "date", "count", "person", "organisation", "place", "reason"]

# Looked for in the search copy, in this order; more than one may hold ("when and why").
_CUES: dict[Kind, re.Pattern[str]] = {
    "share": re.compile(
        r"百分之[多几]|百分比|占比|比例|几成|多大[一]?部分|份额|几分之|多少(?:个)?百分点"
        r"|\b(?:what|which) (?:percent|per cent|percentage|share|proportion|fraction|portion)"
        r"|how (?:large|big|much|many) (?:a|of a|of an)? ?(?:share|percent|proportion|part|portion|fraction)|\bpercentage",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"多少(?:亿|万|千|百)*(?:美元|美金|元|钱|欧元|英镑|日元|资金)|多少钱|金额|(?:费用|价格|价值|成本|收入|利润|支出|投资|销售额|营收|预算|总额|规模)(?:.{0,6}?)(?:是|为|达|有)?(?:多少|多大|几|多高)"
        r"|(?:花|投|付|赚|筹|值|卖|投资|投入|支付|花费)(?:了|入|资)?多少"
        r"|how much (?:money|did|does|do|will|was|were|is|are|has|have|would|of)|\bhow (?:large|big) (?:is|was|are|were|a)\b"
        r"|\bwhat (?:is|was|were|are) the (?:\w+ ){0,3}(?:cost|price|value|amount|revenue|profit|budget|sum|fee|total|worth)"
        r"|\bcosts?\b.*\?|\bpriced?\b",
        re.IGNORECASE,
    ),
    "date": re.compile(
        r"什么时候|何时|哪[一]?[年天月日]|几[年月号日]|什么时间|哪个?(?:年份|月份|日期|世纪|年代)|多久以前|什么年代"
        r"|\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century|time|quarter)\b",
        re.IGNORECASE,
    ),
    "count": re.compile(
        r"多少|几[个名位家座项次台条种人岁层倍件篇场支部]|数量|人数|多[高长大重远深宽久快]"
        r"|\bhow (?:many|long|far|old|tall|high|deep|fast|often|large|big|much)\b|\bnumber of\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"谁|哪[一]?[位人]|何人|什么人|叫什么名字|\bwho(?:m|se)?\b", re.IGNORECASE),
    "organisation": re.compile(
        r"哪[一几]?[家个些]?(?:公司|机构|企业|组织|大学|学校|银行|团队|部门|媒体|球队|政党|乐队)|什么(?:公司|机构|企业|组织|大学|学校|部门|媒体)"
        r"|\b(?:what|which) (?:\w+ )?(?:company|companies|organi[sz]ation|institution|firm|agency|university|school|bank|team|group|party|newspaper|start-?up)",
        re.IGNORECASE,
    ),
    "place": re.compile(
        r"哪里|哪儿|何处|什么地方|在哪|哪[一]?个?(?:国家|城市|地区|地方|省|州|县|大陆|洲)|什么(?:国家|城市|地区)"
        r"|\bwhere\b|\b(?:what|which) (?:\w+ )?(?:country|city|state|place|region|town|area|location|continent)\b",
        re.IGNORECASE,
    ),
    "reason": re.compile(
        r"为什么|为何|为啥|何以|什么原因|原因(?:是|有|何)|出于什么|怎么会|缘何|\bwhy\b|\breasons?\b|\bwhat (?:caused|causes|led)\b",
        re.IGNORECASE,
    ),
}

# Words that make a text a question and say nothing of its subject. Left in, "多少" would be its rarest term.
_QUESTION_WORDS = re.compile(
    r"请问|請問|告诉我|告訴我|我想知道|麻烦|能不能|可不可以|是不是|有没有|是否|为什么|为何|为啥|什么时候|什么样|什么|怎么样|怎么|怎样|如何"
    r"|多少|几(?=[个名位家座项次台条种人岁层倍年月号成件])|何时|何处|何人|哪里|哪儿|哪些|哪[个位家年天月种一]?|谁|吗|呢|吧|啊|呀|么(?=[？?]|$)|多久|多大|多高|多长"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|please|tell|me|could|would|can|you|do|does|did|is|are|was|"
    r"were|be|been|the|a|an|of|in|on|at|to|for|by|with|from|and|or|it|its|that|this|there|has|have|had|i)\b",
    re.IGNORECASE,
)
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z&'-]+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood."""

    text: str  # as it was asked, without the white space around it
    language: QuestionLanguage
    kinds: frozenset[Kind]
    terms: tuple[str, ...]  # of its subject, without the question words; distinct, in reading order
    names: tuple[str, ...]  # terms of names in Latin letters: Amazon, Jassy, GPU
    quantities: tuple[Quantity, ...]


def understand(text: str) -> Question:
    """Read a question; raises `QuestionError` where it is empty or too long."""
    text = text.strip()
    if not any(character.isalnum() for character in text):
        raise QuestionError("the question is empty; ask something / 问题是空的，请输入问题")
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(text):,} characters, the limit is {MAX_QUESTION_CHARACTERS:,}; shorten it "
            f"/ 问题有 {len(text)} 个字符，上限是 {MAX_QUESTION_CHARACTERS} 个，请缩短"
        )
    folded = search_copy(text)
    subject = terms(_QUESTION_WORDS.sub(" ", folded)) or terms(folded)
    return Question(
        text=text,
        language=question_language(text),
        kinds=frozenset(kind for kind, cue in _CUES.items() if cue.search(folded)),
        terms=tuple(dict.fromkeys(subject)),
        names=tuple(dict.fromkeys(term for name in _names(folded) for term in terms(name))),
        quantities=tuple(find_quantities(text)),
    )


def _names(text: str) -> list[str]:
    """Words in Latin letters that are names: capitalised inside an English sentence, any inside a Chinese one."""
    chinese = question_language(text) == "zh"
    words = _LATIN_WORD.findall(_QUESTION_WORDS.sub(lambda match: " " * len(match[0]), text))
    first = _LATIN_WORD.match(text)
    return [word for word in words if chinese or (word != word.lower() and not (first and word == first[0]))]


def question_language(text: str) -> QuestionLanguage:
    """The language to answer in: Chinese where the sentence is built of it, however many names in it are not."""
    return "zh" if len(_HAN_CHARACTER.findall(text)) >= max(2, len(text.split()) // 2) else "en"
