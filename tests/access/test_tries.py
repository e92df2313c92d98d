"""Wrong keys: how many are answered, from where, and that nobody else is kept out by them."""

import pytest

from ui.access.access import Access
from ui.access.proxy import client_address, trusted_proxy
from ui.access.tries import MOST, WrongTries

ASK = "/api/v1/ask"


def wrong(number):
    return "authorization", f"Bearer tw_{number:043}"


def test_ten_wrong_keys_a_minute_are_answered_and_a_right_one_is_served_among_them(send, keys, behind, clock):
    statuses = []
    for number in range(1000):
        status, headers, _ = send("POST", ASK, wrong(number))
        statuses.append(status)
        if status == 429:
            assert 1 <= int(headers["retry-after"]) <= 60
        if number % 100 == 50:
            assert send("POST", ASK, ("authorization", f"Bearer {keys['read']}"))[0] == 204
    assert statuses == [401] * MOST + [429] * (1000 - MOST)
    assert len(behind.visitors) == 10
    clock.seconds += 60
    assert send("POST", ASK, wrong(0))[0] == 401


def test_the_tries_of_one_address_are_not_those_of_another(send, keys, behind):
    for number in range(20):
        send("POST", ASK, wrong(number), client="192.0.2.7")
    assert send("POST", ASK, wrong(0), client="192.0.2.7")[0] == 429
    assert send("POST", ASK, wrong(0), client="192.0.2.8")[0] == 401


def test_a_client_cannot_say_that_it_is_another(send, keys, behind):
    statuses = [send("POST", ASK, wrong(each), ("x-forwarded-for", f"10.0.0.{each}"))[0] for each in range(20)]
    assert statuses.count(401) == MOST


def test_a_request_without_a_key_is_no_try(send, keys, behind):
    assert {send("POST", ASK)[0] for _ in range(50)} == {401}
    assert send("POST", ASK, wrong(0))[0] == 401


def test_waiting_gives_back_one_try_for_each(clock):
    tries = WrongTries(clock)
    for _ in range(MOST):
        assert tries.count("a") == 0
        clock.seconds += 1
    assert tries.count("a") == 60 - MOST
    clock.seconds += 60 - MOST
    assert tries.count("a") == 0
    assert tries.count("a") == 1


def test_no_more_addresses_are_remembered_than_there_is_room_for(clock):
    tries = WrongTries(clock)
    for number in range(20_000):
        tries.count(str(number))
    assert len(tries._tries) == 10_000


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", None, "fe80::/64"),
    ],
)
def test_clients_are_told_apart_by_what_they_cannot_choose(peer, forwarded, counted):
    proxy = trusted_proxy("X-Forwarded-User", ["10.0.0.0/24"], "read")
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert client_address({"type": "http", "client": (peer, 1), "headers": headers}, proxy) == counted


def test_clients_behind_a_proxy_have_their_own_tries(send, keys, behind, store, clock, guard_by):
    guard_by(Access(store, trusted_proxy("X-Forwarded-User", ["10.0.0.1"], "read"), clock=clock))
    for number in range(20):
        send("POST", ASK, wrong(number), ("x-forwarded-for", "198.51.100.1"), client="10.0.0.1")
    statuses = [
        send("POST", ASK, wrong(0), ("x-forwarded-for", f"203.0.113.9, {last}"), client="10.0.0.1")[0]
        for last in ("198.51.100.1", "198.51.100.2")
    ]
    assert statuses == [429, 401]
