"""The whole product as a person meets it: the real assistant over the sample library, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from index.sentences import split_sentences
from rag.assistant import Assistant

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(serving, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("product") / "library", open_embedder("hashing"))
    list(library.add(load_samples()))
    return serving(Assistant(library))


@pytest.mark.parametrize(
    ("question", "language", "figure"),
    [
        ("亚马逊 2026 年的资本支出是多少？", "zh", "2000 亿美元"),
        ("How much will Amazon's capital expenditure be in 2026?", "en", "US$200 billion"),
    ],
    ids=["zh", "en"],
)
def test_a_question_is_answered_with_a_sentence_of_the_sample(visit, url, question, language, figure):
    page = visit(url)
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#evidence mark").first).to_be_visible()
    text = next(document.text for document in load_samples() if document.language == language)
    sentences = {sentence.strip() for sentence in split_sentences(text)}
    marked = page.locator("#evidence mark").all_text_contents()
    assert set(marked) <= sentences
    assert figure in marked[0]
    said = page.locator("#transcript .reply .said").last
    said.evaluate("element => element.querySelectorAll('.unseen').forEach(remark => remark.remove())")
    expect(said).to_contain_text(f"{marked[0]} [1]")
    expect(page.locator("#evidence h2")).to_have_text("Sources")


@pytest.mark.parametrize(
    ("question", "follow_up", "understood", "figure"),
    [
        ("OpenAI 给微软的合同有多大？", "那甲骨文呢？", "OpenAI 给甲骨文的合同有多大？", "3000 亿美元"),
        ("How large is OpenAI's contract with Microsoft?", "And with Oracle?",
         "How large is OpenAI's contract with Oracle?", "US$300 billion"),
    ],
    ids=["zh", "en"],
)  # fmt: skip
def test_a_follow_up_is_shown_as_understood_and_answered(visit, url, question, follow_up, understood, figure):
    page = visit(url)
    for asked, replies in ((question, 1), (follow_up, 2)):
        page.locator("#question textarea").fill(asked)
        page.keyboard.press("Enter")
        expect(page.locator("#transcript .reply .said")).to_have_count(replies)
        expect(page.locator("#question .submit-button")).to_be_visible()
    expect(page.locator("#transcript .standalone")).to_have_text(f"Understood as: {understood}")
    expect(page.locator("#evidence mark").first).to_contain_text(figure)
