"""The page of the library as people meet it: in a real Chromium, over a real library, in both languages.

Whatever a test does, the page asks no other origin for anything and reports no error.
"""

import contextlib
import threading

import pytest
from gradio_client import Client
from library_app import build_library_app
from playwright.sync_api import expect
from serving import served

from index.embedding import HashingEmbedder
from index.library import Library
from index.loading import load_paths, make_document
from index.parsing import Parser
from ui.library_desk import PAGE_SIZE, LibraryDesk
from ui.library_messages import LIBRARY_MESSAGES
from ui.web import upload_limit

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
HARBOUR = ("港口 harbour.md", "# 港口 North Harbour\n\n北港建于 1931 年。The lighthouse is older.")
both = pytest.mark.parametrize("language", ["zh", "en"])


class Embedder(HashingEmbedder):
    """Waits before it embeds, where a test asks for that."""

    def __init__(self):
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def embed_passages(self, texts, progress=None):
        self.begun.set()
        assert self.go_on.wait(30)
        return super().embed_passages(texts, progress)


@pytest.fixture(scope="module")
def uploads(tmp_path_factory):
    """Where Gradio keeps what arrives."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("uploads")
        patch.setenv("GRADIO_TEMP_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def server(tmp_path_factory, uploads):
    """The address, and the desk, whose library each test has anew."""
    library = Library(tmp_path_factory.mktemp("page") / "library", Embedder())
    desk = LibraryDesk(library)
    with served(build_library_app(desk)) as url:
        yield url, desk


@pytest.fixture
def library(server, tmp_path):
    """An empty one behind the page."""
    _, desk = server
    desk.library = Library(tmp_path / "library", Embedder(), lock_wait_seconds=0.2)
    yield desk.library
    desk.library.embedder.go_on.set()


@pytest.fixture
def open_page(browser, server, library):
    """Opens the page as somebody with some rights."""
    url, _ = server
    complaints = []
    with contextlib.ExitStack() as contexts:

        def open_page(language="en", scopes="read write", **options):
            # The browser has the other language, so that its own would show.
            locale = {"zh": "en-US", "en": "zh-CN"}[language]
            context = browser.new_context(locale=locale, extra_http_headers={"x-scopes": scopes}, **options)
            page = contexts.enter_context(context).new_page()
            page.on(
                "request",
                lambda request: (
                    None if request.url.startswith((url, "data:", "blob:")) else complaints.append(request.url)
                ),
            )
            page.on(
                "console",
                lambda message: (
                    complaints.append(message.text) if message.type == "error" and "404" not in message.text else None
                ),
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{url}/{language}/")
            expect(page.locator("#library-list .count")).to_be_visible()
            return page

        yield open_page
    assert complaints == []


def upload(page, *files):
    payload = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()} for name, content in files
    ]
    page.locator("#library-files input[type=file]").set_input_files(payload)


def results(page):
    return page.locator("#library-progress li")


def undo(page, words):
    """At the pace of a person: what Gradio's client is sent while it closes the stream of the last event is lost."""
    page.wait_for_timeout(400)
    page.get_by_role("button", name=words.undo).click()


def open_pasting(page, words):
    """Ready to be typed into: Gradio sets what it shows anew for one frame after it has opened an accordion."""
    page.get_by_text(words.paste, exact=True).click()
    expect(page.get_by_label(words.paste_text, exact=True)).to_be_visible()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def titles(page):
    return page.locator("#library-list td.title")


@both
def test_files_are_uploaded_listed_removed_and_brought_back(open_page, library, language, uploads):
    words, page = LIBRARY_MESSAGES[language], open_page(language)
    upload(page, HARBOUR, ("program.exe", "MZ"))
    expect(results(page)).to_have_count(2)
    expect(results(page).first).to_contain_text(words.outcomes["added"])
    expect(results(page).last).to_contain_text(words.outcomes["failed"])
    expect(titles(page)).to_have_text(["港口 North Harbour"])
    expect(page.locator("#changes")).to_have_text("1")
    before = library.documents(), library.files()
    assert [path for path in uploads.rglob("*") if path.is_file()] == []
    page.locator("#library-list .remove").click()
    expect(page.locator("#library-notice")).to_contain_text(words.removed.format(title="港口 North Harbour"))
    expect(page.locator("#library-list .hint")).to_have_text(words.none)
    expect(page.get_by_role("button", name=words.undo)).to_be_focused()
    assert library.documents() == []
    undo(page, words)
    expect(page.locator("#library-notice")).to_contain_text(words.restored.format(title="港口 North Harbour"))
    expect(titles(page)).to_have_text(["港口 North Harbour"])
    assert (library.documents(), library.files()) == before
    expect(page.get_by_role("button", name=words.undo)).to_be_hidden()


@pytest.mark.parametrize(("language", "foreign"), [("zh", r"[A-Za-z]{2,}"), ("en", r"[\u4e00-\u9fff]")])
def test_nothing_is_said_in_the_other_language(open_page, language, foreign):
    page = open_page(language)
    upload(page, ("1.exe", "MZ"))
    expect(results(page)).to_have_count(1)
    page.locator("#library-paste button").first.click()
    expect(page.locator("#library-paste textarea")).to_be_visible()
    shown = page.evaluate(
        """foreign => [...document.querySelectorAll("#library, #library *")]
            .flatMap(one => [one.getAttribute("aria-label"), one.getAttribute("placeholder"), one.getAttribute("title"),
                ...[...one.childNodes].filter(node => node.nodeType === 3).map(node => node.data)])
            .filter(text => text && new RegExp(foreign).test(text))""",
        foreign,
    )
    formats = ("Markdown", "PDF", "Word", "PowerPoint", "Excel", "CSV", "EPUB", "JSON", "UTC", "MB", "zip", ".exe")
    assert [text.strip() for text in shown if language == "en" or not any(one in text for one in formats)] == []


@both
def test_a_text_is_pasted(open_page, language):
    words, page = LIBRARY_MESSAGES[language], open_page(language)
    open_pasting(page, words)
    page.get_by_label(words.paste_title).fill("磨坊 Mill")
    page.get_by_label(words.paste_text, exact=True).fill("磨坊于 1950 年关闭。The mill closed.")
    page.get_by_role("button", name=words.paste_add, exact=True).click()
    expect(results(page)).to_contain_text(words.outcomes["added"])
    expect(titles(page)).to_have_text(["磨坊 Mill"])
    expect(page.get_by_label(words.paste_text, exact=True)).to_have_value("")


def test_a_text_that_is_refused_stays_where_it_was_typed(open_page):
    page = open_page()
    open_pasting(page, LIBRARY_MESSAGES["en"])
    page.get_by_label("Text", exact=True).fill("。！")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(results(page)).to_contain_text("It holds no text; nothing to add")
    expect(page.get_by_label("Text", exact=True)).to_have_value("。！")


@both
def test_uploading_can_be_stopped(open_page, library, language):
    words, page = LIBRARY_MESSAGES[language], open_page(language)
    library.embedder.go_on.clear()
    upload(page, HARBOUR, ("second.md", "Second."))
    expect(page.locator("#library-progress")).to_contain_text("2")
    assert library.embedder.begun.wait(20)
    page.get_by_role("button", name=words.stop, exact=True).click()
    expect(page.locator("#library-progress")).to_contain_text(words.stopping)
    library.embedder.go_on.set()
    expect(results(page)).to_have_count(2)
    expect(results(page).first).to_contain_text(words.outcomes["stopped"])
    expect(page.locator("#library-files")).to_be_visible()
    assert not library.exists() or library.documents() == []


def test_a_hostile_name_is_shown_and_neither_runs_nor_fetches(open_page, hostile, library):
    list(library.add([make_document("Words.", name=hostile, source=f"upload:{hostile}")]))
    page = open_page()
    upload(page, ("<img src=x onerror='window.ran=1'>.md", "# <script>window.ran = 2</script>\n\nWords too."))
    expect(titles(page)).to_have_count(2)
    assert (
        page.locator("#library :is(#library-list, #library-progress) :is(a, img, iframe, form, input, script)").count()
        == 0
    )
    page.locator("#library-list .remove").first.click()
    expect(page.locator("#library-notice")).to_contain_text("<script>window.ran = 2</script>")
    assert page.evaluate("window.ran") is None


@both
def test_whoever_may_only_read_sees_the_list_and_no_more(open_page, library, language):
    list(library.add([make_document("Words.", name="Only to be read", source="upload:a.md")]))
    page = open_page(language, scopes="read")
    expect(titles(page)).to_have_text(["Only to be read"])
    expect(page.locator("#library-adding")).to_have_count(0)
    assert page.locator("#library-list button").count() == 0


def test_a_hidden_button_is_no_wall_but_the_server_is(open_page, library):
    list(library.add([make_document("Words.", name="Kept", source="upload:a.md")]))
    (document,) = library.documents()
    page = open_page(scopes="read")
    page.evaluate(
        """id => {
            const button = document.createElement("button");
            button.className = "act via-managing";
            button.id = id;
            document.body.append(button);
            button.click();
        }""",
        f"remove-{document.id}",
    )
    expect(page.locator("#library-notice")).to_contain_text(LIBRARY_MESSAGES["en"].not_allowed)
    assert library.documents() == [document]


def test_the_upload_route_is_closed_to_whoever_may_only_read(server, library):
    import httpx

    url, _ = server
    for language in ("zh", "en"):
        refused = httpx.post(
            f"{url}/{language}/gradio_api/upload", files={"files": ("a.md", b"Words.")}, headers={"x-scopes": "read"}
        )
        assert (refused.status_code, refused.text) == (403, upload_limit._NOT_ALLOWED[language])


def test_two_visitors_undo_only_what_they_removed_themselves(open_page, library):
    list(library.add(make_document(f"Words {name}.", name=name, source=f"upload:{name}") for name in ("One", "Two")))
    first, second = open_page("en"), open_page("zh")
    first.locator("#library-list .remove").first.click()
    expect(first.locator("#library-notice")).to_contain_text("Two")
    second.locator("#library-list .remove").last.click()
    expect(second.locator("#library-notice")).to_contain_text("One")
    undo(first, LIBRARY_MESSAGES["en"])
    expect(titles(first)).to_have_text(["Two"])
    undo(second, LIBRARY_MESSAGES["zh"])
    expect(titles(second)).to_have_text(["Two", "One"])


def test_a_double_click_removes_once_and_can_be_undone(open_page, library):
    list(library.add([make_document("Words.", name="One", source="upload:a.md")]))
    page = open_page()
    page.locator("#library-list .remove").dblclick()
    expect(page.locator("#library-list .hint")).to_be_visible()
    undo(page, LIBRARY_MESSAGES["en"])
    expect(titles(page)).to_have_text(["One"])


def test_a_document_that_another_removed_is_said_to_be_gone(open_page, library):
    list(library.add([make_document("Words.", name="One", source="upload:a.md")]))
    page = open_page()
    library.remove(library.documents()[0].id)
    page.locator("#library-list .remove").click()
    expect(page.locator("#library-notice")).to_contain_text("no longer in the library")
    expect(titles(page)).to_have_count(0)


@both
def test_a_library_that_another_program_changes_says_so(open_page, library, language):
    list(library.add([make_document("Words.", name="One", source="upload:a.md")]))
    page = open_page(language)
    with library._access.locked():
        page.locator("#library-list .remove").click()
        said = next(
            text for kind, text in LIBRARY_MESSAGES[language].problems.items() if kind.__name__ == "LibraryBusy"
        )
        expect(page.locator("#library-notice")).to_contain_text(said)
    expect(titles(page)).to_have_count(1)


def test_a_file_of_the_server_is_read_again(open_page, library, tmp_path):
    path = tmp_path / "plan.md"
    path.write_text("# Plan 2025\n\nWords.")
    with Parser() as parser:
        list(library.add_files(load_paths([path], parser)))
    page = open_page()
    path.write_text("# Plan 2026\n\nWords.")
    page.get_by_role("button", name="Read again").click()
    expect(titles(page)).to_have_text(["Plan 2026"])
    expect(results(page)).to_contain_text(LIBRARY_MESSAGES["en"].outcomes["replaced"])


def test_titles_are_looked_for_and_pages_turned(open_page, library):
    names = [f"第 {number} 篇" for number in range(PAGE_SIZE + 2)]
    list(library.add(make_document(f"Text {name}.", name=name, source=f"upload:{name}") for name in names))
    page = open_page("zh")
    expect(titles(page)).to_have_count(PAGE_SIZE)
    page.get_by_role("button", name="下一页").click()
    expect(titles(page)).to_have_text(["第 1 篇", "第 0 篇"])
    expect(page.get_by_role("button", name="下一页")).to_be_disabled()
    page.locator("#library-search :is(input, textarea)").fill("第 17")
    expect(titles(page)).to_have_text(["第 17 篇"])
    expect(page.get_by_role("button", name="下一页")).to_be_hidden()


@both
def test_nothing_is_wider_than_a_phone(open_page, library, hostile, language):
    list(library.add([make_document("Words.", name="字" * 300, source="/srv/" + "a" * 300)]))
    page = open_page(language, viewport=PHONE)
    upload(page, HARBOUR)
    expect(results(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    expect(page.get_by_role("row")).to_have_count(3)  # also where rows are blocks


def test_no_path_of_the_server_is_taken_from_a_request(server, library, tmp_path):
    """A client that is no browser names a file that nobody uploaded."""
    url, _ = server
    secret = tmp_path / "secret.md"
    secret.write_text("The password is 12345.")
    client = Client(f"{url}/en/", verbose=False)
    dependency = next(
        one["id"] for one in client.config["dependencies"] if any(target[1] == "upload" for target in one["targets"])
    )
    with pytest.raises(Exception):  # noqa: B017, PT011  # whatever it is that Gradio raises
        client.submit(
            [{"path": str(secret), "orig_name": "secret.md", "meta": {"_type": "gradio.FileData"}}],
            "",
            0,
            fn_index=dependency,
        ).result(20)
    assert secret.exists()
    assert not library.exists()
