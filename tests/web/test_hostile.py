"""Hostile text wherever others decide what is shown: none of it runs, fetches or becomes an element.

Every payload is put in every place through the renderers, where the page may have no tag that harmless text would not
have, and in real Chromium behind the real application, many in one page.
"""

import html
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hostile_payloads import EVERY, NOT_IN_A_PAGE, ONE_LINE
from playwright.sync_api import expect

from index.embedding import open_embedder
from index.library import Library
from index.schema import Document, Place, sha256_text
from rag.answer import Check, Checks, Conflict, Note, Statement
from rag.counterpart import Counterpart
from ui.conversation import Turn
from ui.conversations import Conversation
from ui.library_desk import LibraryDesk
from ui.messages import MESSAGES
from ui.rendering.conversation_list import conversation_list, deleted_notice
from ui.rendering.document_page import Stretch, document_page
from ui.rendering.evidence import evidence
from ui.rendering.transcript import notice, suggestions, transcript

HARMLESS = "harmless"
PLACES = (
    *("document", "title", "section", "place", "source", "metadata", "question", "standalone", "conversation"),
    *("answer", "figure", "name", "found", "conflict", "note", "answerer", "problem", "suggestion", "notice"),
)


class Elements(HTMLParser):
    """The tags of a page with their attributes, in order, and its words."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, [(name, value) for name, value in attributes if name != "href"]))

    def handle_endtag(self, tag):
        self.tags.append(("/", tag))

    def handle_comment(self, data):
        self.tags.append(("!--", data))

    def handle_data(self, data):
        self.words += data


@pytest.fixture(scope="module")
def pages(answer, citation):
    """All that the renderers make of texts, by the place that each has; others are harmless."""

    def make(place, payload):
        said = {each: payload if each == place else HARMLESS for each in PLACES}
        document, title, section = said["document"], said["title"], said["section"]
        context = {
            "title": title, "section": ("Section", section), "before": document, "after": document, "end": 99,
            "sha256": "0f", "place": Place("part", said["place"], 0),
        }  # fmt: skip
        cited = [citation(document, number=number, **context) for number in (1, 2, 3, 4)]
        same = Counterpart(document_id="ab", start=0, cosine=0.9, quote=document, language="zh", **context)
        figure = Check(said["figure"], False, "different", f"{said['found']}!", 1)
        name = Check(said["name"], False, "missing")
        parts = [said["answer"], said["figure"], said["name"], "[1]"]
        text = " | ".join(parts)
        checks = Checks((figure,), (name,))
        start = len(parts[0]) + 3  # so that the figure and the name are looked for behind the rest
        statements = (
            Statement(start, start + len(parts[1]), (1,), Checks((figure,))),
            Statement(start + len(parts[1]) + 3, len(text), (1,), Checks((), (name,))),
        )
        shown = answer(
            text, *cited, statements=statements, checks=checks, question=said["question"],
            standalone=said["standalone"] + "!", notes=(Note("uncited", said["note"]),), answerer=said["answerer"],
            conflicts=(Conflict((said["conflict"], HARMLESS), (1, 2)),),
        )  # fmt: skip
        turns = [
            Turn(f"?{said['question']}", "answered", shown.text, shown),
            Turn("?", "incomplete", said["answer"], problem=said["problem"]),
        ]
        text = f"line {document}" if place == "document" else "line"
        metadata = {"author": said["metadata"], "date": said["metadata"]}
        whole = Document("ab", title, said["source"], "zh", text, datetime.now(UTC), metadata, (context["place"],))
        messages = MESSAGES["zh"]
        named = [Conversation(known, said["conversation"], whole.added_at, whole.added_at) for known in ("a1", "b2")]
        return (
            conversation_list(named, "a1", "zh", messages) + deleted_notice(named[1], messages),
            transcript(turns, (said["question"],), messages),
            transcript((), (said["question"],), messages),
            evidence(turns[0], 0, 1, same, messages),
            suggestions((said["suggestion"],), messages),
            notice(said["notice"]),
            document_page(Stretch(whole, 0, len(text), 0, len(text)), "zh"),
        )

    return make


@pytest.mark.parametrize("place", PLACES)
def test_no_page_has_a_tag_that_harmless_text_would_not_have(pages, place):
    usual = [Elements(page).tags for page in pages("", HARMLESS)]
    for payload in (*EVERY, *NOT_IN_A_PAGE):
        assert [Elements(page).tags for page in pages(place, payload)] == usual, payload


@pytest.mark.parametrize("place", [place for place in PLACES if place != "source"])
def test_every_payload_is_read_as_it_is(pages, place):
    for payload in ONE_LINE:
        words = "".join(Elements(page).words for page in pages(place, payload))
        assert payload in words, payload


JOINED = "\n".join(ONE_LINE)
# What a page of ours never holds, or never in what others said.
LIVE = (
    ":is(script, style, img, picture, iframe, object, embed, video, audio, form, input, textarea, link, meta, base, "
    "template, noscript, math, portal, dialog, select, details, plaintext, x-element, slot, [srcset], "
    "[style]:not([data-testid=status-tracker]))"  # of Gradio
)
LIVE_ATTRIBUTES = """(root) => [...document.querySelectorAll(root + ' *')].flatMap((element) => [...element.attributes])
    .filter((attribute) => attribute.name.startsWith('on') || /javascript:|outside/.test(attribute.value))
    .map((attribute) => attribute.name + '=' + attribute.value)"""


@pytest.fixture(scope="module")
def hostile_document():
    text = f"# {ONE_LINE[0]}\n\n" + "\n\n".join((*EVERY, "The last sentence."))
    places = tuple(Place("part", payload, number) for number, payload in enumerate(ONE_LINE))
    metadata = {"format": "markdown", "author": JOINED, "date": JOINED}
    return Document(
        sha256_text(text)[:16], JOINED, f"/srv/{ONE_LINE[3]}", "en", text, datetime.now(UTC), metadata, places
    )


@pytest.fixture(scope="module")
def hostile_url(serving, answer, citation, hostile_document, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("hostile") / "library", open_embedder("hashing"))
    list(library.add([hostile_document]))
    joined = {
        "title": JOINED,
        "section": (JOINED,),
        "before": JOINED,
        "after": JOINED,
        "place": Place("part", JOINED, 0),
    }
    cited = [citation(JOINED, **joined)]
    cited += [citation(each, number=number, title=each) for number, each in enumerate(EVERY, 2)]
    figures = tuple(Check(each, False, "different", each, 1) for each in ONE_LINE)
    text = f"{JOINED}\n[1] " + " ".join(EVERY)
    shown = answer(
        text, *cited, statements=(Statement(0, len(JOINED), (1,), Checks(figures)),), checks=Checks(figures, figures),
        standalone=JOINED, question=JOINED, notes=(Note("uncited", JOINED),), answerer=JOINED,
        conflicts=(Conflict((JOINED, JOINED), (1, 2)),),
    )  # fmt: skip

    class Assistant:
        def stream(self, question, history=()):
            yield text[:500]
            yield shown

    context = {"title": JOINED, "section": (JOINED,), "before": JOINED, "after": JOINED}
    same = Counterpart("ab", start=0, end=1, quote=JOINED, sha256="0f", cosine=1.0, language="zh", **context)
    return serving(Assistant(), counterpart=lambda _: same, desk=LibraryDesk(library), suggest=lambda *_: ONE_LINE)


@pytest.mark.browser
def test_in_a_browser_nothing_of_an_answer_is_live(visit, hostile_url):
    page = visit(hostile_url)
    page.locator("#question textarea").fill(JOINED)
    page.keyboard.press("Enter")
    page.locator("#transcript button.marker").first.press("Enter")
    expect(page.locator("#evidence .counterpart")).to_be_visible()
    expect(page.locator("#suggestions button")).to_have_count(len(ONE_LINE))
    expect(page.locator("#list .title").first).to_contain_text("window.ran='script'")
    for place in ("#transcript", "#evidence", "#suggestions", "#list", "#header"):
        assert live(page, place) == []
        assert page.evaluate(LIVE_ATTRIBUTES, place) == []
    shown = page.locator("#evidence .chosen mark").all_text_contents()
    assert shown == [browsers_own(JOINED)] * 2
    assert page.locator("#evidence .title").all_text_contents()[2:] == [browsers_own(each) for each in EVERY]
    assert {link.get_attribute("href")[:11] for link in page.locator("#evidence a").all()} == {"/documents/"}
    for figure in page.locator("#transcript .figure").all()[:5]:
        figure.focus()
    assert page.evaluate("[window.ran ?? null, document.baseURI]") == [None, page.url]


@pytest.mark.browser
def test_in_a_browser_nothing_of_a_document_is_live(context_for, hostile_url, hostile_document):
    page, complaints = context_for("en-US").new_page(), []
    page.on("request", lambda request: complaints.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    end = len(hostile_document.text)
    address = f"{hostile_url}/documents/{hostile_document.id}?start={end - 18}&end={end}#sentence"
    page.goto(address)
    assert page.locator("mark").text_content() == "The last sentence."
    expect(page.locator("mark")).to_be_in_viewport()
    assert live(page, "body") == []
    assert page.evaluate(LIVE_ATTRIBUTES, "body") == []
    labels = sum(len(browsers_own(label)) for label in page.locator("main .place").all_text_contents())
    assert len(page.locator("main").text_content()) == len(browsers_own(hostile_document.text)) + labels
    assert page.locator("h1").first.text_content() == browsers_own(JOINED)
    assert page.evaluate("window.ran ?? null") is None
    assert complaints == [address.partition("#")[0], f"{hostile_url}/documents/style.css"]
    page.close()


def live(page, place):
    return page.locator(f"{place} {LIVE}").evaluate_all("all => all.map(element => element.outerHTML.slice(0, 150))")


def browsers_own(text):
    """The text as a browser has it: what no page can hold is replaced."""
    return html.unescape(html.escape(re.sub("[\0\ud800-\udfff]", "�", text)))
