"""Where the passages that must be cited stand in the documents that are really there.

A passage stands where it stands word for word; else where it would but for its figures, so that a figure that has
changed in a document is a wrong figure and not a missing passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from evals.cases import Case, MustCite
from evals.metrics.retrieval import Span
from index.schema import Document
from rag.quantities import find_quantities

_ANY_FIGURE = r".{1,40}?"


def expected_spans(
    case: Case, there: Sequence[Document], files: Mapping[str, Sequence[Document]]
) -> tuple[tuple[Span, ...], ...]:
    """For each group of `must_cite` the places in the documents `there` of its passages; `files` are those of the
    suite by name. A group is empty where none of its passages is there."""
    return tuple(
        tuple(span for passage in group for span in _places(passage, there, files)) for group in case.must_cite
    )


def _places(passage: MustCite, there: Sequence[Document], files: Mapping[str, Sequence[Document]]) -> list[Span]:
    named = None if passage.document is None else {document.id for document in files.get(passage.document, ())}
    documents = [document for document in there if named is None or document.id in named]
    exact = [span for document in documents for span in _find(re.escape(passage.quote), document)]
    return exact or [span for document in documents for span in _find(_but_for_figures(passage.quote), document)]


def _find(pattern: str, document: Document) -> Iterator[Span]:
    for match in re.finditer(pattern, document.text):
        yield Span(document.id, *match.span())


def _but_for_figures(quote: str) -> str:
    pieces, end = [], 0
    for figure in find_quantities(quote):
        pieces += [re.escape(quote[end : figure.start]), _ANY_FIGURE]
        end = figure.end
    return "".join((*pieces, re.escape(quote[end:])))
