"""Which part of a Chinese question a part that comes instead takes the place of.

An attribute (收入, revenue) takes the place of the asked one, what is written alike (E07 for E04, 总支出 for 总收入)
that of its like, and anything else that of a name: whom something is given to or done with, else the subject.
"""

from __future__ import annotations

import re

from index.language import HAN
from rag.conversation.chinese_question import ASKED, SUBJECT_END
from rag.conversation.context import CHINESE_PERIOD, PERIOD, Context, Span, parallel

_ATTRIBUTE = re.compile(
    r"(?:股价|股價|市值|收入|利润|利潤|盈利|支出|开支|開支|成本|费用|費用|价格|價格|票价|票價|销量|銷量|产量|產量|份额|份額|占比|佔比|比例|比重"
    r"|人数|人數|员工|員工|总部|總部|业务|業務|目标|目標|原因|目的|容量|规模|規模|金额|金額|温度|溫度|重量|长度|長度|高度|深度|时间|時間|日期"
    r"|地址|电话|電話|排名|增长|增長|增幅|跌幅|涨幅|漲幅|利率|预算|預算|工资|工資|年龄|年齡|面积|面積|人口|首都|负债|負債|资产|資產|现金流"
    r"|創始人|创始人|首席执行官|首席執行官|董事长|董事長|总裁|總裁|名字|[额額率量价價费費]|CEO|CFO)$",
    re.IGNORECASE,
)
_ASKINGS = (
    ("总部|總部|地址|首都|headquarters", "在哪里"),
    ("创始人|創始人|首席执行官|首席執行官|董事长|董事長|总裁|總裁|CEO|CFO|founder", "是谁"),
    ("时间|時間|日期", "是什么时候"),
    ("业务|業務|目标|目標|原因|目的|名字", "是什么"),
)
_COMMON_LATIN = re.compile(r"[a-z][a-z-]{1,30}(?:\s[a-z][a-z-]{1,30}){0,3}")
SHORT_LATIN_NAME = re.compile(r"[A-Z][\w&-]{0,30}(?:\s[A-Z0-9][\w&-]{0,30}){0,3}", re.ASCII)
_LIST = re.compile(
    rf"(?:[{HAN}\w]{{1,12}}[、，]){{1,9}}[{HAN}\w]{{1,12}}[和与與及][{HAN}\w]{{1,12}}?(?=的|\s|{CHINESE_PERIOD})"
)


def names_attribute(part: str) -> bool:
    """Whether a part names something that is asked of somebody, and nobody: by its last word, or in small letters."""
    return bool(_ATTRIBUTE.search(part) or _COMMON_LATIN.fullmatch(part))


def asking_of(attribute: str) -> str | None:
    """How a place, a person or a date is asked for, by the last word of what is asked; None of an amount."""
    return next((asking for words, asking in _ASKINGS if re.search(f"(?:{words})$", attribute, re.IGNORECASE)), None)


def part_replaced(part: str, context: Context) -> Span | None:
    """Where in the question of `context` what `part` takes the place of stands; None where that is not to be seen."""
    text = context.question
    span = parallel(part, text, context.names) if any(each.isdigit() for each in part) else None
    span = span or _written_alike(part, text)
    if span:
        return span
    return (
        _attribute_of(text)
        if names_attribute(part)
        else _beside_the_same(part, context) or _name_replaced(part, context)
    )


def _written_alike(part: str, text: str) -> Span | None:
    """A stretch of `text` as long as `part` that begins or ends like it: 总收入 like 总支出, 一线城市 like 省会城市."""
    if not re.fullmatch(f"[{HAN}]{{2,8}}", part):
        return None
    for shared in range(len(part) - 1, 0, -1):
        ending = text.rfind(part[-shared:])
        if ending > 0 and (shared > 1 or len(part) == 2) and not PERIOD.search(part):
            start = ending + shared - len(part)
            stretch = text[start : ending + shared] if start >= 0 else ""
            if re.fullmatch(f"[{HAN}]+", stretch) and not SUBJECT_END.search(stretch):
                return start, ending + shared
    if part[0] in "总總净淨" and (begins := text.find(part[0])) >= 0:
        stretch = text[begins : begins + len(part)]
        if re.fullmatch(f"[{HAN}]+", stretch) and _ATTRIBUTE.search(stretch):
            return begins, begins + len(part)
    return None


def _attribute_of(text: str) -> Span | None:
    """The asked attribute of a question: what follows its last 的, up to a period, a verb or the question word."""
    owner = text.find("的")
    if 0 < owner < len(text) - 1:
        end = next((match.start() for match in SUBJECT_END.finditer(text, owner + 2)), len(text))
        return (owner + 1, end) if end > owner + 1 else None
    for match in SUBJECT_END.finditer(text, 2):
        if word := _ATTRIBUTE.search(text[: match.start()]):
            return max(word.start() - (2 if len(word[0]) == 1 else 0), 0), match.start()
    return None


def _beside_the_same(part: str, context: Context) -> Span | None:
    """What stands in the question where `part` stands in the answer: before the same word."""
    place = context.answer.find(part)
    following = context.answer[place + len(part) : place + len(part) + 2] if place >= 0 else ""
    if not re.fullmatch(f"[{HAN}]{{2}}", following):
        return None
    end = context.question.find(following)
    if end <= 0:
        return None
    subject = context.entity
    if subject and context.question[:end].endswith(subject):
        return end - len(subject), end
    return None


def _name_replaced(part: str, context: Context) -> Span | None:
    """Which name of the last question, or its subject, another one takes the place of."""
    text = context.question
    complement = rf"[给給和与與跟](?P<name>[{HAN}A-Z][{HAN}\w ]{{1,12}}?)(?=的|[签簽做达達合]|{ASKED.pattern}|$)"
    complements = list(re.finditer(complement, text))
    if complements:
        return complements[-1].span("name")
    entity = context.entity
    if entity and (start := text.find(entity)) >= 0:
        whole = next((span for span in context.names if span[0] <= start < span[1]), None)
        inside = [span for span in context.names if start <= span[0] and span[1] <= start + len(entity)]
        listed = _LIST.match(text, start)
        if listed:
            return listed.span()
        owned = _ATTRIBUTE.search(entity)
        if owned and owned.start() > 0 and not inside:
            return start, start + owned.start()
        if whole or (inside and SHORT_LATIN_NAME.fullmatch(part)):
            return whole or inside[0]
        return start, start + len(entity)
    return context.names[0] if context.names else None
