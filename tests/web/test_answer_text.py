"""The text of an answer as it is shown: its words as they are, citations to choose, figures with their checks."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Check, Checks, Statement
from rag.quantities import find_quantities
from ui.messages import MESSAGES
from ui.rendering.answer_text import answer_text

EN, ZH = MESSAGES["en"], MESSAGES["zh"]


class Reader(HTMLParser):
    """What is read of a page: the words that are seen, and each marked stretch with the words that are not."""

    def __init__(self, page):
        super().__init__()
        self.seen, self.marked, self._open = "", [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        kind = dict(attributes)["class"]
        self._open.append(kind)
        if kind != "unseen":
            self.marked.append([kind, "", ""])

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        unseen = "unseen" in self._open
        self.seen += "" if unseen else data
        if self._open:
            self.marked[-1][1 + unseen] += data


PIECES = [
    *("2000 亿美元", "2000", "20", "00", "US$200 billion", "200 billion", "60%", "60", "160%", "1,60", "Nova", "No"),
    *("贾西", "亚马逊", "[1]", "[2]", "[11]", "是", "约", " and ", "。", ". ", "\n", "<b>", "&amp;", "“"),
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=20)
VERDICT = st.sampled_from(["equal", "compatible", "different", "missing"])


@st.composite
def checks_of(draw, text):
    """Checks of stretches of the text, which may overlap, stand in each other, repeat, or not be there at all."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text)))
        written = text[start : draw(st.integers(start, min(len(text), start + 8)))]
        verdict = draw(VERDICT)
        supported = verdict in ("equal", "compatible")
        found.append(Check(draw(st.sampled_from([written, "60", "Nova"])), supported, verdict, draw(st.none() | TEXT)))
    return tuple(found)


@st.composite
def statements_of(draw, text):
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    one = Statement(0, start, (), Checks(draw(checks_of(text)), draw(checks_of(text))))
    return one, Statement(start, end, (), Checks(draw(checks_of(text[start:end])), draw(checks_of(text))))


@given(st.data(), TEXT)
def test_what_is_read_is_the_answer_whatever_was_checked(answer, citation, data, text):
    said = answer(text, citation("q"), citation("q", number=11), statements=data.draw(statements_of(text)))
    for messages in (ZH, EN):
        page = answer_text(said, 3, messages)
        possible = re.sub("[\0\ud800-\udfff]", "�", text)
        assert Reader(page).seen == possible
        assert {re.sub("id=.*", "", tag) for tag in re.findall("<[^/][^>]*>", page)} <= {
            '<button type="button" class="act marker" ', '<span class="figure supported">', '<span class="unseen">',
            '<span class="figure unsupported" tabindex="0">', '<span class="name unsupported" tabindex="0">',
        }  # fmt: skip


def test_each_citation_is_a_button_that_says_which(answer, citation):
    said = answer("One [1], two [2], three [1][3].", citation("q"), citation("q", number=2))
    buttons = re.findall(
        r'<button type="button" class="act marker" id="([^"]*)">(.*?)</button>', answer_text(said, 4, EN)
    )
    assert buttons == [("cite-4-1", "[1]"), ("cite-4-2", "[2]"), ("cite-4-1", "[1]")]


def figures(text, *, answer, messages, checks=None, names=()):
    """The marked stretches of one sentence, its figures checked in turn."""
    checks = checks or tuple(Check(figure.text, True, "equal") for figure in find_quantities(text))
    return Reader(
        answer_text(answer(text, statements=(Statement(0, len(text), (), Checks(checks, names)),)), 0, messages)
    ).marked


@pytest.mark.parametrize(
    ("messages", "text", "check", "kind", "words"),
    [
        (ZH, "增至 2000 亿美元。", Check("2000 亿美元", True, "equal", "2000 亿美元"), "supported", "（原句中有）"),
        (ZH, "增至 2000 亿美元。", Check("2000 亿美元", True, "equal", "US$200 billion"), "supported",
         "（原句中写作 US$200 billion）"),
        (ZH, "增至 9000 亿美元。", Check("9000 亿美元", False, "different", "2000 亿美元"), "unsupported",
         "（不符：原句中是 2000 亿美元）"),
        (EN, "It grew by 70%.", Check("70%", False, "different", "60%"), "unsupported",
         " (differs: the cited sentence has 60%)"),
        (EN, "AWS 占 70%。", Check("70%", False, "missing"), "unsupported", " (not in the cited sentence)"),
    ],
    ids=["the same", "otherwise", "different", "different en", "missing"],
)  # fmt: skip
def test_a_figure_carries_what_its_check_found(answer, messages, text, check, kind, words):
    assert figures(text, answer=answer, messages=messages, checks=(check,)) == [[f"figure {kind}", check.text, words]]


def test_only_names_that_are_not_in_the_sources_are_pointed_out(answer):
    names = (Check("贾西", False, "missing"), Check("Nova", True, "equal"))
    shown = figures("贾西谈到 Nova。", answer=answer, messages=ZH, names=names)
    assert shown == [["name unsupported", "贾西", "（原句中没有）"]]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("60% 与 160%，又是 60%", ["60%", "160%", "60%"]),
        ("1,160 of 160", ["1,160", "160"]),
        ("从 2000 亿美元到 2000 亿元", ["2000 亿美元", "2000 亿元"]),
    ],
)
def test_equal_figures_are_taken_in_their_order(answer, text, written):
    assert [found for _, found, _ in figures(text, answer=answer, messages=EN)] == written


@pytest.mark.parametrize(("text", "part"), [("160%", "60%"), ("1,600", "600"), ("1.60", "60"), ("Novartis", "Nova")])
def test_a_part_of_a_longer_number_or_word_is_not_what_was_checked(answer, text, part):
    check = Check(part, False, "missing")
    assert figures(f"是 {text}。", answer=answer, messages=ZH, checks=(check,), names=(check,)) == []


def test_a_check_belongs_to_its_own_sentence(answer):
    text = "60% here. 60% there."
    statements = (
        Statement(0, 9, (), Checks((Check("60%", True, "equal"),))),
        Statement(10, 20, (), Checks((Check("60%", False, "missing"),))),
    )
    shown = Reader(answer_text(answer(text, statements=statements), 0, EN)).marked
    assert [kind for kind, _, _ in shown] == ["figure supported", "figure unsupported"]
