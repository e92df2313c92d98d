"""What kind of answer a question asks for, and whether a sentence supplies one.

Figures are read; names and reasons are known by their signs alone. Not handled: kinds that only the world tells (that
"the winner" is a person).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.language import HAN
from rag.quantities import Quantity, find_quantities

Kind = Literal["money", "share", "date", "count", "measure", "person", "organisation", "place", "reason"]

# The kinds of figure that answer: 多少 and "how many" ask for whatever can be counted, measures among it.
FIGURES: Mapping[Kind, frozenset[str]] = {
    "money": frozenset({"money"}),
    "share": frozenset({"share"}),
    "date": frozenset({"date"}),
    "count": frozenset({"count", "measure"}),
    "measure": frozenset({"measure"}),
}


def asked_kinds(question: str) -> frozenset[Kind]:
    """The kinds that a question, given as its search copy, asks for: none, one or several ("when and why")."""
    return frozenset(kind for kind, cue in _CUES.items() if cue.search(question))


@dataclass(frozen=True, slots=True)
class AskedUnit:
    """What a question wants its figure in: "how many kilometres", 多少亿元, 百分之几, "how heavy"."""

    kind: str  # a kind of quantity
    units: frozenset[str]  # as quantities have them, any of which answers


def asked_unit(question: str) -> AskedUnit | None:
    """The unit that a question, given as its search copy, asks for; None where it names none.

    The question is read with a figure in place of its question word: 全长多少公里 as 全长 3 公里.
    """
    for match in _HOW_MANY.finditer(question):
        before = match["before"] or ""
        figure = next(iter(find_quantities(f"{before}3 {question[match.end() : match.end() + _UNIT_WINDOW]}")), None)
        if figure and figure.start == 0 and (figure.unit or figure.kind == "share"):
            return AskedUnit(figure.kind, frozenset({figure.unit}))
    dimension = next((units for cue, units in _DIMENSIONS if cue.search(question)), None)
    return AskedUnit("measure", dimension) if dimension else None


def new_figures(text: str, said: Sequence[Quantity]) -> list[Quantity]:
    """The figures of `text` that are not among those that the question has `said`."""
    known = {(quantity.kind, quantity.value) for quantity in said}
    return [quantity for quantity in find_quantities(text) if (quantity.kind, quantity.value) not in known]


def supplied_share(
    kinds: frozenset[Kind], unit: AskedUnit | None, sentence: str, said: Sequence[Quantity], after: str = ""
) -> float:
    """Share of `kinds` that the sentence supplies, figures that the question itself has `said` not counted; 0 of none.

    A figure of the kind in another `unit` than the one asked counts half. For names and reasons it is a hint: a
    capitalised word, a title, a "because"; a reason may also stand in the sentence `after` it.
    """
    if not kinds:
        return 0.0
    figures = new_figures(sentence, said)
    supplied = sum(_supplies(kind, unit, sentence, figures) for kind in kinds - {"reason"})
    if "reason" in kinds:
        supplied += float(gives_reason(sentence) or gives_reason_of_before(after))
    return supplied / len(kinds)


def _supplies(kind: Kind, unit: AskedUnit | None, sentence: str, figures: Sequence[Quantity]) -> float:
    if kind in _SIGNS:
        return float(bool(_SIGNS[kind].search(sentence)))
    if unit and kind != "date":
        if any(figure.kind == unit.kind and figure.unit in unit.units for figure in figures):
            return 1.0
        return 0.5 if any(figure.kind == unit.kind for figure in figures) else 0.0
    return float(any(figure.kind in FIGURES[kind] for figure in figures))


def gives_reason(sentence: str) -> bool:
    """Whether the sentence holds words that a reason is given with."""
    return bool(_SIGNS["reason"].search(sentence))


def gives_reason_of_before(sentence: str) -> bool:
    """Whether the sentence begins as one that gives the reason of what the sentence before it says."""
    return bool(_REASON_OF_BEFORE.match(sentence))


def _pattern(*alternatives: str, ignore_case: bool = True) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE if ignore_case else 0)


_CUES: dict[Kind, re.Pattern[str]] = {
    "share": _pattern(
        r"百分之[多几]|百分比|占比|比例|几成|多大一?部分|份额|几分之|多少个?百分点",
        r"\b(?:what|which) (?:percent|per cent|percentage|share|proportion|fraction|portion)|\bpercentage",
        r"\bmarket share\b|\bwhat (?:is|was) (?:\w+ ){0,3}share\b",
        r"\bhow (?:large|big|much|many) (?:a|of a|of an)? ?(?:share|percent|proportion|part|portion|fraction)",
    ),
    "money": _pattern(
        r"多少(?:[亿万千百]*)(?:美元|美金|元|钱|欧元|英镑|日元|资金)|金额",
        r"(?:费用|价格|价值|成本|收入|利润|支出|投资|销售额|营收|预算|总额|规模).{0,6}?[是为达有]?(?:多少|多大|几|多高)",
        r"(?:花|投|付|赚|筹|值|卖|投资|投入|支付|花费)[了入资]?多少",
        r"\bhow much (?:money|did|does|do|will|was|were|is|are|has|have|would|of)",
        r"\bhow (?:large|big) (?:is|was|are|were|a)\b",
        r"\bwhat (?:is|was|were|are) the (?:\w+ ){0,3}(?:cost|price|value|amount|revenue|profit|budget|sum|fee|total)",
        r"\bcosts?\b.*\?|\bpriced?\b",
    ),
    "date": _pattern(
        r"什么时候|何时|哪一?[年天月日]|几[年月号日]|什么时间|哪个?(?:年份|月份|日期|世纪|年代)|多久以前|什么年代",
        r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century|time|quarter)\b",
    ),
    "count": _pattern(
        r"多少|几[个名位家座项次台条种人岁层倍件篇场支部张组辆枚颗杯]|数量|人数",
        r"\bhow (?:many|often|large|big|much)\b|\bnumber of\b",
    ),
    "measure": _pattern(
        r"多[高长大重远深宽久快厚]|(?:多少|几)(?:天|小时|分钟|周|年|个月|公里|千米|米|吨|公斤|千克|克|[千兆吉]?瓦|升|岁)",
        r"(?:长度|高度|面积|重量|容量|距离|深度|温度).{0,4}?[是为有](?:多少|多大|几)",
        r"\bhow (?:long|far|old|tall|high|deep|fast|heavy|wide|hot|quickly|soon)\b",
        r"\bwhat (?:is|was) the (?:\w+ ){0,2}(?:length|height|weight|area|depth|distance|capacity|temperature)\b",
    ),
    "person": _pattern(r"谁|哪一?[位人]|何人|什么人|叫什么名字", r"\bwho(?:m|se)?\b"),
    "organisation": _pattern(
        r"哪[一几]?[家个些]?(?:公司|机构|企业|组织|大学|学校|银行|团队|部门|媒体|球队|政党|乐队)",
        r"什么(?:公司|机构|企业|组织|大学|学校|部门|媒体)",
        r"\b(?:what|which) (?:\w+ )?(?:company|companies|organi[sz]ation|institution|firm|agency|university|school)",
        r"\b(?:what|which) (?:\w+ )?(?:bank|team|group|party|newspaper|start-?up)",
    ),
    "place": _pattern(
        r"哪里|哪儿|何处|什么地方|在哪|哪一?个?(?:国家|城市|地区|地方|省|州|县|大陆|洲)|什么(?:国家|城市|地区)",
        r"\bwhere\b|\b(?:what|which) (?:\w+ )?(?:country|city|state|place|region|town|area|location|continent)\b",
    ),
    "reason": _pattern(
        r"为什么|为何|为啥|何以|什么原因|原因[是有何]|出于什么|怎么会|缘何",
        r"\bwhy\b|\breasons?\b|\bwhat (?:caused|causes|led)\b",
    ),
}

_UNIT_WINDOW = 16  # characters after the question word in which its unit stands
_HOW_MANY = re.compile(
    r"(?P<before>百分之)?(?:多少|几|多(?=[大少]))|\b(?:how many|how much|what number of|how many more)\s", re.IGNORECASE
)

_LENGTHS = frozenset(["mm", "cm", "m", "km", "in", "ft", "mi", "nmi"])
_TIMES = frozenset({"ms", "s", "min", "h", "d", "wk", "month", "year", "decade"})
_DIMENSIONS = (  # the symbols are those of `rag.quantities`
    (re.compile(r"多重|重量|\bhow heavy\b|\bweigh", re.IGNORECASE), frozenset(["mg", "g", "kg", "t", "lb", "oz"])),
    (re.compile(r"多[高深宽厚远]|\bhow (?:tall|deep|wide|far)\b", re.IGNORECASE), _LENGTHS),
    (re.compile(r"多久|\bhow (?:soon|quickly)\b", re.IGNORECASE), _TIMES),
    (re.compile(r"多长|\bhow long\b", re.IGNORECASE), _LENGTHS | _TIMES),
    (re.compile(r"多大年[纪龄]|\bhow old\b", re.IGNORECASE), frozenset({"year", "years old", "month", "d", "wk", ""})),
)

_LATIN_NAME = r"(?<![A-Za-z])[A-Z][A-Za-z]+"
_NAME_INSIDE = rf"(?<!^)(?<![.!?“\"] )(?<![.!?“\"]){_LATIN_NAME}|[{HAN}]·[{HAN}]"

_SIGNS: dict[Kind, re.Pattern[str]] = {
    "person": _pattern(
        rf"{_LATIN_NAME}(?:\s+[A-Z]\.)?\s+[A-Z][a-z]+|[{HAN}]·[{HAN}]",
        r"先生|女士|总统|总統|首席|教授|国王|國王|皇帝|主席|创始人|导演|博士|院长|部长|总理|经理|员工|工程师|作家|科学家",
        r"\b(?:Mr|Mrs|Ms|Dr|President|King|Queen|Professor|CEO|founder|director|engineer)\b",
        ignore_case=False,
    ),
    "organisation": _pattern(
        r"公司|集团|银行|大学|学院|协会|委员会|机构|部门|政府|报|社",
        rf"{_LATIN_NAME}(?:\s+[A-Z]|\s+(?:Inc|Corp|Company|University))",
        _NAME_INSIDE,
        ignore_case=False,
    ),
    "place": _pattern(r"[省市县國国州洲岛島山河区區城镇村湾海路街东西南北]", _NAME_INSIDE, ignore_case=False),
    "reason": _pattern(
        r"因为|因為|由于|由於|因此|所以|为了|為了|以便|导致|使得|原因|旨在|出于|因而|从而|從而",
        r"以(?:减少|提高|确保|避免|便|应对)",
        r"\b(?:because|since|due to|owing to|in order to|so that|as a result|therefore|thus|caused|led to|reasons?)\b",
        r"\b(?:so as to|out of|thanks to|for fear|aims? to|to (?:reduce|avoid|ensure|increase|improve|prevent|make))\b",
    ),
}

_REASON_OF_BEFORE = re.compile(
    r"(?:[他她它]们?|公司|集团|集團|对方|對方)?"
    r"(?:这样做|這樣做|这么做|這麼做|这是|這是|其?原因|理由|因为|因為|由于|由於|目的|用意|意在|旨在|为的是|為的是)"
    r"|(?:The (?:reason|aim|idea|goal|purpose|point|intention)|Because|One reason)\b"
    r"|(?:This|That|It|They|He|She) (?:is|was|were|does|do|did|came|comes|follows|aims?)\b"
    r"[^.]{0,30}?\b(?:because|due to|owing to|in order to|so as to|so that|aims? to|did so)\b"
)
