"""All that a person does with the chat, one thing after the other, over a real library: at a desk in Chinese and light,
on a phone in English and dark.

`visit` sees to it that no page asks another origin for anything or reports an error; at every stage axe-core finds
nothing serious. With TONGWEN_SCREENSHOTS=FOLDER each stage is pictured there, to be looked at.
"""

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect
from serving import served

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.answer import Answer
from rag.assistant import Assistant
from tests.doors.product import product
from ui.library_messages import LIBRARY_MESSAGES
from ui.messages import MESSAGES
from ui.rendering.markdown import markdown_block
from ui.suggestions import Suggestions

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
SERIOUS = """async () => (await axe.run()).violations
    .filter(found => ["serious", "critical"].includes(found.impact))
    .map(found => [found.id, ...found.nodes.map(node => node.html)])"""
SAID = """() => [...document.querySelectorAll("body *")].filter(one => one.checkVisibility())
    .flatMap(one => [...["aria-label", "placeholder", "title"].map(name => one.getAttribute(name)),
        ...[...one.childNodes].filter(node => node.nodeType === 3).map(node => node.data)])
    .map(text => text?.trim()).filter(Boolean)"""
WAYS = {
    "zh": {
        "size": (1440, 900), "scheme": "light", "locale": "zh-CN", "other": "en",
        "foreign": "How many corporate jobs has Amazon cut?",
        "question": "OpenAI 给微软的合同有多大？", "follow_up": "那甲骨文呢？",
        "understood": "OpenAI 给甲骨文的合同有多大？", "figure": "3000 亿美元",
        "long": "为什么投资者感到不安？", "unanswered": "冰岛的首都在哪里？",
        "file": ("海源年报.md", "# 海源电池年报\n\n海源电池 2031 年的营业收入为 47 亿元。"),
        "about": "海源电池 2031 年的营业收入是多少？", "found": "47 亿元",
        "reason": "应为 2900 亿 not 300", "correction": "2900 亿美元", "name": "合同 contracts",
    },
    "en": {
        "size": (390, 844), "scheme": "dark", "locale": "en-US", "other": "zh",
        "foreign": "亚马逊裁减了多少个公司职位？",
        "question": "How large is OpenAI's contract with Microsoft?", "follow_up": "And with Oracle?",
        "understood": "How large is OpenAI's contract with Oracle?", "figure": "US$300 billion",
        "long": "Why are investors uneasy?", "unanswered": "What is the capital of Iceland?",
        "file": ("haiyuan.md", "# Haiyuan annual report\n\nHaiyuan Batteries had revenue of 4.7 billion yuan in 2031."),
        "about": "What was the revenue of Haiyuan Batteries in 2031?", "found": "4.7 billion yuan",
        "reason": "It was 290, 不是 300", "correction": "US$290 billion", "name": "Contracts 合同",
    },
}  # fmt: skip


class Hesitant(Assistant):
    """Says the sentences of every answer, and does not end that of one question before it may."""

    hesitates_at = ""

    def __init__(self, library):
        super().__init__(library)
        self.may_end = threading.Event()

    def stream(self, question, history=()):
        for said in super().stream(question, history):
            if isinstance(said, Answer) and question == self.hesitates_at:
                assert self.may_end.wait(30)
            yield said


@pytest.fixture
def assistant(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    library = Library(tmp_path / "library", open_embedder())
    list(library.add(load_samples()))
    assistant = Hesitant(library)
    assistant.warm_up()
    return assistant


@pytest.fixture
def url(assistant):
    suggestions = Suggestions(assistant.extractive())
    suggestions.refresh()
    with served(product(assistant, suggestions)) as url:
        yield url
        assistant.may_end.set()


class Person:
    """Somebody at the page, who looks at each stage of it."""

    def __init__(self, page, language):
        self.page, self.language, self.stages = page, language, 0
        self.words = MESSAGES[language]

    def looks(self, stage, page=None):
        page, self.stages = page or self.page, self.stages + 1
        if folder := os.environ.get("TONGWEN_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{self.language}-{self.stages:02}-{stage}.png", full_page=True)
        page.evaluate(AXE)
        assert (stage, page.evaluate(SERIOUS)) == (stage, [])

    def begins_to_ask(self, question):
        turns = self.page.locator("#transcript .turn")
        before = turns.count()
        self.page.locator("#question textarea").fill(question)
        self.page.keyboard.press("Enter")
        expect(turns).to_have_count(before + 1)

    def asks(self, question):
        self.begins_to_ask(question)
        expect(self.page.locator("#question .submit-button")).to_be_visible()
        expect(self.page.locator("#transcript .turn").last.locator(".actions")).to_be_visible()
        expect(self.page.locator("#transcript .reply").last).to_be_in_viewport()

    def chooses(self, offer):
        question = self.page.locator(offer).first.text_content()
        self.page.locator(offer).first.click()
        expect(self.page.locator("#transcript .asked > .said").last).to_have_text(question)
        expect(self.page.locator("#transcript .reply").last.locator("button.marker").first).to_be_visible()

    def presses(self, name, within="body"):
        self.page.locator(within).get_by_role("button", name=name, exact=True).last.click()

    def turns_to(self, tab):
        self.page.get_by_role("tab", name=tab).click()

    def downloads(self, name):
        with self.page.expect_download() as download:
            self.page.locator("#conversations").get_by_role("link", name=name).click()
        return Path(download.value.path()).read_text("utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_asks_checks_adds_and_takes_along(visit, url, assistant, language):
    way, words, other = WAYS[language], MESSAGES[language], MESSAGES[WAYS[language]["other"]]
    library_words = LIBRARY_MESSAGES[language]
    assistant.hesitates_at = way["long"]
    page = visit(url, way["locale"], size=way["size"], color_scheme=way["scheme"])
    person = Person(page, language)
    marks = page.locator("#evidence mark")
    expect(page.locator("#transcript .offer")).to_have_count(4)
    person.looks("welcome")

    person.chooses("#transcript .offer")
    person.chooses("#suggestions .offer")
    person.looks("chosen")
    person.asks(way["foreign"])
    person.looks("other-language")
    person.asks(way["question"])
    person.asks(way["follow_up"])
    expect(page.locator("#transcript .standalone")).to_have_text(words.standalone.format(question=way["understood"]))
    expect(marks.first).to_contain_text(way["figure"])
    person.looks("follow-up")

    cited = assistant.ask(way["understood"]).citations[0]
    page.locator("#transcript .turn").last.locator("button.marker", has_text="[1]").first.click()
    expect(page.locator("#evidence .chosen .counterpart")).to_be_visible()
    assert marks.first.text_content() == cited.quote
    person.looks("source")
    with page.expect_popup() as opened:
        page.locator("#evidence .chosen .whole a").first.click()
    document = opened.value
    expect(document.locator("mark")).to_be_in_viewport()
    assert document.locator("mark").text_content() == cited.quote
    person.looks("whole-document", document)
    document.close()

    person.presses(words.wrong)
    page.get_by_label(words.feedback_reason).fill(way["reason"])
    page.get_by_label(words.feedback_correction).fill(way["correction"])
    expect(page.locator("#transcript .actions").last).to_be_in_viewport()
    person.looks("feedback")
    person.presses(words.feedback_send, "#feedback")
    expect(page.locator("#feedback-notice")).to_have_text(words.feedback_kept)
    (kept,) = assistant.library.feedback()
    assert (kept.question, kept.reason, kept.correction) == (way["follow_up"], way["reason"], way["correction"])

    person.begins_to_ask(way["long"])
    expect(page.locator("#feedback-notice")).to_be_hidden()
    said = page.locator("#transcript .reply").last.locator(".said")
    expect(said).to_be_visible()
    person.looks("answering")
    page.locator("#question .stop-button").click()
    expect(page.locator("#transcript .note")).to_have_text(words.incomplete)
    assistant.may_end.set()
    expect(said).to_be_visible()
    person.looks("stopped")

    person.turns_to(words.library_tab)
    name, content = way["file"]
    titles = page.locator("#library-list td.title")
    page.locator("#library-files input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/markdown", "buffer": content.encode()}
    )
    expect(page.locator("#library-progress li")).to_contain_text(library_words.outcomes["added"])
    expect(titles).to_have_count(3)
    person.looks("uploaded")
    person.turns_to(words.chat_tab)
    person.asks(way["about"])
    expect(marks).to_have_text([content.splitlines()[-1]])
    expect(page.locator("#transcript .said").last).to_contain_text(way["found"])
    person.looks("about-the-file")
    person.turns_to(words.library_tab)
    for undone in (True, False):
        page.locator("#library-list .remove").first.click()
        expect(titles).to_have_count(2)
        if undone:
            person.looks("removed")
            person.presses(library_words.undo)
            expect(titles).to_have_count(3)
    person.turns_to(words.chat_tab)
    for question in (way["about"], way["unanswered"]):
        person.asks(question)
        expect(page.locator("#evidence h2")).to_have_text(words.closest)
        expect(marks).to_have_count(1)
    person.looks("refused")

    person.presses(words.rename)
    page.locator("#renaming :is(input, textarea)").fill(way["name"])
    person.looks("renaming")
    person.presses(words.save)
    expect(page.locator("#conversations .current .title")).to_have_text(way["name"])
    exported = json.loads(person.downloads(words.export_json))
    asked = page.locator("#transcript .asked > .said").all_text_contents()
    assert exported["conversation"]["title"] == way["name"]
    assert [turn["question"] for turn in exported["turns"]] == asked
    assert exported["turns"][4]["answer"]["citations"][0]["quote"] == cited.quote
    written = person.downloads(words.export_markdown)
    assert written.startswith(f"# {way['name']}\n")
    assert markdown_block(cited.quote, quoted=True) in written

    page.get_by_role("link", name=words.other_language).click()
    expect(page.locator("#question textarea")).to_have_attribute("placeholder", other.placeholder)
    expect(page.locator("#transcript .asked > .said")).to_have_text(asked)
    own = {text for text in asdict(words).values() if isinstance(text, str)} - {words.other_language}
    assert own.isdisjoint(page.evaluate(SAID))
    person.looks("switched")
    page.reload()
    expect(page.locator("#transcript .asked > .said")).to_have_text(asked)
    expect(page.locator("#conversations .current .title")).to_have_text(way["name"])
