"""Logging in with a key, in both languages: the page, the session of the browser, and its end."""

import html
import re

import httpx
import pytest
from starlette.testclient import TestClient

from ui.access.access import Access
from ui.access.sessions import COOKIE, IDLE_SECONDS

FORM = {"content-type": "application/x-www-form-urlencoded"}
CONFIG = "/zh/config"


@pytest.fixture
def browser(guarded, keys):
    """A client that keeps cookies and follows no redirect."""
    return TestClient(guarded, follow_redirects=False)


def with_cookie(token):
    """A request of a client that keeps none itself."""
    return {"headers": {"cookie": f"{COOKIE}={token}"}}


def log_in(browser, key, language=None):
    return browser.post("/login" + (f"?language={language}" if language else ""), data={"key": key})


@pytest.mark.parametrize(
    ("page", "log_in_at"),
    [
        ("/", "/login"),
        ("/zh/", "/login?language=zh"),
        ("/zh", "/login?language=zh"),
        ("/en/", "/login?language=en"),
        ("/en", "/login?language=en"),
    ],
)
def test_a_page_leads_to_the_log_in_and_back(browser, keys, page, log_in_at):
    sent_away = browser.get(page)
    assert (sent_away.status_code, sent_away.headers["location"]) == (303, log_in_at)
    back = browser.post(log_in_at, data={"key": keys["read"]})
    assert (back.status_code, back.headers["location"]) == (303, page if page.endswith("/") else page + "/")


DOCUMENT = "/documents/0123456789abcdef?start=7&end=12&language=zh"


def test_a_link_to_a_document_leads_to_it_after_the_log_in(browser, keys):
    sent_away = browser.get(DOCUMENT)
    assert sent_away.status_code == 303
    page = browser.get(sent_away.headers["location"])
    action = re.search('action="([^"]*)"', page.text)[1]
    other = html.unescape(re.search('<a href="([^"]*)"', page.text)[1])
    assert "language=" in other
    for address in (html.unescape(action), other):
        back = browser.post(address, data={"key": keys["read"]})
        assert (back.status_code, back.headers["location"]) == (303, DOCUMENT)


@pytest.mark.parametrize(
    "following",
    [
        "//evil.test",
        "https://evil.test/documents/x",
        "/documents/../../evil",
        "/documents//evil.test",
        "/documents/x/y",
        "/documents/x\r\nset-cookie: a=b",
        "/documents/x#y",
        '/documents/x"><script>',
        "\\\\evil.test",
        "/logout",
        "javascript:alert(1)",
    ],
)
def test_a_log_in_leads_nowhere_else(browser, keys, following):
    assert "script>" not in browser.get("/login", params={"next": following}).text
    got = browser.post("/login", params={"next": following}, data={"key": keys["read"]})
    assert got.headers["location"] == "/"


@pytest.mark.parametrize("path", [CONFIG, "/zh/gradio_api/info", "/page.js", "/favicon.ico", "/zh/theme.css"])
def test_what_belongs_to_the_page_is_not_shown_before(browser, keys, path):
    got = browser.get(path)
    assert (got.status_code, got.json()["code"]) == (401, "key_missing")
    log_in(browser, keys["read"])
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    ("asked_for", "language", "heading", "other"),
    [
        ({"accept-language": "zh-CN,en;q=0.5"}, "zh", "登录", "English"),
        ({"accept-language": "en-GB"}, "en", "Log in", "中文"),
        ({"accept-language": "fr"}, "en", "Log in", "中文"),
    ],
)
def test_the_page_is_in_the_language_of_the_browser(browser, asked_for, language, heading, other):
    page = browser.get("/login", headers=asked_for).text
    assert f'<html lang="{language}">' in page
    assert f"<h1><span>同文 Tongwen</span>{heading}</h1>" in page
    assert other in page


@pytest.mark.parametrize(("language", "wrong"), [("zh", "密钥无效"), ("en", "This key is not valid")])
def test_the_language_that_was_chosen_stays(browser, keys, language, wrong):
    got = log_in(browser, "tw_wrong", language)
    assert got.status_code == 401
    assert wrong in got.text
    assert f'action="/login?language={language}"' in got.text
    assert log_in(browser, keys["read"], language).headers["location"] == f"/{language}/"


@pytest.mark.parametrize("language", ["fr", "//evil.test", "zh/../", ""])
def test_no_other_language_leads_anywhere(browser, keys, language):
    assert browser.post("/login", params={"language": language}, data={"key": keys["read"]}).headers["location"] == "/"


def test_the_field_has_a_label_and_what_is_wrong_is_tied_to_it(browser):
    page = log_in(browser, "tw_wrong", "en").text
    field = re.search("<input[^>]*>", page)[0]
    assert '<label for="key">' in page
    assert all(each in field for each in ('id="key"', 'type="password"', 'autocomplete="current-password"'))
    described = re.search('aria-describedby="([^"]*)"', field)[1].split()
    assert all(f'id="{name}"' in page for name in described)
    assert '<p class="wrong" id="wrong" role="alert">' in page


def test_the_key_that_was_entered_does_not_come_back(browser):
    assert "tw_mistyped" not in log_in(browser, "tw_mistyped").text


@pytest.mark.parametrize("kind", ["revoked", "expired"])
def test_a_key_that_is_valid_no_longer_opens_nothing(browser, keys, kind):
    assert log_in(browser, keys[kind]).status_code == 401
    assert browser.get(CONFIG).status_code == 401


def test_the_session_is_known_by_a_cookie_that_no_script_reads(browser, keys):
    cookie = log_in(browser, keys["read"]).headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; SameSite=Lax; Path=/", cookie)


def test_behind_tls_the_cookie_goes_no_other_way(guard_by, store, keys):
    browser = TestClient(guard_by(Access(store, https=True)), base_url="https://testserver", follow_redirects=False)
    assert log_in(browser, keys["read"]).headers["set-cookie"].endswith("; Secure")
    assert '"root":"https://testserver/zh"' in browser.get("/zh/").text.replace(" ", "")


def test_each_log_in_has_a_new_session_and_ends_the_one_before(browser, keys):
    first = log_in(browser, keys["read"]).cookies[COOKIE]
    second = log_in(browser, keys["read"]).cookies[COOKIE]
    browser.cookies.clear()
    assert first != second
    assert browser.get(CONFIG, **with_cookie(second)).status_code == 200
    assert browser.get(CONFIG, **with_cookie(first)).status_code == 401


def test_a_session_that_someone_planted_is_none(browser, keys):
    planted = "a" * 43
    browser.cookies.set(COOKIE, planted)
    assert log_in(browser, keys["read"]).cookies[COOKIE] != planted
    browser.cookies.clear()
    assert browser.get(CONFIG, **with_cookie(planted)).status_code == 401


def test_a_session_ends_with_its_key(browser, keys, store):
    log_in(browser, keys["read"])
    assert browser.get(CONFIG).status_code == 200
    store.revoke(next(key.id for key in store.all() if key.name == "read"))
    assert browser.get(CONFIG).status_code == 401
    assert browser.get("/zh/").headers["location"] == "/login?language=zh"


def test_a_session_ends_twelve_hours_after_it_was_last_used(browser, keys, clock):
    log_in(browser, keys["read"])
    for _ in range(3):
        clock.seconds += IDLE_SECONDS - 1
        assert browser.get(CONFIG).status_code == 200
    clock.seconds += IDLE_SECONDS
    assert browser.get(CONFIG).status_code == 401


def test_a_session_may_do_what_its_key_may(browser, keys):
    log_in(browser, keys["read"])
    assert browser.get("/api/v1/documents").status_code == 200
    assert browser.delete("/api/v1/documents/x").json()["code"] == "scope_missing"
    log_in(browser, keys["write"])
    assert browser.delete("/api/v1/documents/x").json()["code"] == "document_unknown"


def test_logging_out_ends_the_session(browser, keys):
    token = log_in(browser, keys["read"]).cookies[COOKIE]
    page = browser.get("/login?language=en").text
    assert "You are logged in: read" in page
    assert 'action="/logout"' in page
    assert browser.get("/logout").headers["location"] == "/login"
    assert browser.get(CONFIG).status_code == 200  # a link ends nothing
    out = browser.post("/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert f"{COOKIE}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0" in out.headers["set-cookie"]
    browser.cookies.clear()
    assert browser.get(CONFIG, **with_cookie(token)).status_code == 401


def test_a_name_is_shown_as_text(browser, store):
    _, secret = store.add("<script>alert(1)</script> 王芳 & <b>", "read")
    log_in(browser, secret)
    page = browser.get("/login").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 王芳 &amp; &lt;b&gt;" in page


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://testserver.evil.test", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_the_page_of_another_site_logs_nobody_in_or_out(browser, keys, origin, path):
    log_in(browser, keys["read"])
    got = browser.post(path, data={"key": keys["admin"]}, headers={"origin": origin})
    assert got.status_code == 403
    assert "set-cookie" not in got.headers
    assert browser.get(CONFIG).status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"key": "x"}', "application/json"),
        (b"key=" + b"x" * 5000, FORM["content-type"]),
        (b"key=\xff\xfe", FORM["content-type"]),
        (b"a=1&" * 20, FORM["content-type"]),
        (b"key", "text/plain"),
        (b"", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_that_is_none_of_ours_is_refused(browser, content, content_type):
    got = browser.post("/login", content=content, headers={"content-type": content_type})
    assert (got.status_code, got.json()["code"]) == (400, "malformed_body")
    assert got.json()["detail"].endswith("enter a key there")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_another_method_is_refused(browser, keys, method, path):
    assert browser.request(method, path).status_code == 401
    log_in(browser, keys["admin"])
    got = browser.request(method, path)
    assert (got.status_code, got.headers["allow"]) == (405, "GET, HEAD, POST")


def test_wrong_keys_are_limited_here_too(browser, keys, clock):
    statuses = [log_in(browser, f"tw_{each}", "zh") for each in range(12)]
    assert [each.status_code for each in statuses] == [401] * 10 + [429] * 2
    assert "请过 60 秒再试" in statuses[-1].text
    assert statuses[-1].headers["retry-after"] == "60"
    assert log_in(browser, keys["read"]).status_code == 303


def test_the_form_may_be_sent_from_this_page_alone_and_it_runs_nothing(browser, keys):
    policy = browser.get("/login").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    log_in(browser, keys["read"])
    assert "form-action 'none'" in browser.get("/zh/").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/login", "/"])
def test_nobody_else_keeps_what_is_said_to_one(browser, path):
    assert browser.get(path).headers["cache-control"] == "no-store"


def test_where_no_key_is_asked_for_nobody_logs_in(guard_by):
    browser = TestClient(guard_by(None), follow_redirects=False)
    assert browser.get("/login").headers["location"] == "/"
    assert browser.get("/login?language=zh").headers["location"] == "/zh/"
    assert browser.post("/logout").headers["location"] == "/login"
    assert browser.delete("/api/v1/documents/x").json()["code"] == "document_unknown"


@pytest.mark.parametrize("page", ["/", "/zh/", "/en/"])
def test_where_no_key_is_asked_for_a_browser_is_still_told_from_others(guard_by, behind, page):
    app = guard_by(None)
    browser = TestClient(app, follow_redirects=False)
    cookie = browser.get(page).headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; SameSite=Lax; Path=/; Max-Age=\d+", cookie)
    assert "set-cookie" not in browser.get(page).headers
    assert "set-cookie" not in TestClient(app).get(CONFIG).headers
    first, again, program = behind.visitors
    assert first.session == again.session != ""
    assert program.session == ""
    assert first.may("admin")
    assert first.session not in cookie


@pytest.mark.parametrize("value", ["", "short", "a" * 44, "a" * 42 + "!", "../../etc/passwd"])
def test_a_cookie_that_never_was_ours_is_replaced(guard_by, behind, value):
    browser = TestClient(guard_by(None), follow_redirects=False)
    assert COOKIE in browser.get("/zh/", headers={"cookie": f"{COOKIE}={value}"}).headers["set-cookie"]


def test_it_works_over_the_wire(url, keys):
    with httpx.Client(base_url=url, headers={"accept-language": "zh"}, trust_env=False) as browser:
        assert browser.get("/", follow_redirects=True).url.path == "/login"
        landed = browser.post("/login", data={"key": keys["read"]}, follow_redirects=True)
        assert (landed.status_code, landed.url.path) == (200, "/zh/")
        assert "gradio" in landed.text
