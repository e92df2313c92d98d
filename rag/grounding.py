"""Ties each sentence of a draft to the exact sentences it rests on, and checks its figures and names against them.

The same for every answerer: nothing reaches a reader that has not been through here. A quote rests on what it quotes.
A sentence that a model wrote rests on the one sentence of its evidence that agrees with it most, by its words and
names more than by its figures, so that a wrong figure does not find itself a sentence that happens to hold it; and on
another for a figure of which the first says nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from index.lexicon import translations_of
from index.terms import terms
from rag.answer import Check, Checks
from rag.answerer import DraftSentence
from rag.decisive_dates import decisive_dates, in_year, present_year
from rag.evidence import Evidence
from rag.names import Name, Names
from rag.quantities import Comparison, Quantity, compare, find_quantities, without_quantities

_MOST_SENTENCES = 3  # that one sentence of an answer may rest on
_LOOKED_AT = 12  # candidates, best by their words, whose names and figures are compared as well

# What a candidate's agreement counts; set on the development documents, see evals/README.md.
_NAMES, _FIGURES = 0.5, 0.3  # beside 1 for the words
_RANK = 0.3  # of the sentence that answers the question best; half, a third, … of those behind it
_LEAST_AGREEMENT = 0.15  # below it a sentence rests on nothing
_LEAST_OF_ANOTHER = 0.05  # agreement of words that a second sentence needs

_RATES = frozenset({"一年", "一个月", "一個月"})
_SMALL_COUNT = 10  # "two reasons": a model counts what it lists, so that a small bare count that is missing is marked


@dataclass(frozen=True, slots=True)
class GroundingRules:
    """What becomes of a sentence that does not hold."""

    wrong_figure: Literal["withhold", "mark"] = "withhold"
    missing_name: Literal["withhold", "mark"] = "mark"


@dataclass(frozen=True, slots=True)
class GroundedSentence:
    """A drafted sentence with what it rests on; its checks number `rests_on` from 1."""

    draft: DraftSentence
    rests_on: tuple[Evidence, ...]
    checks: Checks
    withheld: bool

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Its figures and names that do not hold, as written."""
        return tuple(check.text for check in (*self.checks.figures, *self.checks.names) if not check.supported)


def ground(sentence: DraftSentence, names: Names, rules: GroundingRules) -> GroundedSentence:
    """Find what the sentence rests on, check it, and decide whether it may be shown."""
    if sentence.role == "frame":
        return GroundedSentence(sentence, (), Checks(), withheld=False)
    written = find_quantities(sentence.text)
    said = [name for name in names.find(sentence.text) if not _is_part_of_a_figure(name, written)]
    figures = [figure for figure in written if not (_is_part_of_a_name(figure, said) or _is_a_rate(figure))]
    rests_on = _support(sentence, figures, said, names) if sentence.role == "prose" else tuple(sentence.evidence)
    quotes = [evidence.text for evidence in rests_on]
    present = present_year(_passages_beside(rests_on, sentence.evidence))
    checks = Checks(
        figures=tuple(check_figure(figure, quotes, present) for figure in figures),
        names=tuple(check_name(name, quotes, names) for name in said),
    )
    wrong = [check for figure, check in zip(figures, checks.figures, strict=True) if not _holds(figure, check)]
    missing = [check for check in checks.names if not check.supported]
    withheld = bool((wrong and rules.wrong_figure == "withhold") or (missing and rules.missing_name == "withhold"))
    return GroundedSentence(sentence, rests_on, checks, withheld)


def check_figure(figure: Quantity, quotes: Sequence[str], present: int | None = None) -> Check:
    """Whether one of `quotes` holds the figure; else what of its kind stands there instead.

    `present` is the year in which they were written, where it is known.
    """
    equal: tuple[str, int] | None = None
    instead: tuple[str, int] | None = None
    compatible: tuple[str, int] | None = None
    for number, quote in enumerate(quotes, 1):
        for held, verdict in _compared(figure, quote, present):
            if verdict == "equal" and (equal is None or held.text == figure.text):
                equal = (held.text, number)
            elif verdict == "compatible":
                compatible = compatible or (held.text, number)
            elif held.kind == figure.kind:
                instead = instead or (held.text, number)
    if equal:
        return Check(figure.text, True, "equal", *equal)
    if compatible:
        return Check(figure.text, True, "compatible", *compatible)
    return Check(figure.text, False, "different", *instead) if instead else Check(figure.text, False, "missing")


def _compared(figure: Quantity, quote: str, present: int | None = None) -> Iterator[tuple[Quantity, Comparison]]:
    """The figures of the quote that decide about `figure`, as they are written there, and what each says of it."""
    held = find_quantities(quote)
    if figure.kind != "date":
        yield from ((each, compare(figure, each)) for each in held)
        return
    for each in decisive_dates(figure, held):
        yield each, compare(in_year(figure, present), in_year(each, present))


def check_name(name: Name, quotes: Sequence[str], names: Names) -> Check:
    """Whether one of `quotes` holds the name, in either language."""
    for number, quote in enumerate(quotes, 1):
        written = names.standing_in(name, quote)
        if written is not None:
            return Check(name.text, True, "equal" if written == name.text else "compatible", written, number)
    return Check(name.text, False, "missing")


def _holds(figure: Quantity, check: Check) -> bool:
    """Whether the figure is no reason to withhold its sentence."""
    small = figure.kind in ("count", "measure") and 0 <= Fraction(figure.value) <= _SMALL_COUNT
    return check.supported or (small and check.verdict == "missing")


def _is_part_of_a_figure(name: Name, written: Sequence[Quantity]) -> bool:
    """新加坡 in 30 新加坡元: the figure is checked, and with it the name of its currency."""
    return any(
        figure.start <= name.start and name.end <= figure.end and len(name.text) < len(figure.text)
        for figure in written
        if figure.kind == "money"
    )


def _is_part_of_a_name(figure: Quantity, said: Sequence[Name]) -> bool:
    """“Day Two”, Line 6: the name is checked, and with it the figure."""
    return any(name.start <= figure.start and figure.end <= name.end for name in said)


def _is_a_rate(figure: Quantity) -> bool:
    """“一年” says that an amount is meant for each year: 每年, "a year" and "annual" have no figure at all."""
    return figure.text in _RATES


def _passages_beside(rests_on: Sequence[Evidence], evidence: Sequence[Evidence]) -> dict[str, None]:
    """The passages of the documents that a sentence rests on, as far as they are at hand."""
    documents = {item.hit.chunk.document_id for item in rests_on}
    return {item.hit.chunk.text: None for item in (*rests_on, *evidence) if item.hit.chunk.document_id in documents}


def _support(
    sentence: DraftSentence, figures: Sequence[Quantity], said: Sequence[Name], names: Names
) -> tuple[Evidence, ...]:
    """The sentences of its evidence that a model's sentence rests on, the one that agrees most first."""
    if not sentence.evidence:
        return ()
    words = _words_held(sentence.text, sentence.evidence)
    likely = sorted(range(len(words)), key=lambda index: -words[index] - _RANK / (1 + index))[:_LOOKED_AT]
    agreement = {
        index: words[index]
        + _NAMES * _names_held(said, sentence.evidence[index], names)
        + _FIGURES * _figures_held(figures, sentence.evidence[index])
        for index in likely
    }
    # The rank decides between sentences that agree, and makes none agree.
    best = max(likely, key=lambda index: agreement[index] + _RANK / (1 + index))
    if agreement[best] < _LEAST_AGREEMENT:
        return ()
    chosen = [sentence.evidence[best]]
    wanting = _not_spoken_of(figures, find_quantities(chosen[0].text))
    for index in sorted(set(range(len(words))) - {best}, key=lambda index: -words[index]):
        if not wanting or len(chosen) == _MOST_SENTENCES:
            break
        evidence = sentence.evidence[index]
        found = [figure for figure in wanting if _figures_held([figure], evidence)]
        if found and words[index] >= _LEAST_OF_ANOTHER:
            chosen.append(evidence)
            wanting = [figure for figure in wanting if figure not in found]
    return tuple(chosen)


def _not_spoken_of(figures: Sequence[Quantity], held: Sequence[Quantity]) -> list[Quantity]:
    """The figures that `held` neither bears out nor contradicts.

    One of the same kind contradicts a figure, unless it bears out another: "38 billion beside 300 billion" may rest on
    two sentences, but "38 billion" does not rest on another sentence than the one that says 300.
    """
    unclaimed = [each for each in held if not any(compare(figure, each) != "different" for figure in figures)]
    return [
        figure
        for figure in figures
        if not any(compare(figure, each) != "different" for each in held)
        and not any(each.kind == figure.kind for each in unclaimed)
    ]


def _figures_held(figures: Sequence[Quantity], evidence: Evidence) -> float:
    borne_out = sum(
        any(verdict != "different" for _, verdict in _compared(figure, evidence.text)) for figure in figures
    )
    return borne_out / len(figures) if figures else 0.0


def _names_held(said: Sequence[Name], evidence: Evidence, names: Names) -> float:
    return sum(names.standing_in(name, evidence.text) is not None for name in said) / len(said) if said else 0.0


def _words_held(text: str, evidence: Sequence[Evidence]) -> list[float]:
    """Share of the words of `text` that each sentence holds, itself or in translation, 0 to 1.

    A word counts for more where fewer of the sentences hold it (inverse frequency, as in BM25). A figure is no word: it
    would find the sentence that holds it, whatever that speaks of.
    """
    said = set(terms(without_quantities(text)))
    held = [_held(said, frozenset(terms(item.text))) for item in evidence]
    frequency = Counter(term for found in held for term in found)
    weights = {term: math.log(1 + len(evidence) / (0.5 + frequency[term])) for term in said}
    total = sum(weights.values()) or 1.0
    return [sum(weights[term] * sure for term, sure in found.items()) / total for found in held]


def _held(said: Set[str], words: Set[str]) -> dict[str, float]:
    found = {}
    for term in said:
        if term in words:
            found[term] = 1.0
        else:
            sure = max((weight for word, weight in translations_of(term) if word in words), default=0.0)
            if sure:
                found[term] = math.sqrt(sure)
    return found


def renumbered(checks: Checks, numbers: Sequence[int]) -> Checks:
    """The same checks with the numbers that the citations have in the answer."""

    def shown(check: Check) -> Check:
        return check if check.citation is None else replace(check, citation=numbers[check.citation - 1])

    return Checks(tuple(map(shown, checks.figures)), tuple(map(shown, checks.names)))
