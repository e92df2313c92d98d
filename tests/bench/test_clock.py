"""The time of calls, by stage."""

import pytest

from evals.bench.clock import Clock, Timed


class Index:
    kind = "索引"

    def search(self, question, k=1):
        return [question] * k


@pytest.fixture
def clock():
    return Clock()


def test_what_is_timed_answers_unchanged(clock):
    timed = Timed(Index(), clock, {"search": "dense"})
    assert timed.search("深度 depth", k=2) == ["深度 depth"] * 2
    assert timed.kind == "索引"


def test_each_call_counts_until_it_is_taken(clock):
    timed = Timed(Index(), clock, {"search": "dense"})
    timed.search("a")
    once = clock.take()
    assert once.keys() == {"dense"}
    assert once["dense"] > 0
    assert clock.take() == {}


def test_a_call_that_fails_counts_too(clock):
    def fail():
        with clock.measure("lexical"):
            raise ValueError("索引损坏 the index is damaged")

    with pytest.raises(ValueError, match="damaged"):
        fail()
    assert clock.take().keys() == {"lexical"}


def test_a_stage_without_its_method_is_an_error(clock):
    with pytest.raises(AttributeError, match="retrieve"):
        Timed(Index(), clock, {"retrieve": "dense"})
