"""The chat as a person meets it: in a real Chromium.

Whatever a test does, `visit` sees to it that the page asks no other origin for anything and reports no error.
"""

import threading

import pytest
from playwright.sync_api import expect

from ui.preparation import Preparation

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WARNING = "rgb(185, 28, 28)"


def ask(page, question):
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")


def reply(page):
    return page.locator("#transcript .reply").last.locator(".said")


@pytest.mark.parametrize(
    ("question", "answer", "quote"),
    [
        ("支出是多少？", "增至 2000 亿美元。[1]", "公司今年的资本支出将增至 2000 亿美元。"),
        ("How much?", "It climbs to US$200 billion [1].", "Capital expenditure will climb to US$200 billion."),
    ],
    ids=["zh", "en"],
)
def test_an_answer_comes_with_its_sentence_highlighted(visit, url, question, answer, quote):
    page = visit(url)
    ask(page, question)
    expect(reply(page)).to_have_text(answer)
    expect(page.locator("#evidence mark")).to_have_text(quote)
    assert page.locator("#evidence mark").text_content() == quote


def test_a_refusal_calls_what_it_found_the_closest_passage(visit, url):
    page = visit(url)
    ask(page, "Who won?")
    expect(page.locator("#evidence h2")).to_have_text("Closest passage found")


def test_examples_appear_when_the_library_has_been_prepared(visit, serving, assistant):
    preparation, prepared, examples = Preparation(), threading.Event(), []
    preparation.start(lambda note: prepared.wait(30))
    page = visit(serving(assistant, examples=lambda: examples, preparation=preparation))
    expect(page.locator("#state")).to_contain_text("Preparing the library")
    expect(page.locator("#transcript .offer")).to_have_count(0)
    examples.append("How much?")
    prepared.set()
    expect(page.locator("#transcript .offer")).to_have_text(["How much?"])
    expect(page.locator("#state")).to_be_hidden()


def test_an_example_is_asked_by_a_click(visit, url):
    page = visit(url)
    page.get_by_text("How much?").click()
    expect(reply(page)).to_have_text("It climbs to US$200 billion [1].")


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_shift_enter_breaks_the_line_and_enter_sends(visit, url, locale):
    page = visit(url, locale=locale)
    page.locator("#question textarea").focus()
    page.keyboard.type("two")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("lines?")
    page.keyboard.press("Enter")
    expect(reply(page)).to_have_text("Yes [1].")


def test_suggestions_that_come_late_are_not_shown_in_another_conversation(visit, serving, assistant):
    begun, going_on = threading.Event(), threading.Event()

    def suggest(answer, history):
        begun.set()
        assert going_on.wait(30)
        return ("支出是多少？",)

    page = visit(serving(assistant, suggest=suggest))
    ask(page, "How much?")
    assert begun.wait(20)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#transcript .turn")).to_have_count(0)
    answered = []

    def is_second(response):
        answered.extend(["answered"] * ("/run/predict" in response.url))
        return len(answered) == 2  # to what could be suggested, and to whether it is to be shown

    with page.expect_response(is_second):
        going_on.set()
    page.wait_for_timeout(500)  # for what it would show
    expect(page.locator("#suggestions button")).to_have_count(0)
    ask(page, "How much?")
    expect(page.locator("#suggestions button")).to_have_text(["支出是多少？"])


def test_what_was_begun_in_a_conversation_does_not_go_on_in_another(visit, serving, assistant):
    page = visit(serving(assistant, keep_feedback=lambda *_: None))
    ask(page, "How much?")
    expect(reply(page)).to_be_visible()
    page.get_by_role("button", name="Wrong").click()
    expect(page.locator("#feedback")).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("#editing")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#transcript .turn")).to_have_count(0)
    expect(page.locator("#feedback")).to_be_hidden()
    expect(page.locator("#editing")).to_be_hidden()
    expect(page.locator("#question textarea")).to_have_value("")


def test_a_question_that_is_half_typed_goes_along_into_another_conversation(visit, url):
    page = visit(url)
    ask(page, "How much?")
    expect(reply(page)).to_be_visible()
    page.locator("#question textarea").fill("And what about")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#transcript .turn")).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value("And what about")


def test_stopping_keeps_what_was_said_and_marks_it(visit, url):
    page = visit(url)
    ask(page, "Wait?")
    expect(reply(page)).to_have_text("The first words")
    page.locator("#question textarea").fill("the next question")
    page.locator("#question .stop-button").click()
    expect(reply(page)).to_have_text("The first words")
    expect(page.locator("#transcript .note")).to_have_text("Incomplete answer: it was stopped.")
    expect(page.locator("#question .submit-button")).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value("the next question")


def test_an_error_leaves_the_chat_usable(visit, url):
    page = visit(url)
    ask(page, "Too long?")
    expect(page.locator("#transcript .note")).to_contain_text("The question is empty or too long")
    ask(page, "How much?")
    expect(reply(page)).to_have_text("It climbs to US$200 billion [1].")


def test_hostile_text_is_shown_and_neither_runs_nor_fetches(visit, url, hostile):
    page = visit(url)
    ask(page, hostile)
    expect(page.locator("#evidence mark")).to_be_visible()
    assert page.locator("#evidence mark").text_content() == hostile
    assert reply(page).text_content() == hostile
    assert page.locator("#evidence .title").text_content() == hostile
    live = "a:not([href^='/documents/']), img, iframe, form, input, script, style:not(svg *)"
    assert page.locator(f":is(#transcript, #evidence) :is({live})").count() == 0
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize(
    ("locale", "heading", "placeholder"),
    [
        ("zh-CN", "依据", "用中文或英文提问"),
        ("zh-TW", "依据", "用中文或英文提问"),
        ("en-US", "Sources", "Ask in Chinese or English"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(visit, url, locale, heading, placeholder):
    page = visit(url, locale=locale)
    expect(page.locator("#evidence h2")).to_have_text(heading)
    expect(page.locator("#question textarea")).to_have_attribute("placeholder", placeholder)


def test_two_browsers_see_only_their_own_conversation(visit, url):
    one, other = visit(url), visit(url, locale="zh-CN")
    ask(one, "How much?")
    expect(reply(one)).to_have_text("It climbs to US$200 billion [1].")
    ask(other, "支出是多少？")
    expect(reply(other)).to_have_text("增至 2000 亿美元。[1]")
    expect(one.locator("#transcript .turn")).to_have_count(1)
    expect(other.locator("#transcript .turn")).to_have_count(1)


def test_the_evidence_stands_beside_the_chat_and_on_a_phone_below_it(visit, url):
    page = visit(url)
    for size, is_beside in ((DESKTOP, True), (PHONE, False)):
        page.set_viewport_size(size)
        chat, panel = page.locator("#conversation").bounding_box(), page.locator("#evidence").bounding_box()
        assert (panel["x"] >= chat["x"] + chat["width"]) is is_beside
        assert (panel["y"] >= chat["y"] + chat["height"]) is not is_beside


def test_what_was_asked_last_and_the_field_for_the_next_question_stay_in_sight_on_a_phone(visit, url):
    page = visit(url, size=(PHONE["width"], PHONE["height"]))
    for number in range(5):
        ask(page, "How much?")
        expect(page.locator("#transcript .reply .said")).to_have_count(number + 1)
        expect(page.locator("#question .submit-button")).to_be_visible()
    expect(reply(page)).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    expect(reply(page)).not_to_be_in_viewport()
    expect(page.locator("#question")).to_be_in_viewport(ratio=1)


def test_what_is_missing_is_said_in_the_colour_of_a_warning(visit, url):
    page = visit(url)
    ask(page, "How much?")
    expect(page.locator("#evidence .unsupported")).to_have_css("color", WARNING)
    ask(page, "Broken?")
    expect(page.locator("#transcript .note")).to_have_css("color", WARNING)


def test_nothing_is_wider_than_a_phone(visit, url, hostile):
    page = visit(url)
    page.set_viewport_size(PHONE)
    ask(page, hostile)
    expect(page.locator("#evidence mark")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("ended", [False, True], ids=["while it composes", "as Safari gives it"])
def test_enter_that_an_input_method_takes_does_not_send(visit, url, ended, locale):
    page = visit(url, locale=locale)
    page.locator("#question textarea").focus()
    page.evaluate("addEventListener('keydown', event => window.pressed = [event.key, event.keyCode])")
    page.keyboard.insert_text("支出")
    chromium = page.context.new_cdp_session(page)
    chromium.send("Input.imeSetComposition", {"selectionStart": 5, "selectionEnd": 5, "text": "shiduoshao"})
    if ended:
        chromium.send("Input.insertText", {"text": "是多少？"})
    for kind in ("rawKeyDown", "keyUp"):  # 229: the key was taken by an input method
        chromium.send("Input.dispatchKeyEvent", {"type": kind, "key": "Enter", "windowsVirtualKeyCode": 229})
    assert page.evaluate("window.pressed") == ["Enter", 229]
    if not ended:
        chromium.send("Input.insertText", {"text": "是多少？"})
    expect(page.locator("#question textarea")).to_have_value("支出是多少？")
    assert page.locator("#transcript .turn").count() == 0
    page.keyboard.press("Enter")
    expect(reply(page)).to_have_text("增至 2000 亿美元。[1]")
