"""Pronouns and demonstratives of a Chinese turn, and what of the earlier question stands in their place.

One that may mean something in its own question stays. Not handled: 其, and the second of two pronouns of one kind.
"""

from __future__ import annotations

import re

from index.language import HAN
from rag.conversation.chinese_question import ASKED, WHO
from rag.conversation.context import PERIOD, Context, FindNames, joined, name_spans, period_of, put

_HE = re.compile(r"(?<![其吉])(?P<word>[他她](?![们們人])|此人|这个人|這個人|这位|這位)")
_THEY = re.compile(r"(?P<word>[他她它][们們]|这些公司|這些公司)")
_IT = re.compile(
    r"(?<!其)(?P<word>[它牠](?![们們])"
    r"|[这這该該此](?:[个個家款项項种種]?)(?:公司|集团|集團|机构|機構|企业|企業|产品|產品|项目|項目))"
)
_OF_A_KIND = re.compile(rf"(?P<word>[这這该該此那][个個家座款台条條项項种種所间間]?(?P<kind>[{HAN}]{{2}}))")
_VAGUE = re.compile(r"[这這那][么麼样樣](?:做|说|說|干|幹)")
_THAT = re.compile(r"^(?P<word>[这這那])(?=是|有|会|會|算|跟|和|比)")
_THERE = re.compile("(?P<word>那里|那裡|那儿|那兒|那边|那邊)")
_THEN = re.compile("(?P<word>当时|當時|那时候?|那時候?|同年|那一?年)")

_LONGEST_WITH_THEN = 10  # characters; a longer question has its own time that 当时 means


def with_antecedents(core: str, context: Context, find_names: FindNames) -> str | None:
    """The question with its pronouns replaced; None where there is none that points outside."""
    if _VAGUE.search(core):
        return f"{core}（{context.topic}）"
    names = name_spans(core, find_names)
    text, changed = core, False
    antecedents = ((_HE, context.person), (_THEY, context.many or context.entity), (_IT, _company(context)))
    for pattern, meant in antecedents:
        match = pattern.search(text)
        if match and meant and not any(end <= match.start() for _, end in names) and not _own_antecedent(text, match):
            text, changed = put(text, match.span("word"), in_chinese(meant)), True
    if not changed and (match := _OF_A_KIND.search(text)):
        named = re.search(rf"[{HAN}]{{1,8}}{match['kind']}", context.question)
        if named:
            text, changed = put(text, match.span("word"), named[0]), True
    if not changed and (match := _THAT.search(text)):
        text, changed = put(text, match.span("word"), context.thing), True
    if not changed and (match := _THERE.search(text)) and context.entity:
        text, changed = put(text, match.span("word"), context.entity), True
    if not changed and len(text) <= _LONGEST_WITH_THEN and (match := _THEN.search(text)):
        for source in (context.question, context.answer):
            if span := period_of(source):
                return joined(context.entity or "", put(text, match.span("word"), source[slice(*span)]))
    return text if changed else None


def in_chinese(antecedent: str) -> str:
    """An English noun phrase as it stands in a Chinese sentence: without its article."""
    return antecedent.removeprefix("the ").removeprefix("The ")


def _company(context: Context) -> str | None:
    """What 它 and 该公司 mean: the company that was asked for, else what the question is about."""
    if match := re.fullmatch(rf"(?:{WHO}|哪家公司|什么公司)(?P<did>.+)", context.question):
        return joined(match["did"], "的公司")
    return context.entity or (context.topic if context.topic_is_phrase else None)


def _own_antecedent(text: str, match: re.Match[str]) -> bool:
    """Whether what a pronoun means may stand before it in its own question: "海源电池为什么说它……".

    It does not where the pronoun begins the question, question words and periods aside, or is the object at its end.
    """
    before = PERIOD.sub("", ASKED.sub("", text[: match.start()]))
    if len(re.findall(f"[{HAN}]", before)) <= 2:
        return False
    return not re.match(rf"\s*(?:{ASKED.pattern}|[吗嗎]|$)", text[match.end() :])
