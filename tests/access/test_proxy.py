"""A reverse proxy's word on who someone is: believed from its address, ignored from any other."""

import pytest

from index.errors import SettingsError
from ui.access.access import Access
from ui.access.proxy import trusted_proxy

ASK = "/api/v1/ask"
PROXY = "10.0.0.1"


@pytest.fixture
def proxied(guard_by, behind, store, clock):
    """Sets the proxy that is trusted."""

    def proxied(scope="read", addresses=(PROXY, "fd00::/8")):
        guard_by(Access(store, trusted_proxy("X-Forwarded-User", addresses, scope), clock=clock))
        return behind

    return proxied


@pytest.mark.parametrize("user", ["ann", "王芳", "ann@example.org"])
def test_whom_the_proxy_names_is_let_through(proxied, send, user):
    behind = proxied()
    on_the_wire = user.encode().decode("latin-1")
    assert send("POST", ASK, ("x-forwarded-user", _Latin(on_the_wire)), client=PROXY)[0] == 204
    assert (behind.visitors[0].name, behind.visitors[0].scopes) == (user, frozenset({"read"}))


class _Latin(str):
    """Text that goes on the wire as the bytes it was made of."""

    def encode(self, *_):
        return super().encode("latin-1")


@pytest.mark.parametrize("client", ["10.0.0.2", "127.0.0.1", "::1", "::ffff:10.0.0.2", "testclient"])
def test_from_anyone_else_the_header_counts_for_nothing(proxied, send, client):
    behind = proxied()
    assert send("POST", ASK, ("x-forwarded-user", "ann"), client=client)[0] == 401
    assert behind.visitors == []


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("x-forwarded-user", "")],
        [("x-forwarded-user", " ")],
        [("x-forwarded-user", "root"), ("x-forwarded-user", "ann")],
        [("x-forwarded_user", "ann")],
        [("x-user", "ann")],
    ],
    ids=["none", "empty", "blank", "doubled", "underscore", "another"],
)
def test_whom_the_proxy_does_not_name_is_nobody(proxied, send, headers):
    behind = proxied()
    assert send("POST", ASK, *headers, client=PROXY)[0] == 401
    assert behind.visitors == []


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 204)])
def test_those_who_come_through_it_may_do_what_was_said(proxied, send, scope, status):
    proxied(scope)
    assert send("POST", "/api/v1/documents", ("x-forwarded-user", "ann"), client=PROXY)[0] == status


def test_a_key_decides_also_behind_the_proxy(proxied, send, keys):
    behind = proxied()
    named = ("x-forwarded-user", "ann")
    assert send("POST", ASK, named, ("authorization", f"Bearer {keys['write']}"), client=PROXY)[0] == 204
    assert behind.visitors[0].name == "write"
    assert send("POST", ASK, named, ("authorization", "Bearer tw_wrong"), client=PROXY)[0] == 401


def test_the_password_that_the_proxy_asked_for_is_not_taken_for_a_key(proxied, send):
    proxied()
    basic = ("authorization", "Basic YW5uOnBhc3N3b3Jk")
    assert send("POST", ASK, ("x-forwarded-user", "ann"), basic, client=PROXY)[0] == 204


def test_two_people_at_one_browser_have_two_sessions(proxied, send):
    behind = proxied()
    cookie = ("cookie", "tongwen_session=" + "a" * 43)
    for user in ("ann", "bob", "ann"):
        send("GET", "/zh/config", ("x-forwarded-user", user), cookie, client=PROXY)
    ann, bob, again = (visitor.session for visitor in behind.visitors)
    assert ann == again != bob
    assert "a" * 43 not in ann


def test_a_browser_behind_the_proxy_gets_its_cookie_with_the_page(proxied, send):
    behind = proxied()
    _, headers, _ = send("GET", "/zh/", ("x-forwarded-user", "ann"), client=PROXY)
    assert "HttpOnly; SameSite=Lax; Path=/" in headers["set-cookie"]
    assert behind.visitors[0].session


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        ("Authorization", ["10.0.0.1"]),
        ("X User", ["10.0.0.1"]),
        ("Cookie", ["10.0.0.1"]),
        ("X-User", ["10.0.0.1/8"]),
        ("X-User", ["proxy.example.org"]),
    ],
)
def test_a_proxy_that_cannot_be_meant_is_refused(header, addresses):
    with pytest.raises(SettingsError, match=r"; (give|name) "):
        trusted_proxy(header, addresses, "read")
