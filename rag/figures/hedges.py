"""The words that hedge a figure, before it (约, more than) and after it (以上, or more).

A hedge is looked for directly before and directly after the figure, so that each figure costs the same in any text.
Not read: hedges that stand farther off ("the figure may have been as high as"), and 高达, 多达 and "as many as", which
stress a figure and do not bound it.
"""

from __future__ import annotations

import re

from rag.figures.quantity import Bound

_HEDGES: tuple[tuple[Bound, str], ...] = (
    (
        "about",
        "约|大约|约为|约合|大概|大致|差不多|估计|~|≈|about|around|roughly|approximately|approx.|approx|circa|some",
    ),
    ("over", "超过|超|逾|多于|大于|高于|突破|超出|>|more than|over|above|exceeding|exceeds|exceeded|in excess of"),
    ("over", "upwards of|greater than|higher than|topped|surpassed"),
    ("at_least", "至少|不少于|不低于|起码|最少|不小于|≥|at least|no less than|not less than|no fewer than"),
    ("at_most", "至多|最多|不超过|不多于|不高于|不大于|≤|at most|no more than|not more than|up to"),
    ("under", "不到|不足|少于|低于|小于|未满|未达|<|less than|fewer than|under|below|lower than"),
    ("nearly", "近|将近|接近|几乎|nearly|almost|close to|just under|not quite|approaching"),
)
_BEFORE = {word: bound for bound, words in _HEDGES for word in words.split("|")}
_LENGTHS = sorted({len(word) for word in _BEFORE}, reverse=True)
_OTHER_WORDS = (
    "公约",
    "条约",
    "合约",
    "契约",
    "节约",
    "制约",
    "签约",
    "纽约",
    "预约",
    "盟约",
    "最近",
    "附近",
    "邻近",
    "靠近",
    "临近",
)
_LINK = re.compile("(?:需要?|有|为|是|了)$")  # between a hedge and its figure: 大约需要 35 分钟
_AFTER = re.compile(
    r"(?:\s{0,2}[个人名家岁户]{0,2}(?:(?P<at_least>以上|之上|or\smore|or\shigher|and\s(?:above|over)|plus(?![a-z])|\+)"
    r"|(?P<at_most>以下|以内|之内|or\s(?:less|fewer))|(?P<about>左右|上下|来(?=[个人名家岁])|or\sso(?![a-z])|-odd)"
    r"|(?P<over>[多余](?![少数种样边久]|于))))"
)


def hedge_of(text: str, start: int, end: int, *, is_time: bool) -> Bound:
    """How the figure at `text[start:end]` of a folded text is hedged. 近三年 and "the last three years" are a span of
    time (`is_time`) and no hedge."""
    if after := _AFTER.match(text, end):
        return after.lastgroup  # type: ignore[return-value]
    before = _LINK.sub("", text[max(0, start - 20) : start].rstrip())
    for length in _LENGTHS:
        word = before[-length:]
        bound = _BEFORE.get(word) if len(word) == length else None
        if bound is None or (word[0].isalpha() and word.isascii() and before[-length - 1 : -length].isalpha()):
            continue
        if before.endswith(_OTHER_WORDS) or (word == "近" and is_time):
            return "exact"
        return bound
    return "exact"
