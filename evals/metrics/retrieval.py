"""How well the passages that must be cited were found, by `ir_measures`, as the evaluation campaigns compute it.

Each group of `must_cite` is one need, and each passage of it meets that need: it is a query of its own, of which the
first retrieved chunk that holds such a passage is the relevant document. A case's figure is the mean over its needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEPTH = 60  # chunks that are looked at
RECALL_CURVE = (1, 2, 3, 5, 10, 20, 60)
_SHARE = 0.5  # of the shorter of chunk and passage that both must hold


@dataclass(frozen=True, slots=True)
class Span:
    """`document.text[start:end]`."""

    document_id: str
    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether both hold half of the shorter one: a passage may be cut by the border of a chunk."""
        if self.document_id != other.document_id:
            return False
        shared = min(self.end, other.end) - max(self.start, other.start)
        return shared > 0 and shared >= _SHARE * min(self.end - self.start, other.end - other.start)


def rank_of(group: Sequence[Span], retrieved: Sequence[Span]) -> int | None:
    """The rank, from 1, of the first chunk that meets a passage of the group; None where none does."""
    ranks = (rank for rank, chunk in enumerate(retrieved, 1) if any(chunk.meets(passage) for passage in group))
    return next(ranks, None)


def score_retrieval(ranks: Sequence[int | None], k: int) -> dict[str, float]:
    """The figures of one case from the ranks of its needs; `recall.K` for each K of the curve. Of no need, none."""
    if not ranks:
        return {}
    return score_rankings({"case": ranks}, k)["case"]


def score_rankings(cases: Mapping[str, Sequence[int | None]], k: int) -> dict[str, dict[str, float]]:
    """By case: `recall_at_k`, `mrr`, `ndcg_at_k`, and `recall.K`; 0 where a need was not met."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    needs = [(f"{case}\n{number}", rank) for case, ranks in cases.items() for number, rank in enumerate(ranks)]
    qrels = [ir_measures.Qrel(need, "relevant", 1) for need, _ in needs]
    names: dict[Any, list[str]] = defaultdict(list)
    for measure, name in [(R @ k, "recall_at_k"), (RR, "mrr"), (nDCG @ k, "ndcg_at_k")] + [
        (R @ depth, f"recall.{depth}") for depth in RECALL_CURVE
    ]:
        names[measure].append(name)
    sums: dict[str, dict[str, float]] = {case: defaultdict(float) for case, ranks in cases.items() if ranks}
    for found in ir_measures.iter_calc(list(names), qrels, list(_scored(needs))):
        case = found.query_id.rpartition("\n")[0]
        for name in names[found.measure]:
            sums[case][name] += found.value / len(cases[case])
    return {case: dict(figures) for case, figures in sums.items()}


def _scored(needs: Iterable[tuple[str, int | None]]) -> Iterable[Any]:
    """A ranking for each need: other chunks up to the relevant one. A need that was not met has only another chunk."""
    import ir_measures

    for need, rank in needs:
        for position in range(1, rank or 2):
            yield ir_measures.ScoredDoc(need, f"other-{position}", -float(position))
        if rank:
            yield ir_measures.ScoredDoc(need, "relevant", -float(rank))
