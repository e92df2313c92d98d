"""What is shown: every text reaches the reader as it is, and nothing but text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Check, Checks
from ui import render
from ui.conversation import Turn
from ui.messages import MESSAGES, preferred_language

EN, ZH = MESSAGES["en"], MESSAGES["zh"]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    "<>&\"'`*_[]()!#$\\/ \n\r\tscript资料，。Ａ\u202e\u200b"
)


def answered(answer):
    return Turn(answer.question, "answered", answer.text, answer)


def tags(page):
    return re.findall("<[^>]*>", page)


@given(ANY_TEXT)
def test_escaping_loses_nothing_and_leaves_no_markup(text):
    escaped = render.escape(text)
    assert html.unescape(escaped) == text
    assert not set(escaped) & set("<>\n\r\t")


def test_what_no_page_can_hold_is_replaced():
    assert render.escape("a\ud800b\0c") == "a�b�c"


@given(quote=ANY_TEXT, around=ANY_TEXT)
def test_the_highlighted_sentence_is_the_quote_whatever_the_document_says(answer, citation, quote, around):
    def panel(quote, around):
        cited = citation(quote, title=around, section=("Section", around), before=around, after=around)
        return render.evidence(answered(answer("Yes [1].", cited)), EN)

    shown = panel(quote, around)
    assert html.unescape(re.search("<mark>(.*)</mark>", shown)[1]) == quote
    assert tags(shown) == tags(panel("harmless", "harmless"))


@given(text=ANY_TEXT)
def test_an_answer_is_shown_word_for_word(answer, citation, text):
    said = f"{text} [1]"
    _, reply = render.chat_messages([answered(answer(said, citation("quote")))], EN)
    assert html.unescape(re.sub("<[^>]*>", "", reply["content"])) == said
    assert set(tags(reply["content"])) == {'<span class="marker">', "</span>"}


def test_only_sentences_that_are_cited_get_a_marker(answer, citation):
    _, reply = render.chat_messages([answered(answer("One [1], two [2].", citation("quote", number=2)))], EN)
    assert reply["content"] == 'One [1], two <span class="marker">[2]</span>.'


@given(question=ANY_TEXT.filter(str.strip))
def test_a_question_is_shown_word_for_word(question):
    asked, _ = render.chat_messages([Turn(question)], EN)
    assert html.unescape(asked["content"]) == question.strip()
    assert not tags(asked["content"])


@pytest.mark.parametrize(
    ("turn", "note"),
    [
        (Turn("?"), ZH.working),
        (Turn("?", "incomplete", "半句"), ZH.incomplete),
        (Turn("?", "failed", problem="<太长>"), "未能回答：<太长>"),
        (Turn("?", "failed", reference="1a2b"), ZH.unexpected.format(reference="1a2b")),
    ],
    ids=["working", "incomplete", "explained", "unexpected"],
)
def test_every_state_of_a_turn_is_said_plainly(turn, note):
    _, reply = render.chat_messages([turn], ZH)
    assert html.unescape(re.sub("<[^>]*>", "", reply["content"])) == turn.text + note


def test_a_refusal_shows_the_closest_passage_and_calls_it_no_source(answer, citation):
    panel = render.evidence(answered(answer("Not in the documents.", citation("quote"), refused=True)), EN)
    assert "<h2>Closest passage found</h2>" in panel
    assert "<mark>quote</mark>" in panel
    assert EN.sources not in panel


def test_a_refusal_that_found_nothing_says_so(answer):
    panel = render.evidence(answered(answer("资料库是空的。", refused=True, reason="empty_library")), ZH)
    assert ZH.nothing_close in panel
    assert "<mark>" not in panel


@pytest.mark.parametrize(("messages", "language"), [(EN, "mixed"), (ZH, "en"), (ZH, "zh")])
def test_a_source_names_its_number_title_section_and_language(answer, citation, messages, language):
    cited = citation("quote", number=3, title="报告 Report", section=("报告 Report", "开支", "2026"), language=language)
    panel = re.sub("<[^>]*>", "|", render.evidence(answered(answer("Yes [3].", cited)), messages))
    for part in ("3", "报告 Report", "开支 › 2026", messages.language_names[language]):
        assert f"|{part}|" in panel


def test_a_figure_that_the_sources_do_not_hold_is_pointed_out(answer, citation):
    checks = Checks(figures=(Check("60%", supported=True), Check("$9 billion", supported=False)))
    panel = render.evidence(answered(answer("Yes [1].", citation("60%"), checks=checks)), EN)
    assert '<li class="supported">✓ <b>60%</b> in the cited sentence</li>' in panel
    assert '<li class="unsupported">✗ <b>$9 billion</b> not in the cited sentence</li>' in panel


def test_the_head_counts_documents_in_the_language_of_the_reader():
    assert "资料库现有 3 篇文档" in render.header(3, ZH)
    assert "Documents in the library: 3" in render.header(3, EN)


def test_plain_text_is_the_answer_then_the_quotes_with_their_origin(answer, citation):
    cited = [
        citation("第一句。", section=()),
        citation("Two\nlines.", number=2, section=("年报 Annual report", "开支")),
    ]
    assert render.plain_text(answer("Both [1][2].", *cited)) == (
        "Both [1][2].\n\n[1] 第一句。\n    — 年报 Annual report\n\n[2] Two\n    lines.\n    — 年报 Annual report › 开支"
    )


def test_plain_text_of_a_refusal_introduces_the_closest_passage(answer, citation):
    refusal = answer("资料里没有答案。", citation("最近的一句。"), language="zh", refused=True, reason="not_answered")
    assert "资料里没有答案。\n\n找到的最接近的段落:\n\n[1] 最近的一句。" in render.plain_text(refusal)


def test_plain_text_cannot_drive_the_terminal(answer, citation):
    attack = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\r"
    printed = render.plain_text(answer(attack, citation(attack, title=attack, section=(attack,))))
    assert not set(printed) & set("\x1b\x07\u202e\r")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh;q=0.7", "zh"),
        ("de,fr;q=0.9", "en"),
        ("de,zh;q=0.5", "zh"),
        ("", "en"),
        ("zh;q=rubbish,en;q=0.1", "en"),
    ],
)
def test_the_interface_speaks_what_the_browser_prefers(header, language):
    assert preferred_language(header) == language
