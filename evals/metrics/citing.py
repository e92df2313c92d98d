"""Whether an answer cites what must be cited, and no more than that."""

from __future__ import annotations

from collections.abc import Sequence

from evals.cases import MustCite
from evals.metrics.matching import quote_is_expected


def citation_precision(quotes: Sequence[str], groups: Sequence[Sequence[MustCite]]) -> float | None:
    """Share of `quotes` that lie on a passage of any group; None where nothing must be, or was, cited."""
    if not groups or not quotes:
        return None
    expected = [passage.quote for group in groups for passage in group]
    return sum(quote_is_expected(quote, expected) for quote in quotes) / len(quotes)


def citation_recall(quotes: Sequence[str], groups: Sequence[Sequence[MustCite]]) -> float | None:
    """Share of the groups of which a passage is cited; None where nothing must be cited."""
    return sum(_is_cited(group, quotes) for group in groups) / len(groups) if groups else None


def citations_cover(quotes: Sequence[str], groups: Sequence[Sequence[MustCite]]) -> bool:
    """Whether a passage of every group is cited. True where nothing must be cited."""
    return all(_is_cited(group, quotes) for group in groups)


def _is_cited(group: Sequence[MustCite], quotes: Sequence[str]) -> bool:
    passages = [passage.quote for passage in group]
    return any(quote_is_expected(quote, passages) for quote in quotes)
