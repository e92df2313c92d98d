"""The answer in a few words, from the sentence that answers: the amount, date, share or name that was asked for.

Candidates are the figures or names of the asked kind that the question does not itself name. Where there are several,
the one whose surroundings hold most of the question is taken, and none where another comes close to it: better no
short answer than a wrong one. Not handled: short answers of other kinds (things, verbs, reasons), and answers that are
put together from two places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.language import HAN, search_copy
from index.lexicon import stands_in
from index.schema import Language
from index.terms import terms
from rag.answer import QuestionLanguage
from rag.evidence import Evidence
from rag.kinds import FIGURES, AskedUnit, Kind, asked_unit, new_figures
from rag.names import Names
from rag.quantities import Quantity, write_quantity
from rag.question import Question
from rag.retriever import is_across

if TYPE_CHECKING:
    from rag.asked_names import NameKind

# How much more of the question must stand around the best candidate than around the next, as a share of what the
# sentence holds of it; set on development questions, see evals/README.md.
_MARGIN = {"figure": 0.15, "name": 0.15}
# How much must stand around a name at least, a single one too: other names of the sentence may not have been found.
_LEAST_AROUND_NAME = 0.5
_RADII = {"zh": (5, 10, 20), "en": (15, 30, 60)}  # characters on either side that count as around a candidate

_NAME_KINDS: tuple[NameKind, ...] = ("person", "organisation", "place")
_FIGURE_KINDS: tuple[Kind, ...] = ("share", "money", "date", "measure", "count")
_HOW_MUCH = re.compile(r"多少(?![个個名位家座项条种人岁次台倍件篇场])|\bhow much\b", re.IGNORECASE)  # of anything
_NO_SHORT_ANSWER = re.compile(
    r"[吗嗎]|是不是|是否|有没有|\bor\b|还是|^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b"
    r"|从多少|由多少|第几|\b(?:compare|difference between|part number|phone number)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    figure: Quantity | None = None  # None: a name


def short_answer(question: Question, evidence: Evidence, names: Names) -> str | None:
    """The answer in a few words and in the question's language; None where the sentence does not make it plain.

    In a sentence of the question's language, or a mixed one, it is a stretch of the sentence.
    """
    chosen = _chosen(question, evidence, names)
    if chosen is None:
        return None
    return _in_language(chosen, evidence.text, question.language, evidence.hit.chunk.language)


def answering_figure(question: Question, evidence: Evidence, names: Names) -> Quantity | None:
    """The figure that the short answer gives; None where there is none, or it is a name."""
    chosen = _chosen(question, evidence, names)
    return chosen.figure if chosen else None


def _chosen(question: Question, evidence: Evidence, names: Names) -> _Candidate | None:
    asked = search_copy(question.text)
    if _NO_SHORT_ANSWER.search(asked):
        return None
    candidates = next((found for found in _candidates(question, asked, evidence, names) if found), ())
    return _plainest(candidates, evidence.text, evidence) if candidates else None


def _candidates(question: Question, asked: str, evidence: Evidence, names: Names) -> Iterator[Sequence[_Candidate]]:
    """What may answer each of the asked kinds, the kind that is asked most plainly first."""
    kinds, text = _plain_kinds(question.kinds), evidence.text
    unit = asked_unit(asked)
    figure_kinds = [kind for kind in _FIGURE_KINDS if kind in kinds]
    if figure_kinds or unit:
        figures = [figure for figure in new_figures(text, question.quantities) if _may_answer(figure, asked, text)]
        for wanted in _wanted(figure_kinds, unit, bool(_HOW_MUCH.search(asked)), figures):
            yield [_Candidate(*_whole_figure(figure, text), figure) for figure in wanted]
    for kind in _NAME_KINDS:
        if kind in kinds:
            from rag.asked_names import names_of_kind  # its long patterns are for such questions alone

            spans = names_of_kind(kind, text, names)
            if is_across(question, evidence.hit.chunk.language) and (len(spans) > 1 or names.find(question.text)):
                continue  # one of them may be the one that the question names in its own language
            yield [_Candidate(*span) for span in spans if not _is_named(text[slice(*span)], question.text, names)]


def _plain_kinds(kinds: Set[Kind]) -> Set[Kind]:
    """No short answer where a reason is asked as well: the date of "when and why" is not the answer."""
    return frozenset() if "reason" in kinds else kinds


def _wanted(
    kinds: Sequence[Kind], unit: AskedUnit | None, of_anything: bool, figures: Sequence[Quantity]
) -> Iterator[list[Quantity]]:
    if unit:
        yield [figure for figure in figures if figure.kind == unit.kind and figure.unit in unit.units]
    elif of_anything:
        yield [figure for figure in figures if figure.kind not in ("date", "rank")]
    else:
        for kind in kinds:
            yield [figure for figure in figures if figure.kind in FIGURES[kind]]


def _plainest(candidates: Sequence[_Candidate], text: str, evidence: Evidence) -> _Candidate | None:
    """The candidate that the question's words stand around; None where it is not plain which."""
    is_name = candidates[0].figure is None
    if len(candidates) == 1 and not is_name:
        return candidates[0]
    radii = _RADII["zh" if evidence.hit.chunk.language == "zh" else "en"]
    near = _in_row(candidates, text, evidence) or [
        _nearness(candidate, text, evidence, radii) for candidate in candidates
    ]
    best = max(range(len(near)), key=near.__getitem__)
    next_best = max((value for index, value in enumerate(near) if index != best), default=-1.0)
    if near[best] - next_best < _MARGIN["name" if is_name else "figure"]:
        return None
    if is_name and near[best] < _LEAST_AROUND_NAME:
        return None
    return None if _is_listed(candidates[best], candidates, text) else candidates[best]


_LIST_LINK = re.compile(r"\s*(?:[、,和与與及或至到]|and|or|to)\s*")


def _is_listed(chosen: _Candidate, candidates: Sequence[_Candidate], text: str) -> bool:
    """Whether it is one of several in a list: 18% 和 22%."""
    if "、" in (text[chosen.start - 1 : chosen.start], text[chosen.end : chosen.end + 1]):
        return True
    gaps = [text[other.end : chosen.start] for other in candidates if other.end <= chosen.start]
    gaps += [text[chosen.end : other.start] for other in candidates if other.start >= chosen.end]
    return any(_LIST_LINK.fullmatch(gap) for gap in gaps)


def _nearness(candidate: _Candidate, text: str, evidence: Evidence, radii: Sequence[int]) -> float:
    """Share, 0 to 1, of what the sentence holds of the question that stands around the candidate."""
    total = sum(evidence.held.values()) or 1.0
    clause = _clause(candidate, text)
    windows = [clause, *((candidate.start - radius, candidate.end + radius) for radius in radii)]
    shares = [
        sum(share for term, share in evidence.held.items() if stands_in(term, words)) / total
        for words in (frozenset(terms(text[max(0, start) : end])) for start, end in windows)
    ]
    return sum(shares) / len(shares)


_CLAUSE_BORDER = re.compile(r"[，；：。！？;:!?—]|,(?!\d)|\s(?:and|but|while|whereas)\s")


def _clause(candidate: _Candidate, text: str) -> tuple[int, int]:
    borders = [match.start() for match in _CLAUSE_BORDER.finditer(text)]
    start = max((border for border in borders if border < candidate.start), default=0)
    end = min((border for border in borders if border >= candidate.end), default=len(text))
    return start, end


_CELL = re.compile(r"(?:[^；;]|;(?! ))+")  # of a row of a table, as `index.formats.tables` writes it
_NAMED_CELL = re.compile(r"\s*[^：:]+(?:：|: )")


def _in_row(candidates: Sequence[_Candidate], text: str, evidence: Evidence) -> list[float] | None:
    """Share, 0 to 1, of the question that stands in the cell of each, of all that stands in their cells.

    What is beside a cell says nothing of its value. None where the text is no row of a table.
    """
    cells = list(_CELL.finditer(text))
    if len(cells) < 2 or not all(_NAMED_CELL.match(cell[0]) for cell in cells):
        return None
    around = [
        frozenset(terms(cell[0])) for each in candidates for cell in cells if cell.start() <= each.start < cell.end()
    ]
    held = [{term: share for term, share in evidence.held.items() if stands_in(term, words)} for words in around]
    everything: dict[str, float] = {}
    for each in held:
        everything |= each
    total = sum(everything.values()) or 1.0
    return [sum(each.values()) / total for each in held]


_HEDGE_BEFORE = re.compile(
    r"(?:[约約近逾]|大约|大約|约为|約為|将近|將近|接近|超过|超過|至少|至多|不到|多达|高达)\s?$"
    r"|(?<![A-Za-z])(?:about|nearly|almost|over|more than|less than|fewer than|at least|at most|up to|around|some"
    r"|roughly|approximately)\s$",
    re.IGNORECASE,
)
_COUNTED_AFTER = re.compile(
    r"\s?[多余餘]?\s?(?:人次|个月|小时|[个個名位家座项項台条條种種人岁歲层層倍件篇场場支部张張组組辆輛枚颗顆本次届屆所间間艘架杯天年页頁集首句株头頭匹只隻](?!分))"
    r"(?:左右|以上|以下)?"
)
_PART_OF_NAME = re.compile(r"\s?(?:号线|號線|路公交|路车)")
_ORDINAL_BEFORE = re.compile(r"第\s?$|\b(?:Line|No\.|number|Chapter|Phase) $")
_MULTIPLE = re.compile(r"倍|\btimes\b", re.IGNORECASE)
# What a date must be written with to say the year, the month, the day or the time of day that was asked.
_DATE_PARTS = (
    (
        re.compile(r"哪一?年|几几年|\b(?:what|which) year\b", re.IGNORECASE),
        re.compile(r"\d{4}|年|[零〇一二三四五六七八九]{4}"),
    ),
    (re.compile(r"几月|哪个?月|\b(?:what|which) month\b", re.IGNORECASE), re.compile(r"月|[A-Za-z]{3}")),
    (
        re.compile(r"几[日号]|哪一?天|什么日期|\b(?:what|which) (?:day|date)\b", re.IGNORECASE),
        re.compile(r"[日号號天]|[A-Za-z]{3,9}\.? \d|\d(?:st|nd|rd|th)? [A-Za-z]{3}"),
    ),
    (re.compile(r"几[点时]|\bwhat time\b", re.IGNORECASE), re.compile(r"[点點时時]|:|\b[ap]\.?m\b", re.IGNORECASE)),
)


def _may_answer(figure: Quantity, asked: str, text: str) -> bool:
    """Not a number in a name (第 3 名, 6 号线, "Line 6"), a multiple, or a date without the part that was asked."""
    if figure.kind == "date":
        return all(written.search(figure.text) for asks, written in _DATE_PARTS if asks.search(asked))
    if figure.unit == "times" and not _MULTIPLE.search(asked):
        return False
    ordinal = figure.kind == "count" and _ORDINAL_BEFORE.search(text, max(0, figure.start - 12), figure.start)
    return not ordinal and _PART_OF_NAME.match(text, figure.end) is None


def _whole_figure(figure: Quantity, text: str) -> tuple[int, int]:
    """The figure with the word that hedges it, and a Chinese one with its measure word: 近 300 家."""
    hedge = _HEDGE_BEFORE.search(text[max(0, figure.start - 16) : figure.start])
    start = figure.start - len(hedge[0]) if hedge and figure.kind != "date" else figure.start
    counted = _COUNTED_AFTER.match(text, figure.end) if figure.kind == "count" else None
    return start, counted.end() if counted else figure.end


def _is_named(name: str, question: str, names: Names) -> bool:
    """Whether the question names it already: in either language, in full or in part."""
    if search_copy(name).lower() in search_copy(question).lower():
        return True
    return any(names.standing_in(each, name) is not None for each in names.find(question))


_SCRIPT = re.compile(rf"[{HAN}A-Za-z]")


def _in_language(chosen: _Candidate, text: str, language: QuestionLanguage, source: Language) -> str | None:
    """As written, or a figure as the question's language writes it; None where it cannot be written in that."""
    if chosen.figure is None or source in (language, "mixed"):
        return " ".join(text[chosen.start : chosen.end].split())
    written = write_quantity(chosen.figure, language)
    if written is None and not _SCRIPT.search(chosen.figure.text):
        return chosen.figure.text
    return written
