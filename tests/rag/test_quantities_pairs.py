"""Whether one figure bears out another: the table of `quantity_pairs.tsv`, and what holds for any two figures."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quantities import Quantity, compare, find_quantities

TABLE = Path(__file__).with_name("quantity_pairs.tsv").read_text("utf-8").splitlines()
PAIRS = [tuple(row.split("\t")) for row in TABLE if not row.startswith("#")]


def only(text):
    (quantity,) = find_quantities(text)
    return quantity


@pytest.mark.parametrize(("said", "source", "verdict"), PAIRS, ids=["|".join(pair) for pair in PAIRS])
def test_pair(said, source, verdict):
    assert compare(only(said), only(source)) == verdict


@pytest.mark.parametrize(("said", "source", "verdict"), PAIRS, ids=["|".join(pair) for pair in PAIRS])
def test_equal_in_either_direction_or_in_none(said, source, verdict):
    assert (compare(only(source), only(said)) == "equal") == (verdict == "equal")


BOUNDS = st.sampled_from(["exact", "about", "at_least", "over", "at_most", "under", "nearly"])
VALUES = st.integers(1, 10**12).map(Fraction) | st.fractions(min_value=Fraction(1, 1000), max_value=10**6)
QUANTITIES = st.builds(
    Quantity,
    text=st.just(""),
    start=st.just(0),
    end=st.just(0),
    kind=st.sampled_from(["money", "share", "count", "measure"]),
    value=VALUES,
    unit=st.just(""),
    bound=BOUNDS,
)


@given(QUANTITIES)
def test_a_figure_equals_itself(quantity):
    assert compare(quantity, quantity) == "equal"


@given(QUANTITIES, QUANTITIES)
def test_two_exact_figures_agree_only_where_their_values_do(one, other):
    said, source = (Quantity("", 0, 0, "money", quantity.value, "USD") for quantity in (one, other))
    assert (compare(said, source) == "equal") == (one.value == other.value)
    assert compare(said, source) != "compatible"


@given(QUANTITIES, st.sampled_from([10, 100, 1000, 10**4]))
def test_a_wrong_multiplier_is_never_borne_out(said, factor):
    for source_bound in ("exact", "about", "over", "nearly"):
        source = Quantity("", 0, 0, said.kind, said.value * factor, "", source_bound)
        assert compare(said, source) == "different"
        assert compare(source, said) == "different"
