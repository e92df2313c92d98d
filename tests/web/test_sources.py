"""Sources as a person uses them: choosing one, reading its sentence in the whole document, pointing at a figure."""

import pytest
from playwright.sync_api import expect

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.answer import Check, Checks, Statement
from rag.counterpart import Counterpart
from ui.document_messages import DOCUMENT_MESSAGES
from ui.library_desk import LibraryDesk
from ui.messages import MESSAGES

pytestmark = pytest.mark.browser
QUOTES = {
    "zh": "OpenAI 与甲骨文的交易规模更大，达到 3000 亿美元。",
    "en": "OpenAI's deal with Oracle is larger still, at US$300 billion.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("sources") / "library", open_embedder("hashing"))
    list(library.add(load_samples()))
    return library


@pytest.fixture(scope="module")
def url(serving, answer, citation, library):
    with library.snapshot() as snapshot:
        documents = {one.language: snapshot.document(one.id) for one in snapshot.documents()}

    def place(language):
        document, quote = documents[language], QUOTES[language]
        start = document.text.index(quote)
        return {"document_id": document.id, "title": document.title, "start": start, "end": start + len(quote),
                "quote": quote, "language": language}  # fmt: skip

    cited = [citation(number=number, **place(language)) for number, language in ((1, "zh"), (2, "en"))]
    cited += [citation(f"Another sentence, {number}.", number=number) for number in (3, 4)]
    text = "增至 9000 亿美元。 [1] It is US$300 billion. [2]"
    checks = (
        Check("9000 亿美元", False, "different", "2000 亿美元", 1),
        Check("US$300 billion", True, "equal", None, 2),
    )
    statements = (Statement(0, 12, (1,), Checks(checks[:1])), Statement(16, 38, (2,), Checks(checks[1:])))
    shown = answer(text, *cited, statements=statements, checks=Checks(checks), standalone="?")
    same = {
        number: Counterpart(
            **place(language), sha256=cited[2 - number].sha256, cosine=0.9, section=(), before="", after=""
        )
        for number, language in ((1, "en"), (2, "zh"))
    }

    class Assistant:
        def stream(self, question, history=()):
            yield shown

    return serving(Assistant(), desk=LibraryDesk(library), counterpart=lambda cited: same.get(cited.number))


@pytest.fixture(params=["zh", "en"])
def language(request):
    return request.param


@pytest.fixture
def page(visit, url, language):
    page = visit(url, locale="zh-CN" if language == "zh" else "en-US")
    page.locator("#question textarea").fill("?")
    page.keyboard.press("Enter")
    expect(page.locator("#evidence mark")).to_be_visible()
    return page


def test_choosing_a_citation_opens_its_source_with_the_counterpart(page, language):
    page.locator("#transcript button.marker", has_text="[2]").click()
    expect(page.locator("#evidence .chosen .number")).to_have_text("2")
    expect(page.locator("#evidence mark").first).to_have_text(QUOTES["en"])
    other = page.locator("#evidence .counterpart")
    expect(other.locator("mark")).to_have_text(QUOTES["zh"])
    words = MESSAGES[language]
    expect(other.locator("h3")).to_have_text(words.counterpart.format(language=words.language_names["zh"]))


def test_a_source_is_chosen_in_the_panel_with_the_keyboard(page):
    page.locator("#evidence .source").nth(2).press("Enter")
    expect(page.locator("#evidence .chosen mark")).to_have_text("Another sentence, 3.")
    expect(page.locator("#evidence .source").nth(2)).to_be_focused()


@pytest.mark.parametrize("number", [1, 2])
def test_the_sentence_is_in_view_in_the_whole_document(page, language, number):
    page.locator("#transcript button.marker", has_text=f"[{number}]").click()
    expect(page.locator("#evidence .chosen .number")).to_have_text(str(number))
    with page.expect_popup() as opened:
        page.locator("#evidence .chosen .whole a").first.click()
    document = opened.value
    mark = document.locator("mark")
    expect(mark).to_have_text(QUOTES["zh" if number == 1 else "en"])
    expect(mark).to_be_in_viewport()
    expect(document.locator("nav a").first).to_have_text(DOCUMENT_MESSAGES[language].to_chat)
    document.close()


def test_a_figure_says_what_its_check_found_to_whoever_reaches_it(page, language):
    figure = page.locator("#transcript .figure.unsupported")
    said = figure.locator(".unseen")
    assert said.bounding_box()["width"] < 2
    figure.focus()
    expect(said).to_have_text(MESSAGES[language].aside.format(
        remark=MESSAGES[language].different.format(found="2000 亿美元")).strip())  # fmt: skip
    assert said.bounding_box()["width"] > 60
