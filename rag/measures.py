"""What a question wants measured, finer than its kind, and whether a sentence gives a figure of that measure.

"How old is she?" and "How many beds are there?" both ask for a count, but a number of beds is no age. Not handled:
measures without a unit of their own (a score, a version), which ask for nothing here.
"""

from __future__ import annotations

import re

_NUMBER = (
    r"(?:[\d零〇一二三四五六七八九十百千万亿两半几多]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half)\b)[\s多余来-]{0,3}"
)


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _figure_of(chinese: str, english: str) -> re.Pattern[str]:
    return _pattern(rf"{_NUMBER}(?:{chinese}|(?:\w{{1,12}} )?(?:{english})\b)")


# measure: what asks for it, and how a sentence gives it
_MEASURES: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "age": (
        _pattern(r"[多几]少?岁|多大(?:年纪|岁数|了)|年龄", r"\bhow old\b|\bwhat age\b|\bage of\b"),
        _pattern(r"[\d一二三四五六七八九十]\s?岁|机龄|年龄", r"\baged?\b|\d[ -]years?[ -]old|, \d{1,2},"),
    ),
    "duration": (
        _pattern(
            r"多久|多长时间|[多几]少?个?(?:天|年|月|小时|分钟|秒|周|星期)(?!级)",
            r"\bhow long (?:did|does|do|has|have|had|will|was|were)\b|\bhow much time\b|\bfor how long\b",
            r"\bhow many (?:\w+ )?(?:years|months|weeks|days|hours|minutes|seconds)\b",
        ),
        _figure_of(r"个?(?:天|年|月|小时|分钟|秒|周|星期)", r"years?|months?|weeks?|days?|hours?|minutes?|seconds?"),
    ),
    "length": (
        _pattern(
            r"多[远长高深宽](?!时间|期)|[多几]少?(?:公里|千米|米|厘米|海里)|海拔",
            r"\bhow (?:far|deep|tall|wide|high)\b|\bhow long (?:is|are)\b|\bwhat (?:distance|length|height|depth)\b",
        ),
        _figure_of(r"公里|千米|米|厘米|毫米|海里", r"k?m|cm|(?:kilo|centi)?met(?:re|er)s?|miles?|feet|foot"),
    ),
    "weight": (
        _pattern(r"多重|重量|体重|[多几]少?(?:公斤|千克|吨|克)", r"\bhow heavy\b|\bweigh|\bweight\b"),
        _figure_of(r"公斤|千克|吨|克|斤", r"kg|g|kilo(?:gram)?s?|grams?|tons?|tonnes?|pounds?|lbs?"),
    ),
    "money": (
        _pattern(
            r"多少(?:美元|元|钱|欧元|英镑|日元)|多贵",
            r"(?:薪|工资|价格?|造价|票价|租金|奖金|经费|费用|成本|收入|利润|债务|资金|罚款).{0,8}(?:多少|几|多高|多大)",
            r"\bhow much (?:money|(?:did|does) .{1,60}(?:cost|pay|earn|spend|charge|receive))\b",
            r"\bwhat (?:is|was|were|are|does|did|will|would) .{1,60}(?:cost|pay|paid|earn|worth)\b",
            r"\b(?:salary|salaries|wage|price|fare|fee|budget|rent|turnover|revenue|profit)\b",
        ),
        _pattern(
            r"[\d十百千万亿两]\s?(?:美元|元|美金|欧元|英镑|日元|港元|块)|[$€£¥]",
            r"\b(?:yuan|dollars?|euros?|pounds|yen|USD|RMB|CNY)\b",
        ),
    ),
    "share": (
        _pattern(
            r"百分之[多几]|百分比|比例|占比|几成|[^\W\d]率(?:是|有|为|达)?多少",
            r"\b(?:percent|per cent|percentage|proportion|share of)\b",
        ),
        _pattern(
            r"[%％]|百分|[一二两三四五六七八九\d]成|分之", r"\b(?:percent|per cent|(?:half|third|quarter|fifth)s?)\b"
        ),
    ),
}


def asked_measures(question: str) -> frozenset[str]:
    """The measures that a question, given as its search copy, asks for."""
    return frozenset(name for name, (asks, _) in _MEASURES.items() if asks.search(question))


def gives_measure(measures: frozenset[str], sentence: str) -> bool:
    """Whether the sentence gives a figure of one of these measures."""
    return any(_MEASURES[name][1].search(sentence) for name in measures)
