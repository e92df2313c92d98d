"""`tongwen add URL`: off at first, then from the hosts of the list, into the library like a file."""

import pytest

from tests.index.web_sites import answer, serve

PAGES = {
    "zh": ("港口的历史", "这座港口建于1923年，最初只有两个泊位。"),
    "en": ("History of the harbour", "The harbour was built in 1923 and had two berths at first."),
    "mixed": ("港口 Harbour", "这座 harbour 建于1923年，有两个 berths。"),
}


def page(title, text):
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p><p hidden>x</p></body></html>"


@pytest.mark.parametrize("language", list(PAGES))
def test_a_page_is_added_with_its_address_as_source(tongwen, monkeypatch, language):
    title, text = PAGES[language]
    with serve(answer(page(title, text))) as site:
        monkeypatch.setenv("TONGWEN_ALLOWED_HOSTS", f"example.org, localhost:{site.port}")
        added = tongwen("add", f"http://LOCALHOST:{site.port}/a#b", "--json")
    (document,) = added.json["documents"]
    assert added.status == 0
    assert (document["title"], document["source"]) == (title, f"http://localhost:{site.port}/a")
    assert added.json["notes"][0]["note"].startswith("left out, not visible")


def test_a_page_that_has_changed_replaces_what_it_was(tongwen, monkeypatch):
    pages = iter([page(*PAGES["zh"]), page(*PAGES["zh"]), page(*PAGES["en"])])
    with serve(lambda request: answer(next(pages))(request)) as site:
        monkeypatch.setenv("TONGWEN_ALLOWED_HOSTS", f"localhost:{site.port}")
        url = f"http://localhost:{site.port}/"
        outcomes = [tongwen("add", url, "--json").json["documents"][0]["outcome"] for _ in range(3)]
    assert outcomes == ["added", "unchanged", "replaced"]
    assert [each["title"] for each in tongwen("list", "--json").json["documents"]] == [PAGES["en"][0]]


def test_pages_are_off_at_first(tongwen):
    with serve(answer("x")) as site:
        failed = tongwen("add", f"http://localhost:{site.port}/")
        assert site.connections == 0
    assert failed.status == 1
    assert "set TONGWEN_ALLOWED_HOSTS" in failed.err


@pytest.mark.parametrize(
    "url", ["http://other.example/", "file:///etc/passwd", "ftp://localhost/x", "https:/localhost"]
)
def test_what_is_not_allowed_is_refused_in_one_line(tongwen, monkeypatch, url):
    monkeypatch.setenv("TONGWEN_ALLOWED_HOSTS", "localhost")
    failed = tongwen("add", url)
    assert failed.status == 1
    assert len(failed.err.splitlines()) == 1


def test_a_page_that_is_gone_does_not_stop_the_others(tongwen, monkeypatch, place):
    (place / "a.txt").write_text("这是一个文件。", "utf-8")
    with serve(answer("gone", status="404 Not Found")) as site:
        monkeypatch.setenv("TONGWEN_ALLOWED_HOSTS", f"localhost:{site.port}")
        result = tongwen("add", f"http://localhost:{site.port}/", "a.txt", "--json")
    assert result.status == 1
    assert len(result.json["documents"]) == 1
    assert "404" in result.json["failed"][0]["error"]


@pytest.mark.parametrize("value", ["http://a/", "*.com", "u:secret@host"])
def test_a_list_of_hosts_that_cannot_be_meant_is_named(tongwen, monkeypatch, value):
    monkeypatch.setenv("TONGWEN_ALLOWED_HOSTS", value)
    failed = tongwen("add", "--sample")
    assert failed.status == 1
    assert "TONGWEN_ALLOWED_HOSTS" in failed.err
    assert "secret" not in failed.err
