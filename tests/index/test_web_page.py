"""T26: one page from an allowed host and nothing else, whatever an address, a name server or a server says."""

import gzip
import ssl
import subprocess
import time
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import AddressRefused, FileTooLarge, LoadError, PageUnavailable, UnsupportedFormat
from index.loading_urls import load_url
from index.parsing import Parser
from index.web_address import check_allowed, check_resolved, parse_address, parse_allowed_hosts, without_credentials
from index.web_page import FetchLimits, Network, fetch
from tests.index.attack_addresses import attack_addresses
from tests.index.web_sites import answer, network, redirect, serve
from tests.torture_report import report

ALLOWED = parse_allowed_hosts("ok.example, *.corp.example")
INSIDE = "10.1.2.3"  # an intranet's address
TEXT = "这座港口建于上世纪二十年代，有两个泊位。"
PAGE = f"<html><head><title>港口</title></head><body><h1>港口</h1><p>{TEXT}</p></body></html>"
QUICK = FetchLimits(seconds=0.4)
SLOW = FetchLimits(seconds=60)  # where the machine is busy, and time is not what is tested


def get(site, url="http://ok.example/page", limits=SLOW, allowed=ALLOWED):
    """The page of a site that an allowed name leads to."""
    names = {"ok.example": [INSIDE], "b.corp.example": [INSIDE]}
    return fetch(url, allowed, limits=limits, network=network(names, {INSIDE: site}))


# Attacks


def test_no_spelling_reaches_what_is_not_allowed():
    """Every name, allowed ones too, leads to this machine, and every connection to the server that counts them."""
    with serve(answer("secret")) as sink:
        urls = attack_addresses(sink.port)
        for url in urls:
            with pytest.raises(LoadError, match=";"):  # what to do stands behind it
                fetch(url, ALLOWED, limits=SLOW, network=network({"*": ["127.0.0.1"]}, {}, sink))
        report("T26", n=len(urls), failures=sink.connections, what="an address reached what is not allowed")
        assert sink.connections == 0
    assert len(urls) >= 120


def test_no_redirect_reaches_what_is_not_allowed():
    with serve(answer("secret")) as sink:
        urls = [url for url in attack_addresses(sink.port) if url.strip() and "\r" not in url and "\n" not in url]
        for url in urls:
            with serve(redirect(url)) as front:
                names = {"ok.example": [INSIDE], "*": ["127.0.0.1"]}
                with pytest.raises(LoadError):
                    fetch("http://ok.example/", ALLOWED, limits=SLOW, network=network(names, {INSIDE: front}, sink))
        report("T26", n=len(urls), failures=sink.connections, what="a redirect reached what is not allowed")
        assert sink.connections == 0
    assert len(urls) >= 120


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["::1"], ["0.0.0.0"], ["::"], ["169.254.169.254"], ["fe80::1"], ["fe80::1%eth0"],
        ["fd00:ec2::254"], ["::ffff:127.0.0.1"], ["::ffff:169.254.169.254"], ["64:ff9b::a9fe:a9fe"], ["2002:7f00:1::"],
        ["::7f00:1"],
        ["100.100.100.200"], ["168.63.129.16"], ["224.0.0.1"], ["255.255.255.255"], ["240.0.0.1"], ["0.1.2.3"],
        ["ff02::1"], ["93.184.216.34", "127.0.0.1"], ["93.184.216.34", "10.0.0.1"], [INSIDE, "169.254.169.254"], [],
    ],
)  # fmt: skip
def test_an_allowed_name_that_leads_elsewhere_is_not_followed(addresses):
    with serve(answer("secret")) as sink:
        with pytest.raises(AddressRefused):
            fetch("http://ok.example/", ALLOWED, limits=SLOW, network=network({"ok.example": addresses}, {}, sink))
        assert sink.connections == 0


def test_a_name_that_changes_its_answer_is_asked_once():
    answers = chain([[INSIDE]], repeat(["127.0.0.1"]))
    asked, connected = [], []
    with serve(answer(PAGE)) as site:
        routed = network({}, {INSIDE: site})

        def resolve(host, port):
            asked.append(host)
            return next(answers)

        def connect(ip, port, seconds):
            connected.append(ip)
            return routed.connect(ip, port, seconds)

        fetch("http://ok.example/", ALLOWED, limits=SLOW, network=Network(resolve, connect))
    assert (asked, connected) == (["ok.example"], [INSIDE])


def test_a_name_that_changes_its_answer_before_a_redirect_is_checked_again():
    answers = chain([[INSIDE]], repeat(["127.0.0.1"]))
    with serve(redirect("http://ok.example/b")) as front, serve(answer("secret")) as sink:
        routed = network({}, {INSIDE: front}, sink)
        with pytest.raises(AddressRefused, match="this machine"):
            fetch(
                "http://ok.example/a",
                ALLOWED,
                limits=SLOW,
                network=Network(lambda host, port: next(answers), routed.connect),
            )
        assert sink.connections == 0


def test_pages_are_off_unless_a_host_is_allowed():
    with pytest.raises(AddressRefused, match=r"TONGWEN_ALLOWED_HOSTS=ok\.example"):
        fetch("https://ok.example/", (), network=network({}, {}))


def test_no_proxy_of_the_environment_is_used(monkeypatch):
    with serve(answer("proxy")) as proxy, serve(answer(PAGE)) as site:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        get(site)
        assert (proxy.connections, site.connections) == (0, 1)


# What is allowed


_INTRANET = [
    ("wiki", "http://wiki/"),
    ("wiki.example.org:8080", "http://wiki.example.org:8080/a"),
    ("Wiki.Example.ORG", "http://wiki.example.org./"),
    ("*.corp.example", "http://a.corp.example/"),
    ("*.corp.example:81", "http://a.b.corp.example:81/"),
    ("10.1.2.3", "http://10.1.2.3/"),
    ("10.1.2.3:8000", "http://167838211:8000/"),
    ("知识库.example", "http://知识库。example/页面?查=询"),
    ("xn--e6q3lq1y3s2a.example", "http://xn--e6q3lq1y3s2a.example/"),
    ("[fd12::7]:8080", "http://[fd12:0::0007]:8080/"),
]


@pytest.mark.parametrize(("entry", "url"), _INTRANET, ids=[entry for entry, _ in _INTRANET])
def test_an_allowed_host_of_the_intranet_is_fetched(entry, url):
    with serve(answer(PAGE)) as site:
        reached = network({"*": [INSIDE]}, {INSIDE: site, "fd12::7": site})
        page = fetch(url, parse_allowed_hosts(f"other.example, {entry}"), limits=SLOW, network=reached)
    assert page.content.decode() == PAGE


def test_this_machine_is_fetched_where_it_is_allowed_by_name():
    with serve(answer(PAGE)) as site:
        for host in ("localhost", "127.0.0.1"):
            url = f"http://{host}:{site.port}/"
            assert fetch(url, parse_allowed_hosts(f"{host}:{site.port}"), limits=SLOW).content.decode() == PAGE


@pytest.mark.parametrize("value", ["http://a/", "a/b", "*.com", "*", "*.1.2.3.4", "a@b", "a b", "a:port", "[::1"])
def test_a_list_that_cannot_be_meant_is_refused(value):
    with pytest.raises(AddressRefused):
        parse_allowed_hosts(value)


def test_the_host_goes_into_the_request_as_it_was_asked_for():
    with serve(answer(PAGE)) as site:
        get(site, "http://ok.example/a b".replace(" ", "%20") + "?q=港口#part")
    assert site.requests[0].startswith(b"GET /a%20b?q=%E6%B8%AF%E5%8F%A3 HTTP/1.1\r\nHost: ok.example\r\n")
    assert b"Cookie" not in site.requests[0]
    assert b"Authorization" not in site.requests[0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for ok.example and the key to it."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", folder / "key", "-out", folder / "certificate", "-days", "2", "-subj", "/CN=ok.example"]
    try:
        subprocess.run([*command, "-addext", "subjectAltName=DNS:ok.example"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl here to make a certificate")
    return folder


@pytest.mark.parametrize(("host", "is_right"), [("ok.example", True), ("a.corp.example", False)])
def test_a_certificate_has_to_be_that_of_the_name(certificate, host, is_right):
    """The connection goes to an address; what is checked is the name."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate / "certificate", certificate / "key")
    with serve(answer(PAGE), tls=server) as site:
        routed = network({"*": [INSIDE]}, {INSIDE: site})

        def trusting():
            return ssl.create_default_context(cafile=certificate / "certificate")

        reached = Network(routed.resolve, routed.connect, trusting)
        if is_right:
            assert fetch(f"https://{host}/", ALLOWED, limits=SLOW, network=reached).content.decode() == PAGE
        else:
            with pytest.raises(PageUnavailable, match="certificate"):
                fetch(f"https://{host}/", ALLOWED, limits=SLOW, network=reached)


# Limits


def test_five_redirects_are_followed_and_six_are_not():
    def hop(request):
        number = int(request.split(b"/", 1)[1].split(b" ")[0])
        return (redirect(f"/{number - 1}") if number else answer(PAGE))(request)

    with serve(hop) as site:
        assert get(site, "http://ok.example/5").url == "http://ok.example/0"
        with pytest.raises(PageUnavailable, match="more than 5"):
            get(site, "http://ok.example/6")


def test_a_page_that_redirects_to_itself_ends():
    with serve(redirect("http://ok.example/page")) as site:
        with pytest.raises(PageUnavailable, match="redirects"):
            get(site)
        assert site.connections == 6


def endless(head, piece):
    """A body that never ends."""
    return lambda request: chain([head], repeat(piece))


@pytest.mark.parametrize(
    "respond",
    [
        answer(b"x" * 10_001),
        endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"x" * 1_000),
        endless(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"3e8\r\n" + b"x" * 1_000 + b"\r\n",
        ),
        answer(gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip"),
    ],
    ids=["stated", "endless", "endless in chunks", "packed"],
)
def test_a_page_over_the_limit_is_given_up(respond):
    with serve(respond) as site, pytest.raises(FileTooLarge):
        get(site, limits=FetchLimits(size=10_000, seconds=60))


def drip(start, piece):
    """An answer that comes in small pieces, each well within the time, for ever."""

    def respond(request):
        yield start
        while True:
            time.sleep(0.02)
            yield piece

    return respond


@pytest.mark.parametrize(
    "respond",
    [
        drip(b"", b""),
        drip(b"H", b"T"),
        drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
    ],
    ids=["silence", "status", "header", "continue", "body", "chunks", "size of a chunk"],
)
def test_a_server_that_takes_its_time_is_given_up(respond):
    with serve(respond) as site, pytest.raises(PageUnavailable):
        get(site, limits=QUICK)


def test_a_name_server_that_does_not_answer_is_given_up():
    reached = Network(lambda host, port: time.sleep(5) or [INSIDE], network({}, {}).connect)
    with pytest.raises(PageUnavailable, match=r"within 0\.4 s"):
        fetch("http://ok.example/", ALLOWED, limits=QUICK, network=reached)


# Answers


def test_a_packed_page_is_unpacked():
    with serve(answer(gzip.compress(PAGE.encode()), Content_Encoding="gzip")) as site:
        assert get(site).content.decode() == PAGE


@pytest.mark.parametrize(
    "respond",
    [
        answer("gone", status="404 Not Found"),
        answer("", status="204 No Content"),
        answer("x", Content_Encoding="br"),
        answer(b"no gzip", Content_Encoding="gzip"),
        answer(gzip.compress(PAGE.encode())[:-20], Content_Encoding="gzip"),
        answer("short", Content_Length="1000"),
        lambda request: iter([b"no http at all\r\n\r\n"]),
        lambda request: iter([]),
        lambda request: iter([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"]),
        lambda request: iter(
            [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]
        ),
    ],
)
def test_an_answer_that_cannot_be_used_is_told(respond):
    with serve(respond) as site, pytest.raises(PageUnavailable, match=";"):
        get(site)


@pytest.mark.parametrize(
    ("path", "media_type", "name"),
    [
        ("/news/1.shtml", "text/html", "1.html"),
        ("/", "text/html; charset=gbk", "ok.example.html"),
        ("/%E6%B8%AF%E5%8F%A3", "application/xhtml+xml", "港口.html"),
        ("/v1.2", "text/plain", "v1.2.txt"),
        ("/报告.pdf", "application/pdf", "报告.pdf"),
        ("/report.docx", "application/octet-stream", "report.docx"),
        ("/get.php?id=3", "application/pdf", "get.pdf"),
        ("/..%2f..%2fetc", "text/html", "etc.html"),
    ],
)
def test_the_format_is_that_of_the_media_type(path, media_type, name):
    with serve(answer(PAGE, media_type)) as site:
        assert get(site, f"http://ok.example{path}").name == name


@pytest.mark.parametrize(
    ("path", "media_type"), [("/a.html", "image/png"), ("/a", "application/octet-stream"), ("/", "video/mp4")]
)
def test_a_page_of_a_format_that_is_not_read_is_refused(path, media_type):
    with serve(answer(PAGE, media_type)) as site, pytest.raises(UnsupportedFormat):
        get(site, f"http://ok.example{path}")


# Documents


@pytest.fixture(scope="module")
def parser():
    with Parser() as one:
        yield one


def load(site, parser, url="http://ok.example/page"):
    return load_url(url, ALLOWED, parser, limits=SLOW, network=network({"ok.example": [INSIDE]}, {INSIDE: site}))


def test_a_page_becomes_a_document_whose_source_is_where_it_was_found(parser):
    def moved(request):
        return (redirect("/new?a=1#x") if b" /page " in request else answer(PAGE))(request)

    with serve(moved) as site:
        loaded = load(site, parser)
    (document,) = loaded.documents
    assert loaded.source == document.source == "http://ok.example/new?a=1"
    assert document.title == "港口"
    assert TEXT in document.text
    assert loaded.state is None


def test_the_charset_that_the_server_names_is_used(parser):
    with serve(answer(PAGE.encode("gbk"), "text/html; charset=gbk")) as site:
        (document,) = load(site, parser).documents
    assert TEXT in document.text


def test_a_page_that_cannot_be_had_is_rejected_with_its_reason(parser):
    with serve(answer("gone", status="404 Not Found")) as site:
        loaded = load(site, parser)
    assert loaded.documents == ()
    assert "404" in loaded.rejected[0].reason


def test_a_password_in_an_address_is_not_shown(parser):
    loaded = load_url("http://user:secret@ok.example/", ALLOWED, parser, network=network({}, {}))
    assert "secret" not in loaded.source + loaded.rejected[0].reason
    assert without_credentials("http://user:secret@a/b@c") == "http://a/b@c"


# Addresses


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://ok.example", "http://[", "//"]))
def test_any_address_has_one_form_or_is_refused(text, start):
    try:
        address = parse_address(start + text)
    except AddressRefused:
        return
    again = parse_address(address.url)
    assert again == address
    assert address.url.isascii()


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_ipv4_address_is_the_same_host(number):
    first, second, third, fourth = number.to_bytes(4)
    spellings = [
        f"{first}.{second}.{third}.{fourth}",
        str(number),
        hex(number),
        f"{first:#x}.{number & 0xFFFFFF}",
        f"0{number:o}",
    ]
    spellings += [f"{first}.{second:#x}.{third << 8 | fourth}", f"0{first:o}。{second}．{third}｡{fourth}"]
    assert len({parse_address(f"http://{host}/").host for host in spellings}) == 1


@given(st.ip_addresses())
def test_no_address_of_this_machine_or_link_is_ever_passed(ip):
    address = parse_address("http://ok.example/")
    check_allowed(address, ALLOWED)
    try:
        passed = check_resolved(address, [str(ip)])
    except AddressRefused:
        return
    assert passed == (str(ip),)
    assert not any((ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_unspecified))
