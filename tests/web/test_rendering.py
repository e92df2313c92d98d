"""What is shown: every text reaches the reader as it is, and nothing but text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Note
from ui.conversation import Turn
from ui.messages import MESSAGES, preferred_language
from ui.rendering.escaping import escape
from ui.rendering.terminal import plain_text
from ui.rendering.transcript import header, notice, suggestions, transcript

EN, ZH = MESSAGES["en"], MESSAGES["zh"]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    "<>&\"'`*_[]()!#$\\/ \n\r\tscript资料，。Ａ\u202e\u200b"
)


def answered(answer):
    return Turn(answer.question, "answered", answer.text, answer)


def asked(turn, messages=EN):
    """What is shown of the question of a turn, as HTML."""
    return re.search('<div class="asked">(.*?)</div><h2', transcript([turn], (), messages))[1]


def reply(turn, messages=EN, **options):
    """What is shown of the reply, with the buttons under it."""
    return re.search('<div class="reply">(.*)</article>', transcript([turn], (), messages, **options))[1]


def said(shown):
    """The words of a question or an answer, as they are read."""
    return html.unescape(re.sub("<[^>]*>", "", re.search('<div class="said">(.*?)</div>', shown)[1]))


def notes(shown):
    return [html.unescape(note) for note in re.findall('<p class="(?:note|remark|working)"[^>]*>(.*?)</p>', shown)]


def tags(page):
    return re.findall("<[^>]*>", page)


@given(ANY_TEXT)
def test_escaping_loses_nothing_and_leaves_no_markup(text):
    escaped = escape(text)
    assert html.unescape(escaped) == text
    assert not set(escaped) & set("<>\n\r\t")


def test_what_no_page_can_hold_is_replaced():
    assert escape("a\ud800b\0c") == "a�b�c"


@given(text=ANY_TEXT)
def test_an_answer_is_shown_word_for_word(answer, citation, text):
    assert said(reply(answered(answer(f"{text} [1]", citation("quote"))))) == f"{text} [1]"


@given(text=ANY_TEXT)
def test_an_answer_brings_no_markup_of_its_own(answer, citation, text):
    cited = citation("quote", title=text, section=(text,))
    shown = transcript([answered(answer(f"{text} [1]", cited))], (), EN)
    assert tags(shown) == tags(transcript([answered(answer("harmless [1]", citation("quote")))], (), EN))


def test_only_sentences_that_are_cited_get_a_marker(answer, citation):
    shown = reply(answered(answer("One [1], two [2].", citation("quote", number=2))))
    assert re.findall('class="[^"]*marker[^"]*"[^>]*>([^<]*)<', shown) == ["[2]"]


@given(question=ANY_TEXT.filter(str.strip))
def test_a_question_is_shown_word_for_word(question):
    shown = asked(Turn(question))
    assert said(shown) == question.strip()
    assert tags(shown) == ['<div class="said">', "</div>"]


@pytest.mark.parametrize(
    ("turn", "note"),
    [
        (Turn("?"), ZH.working),
        (Turn("?", "incomplete", "半句"), ZH.incomplete),
        (Turn("?", "incomplete", "半句", problem="<断了>"), "<断了>"),
        (Turn("?", "failed", problem="question_unusable"), f"未能回答：{ZH.problems['question_unusable']}"),
        (Turn("?", "failed", reference="1a2b"), ZH.unexpected.format(reference="1a2b")),
    ],
    ids=["working", "incomplete", "broken off", "explained", "unexpected"],
)
def test_every_state_of_a_turn_is_said_plainly(turn, note):
    shown = reply(turn, ZH)
    assert notes(shown) == [note]
    assert not turn.text or said(shown) == turn.text


def buttons(shown):
    return re.findall('<button type="button" class="act[^"]*" id="([^"]*)"', shown)


def test_a_turn_that_is_being_answered_offers_nothing():
    assert buttons(reply(Turn("?", text="The first"), rated=True)) == []


@pytest.mark.parametrize("status", ["incomplete", "failed"])
def test_a_turn_without_an_answer_can_be_asked_again_and_edited(status):
    assert buttons(reply(Turn("?", status, reference="1a2b"), rated=True)) == ["retry-0", "edit-0"]


@pytest.mark.parametrize(("rated", "rating"), [(True, ["up-0", "down-0"]), (False, [])])
def test_an_answer_can_be_copied_and_rated_where_that_is_kept(answer, rated, rating):
    assert buttons(reply(answered(answer("Yes.")), rated=rated)) == ["copy-0", "retry-0", "edit-0", *rating]


def test_only_the_last_turn_is_answered_again(answer):
    shown = transcript([answered(answer("One.")), answered(answer("Two."))], (), EN)
    assert [action for action in buttons(shown) if action.startswith("retry")] == ["retry-1"]


def test_what_is_copied_is_the_answer_with_its_quotes(answer, citation):
    said = answer("Yes [1].", citation("A <quote>."))
    copied = re.search('<div class="copied" id="copied-0">(.*?)</div>', transcript([answered(said)], (), EN))[1]
    assert html.unescape(copied) == plain_text(said)


@pytest.mark.parametrize("messages", [ZH, EN], ids=["zh", "en"])
def test_a_conversation_begins_with_questions_to_choose_from(messages):
    shown = transcript([], ("支出<是>多少？", "How much?"), messages)
    assert messages.welcome in shown
    assert re.findall('<button type="button" class="act offer via-asking" id="([^"]*)">([^<]*)<', shown) == [
        ("example-0", "支出&lt;是&gt;多少？"),
        ("example-1", "How much?"),
    ]


def test_nothing_is_said_where_there_is_nothing_to_suggest():
    assert suggestions((), EN) == notice("") == ""


@pytest.mark.parametrize(("messages", "words"), [(ZH, "理解为："), (EN, "Understood as: ")], ids=["zh", "en"])
def test_a_follow_up_is_shown_with_what_it_was_understood_as(answer, messages, words):
    completed = answer("60%.", question="那甲骨文呢？", standalone="<甲骨文>的占比是多少？")
    shown = asked(Turn("那甲骨文呢？", "answered", completed.text, completed), messages)
    assert shown == (
        f'<div class="said">那甲骨文呢？</div><p class="standalone">{words}&lt;甲骨文&gt;的占比是多少？</p>'
    )


def test_a_question_that_stands_alone_is_not_repeated(answer):
    complete = answer("60%.", question="占比是多少？", standalone="占比是多少？")
    assert (
        asked(Turn(" 占比是多少？\n", "answered", complete.text, complete), ZH)
        == '<div class="said">占比是多少？</div>'
    )


def test_the_notes_of_an_answer_stand_under_it(answer):
    shown = reply(answered(answer("Yes.", notes=(Note("uncited", "No <text> found."),))))
    assert notes(shown) == ["Note: No <text> found."]


@pytest.mark.parametrize(("answerer", "named"), [("extractive", False), ("ollama:qwen3", True)])
def test_a_model_that_answered_is_named(answer, answerer, named):
    shown = reply(answered(answer("Yes.", answerer=answerer)), EN)
    assert ("Answered by the model ollama:qwen3" in shown) is named


def test_the_head_counts_documents_in_the_language_of_the_reader():
    assert "资料库现有 3 篇文档" in header(3, "", "zh", ZH)
    assert "Documents in the library: 3" in header(3, "", "en", EN)


def test_whoever_is_logged_in_is_named_and_led_to_where_one_logs_out():
    shown = header(3, "<Ada>", "zh", ZH)
    assert '<a href="/login?language=zh">已登录：&lt;Ada&gt;</a>' in shown
    assert "/login" not in header(3, "", "zh", ZH)


def test_plain_text_is_the_answer_then_the_quotes_with_their_origin(answer, citation):
    cited = [
        citation("第一句。", section=()),
        citation("Two\nlines.", number=2, section=("年报 Annual report", "开支")),
    ]
    assert plain_text(answer("Both [1][2].", *cited)) == (
        "Both [1][2].\n\n[1] 第一句。\n    — 年报 Annual report\n\n[2] Two\n    lines.\n    — 年报 Annual report › 开支"
    )


def test_plain_text_says_what_was_understood_and_what_has_to_be_known(answer):
    notes = (Note("uncited", "没有原文。"),)
    said = answer("六成。", question="那 AWS 呢？", standalone="AWS 的占比是多少？", language="zh", notes=notes)
    assert plain_text(said) == "理解为：AWS 的占比是多少？\n\n六成。\n\n注：没有原文。"


def test_plain_text_of_a_refusal_introduces_the_closest_passage(answer, citation):
    refusal = answer("资料里没有答案。", citation("最近的一句。"), language="zh", refused=True, reason="not_answered")
    assert "资料里没有答案。\n\n找到的最接近的段落:\n\n[1] 最近的一句。" in plain_text(refusal)


def test_plain_text_cannot_drive_the_terminal(answer, citation):
    attack = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\r"
    printed = plain_text(answer(attack, citation(attack, title=attack, section=(attack,))))
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
