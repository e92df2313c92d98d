"""Each figure of a case on examples that were worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import MustCite
from evals.metrics.answer_language import is_in_language
from evals.metrics.citing import citation_precision, citation_recall
from evals.metrics.latency import latency, total
from evals.metrics.retrieval import Span, rank_of, score_rankings, score_retrieval
from evals.metrics.support import support

# Retrieval


@pytest.mark.parametrize(
    ("chunk", "passage", "meets"),
    [
        (Span("a", 0, 100), Span("a", 10, 20), True),
        (Span("a", 10, 20), Span("a", 0, 100), True),
        (Span("a", 0, 15), Span("a", 10, 20), True),  # half of the passage
        (Span("a", 0, 14), Span("a", 10, 20), False),
        (Span("b", 0, 100), Span("a", 10, 20), False),
        (Span("a", 0, 10), Span("a", 10, 20), False),
    ],
)
def test_a_chunk_meets_a_passage_of_which_it_holds_half(chunk, passage, meets):
    assert chunk.meets(passage) is meets


def test_the_rank_of_a_need_is_that_of_the_first_chunk_with_any_of_its_passages():
    chunks = [Span("a", 0, 50), Span("b", 0, 50), Span("a", 50, 90)]
    assert rank_of([Span("a", 60, 70), Span("b", 10, 20)], chunks) == 2
    assert rank_of([Span("c", 0, 5)], chunks) is None


@pytest.mark.parametrize(
    ("ranks", "recall", "mrr", "ndcg"),
    [
        ([1], 1, 1, 1),
        ([3], 1, 1 / 3, 1 / 2),  # 1 / log2(1 + 3)
        ([6], 0, 1 / 6, 0),
        ([None], 0, 0, 0),
        ([1, None], 1 / 2, 1 / 2, 1 / 2),
        ([2, 5], 1, (1 / 2 + 1 / 5) / 2, (1 / math.log2(3) + 1 / math.log2(6)) / 2),
    ],
)
def test_retrieval_by_hand(ranks, recall, mrr, ndcg):
    found = score_retrieval(ranks, 5)
    assert (found["recall_at_k"], found["mrr"], found["ndcg_at_k"]) == pytest.approx((recall, mrr, ndcg))


def test_a_case_that_needs_no_passage_has_no_retrieval_figure():
    assert score_retrieval([], 5) == {}


RANKS = st.lists(st.one_of(st.none(), st.integers(1, 60)), min_size=1, max_size=4)


@given(st.lists(RANKS, min_size=1, max_size=5), st.integers(1, 20))
def test_the_library_agrees_with_the_definitions(cases, k):
    named = {f"案例 {number}": ranks for number, ranks in enumerate(cases)}
    for name, found in score_rankings(named, k).items():
        ranks = named[name]
        met = [rank for rank in ranks if rank]
        assert found["recall_at_k"] == pytest.approx(sum(rank <= k for rank in met) / len(ranks))
        assert found["mrr"] == pytest.approx(sum(1 / rank for rank in met) / len(ranks))
        assert found["ndcg_at_k"] == pytest.approx(sum(1 / math.log2(1 + r) for r in met if r <= k) / len(ranks))
        assert found["recall.10"] == pytest.approx(sum(rank <= 10 for rank in met) / len(ranks))


# Citations

COST, SHARE = MustCite("工厂花了 35 亿元。"), MustCite("The share is 18%.")
GROUPS = ((COST, MustCite("The plant cost 3.5 billion yuan.")), (SHARE,))


@pytest.mark.parametrize(
    ("quotes", "precision", "recall"),
    [
        (["工厂花了 35 亿元。", "The share is 18%."], 1, 1),
        (["The plant cost 3.5 billion yuan."], 1, 1 / 2),
        (["工厂花了 35 亿元。", "别的。"], 1 / 2, 1 / 2),
        (["别的。"], 0, 0),
        ([], None, 0),
    ],
)
def test_citations_by_hand(quotes, precision, recall):
    assert citation_precision(quotes, GROUPS) == precision
    assert citation_recall(quotes, GROUPS) == recall


def test_where_nothing_must_be_cited_citations_are_not_judged():
    assert citation_precision(["甲"], ()) is None
    assert citation_recall(["甲"], ()) is None


# Checks, language, time, cost


def test_support_is_the_share_that_the_checks_bear_out():
    answer = {"checks": {"figures": [{"supported": True}, {"supported": False}], "names": []}}
    assert support(answer, "figures") == 0.5
    assert support(answer, "names") is None
    assert support({"answer": "from a model that checks nothing"}, "figures") is None


QUOTED = "工厂花了 35 亿元，厂址在宁波市。"


@pytest.mark.parametrize(
    ("text", "quotes", "language", "right"),
    [
        ("工厂花了 35 亿元。[1]", ["工厂花了 35 亿元。"], "zh", True),
        ("工厂花了 35 亿元。[1]", ["工厂花了 35 亿元。"], "en", False),
        (f"The source is in Chinese: {QUOTED}[1] (3.5 billion yuan)", [QUOTED], "en", True),
        (f"{QUOTED}[1] 3.5", [QUOTED], "en", False),
        ("原文为英文：It cost 3.5 billion yuan in all.[1]", ["It cost 3.5 billion\nyuan in all."], "zh", True),
        ("It cost 3.5 billion yuan.", [], "zh", False),
        ("AWS[1]\n工厂由 AWS 承建。", ["工厂由 AWS 承建。"], "zh", True),
        ("亚马逊 CEO 说 capex 是 2000 亿", [], "zh", True),
    ],
)  # fmt: skip
def test_an_answer_is_in_the_language_of_its_question(text, quotes, language, right):
    assert is_in_language(text, quotes, language) is right


def test_latency_is_given_in_percentiles():
    found = latency([float(number) for number in range(1, 101)])
    assert found == {"p50": 50.5, "p90": 90.1, "p95": 95.05, "p99": 99.01, "mean": 50.5, "max": 100.0}
    assert latency([]) == {}


def test_a_cost_that_nothing_is_known_of_is_not_zero():
    assert total([None, None]) is None
    assert total([0.25, None, 0.5]) == 0.75
