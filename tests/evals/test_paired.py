"""The tests of a difference between two runs, against worked values."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.paired import compare_values, mcnemar


@pytest.mark.parametrize(
    ("lost", "won", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 2 / 32),  # five heads or five tails in a row
        (6, 0, 2 / 64),
        (8, 2, 2 * (1 + 10 + 45) / 1024),
        (3, 3, 1.0),
        (1, 9, 2 * (1 + 10) / 1024),
    ],
)
def test_mcnemar_by_hand(lost, won, p):
    assert mcnemar(lost, won) == pytest.approx(p)
    assert mcnemar(won, lost) == pytest.approx(p)


def runs(*pairs):
    return [{f"案例{number}": pair[side] for number, pair in enumerate(pairs)} for side in (0, 1)]


def test_right_and_wrong_are_tested_by_mcnemar():
    found = compare_values(*runs(*[(1.0, 0.0)] * 6, *[(1.0, 1.0)] * 14))
    assert (found.test, found.n) == ("McNemar", 20)
    assert (found.first, found.second, found.by) == (1.0, 0.7, pytest.approx(-0.3))
    assert found.p == pytest.approx(2 / 64)
    assert not found.is_noise
    assert found.low < -0.3 < found.high < 0


def test_a_few_cases_are_noise():
    assert compare_values(*runs((1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))).is_noise


def test_means_are_tested_by_the_bootstrap():
    draw = random.Random(3)
    pairs = [(value := draw.random(), min(1.0, value + 0.05 + draw.random() / 20)) for _ in range(80)]
    found = compare_values(*runs(*pairs))
    assert found.test == "bootstrap"
    assert not found.is_noise
    assert 0 < found.low < found.by < found.high
    shuffled = compare_values(*runs(*[(draw.random(), draw.random()) for _ in range(80)]))
    assert shuffled.low < 0 < shuffled.high
    assert shuffled.is_noise


def test_a_case_of_one_run_alone_counts_in_that_run():
    found = compare_values({"a": 1.0, "b": 0.0}, {"a": 1.0, "c": 0.0, "d": 0.0})
    assert (found.first, found.second, found.n, found.test) == (0.5, pytest.approx(1 / 3), 4, "bootstrap")


def test_nothing_is_not_compared():
    assert compare_values({}, {"a": 1.0}) is None
    assert compare_values({"a": 1.0}, {}) is None


@given(st.dictionaries(st.text(min_size=1), st.floats(0, 1), min_size=1, max_size=20))
def test_a_run_does_not_differ_from_itself(values):
    found = compare_values(values, dict(values))
    assert (found.by, found.low, found.high, found.p) == (0, 0, 0, 1.0)
    assert found.is_noise
