"""The answerer that is always there: sentences of the documents, unchanged, and the few words that were asked for.

A sentence is quoted with the one beside it where it cannot be read alone: its subject is a pronoun, or its reason
stands in the next. Where a quote is in another language than the question, a line in the question's language
introduces it, and its figures follow as that language writes them. Not handled: answers that need more than three
sentences, and antecedents further away than the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.language import search_copy
from rag.answer import EXTRACTIVE
from rag.answerer import Draft, DraftEnd, DraftSentence
from rag.evidence import Evidence
from rag.kinds import FIGURES, Kind, asked_unit, gives_reason, gives_reason_of_before, new_figures, supplied_share
from rag.names import Names
from rag.phrases import phrases
from rag.quantities import Quantity, write_quantity
from rag.question import Question
from rag.retriever import is_across
from rag.short_answers import short_answer

# Another sentence is quoted where it is nearly as good as the first and holds words of the question that the first
# lacks (the other side of a comparison, the year that the first leaves out), or the second kind that was asked for.
_ANOTHER_WITHIN = 1.0  # in units of the sentence score
_ANOTHER_ADDS = 0.2  # share of what the evidence holds of the question
_OTHER_KIND_WITHIN = 3.0
_MOST_QUOTES = 3
_MOST_GLOSSES = 3  # figures of a quote that are given in the question's language


class ExtractiveAnswerer:
    """Quotes the sentence that answers, with those it needs, after the short answer where there is one."""

    name = EXTRACTIVE

    def __init__(self, names: Names) -> None:
        self._names = names

    def draft(self, question: Question, evidence: Sequence[Evidence]) -> Draft:
        cited = _choose(question, evidence)
        short = short_answer(question, cited[0], self._names)
        if short:
            yield DraftSentence(short, "short", (cited[0],))
        if any(is_across(question, item.hit.chunk.language) for item in cited):
            yield DraftSentence(phrases(question.language).source_language, "frame", paragraph=short is not None)
        for number, passage in enumerate(_contiguous(cited)):
            text = " ".join(one_line(item.text) for item in sorted(passage, key=lambda item: item.start))
            begins_line = short is not None and number == 0 and not is_across(question, cited[0].hit.chunk.language)
            yield DraftSentence(text, "quote", passage, paragraph=begins_line)
            if is_across(question, passage[0].hit.chunk.language):
                yield from gloss(question, _asked_for(question, passage), passage, short, _MOST_GLOSSES)
        yield DraftEnd()


def one_line(text: str) -> str:
    """A quote as shown inside a line of text: the soft line breaks of its file become spaces."""
    return " ".join(text.split())


def _choose(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentence that answers, then those that it needs beside it, at most `_MOST_QUOTES`."""
    best = evidence[0]
    chosen = [best, *_beside(question, best, evidence)]
    chosen.extend(_for_other_kinds(question, chosen, evidence))
    if len(chosen) == 1:
        chosen.extend(_other_side(best, evidence))
    return chosen[:_MOST_QUOTES]


# --- The sentence beside it ------------------------------------------------------------------------------------------

# A subject that the sentence before it names. "It is said that" and 这一年 stand for nothing.
_PRONOUN_FIRST = re.compile(
    r"(?:[他她它]们?|[他她牠它]們?|这(?![一二三几些]?[年月天次个時时里样是])|這(?![一二三幾些]?[年月天次個時里樣是])|此举|此舉|该|該|对此|對此)"
    r"|(?:He|She|They|It|This|These|His|Her|Their|Its)\b"
    r"(?! (?:is|was|has been|will be|seems|appears) (?:\w+ ){0,2}(?:that|to)\b|,? (?:year|month|week|time)\b)"
)


def _beside(question: Question, best: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    before, after = _neighbours(best, evidence)
    if "reason" in question.kinds:
        if before and gives_reason_of_before(best.text):
            return [before]
        if after and not gives_reason(best.text) and gives_reason_of_before(after.text):
            return [after]
    if before and _PRONOUN_FIRST.match(best.text):
        return [before]
    return []


def _neighbours(best: Evidence, evidence: Sequence[Evidence]) -> tuple[Evidence | None, Evidence | None]:
    """The sentences before and after it in the same passage; a heading is none."""
    mine = sorted((item for item in evidence if item.hit.chunk.id == best.hit.chunk.id), key=lambda item: item.start)
    place = mine.index(best)
    around = (mine[place - 1] if place else None, mine[place + 1] if place + 1 < len(mine) else None)
    before, after = (None if item is None or item.text.startswith("#") else item for item in around)
    return before, after


# --- Another sentence ------------------------------------------------------------------------------------------------


def _for_other_kinds(question: Question, chosen: Sequence[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """Of a question in two parts ("when and why"), the best sentence for each kind that those chosen do not supply."""
    if len(question.kinds) < 2 or not _TWO_PARTS.search(question.text):
        return []
    more: list[Evidence] = []
    for kind in sorted(question.kinds):
        if not any(_supplies(question, kind, item) for item in (*chosen, *more)):
            others = (item for item in evidence if chosen[0].score - item.score <= _OTHER_KIND_WITHIN)
            more.extend(_first(item for item in others if item not in chosen and _supplies(question, kind, item)))
    return more


_TWO_PARTS = re.compile(r"[和及与與并、，]|以及|又|\band\b|,", re.IGNORECASE)


def _supplies(question: Question, kind: Kind, item: Evidence) -> bool:
    unit = asked_unit(search_copy(question.text))
    return supplied_share(frozenset({kind}), unit, item.text, question.quantities) > 0


def _other_side(best: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    held: dict[str, float] = {}
    for item in reversed(evidence):
        held |= item.held
    adds = _ANOTHER_ADDS * sum(held.values())
    language = best.hit.chunk.language
    near = (item for item in evidence[1:] if best.score - item.score <= _ANOTHER_WITHIN)
    return _first(item for item in near if item.hit.chunk.language == language and item.adds_to(best) >= adds)


def _first(items: Iterator[Evidence]) -> list[Evidence]:
    return [item for item, _ in zip(items, range(1), strict=False)]


# --- What is shown of them -------------------------------------------------------------------------------------------


def _contiguous(cited: Sequence[Evidence]) -> list[list[Evidence]]:
    """The cited sentences in their order; one that stands beside an earlier one joins it, to be read together."""
    passages: list[list[Evidence]] = []
    for item in cited:
        beside = next((passage for passage in passages if any(_adjacent(item, other) for other in passage)), None)
        if beside is None:
            passages.append([item])
        else:
            beside.append(item)
    return passages


def _adjacent(one: Evidence, other: Evidence) -> bool:
    first, second = sorted((one, other), key=lambda item: item.start)
    chunk = first.hit.chunk
    return chunk.id == second.hit.chunk.id and not chunk.text[first.end : second.start].strip()


def _asked_for(question: Question, passage: Sequence[Evidence]) -> list[Quantity]:
    """The figures of a quote that bear on the question."""
    figures = [figure for item in passage for figure in new_figures(item.text, question.quantities)]
    asked = frozenset[str]().union(*(FIGURES.get(kind, frozenset()) for kind in question.kinds))
    return [figure for figure in figures if (figure.kind in asked if asked else figure.kind != "date")]


def gloss(
    question: Question,
    figures: Sequence[Quantity],
    quoted: Sequence[Evidence],
    short: str | None = None,
    most: int | None = None,
) -> Iterator[DraftSentence]:
    """The figures in their order as the question's language writes them, less those that it writes alike.

    Nothing of the `short` answer alone, which is said already; beside others it is needed to tell them apart.
    """
    written = dict.fromkeys(write_quantity(figure, question.language) for figure in figures)
    said = [each for each in written if each][:most]
    if said and said != [short]:
        joined = ("、" if question.language == "zh" else "; ").join(said)
        yield DraftSentence(phrases(question.language).same_figures.format(figures=joined), "gloss", quoted)
