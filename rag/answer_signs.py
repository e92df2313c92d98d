"""What speaks for it, and against it, that the documents answer a question: measured on the evidence that was found.

The fact that is asked for is what a question says beside its names: of "What does Erik Lund earn?" a sentence about
Erik Lund holds most, and the one word that is missing is the one that matters. So words are also counted without
names, each by how few of the sentences found hold it. Not handled: negation, and who did what to whom.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from index.language import HAN, search_copy
from index.lexicon import translations_of
from index.schema import Hit
from index.terms import terms
from rag.evidence import Evidence
from rag.matching import Wording, inverse_frequency
from rag.measures import asked_measures, gives_measure
from rag.names import Names
from rag.quantities import Quantity, find_quantities
from rag.question import Question
from rag.retriever import Retrieval, is_across
from rag.synonyms import support

_HAN_PAIR = re.compile(f"[{HAN}]{{2}}")
_YEAR = re.compile(r"\d{4}")  # at the start of a date, as `rag.quantities` writes it
_MOST_MARGIN = 3.0  # in units of the sentence score: e³ times as likely
_NAMED_KINDS = frozenset({"person", "organisation", "place"})


class AnswerSigns(NamedTuple):
    """Each about 0 to 1, but for `margin` and `length`.

    The context of a sentence is the title, its headings and the sentence before it.
    """

    likeness: float  # cosine of the best sentence with the question; 0 where the embedder does not read both
    likeness_lead: float  # by how much it is more like the question than any other sentence in its language
    margin: float  # its lead in score over the next sentence of its language
    fact_held: float  # share of what is asked, beside the names, that sentence and context hold
    heaviest_fact_missing: float  # share of the weightiest term of it that the sentence lacks
    kind: float  # share of the asked kinds that the sentence supplies; 1 where none is asked
    measure_missing: float  # 1 where a measure (an age, a length, money) is asked that the sentence does not give
    reason_missing: float  # 1 where a reason is asked and the sentence gives none
    years_missing: float  # 1 where a year of the question is neither in the sentence nor in its context
    other_year: float  # 1 where the passage has none of the years of the question
    figures_missing: float  # 1 where another figure of the question is not in the passage
    latin_missing: float  # share of its names in Latin letters that sentence and context lack
    named_missing: float  # share of its names that they lack; 0 across languages
    other_named: float  # 1 where they lack one and the sentence has a name of its own; 0 across languages
    no_new_name: float  # 1 where a name is asked and the sentence has none that is not in the question
    length: float  # logarithm of the number of terms
    across: float  # 1 where the evidence is in the other language


# Whether each speaks for an answer (1) or against it (-1): the fitted weights must not say the opposite.
DIRECTIONS = AnswerSigns(
    likeness=1, likeness_lead=1, margin=1, fact_held=1, heaviest_fact_missing=-1, kind=1, measure_missing=-1,
    reason_missing=-1, years_missing=-1, other_year=-1, figures_missing=-1, latin_missing=-1, named_missing=-1,
    other_named=-1, no_new_name=-1, length=0, across=0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """The best sentence and what stands around it, as found: text of the passage that was not ranked is not in it."""

    hit: Hit
    sentence: str
    context: str  # title, headings, the sentence before, and the sentence
    passage: str

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> _Place:
        best = evidence[0]
        same = [one for one in evidence if one.hit.chunk.id == best.hit.chunk.id]
        same.sort(key=lambda one: one.start)
        above = (best.hit.title, *best.hit.chunk.section)
        before = [one.text for one in same if one.end <= best.start][-1:]
        return cls(
            hit=best.hit,
            sentence=best.text,
            context="\n".join((*above, *before, best.text)),
            passage="\n".join((*above, *(one.text for one in same))),
        )


def answer_signs(question: Question, retrieval: Retrieval, evidence: Sequence[Evidence], names: Names) -> AnswerSigns:
    """What speaks for it that the first of `evidence`, which is not empty, answers the question."""
    best, place = evidence[0], _Place.of(evidence)
    across = is_across(question, best.hit.chunk.language)
    rivals = [one for one in evidence[1:] if is_across(question, one.hit.chunk.language) == across]
    wording = retrieval.wording(question, best.hit.chunk.language)
    held_by = _Held(wording, across)
    in_sentence, in_context = held_by(place.sentence), held_by(place.context)
    fact = _fact_weights(question, wording, evidence, names, across)
    measures = asked_measures(search_copy(question.text))
    named = names.find(question.text)
    missing = [name for name in named if names.standing_in(name, place.context) is None]
    said = frozenset(key for name in named for key in name.keys)
    new_name = any(said.isdisjoint(name.keys) for name in names.find(place.sentence))
    years, other = years_of(question.quantities), _figures(question.quantities)
    passage_figures = find_quantities(place.passage)
    return AnswerSigns(
        likeness=best.signals.likeness,
        likeness_lead=best.signals.likeness - max((one.signals.likeness for one in rivals), default=0.0),
        margin=min(_MOST_MARGIN, best.score - rivals[0].score) if rivals else _MOST_MARGIN,
        fact_held=sum(share * in_context[term] for term, share in fact.items()),
        heaviest_fact_missing=max((share * (1 - in_sentence[term]) for term, share in fact.items()), default=0.0),
        kind=best.signals.kind if question.kinds else 1.0,
        measure_missing=float(bool(measures) and not gives_measure(measures, search_copy(place.sentence))),
        reason_missing=(1 - best.signals.kind) * float("reason" in question.kinds),
        years_missing=float(not years <= years_of(find_quantities(place.context))),
        other_year=float(bool(years) and years.isdisjoint(years_of(passage_figures))),
        figures_missing=float(not other <= _figures(passage_figures)),
        latin_missing=_latin_missing(question, set(terms(place.context)), across),
        named_missing=0.0 if across or not named else len(missing) / len(named),
        other_named=float(bool(missing) and new_name and not across),
        no_new_name=float(not question.kinds.isdisjoint(_NAMED_KINDS) and not new_name),
        length=math.log1p(len(question.terms)),
        across=float(across),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """For a text: each term of the question, and how surely it stands there."""

    wording: Wording
    across: bool

    def __call__(self, text: str) -> dict[str, float]:
        words = set(terms(text))
        return {term: support(term, words, self.wording, self.across) for term in self.wording.shares}


def _fact_weights(
    question: Question, wording: Wording, evidence: Sequence[Evidence], names: Names, across: bool
) -> dict[str, float]:
    """The terms beside names and figures, each with its share, by how few of the sentences found hold it."""
    said = {*question.names, *(term for name in names.find(question.text) for term in terms(name.text))}
    pairs = {character for term in wording.shares if _HAN_PAIR.fullmatch(term) for character in term}
    asked = [term for term in wording.shares if term not in said | pairs and not term[0].isdigit()]
    pool = [set(terms(one.text)) for one in evidence if is_across(question, one.hit.chunk.language) == across]
    weights = {}
    for term in asked:
        forms = {word for word, _ in wording.translations[term]}
        weights[term] = inverse_frequency(len(pool), sum(not forms.isdisjoint(words) for words in pool))
    total = sum(weights.values())
    return {term: weight / total for term, weight in weights.items()}


def years_of(quantities: Sequence[Quantity]) -> set[str]:
    """The years that the dates among them name."""
    dates = (_YEAR.match(str(quantity.value)) for quantity in quantities if quantity.kind == "date")
    return {year[0] for year in dates if year}


def _figures(quantities: Sequence[Quantity]) -> set[tuple[str, object]]:
    return {(quantity.kind, quantity.value) for quantity in quantities if quantity.kind != "date"}


def _latin_missing(question: Question, words: Set[str], across: bool) -> float:
    """Across languages a name counts where its translation is known, for there it is hardly ever written alike."""
    written = {name: {name} for name in question.names}
    if across:
        for name, forms in written.items():
            forms.update(word for word, _ in translations_of(name))
        written = {name: forms for name, forms in written.items() if len(forms) > 1}
    return sum(forms.isdisjoint(words) for forms in written.values()) / len(written) if written else 0.0
