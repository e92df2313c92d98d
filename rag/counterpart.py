"""The sentence of the library that says in the other language what a cited sentence says.

A wrong counterpart is worse than none, so three things have to hold of two sentences. They are each other's nearest
among the passages around them. They hold the same figures. And they are near, by cosine and by how far any other
sentence is behind, which is the margin of bitext mining (Artetxe & Schwenk 2019); two that share a telling figure need
less. The bounds are for the model that comes with the program, by `python -m evals.counterparts`: with another one
nothing is found. Not handled: a sentence that the other language spreads over several, and passages in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.embedding import SHIPPED_NAME, Embedder, Vector
from index.schema import Chunk, Language, Place, place_at, sha256_text
from index.sentences import sentence_spans
from index.snapshot import Snapshot
from rag.answer import Citation
from rag.quantities import Quantity, compare, find_quantities

_OTHER: Mapping[Language, Language] = {"zh": "en", "en": "zh"}
_PASSAGES = 4  # whose sentences are compared, on either side
_LEAST_NEAR = 1.0  # cosine plus margin
_LEAST_NEAR_WITH_FIGURES = 0.75
_SMALL = 10  # "both", 三家, 一年: one language counts where the other does not


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A sentence that says the same in the other language: `document.text[start:end] == quote`, always."""

    document_id: str
    title: str
    start: int
    end: int
    quote: str
    sha256: str  # of the quote
    cosine: float  # with the cited sentence
    language: Language
    section: tuple[str, ...]  # headings above the sentence, outermost first
    before: str  # the text of the same chunk that precedes the quote …
    after: str  # … and follows it
    place: Place | None = None  # in which the quote begins, where the format has them


def counterpart(snapshot: Snapshot, cited: Citation, embedder: Embedder) -> Counterpart | None:
    """What the library holds in the other language for a cited sentence; None where nothing is sure enough."""
    other = _OTHER.get(cited.language)
    if other not in snapshot.languages or snapshot.degraded or embedder.name != SHIPPED_NAME:
        return None
    there = _Around(snapshot, cited.quote, other, embedder)
    found = there.sentences[there.best]
    if not same_figures(cited.quote, found.text):
        return None
    back = _Around(snapshot, found.text, cited.language, embedder)
    cosine = there.cosines[there.best]
    back_rival, rival = back.rival(cited.quote), there.rival(found.text)
    shared = any(map(_is_telling, find_quantities(cited.quote))) and any(map(_is_telling, find_quantities(found.text)))
    needed = _LEAST_NEAR_WITH_FIGURES if shared else _LEAST_NEAR
    if cosine <= back_rival or 2 * cosine - max(rival, back_rival) < needed:
        return None
    return _counterpart(snapshot, found, cosine)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence at `chunk.text[start:end]` of a document with that title."""

    chunk: Chunk
    title: str
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.chunk.text[self.start : self.end]


class _Around:
    """The sentences of the passages of one language that are nearest to a text, with their cosines."""

    def __init__(self, snapshot: Snapshot, text: str, language: Language, embedder: Embedder) -> None:
        (vector,) = embedder.embed_passages([text])
        self.sentences = list(_sentences(snapshot, vector, language))
        self.cosines: list[float] = (
            embedder.embed_passages([sentence.text for sentence in self.sentences]) @ vector
        ).tolist()
        self.best = max(range(len(self.cosines)), key=self.cosines.__getitem__)

    def rival(self, text: str) -> float:
        """The highest cosine of a sentence that does not read like `text`; -1 where there is none."""
        pairs = zip(self.sentences, self.cosines, strict=True)
        return max((cosine for sentence, cosine in pairs if sentence.text != text), default=-1.0)


def _sentences(snapshot: Snapshot, vector: Vector, language: Language) -> Sequence[_Sentence]:
    found = []
    for number, _ in snapshot.search_vectors(vector, language, _PASSAGES):
        chunk, title = snapshot.chunk(number)
        found += [_Sentence(chunk, title, start, end) for start, end in sentence_spans(chunk.text)]
    return found


def _counterpart(snapshot: Snapshot, found: _Sentence, cosine: float) -> Counterpart:
    chunk = found.chunk
    start = chunk.start + found.start
    return Counterpart(
        document_id=chunk.document_id,
        title=found.title,
        start=start,
        end=chunk.start + found.end,
        quote=found.text,
        sha256=sha256_text(found.text),
        cosine=cosine,
        language=chunk.language,
        section=chunk.section,
        before=chunk.text[: found.start],
        after=chunk.text[found.end :],
        place=place_at(snapshot.places(chunk), start),
    )


def same_figures(one: str, other: str) -> bool:
    """Whether either text bears out the figures of the other. A small number that only one of them has is none."""
    first, second = find_quantities(one), find_quantities(other)
    return _bears_out(first, second) and _bears_out(second, first)


def _bears_out(held: Sequence[Quantity], said: Sequence[Quantity]) -> bool:
    return all(any(compare(figure, each) != "different" for each in held) or _is_idle(figure, held) for figure in said)


def _is_idle(figure: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether the figure is a small number, and nothing of its kind stands against it."""
    return not _is_telling(figure) and all((each.kind, each.unit) != (figure.kind, figure.unit) for each in held)


def _is_telling(figure: Quantity) -> bool:
    return isinstance(figure.value, str) or figure.kind in ("money", "share") or abs(figure.value) > _SMALL
