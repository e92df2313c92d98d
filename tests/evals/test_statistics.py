"""Means and their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.statistics import Estimate, estimate

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_of_no_case_nothing_is_known():
    assert estimate([]) == Estimate(None, None, None, 0)
    assert str(estimate([])) == "–"


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_equal_scores_have_no_spread(value):
    assert estimate([value] * 7) == Estimate(value, value, value, 7)


def test_half_of_a_hundred():
    """The binomial interval of 50 of 100 is 0.402 to 0.598 (normal approximation)."""
    found = estimate([0.0, 1.0] * 50)
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)


@given(SCORES)
def test_the_interval_holds_the_mean(scores):
    found = estimate(scores)
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9


@given(SCORES)
def test_the_same_scores_give_the_same_interval(scores):
    assert estimate(scores) == estimate(scores)
