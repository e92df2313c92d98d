"""How much of a question stands in a text: its terms, each with its share of the whole, and their translations.

In the question's own language a term is there or it is not. In the other language a translation stands for it, as
surely as the lexicon says; names and figures that both languages write alike stand for themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from index.language import HAN
from index.lexicon import Lexicon, Translations
from index.snapshot import Snapshot

_K1, _B = 0.4, 0.75
_HAN_TERM = re.compile(f"[{HAN}]")
_HAN_PAIR = re.compile(f"[{HAN}]{{2}}")


@dataclass(frozen=True)
class Wording:
    """What to look for in the texts of one language."""

    shares: Mapping[str, float]  # each term of the question: its share of their weight, 1 in all; empty if none counts
    translations: Mapping[str, Translations]  # what stands for each of them, and how surely, 0 to 1
    weight: float = 0.0  # of all the terms together: the sum of their inverse frequencies

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every term that stands for one of the question, for the lexical index."""
        return tuple(dict.fromkeys(word for found in self.translations.values() for word, _ in found))

    def held_by(self, words: Set[str]) -> dict[str, float]:
        """The terms of the question that `words` hold, each with the share of the question that it accounts for."""
        held = {}
        for term, translations in self.translations.items():
            sure = max((weight for word, weight in translations if word in words), default=0.0)
            if sure:
                held[term] = sure * self.shares[term]
        return held

    def share_of(self, counts: Mapping[str, int], average_length: float) -> float:
        """Share of the question, 0 to 1, that a passage with these terms answers to, in the manner of BM25.

        The occurrences of a term are those of its translations, each as far as it is sure; they saturate and are
        normalised by length as in BM25 (k1 and b by recall on development sections, evals/README.md).
        """
        usual = _K1 * (1 - _B + _B * sum(counts.values()) / average_length)
        share = 0.0
        for term, translations in self.translations.items():
            found = sum(sure * counts[word] for word, sure in translations if word in counts)
            share += self.shares[term] * found / (found + usual)
        return share


def own_wording(terms: Sequence[str], snapshot: Snapshot, lexicon: Lexicon) -> Wording:
    """For texts in the language of the question: its terms, by how telling they are in the library.

    A pair of characters that neither the library nor the lexicon knows is the end of one word and the beginning of
    the next; being the rarest of terms, it would count most. A word that is missing from the library does count.
    """
    total, holding = _total(snapshot), snapshot.holding_counts(terms)
    weights = {
        term: inverse_frequency(total, holding[term])
        for term in terms
        if holding[term] or not _HAN_PAIR.fullmatch(term) or lexicon.translations(term)
    }
    return Wording(_shares(weights), {term: ((term, 1.0),) for term in weights}, sum(weights.values()))


def translated_wording(terms: Sequence[str], snapshot: Snapshot, lexicon: Lexicon) -> Wording:
    """For texts in the other language: each term with its translations.

    A name or figure in Latin letters and digits also stands for itself. A term is as telling as it is in its own
    language, where the library has that; else as its translations are on average. A term of which nothing stands in
    the library does not count: it is a pair of characters of two words, mostly.
    """
    translations = {term: _translations(term, lexicon) for term in terms}
    words = {word for found in translations.values() for word, _ in found}
    total, holding = _total(snapshot), snapshot.holding_counts(words.union(terms))
    weights: dict[str, float] = {}
    for term, found in translations.items():
        present = [(inverse_frequency(total, holding[word]), sure) for word, sure in found if holding[word]]
        if present and holding[term]:
            weights[term] = inverse_frequency(total, holding[term])
        elif present:
            weights[term] = sum(weight * sure for weight, sure in present) / sum(sure for _, sure in present)
    return Wording(_shares(weights), {term: translations[term] for term in weights}, sum(weights.values()))


def _translations(term: str, lexicon: Lexicon) -> Translations:
    """What stands for the term in the other language; by the square root of its probability, which found most."""
    found = tuple((word, math.sqrt(probability)) for word, probability in lexicon.translations(term))
    return found if _HAN_TERM.match(term) else ((term, 1.0), *found)


def inverse_frequency(total: int, holding: int) -> float:
    """How telling a term is that `holding` of `total` chunks hold: above zero always (Lucene's BM25Similarity)."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def _total(snapshot: Snapshot) -> int:
    return sum(snapshot.chunk_count(language) for language in snapshot.languages)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {term: weight / total for term, weight in weights.items()} if total else {}
