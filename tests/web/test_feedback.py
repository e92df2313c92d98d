"""Thumbs under an answer, in a real Chromium, over a real library that keeps what is said."""

import json

import pytest
from playwright.sync_api import expect

from index.embedding import open_embedder
from index.errors import LibraryBusy
from index.library import Library
from index.loading import load_samples
from rag.assistant import Assistant
from ui.feedback import LONGEST, keeper

pytestmark = pytest.mark.browser

QUESTIONS = {
    "zh-CN": "亚马逊 2026 年的资本支出是多少？",
    "en-US": "How much will Amazon's capital expenditure be in 2026?",
}
WORDS = {"zh-CN": ("有误", "提交", "谢谢，已记下。"), "en-US": ("Wrong", "Send", "Thank you, it is noted.")}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("feedback") / "library", open_embedder("hashing"))
    list(library.add(load_samples()))
    return library


@pytest.fixture(scope="module")
def url(serving, library):
    return serving(Assistant(library), keep_feedback=keeper(library))


@pytest.fixture
def answered(visit, url):
    def answered(locale="en-US", address=url):
        page = visit(address, locale=locale)
        page.locator("#question textarea").fill(QUESTIONS[locale])
        page.keyboard.press("Enter")
        expect(page.locator("#evidence mark").first).to_be_visible()
        expect(page.locator("#question .submit-button")).to_be_visible()
        return page

    return answered


def rate(page, name):
    page.locator("#transcript").get_by_role("button", name=name, exact=True).last.click()


def fill(page, reason, correction):
    boxes = page.locator("#feedback textarea")
    boxes.first.fill(reason)
    boxes.last.fill(correction)


@pytest.mark.parametrize("locale", QUESTIONS)
def test_a_wrong_answer_is_kept_with_its_correction(answered, library, locale):
    page = answered(locale)
    dislike, send, thanks = WORDS[locale]
    rate(page, dislike)
    fill(page, "太旧 too old", "2100 亿美元 US$210 billion")
    page.locator("#feedback").get_by_role("button", name=send).click()
    expect(page.locator("#feedback-notice")).to_have_text(thanks)
    expect(page.locator("#feedback")).to_be_hidden()
    kept = library.feedback()[-1]
    assert (kept.verdict, kept.state, kept.question) == ("down", "pending", QUESTIONS[locale])
    assert (kept.reason, kept.correction) == ("太旧 too old", "2100 亿美元 US$210 billion")
    answer = json.loads(kept.answer)
    assert set(kept.documents) == {citation["document_id"] for citation in answer["citations"]}
    assert answer["citations"]
    with library.snapshot() as snapshot:
        for citation in answer["citations"]:
            document = snapshot.document(citation["document_id"])
            assert document.text[citation["start"] : citation["end"]] == citation["quote"]
    assert kept.library_version


def test_a_right_answer_is_kept_at_once(answered, library):
    page = answered()
    rate(page, "Helpful")
    expect(page.locator("#feedback-notice")).to_have_text(WORDS["en-US"][2])
    expect(page.locator("#feedback")).to_be_hidden()
    kept = library.feedback()[-1]
    assert (kept.verdict, kept.correction) == ("up", "")


def test_what_is_not_sent_is_not_kept(answered, library):
    before = library.feedback()
    page = answered()
    rate(page, "Wrong")
    fill(page, "never mind", "")
    page.locator("#feedback").get_by_role("button", name="Cancel").click()
    expect(page.locator("#feedback")).to_be_hidden()
    assert library.feedback() == before


def test_the_form_is_seen_without_scrolling(answered):
    page = answered()
    page.set_viewport_size({"width": 1280, "height": 800})
    rate(page, "Wrong")
    for place in ("#feedback", "#question"):
        expect(page.locator(place)).to_be_in_viewport(ratio=1)


def test_a_library_that_cannot_keep_it_says_so(answered, serving, library):
    def refuse(*_):
        raise LibraryBusy("another process is writing to <b>it</b>; try again")

    page = answered(address=serving(Assistant(library), keep_feedback=refuse))
    rate(page, "Helpful")
    expect(page.locator("#feedback-notice")).to_have_text(
        "Not noted: The library is being changed; please try again in a moment."
    )


def test_the_form_fits_a_phone(answered):
    page = answered()
    page.set_viewport_size({"width": 390, "height": 844})
    rate(page, "Wrong")
    expect(page.locator("#feedback")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_what_is_too_long_is_not_kept(answered, library):
    before = library.feedback()
    page = answered()
    rate(page, "Wrong")
    page.locator("#feedback textarea").first.evaluate("box => box.removeAttribute('maxlength')")
    fill(page, "x" * (LONGEST + 1), "")
    page.locator("#feedback").get_by_role("button", name="Send").click()
    expect(page.locator("#feedback-notice")).to_contain_text("at most 4,000 characters; please shorten it")
    assert library.feedback() == before


def test_without_a_place_for_it_there_are_no_thumbs(answered, serving, library):
    page = answered(address=serving(Assistant(library)))
    assert page.locator("#transcript").get_by_role("button", name="Wrong").count() == 0
    assert page.locator("#feedback").count() == 0
