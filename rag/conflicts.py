"""Passages that give different figures for the same thing: another document, an older state, a mistake in one of them.

Two sentences are held against each other where each has one figure that plainly answers the question. They are in
conflict where the figures are of one kind and unit and differ, and nothing tells the two sentences apart: not the
names, not the dates and periods, not whether it is a plan, an average or a change. A false alarm costs the reader's
trust more than a conflict that stays unseen, so what is in doubt is none. Not handled: conflicts of names, and figures
that only arithmetic would show to disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set

from index.language import search_copy
from index.lexicon import stands_in, translations_of
from index.terms import terms
from rag.answer import Conflict
from rag.answerer import DraftSentence
from rag.evidence import Evidence
from rag.extractive import gloss, one_line
from rag.names import Names
from rag.phrases import phrases
from rag.quantities import Quantity, compare, find_quantities, without_quantities
from rag.question import Question
from rag.retriever import is_across
from rag.short_answers import answering_figure

_MOST_OTHERS = 2  # shown beside one cited sentence
_MOST_COMPARED = 40  # sentences, best first: what speaks of the same thing ranks high

# Set on the planted pairs and near misses in tests/rag/conflict_pairs.py.
_QUESTION_HELD = 0.85  # share of what the cited sentence holds of the question that the other must hold too
_QUESTION_HELD_ACROSS = 0.5
_LIKENESS_ACROSS = 0.3  # share of the cited sentence's words, as far as the lexicon knows them, in translation


def find_conflicts(
    question: Question, cited: Sequence[Evidence], evidence: Sequence[Evidence], names: Names
) -> list[tuple[Evidence, ...]]:
    """Each a cited sentence with the others that give a different figure for the same thing."""
    found = []
    seen = {_place(item) for item in cited}
    for item in cited:
        figure = answering_figure(question, item, names)
        if figure is None:
            continue
        others: list[Evidence] = []
        for other in evidence[:_MOST_COMPARED]:
            if _place(other) not in seen and _contradicts(question, item, figure, other, names):
                seen.add(_place(other))
                others.append(other)
        if others:
            found.append((item, *others[:_MOST_OTHERS]))
    return found


def conflict_sentences(question: Question, found: Sequence[Sequence[Evidence]]) -> Iterator[DraftSentence]:
    """What is said of the conflicts: a line that introduces them, and the other quotes."""
    for _, *others in found:
        yield DraftSentence(phrases(question.language).other_figure, "frame", paragraph=True)
        for other in others:
            yield DraftSentence(one_line(other.text), "quote", (other,))
            if is_across(question, other.hit.chunk.language):
                yield from gloss(question, find_quantities(other.text), (other,))


def as_conflict(
    question: Question, group: Sequence[Evidence], number_of: Callable[[Evidence], int], names: Names
) -> Conflict:
    """The noun that an answer carries, its citations as `number_of` numbers them."""
    figures = [answering_figure(question, item, names) for item in group]
    return Conflict(tuple(figure.text for figure in figures if figure), tuple(number_of(item) for item in group))


def _place(item: Evidence) -> tuple[str, int]:
    return item.hit.chunk.document_id, item.hit.chunk.start + item.start


def _contradicts(question: Question, item: Evidence, figure: Quantity, other: Evidence, names: Names) -> bool:
    across = item.hit.chunk.language != other.hit.chunk.language
    if not _holds_as_much(question, item, other, across):
        return False
    different = answering_figure(question, other, names)
    if different is None or (figure.kind, figure.unit) != (different.kind, different.unit):
        return False
    return (
        not _borne_out(figure, other.text)
        and not _borne_out(different, item.text)
        and _same_periods(figure, item, different, other)
        and _qualifiers(item.text) == _qualifiers(other.text)
        and _same_names(item, other, names)
        and (_alike_across(item.text, other.text) if across else not _each_says_more(item.text, other.text))
    )


def _holds_as_much(question: Question, item: Evidence, other: Evidence, across: bool) -> bool:
    """Whether the other holds nearly all that the cited sentence holds of the question, and each of its names."""
    held = {term: share for term, share in item.held.items() if not across or _is_translated(term)}
    if any(term in held and term not in other.held for term in question.names):
        return False
    both = sum(min(share, other.held.get(term, 0.0)) for term, share in held.items())
    return both > 0 and both >= (_QUESTION_HELD_ACROSS if across else _QUESTION_HELD) * sum(held.values())


def _is_translated(term: str) -> bool:
    """Whether the term may be looked for in the other language; single characters have too many meanings."""
    return term.isascii() or (len(term) > 1 and bool(translations_of(term)))


def _borne_out(figure: Quantity, text: str) -> bool:
    """Whether any figure of the text agrees with it, said either way round, or is the same but for its hedge."""
    return any(
        (figure.kind, figure.value, figure.unit) == (each.kind, each.value, each.unit)
        or "compatible" in (compare(figure, each), compare(each, figure))
        or compare(figure, each) == "equal"
        for each in find_quantities(text)
    )


# --- What tells two sentences apart ----------------------------------------------------------------------------------


def _same_periods(figure: Quantity, item: Evidence, different: Quantity, other: Evidence) -> bool:
    """Whether they speak of one time: each has a date that agrees with one of the other's, or neither has one."""
    if figure.kind == "date":
        return True
    mine, theirs = _dates(item), _dates(other)
    if not mine or not theirs:
        return not mine and not theirs
    agreeing = [[compare(one, another) != "different" for another in theirs] for one in mine]
    return all(any(row) for row in agreeing) or all(any(column) for column in zip(*agreeing, strict=True))


def _dates(item: Evidence) -> list[Quantity]:
    return [quantity for quantity in find_quantities(item.text) if quantity.kind == "date"]


def _groups(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


# Words that make a figure another one, in both languages: where one sentence has them and the other has not, they
# speak of two things.
_QUALIFIERS = _groups(
    r"预计|预期|预测|计划|目标|有望|將|将(?![近])|拟|\b(?:will|would|expects?|expected|plans?|planned|forecasts?|targets?|aims?|projected"
    r"|estimates?|estimated)\b",
    r"平均|人均|\baverage|\bmean\b|\bper (?:person|head|capita)\b",
    r"最[高多大长]|上限|至多|不超过|\b(?:at most|maximum|up to|highest|most|largest|peak|limit)\b",
    r"最[低少小短]|下限|至少|起步|\b(?:at least|minimum|lowest|least|smallest)\b",
    r"增[加长至到]|上[升涨调]|提高|多出|扩大"
    r"|\b(?:increase[ds]?|rose|grew|growth|up (?:by|from))\b",
    r"减少|下[降跌调]|降[低至到]|裁|\b(?:decrease[ds]?|fell|drop(?:ped)?|down (?:by|from)|cut|reduced|lost)\b",
    r"每[天日]|日均|\b(?:a day|per day|daily|each day)\b",
    r"每[周星]|\b(?:a week|per week|weekly)\b",
    r"每月|月均|\b(?:a month|per month|monthly)\b",
    r"每年|年均|年度|全年|\b(?:a year|per year|annual(?:ly)?|yearly|full year)\b",
    r"去年|上一?年|\b(?:last|previous) year\b",
    r"今年|本年|\bthis year\b",
    r"明年|\bnext year\b",
    r"上半年|\bfirst half\b",
    r"下半年|\bsecond half\b",
    r"一期|第一阶段|\b(?:first phase|phase (?:one|1|I))\b",
    r"二期|第二阶段|\b(?:second phase|phase (?:two|2|II))\b",
    r"原[来定先本]|曾|此前|旧|过去|\b(?:originally|previously|formerly|used to|earlier|before|old)\b",
    r"国内|本土|\bdomestic",
    r"国外|海外|境外|出口|\b(?:overseas|abroad|foreign|exports?|international)\b",
    r"男|\b(?:men|male|boys)\b",
    r"女|\b(?:women|female|girls)\b",
    r"[不无未没]|\b(?:not|no|never|without|excluding)\b",
    r"收入|营收|销售额|\b(?:revenue|sales|income|turnover)\b",
    r"利润|盈利|\b(?:profits?|earnings)\b",
    r"支出|成本|费用|花费|\b(?:costs?|spending|expenses|expenditures?)\b",
    r"第[一1]季|\b(?:first quarter|Q1)\b",
    r"第[二2]季|\b(?:second quarter|Q2)\b",
    r"第[三3]季|\b(?:third quarter|Q3)\b",
    r"第[四4]季|\b(?:fourth quarter|Q4)\b",
)


def _qualifiers(text: str) -> frozenset[int]:
    folded = search_copy(text)
    return frozenset(number for number, pattern in enumerate(_QUALIFIERS) if pattern.search(folded))


def _same_names(item: Evidence, other: Evidence, names: Names) -> bool:
    """Whether not each has a name that the other lacks; across languages, whether they share a name at all.

    There, what no glossary knows is written otherwise (海源, Haiyuan), and nothing tells it from another name.
    """
    found = names.find(item.text)
    mine = [name for name in found if names.standing_in(name, other.text) is None]
    theirs = [name for name in names.find(other.text) if names.standing_in(name, item.text) is None]
    if item.hit.chunk.language == other.hit.chunk.language:
        return not (mine and theirs)
    both = [{word.lower() for word in _LATIN_WORD.findall(text)} for text in (item.text, other.text)]
    fewer, more = sorted(both, key=len)  # what the Chinese sentence writes in Latin letters, the English one has too
    return fewer <= more and (bool(fewer) or len(mine) < len(found))


_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")

# What a sentence is built with, and the verbs that only lead to the figure: two sentences may differ in these.
_NO_CONTENT = re.compile(
    r"约为|大约|达到|达|投资|投入|耗资|花费|花|用|设有|拥有|现有|共有|一共|总共|共|为|是|有|约|近|的|了|在|于|由|个|名|人|家|座|位|，"
    r"|\b(?:a|an|the|is|was|are|were|has|had|have|of|in|on|at|to|for|by|with|from|and|about|around|nearly|almost|some"
    r"|over|more|than|total|totals|reached|stands|stood|holds?|held|spent|invested|paid|costs?|its?|runs?|there|all)\b"
)


def _each_says_more(one: str, other: str) -> bool:
    """Whether each has words that the other lacks: 宁波 here and 合肥 there, doctors here and nurses there.

    Where only one has more to say, it may well speak of the same thing.
    """
    mine, theirs = _content(one), _content(other)
    return bool(mine - theirs) and bool(theirs - mine)


def _content(text: str) -> Set[str]:
    bare = _NO_CONTENT.sub(" ", search_copy(without_quantities(text)).lower())
    return {term for term in terms(bare) if len(term) == 1 or term.isascii()}


def _alike_across(one: str, other: str) -> bool:
    """Whether enough of the words of the one that the lexicon knows stand in the other, in its language."""
    words = {term for term in terms(one) if not term[0].isdigit() and _is_translated(term) and translations_of(term)}
    theirs = set(terms(other))
    return sum(stands_in(term, theirs) for term in words) >= _LIKENESS_ACROSS * len(words)
