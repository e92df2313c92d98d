"""Tries with pauses, Retry-After, the breaker and the slots, on clocks that nobody waits for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.resilience import Breaker, RetryPolicy, Slots, retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize(("failed", "bound"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0)])
def test_the_bound_of_the_pause_doubles_up_to_the_longest(failed, bound):
    policy = RetryPolicy(tries=10)
    assert policy.pause(failed, None, draw=lambda: 1.0) == bound
    assert policy.pause(failed, None, draw=lambda: 0.25) == bound / 4


@given(st.integers(1, 9), st.floats(0, 1))
def test_no_pause_is_longer_than_the_longest(failed, drawn):
    assert 0 <= RetryPolicy(tries=10).pause(failed, None, draw=lambda: drawn) <= 8.0


def test_there_are_three_tries():
    pauses = [RetryPolicy().pause(failed, None, draw=lambda: 0.5) for failed in (1, 2, 3, 4)]
    assert pauses == [0.25, 0.5, None, None]


@pytest.mark.parametrize(("asked", "pause"), [(0.0, 0.0), (3.0, 3.0), (8.0, 8.0), (8.5, None), (3600.0, None)])
def test_what_the_endpoint_asks_for_is_waited_for_or_not_at_all(asked, pause):
    assert RetryPolicy().pause(1, asked, draw=lambda: 1.0) == pause


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),  # the three forms of RFC 9110, 5.6.7
        ("Sunday, 01-Mar-26 12:00:30 GMT", 30.0),
        ("Sun Mar  1 12:00:30 2026", 30.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
        ("Sun, 01 Mar 2026 20:00:30 +0800", 30.0),
        ("Sun, 01 Mar 2026 11:59:00 GMT", 0.0),
        ("", None),
        ("-5", None),
        ("1e9", None),
        ("７", None),
        ("soon", None),
        ("稍后", None),
        ("Sun, 99 Mar 2026 12:00:30 GMT", None),
        ("Sun, 01 Mar 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


@given(st.text(st.sampled_from("0123456789 :,+-.GMTSunMar二\n"), max_size=80))
def test_no_header_does_harm(value):
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_a_breaker_opens_after_failures_in_a_row(clock):
    breaker = Breaker(limit=3, rest=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()


def test_a_success_in_between_keeps_a_breaker_closed(clock):
    breaker = Breaker(limit=2, rest=30, clock=clock)
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    breaker.failed()
    assert breaker.allows()


@pytest.fixture
def half_open(clock):
    breaker = Breaker(limit=1, rest=30, clock=clock)
    breaker.failed()
    clock.now += 29.9
    assert not breaker.allows()
    clock.now += 0.1
    assert breaker.allows()
    return breaker


def test_a_half_open_breaker_lets_one_through(half_open):
    assert not half_open.allows()


def test_a_half_open_breaker_closes_with_a_success(half_open):
    half_open.succeeded()
    assert [half_open.allows() for _ in range(3)] == [True] * 3


def test_a_half_open_breaker_opens_again_with_a_failure(half_open, clock):
    half_open.failed()
    clock.now += 29.9
    assert not half_open.allows()
    clock.now += 0.1
    assert half_open.allows()


def test_one_that_never_reports_does_not_close_the_door_for_ever(half_open, clock):
    clock.now += 30
    assert half_open.allows()


def test_slots_are_as_many_as_were_set():
    slots = Slots(2)
    with slots.taken(0) as first, slots.taken(0) as second, slots.taken(0) as third:
        assert (first, second, third) == (True, True, False)


def test_a_slot_is_free_again_however_its_block_ends():
    slots = Slots(1)
    with pytest.raises(ZeroDivisionError), slots.taken(0):
        _ = 1 / 0
    with slots.taken(0) as taken:
        assert taken


def test_one_that_got_no_slot_gives_none_back():
    slots = Slots(1)
    with slots.taken(0):
        with slots.taken(0) as refused:
            assert not refused
        with slots.taken(0) as still_refused:
            assert not still_refused
