"""The panel beside the conversation: what an answer rests on, and what was checked."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.schema import Place
from rag.answer import Check, Checks, Conflict
from rag.counterpart import Counterpart
from ui.conversation import Turn
from ui.messages import MESSAGES
from ui.rendering.evidence import evidence

EN, ZH = MESSAGES["en"], MESSAGES["zh"]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    "<>&\"'`*_[]()!#$\\/ \n\r\tscript资料，。Ａ\u202e\u200b"
)


def shown(answer, messages=EN, number=0, chosen=None, counterpart=None):
    return evidence(Turn(answer.question, "answered", answer.text, answer), number, chosen, counterpart, messages)


def marks(panel):
    return [html.unescape(mark) for mark in re.findall("<mark[^>]*>(.*?)</mark>", panel)]


def tags(page):
    return re.findall("<[^>]*>", page)


def sources(panel):
    """Each source as it stands in the list."""
    return re.findall('<li class="quote[^"]*">.*?</li>', panel)


def make_counterpart(quote="公司今年的资本支出将增至 2000 亿美元。", **changes):
    known = {
        "document_id": "fedcba9876543210",
        "title": "年报",
        "start": 3,
        "end": 3 + len(quote),
        "quote": quote,
        "sha256": "ab" * 32,
        "cosine": 0.9,
        "language": "zh",
        "section": ("年报", "开支"),
        "before": "据报道，",
        "after": "股价下跌。",
    }
    return Counterpart(**known | changes)


@pytest.fixture
def answer_of(answer, citation):
    """An answer with that many citations."""
    return lambda count: answer(
        "Yes.", *(citation(f"Quote {n}.", number=n, title=f"Title {n}") for n in range(1, count + 1))
    )


@given(quote=ANY_TEXT, around=ANY_TEXT)
def test_the_highlighted_sentence_is_the_quote_whatever_the_document_says(answer, citation, quote, around):
    def panel(quote, around):
        context = {"title": around, "section": ("Section", around), "before": around, "after": around, "end": 99}
        cited = citation(quote, sha256="0f", place=Place("page", around, 0), **context)
        checks = Checks((Check(around, False, "different", f"{around}!", 1),), (Check(around, False, "missing"),))
        said = answer("Yes [1].", cited, checks=checks, conflicts=(Conflict((around, quote), (1, 1)),))
        return shown(said, chosen=1, counterpart=make_counterpart(quote, **context))

    panels = panel(quote, around), panel("harmless", "harmless")
    assert marks(panels[0]) == [quote, quote]
    assert tags(panels[0]) == tags(panels[1])


@pytest.mark.parametrize("count", [1, 3])
def test_a_few_sources_are_all_open(answer_of, count):
    assert marks(shown(answer_of(count))) == [f"Quote {n}." for n in range(1, count + 1)]


@pytest.mark.parametrize(("chosen", "opened"), [(None, 1), (3, 3), (9, 1)])
def test_of_many_sources_one_is_open_and_the_others_begin(answer_of, chosen, opened):
    listed = sources(shown(answer_of(4), chosen=chosen))
    assert [marks(source) == [f"Quote {n}."] for n, source in enumerate(listed, 1)] == [
        n == opened for n in range(1, 5)
    ]
    assert all(f"Quote {n}." in source and f"Title {n}" in source for n, source in enumerate(listed, 1))


@pytest.mark.parametrize("chosen", [None, 2])
def test_every_source_can_be_chosen_and_the_one_that_is_says_so(answer_of, chosen):
    listed = sources(shown(answer_of(4), number=7, chosen=chosen))
    buttons = [re.findall('<button type="button" class="act source" id="([^"]*)">', source) for source in listed]
    assert buttons == [[f"source-7-{n}"] for n in range(1, 5)]
    assert [n for n, source in enumerate(listed, 1) if EN.chosen_source in source] == ([chosen] if chosen else [])


def test_each_mark_has_a_name_of_its_own(answer_of):
    names = re.findall('<mark id="([^"]*)">', shown(answer_of(3), number=2, chosen=2, counterpart=make_counterpart()))
    assert names == ["quote-2-1", "quote-2-2", "quote-2-2-other", "quote-2-3"]


@pytest.mark.parametrize(("messages", "heading"), [(ZH, "中文资料里的对应句子"), (EN, "The same sentence in Chinese")])
def test_the_counterpart_stands_under_the_source_that_was_chosen(answer_of, messages, heading):
    first, second, third = sources(shown(answer_of(3), messages, chosen=2, counterpart=make_counterpart()))
    assert heading in second
    assert heading not in first + third
    assert marks(second) == ["Quote 2.", "公司今年的资本支出将增至 2000 亿美元。"]
    for part in ("年报", "开支", "据报道，", "股价下跌。", messages.counterpart_hint):
        assert f">{html.escape(part)}<" in second


@pytest.mark.parametrize("messages", [ZH, EN], ids=["zh", "en"])
def test_a_source_leads_to_its_place_in_the_whole_document(answer, citation, messages):
    cited = citation("Quote.", document_id='a"b', start=7, end=13, sha256="0f")
    language = messages.language
    address = f"/documents/a%22b?start=7&amp;end=13&amp;sha256=0f&amp;language={language}#sentence"
    link = f'<a href="{address}" target="_blank">{messages.whole_document}</a>'
    assert link in shown(answer("Yes.", cited), messages)


def test_the_surroundings_are_told_from_the_sentence(answer, citation):
    panel = shown(answer("Yes.", citation("Quote.", before="Before. ", after=" After.", language="en")))
    assert '<blockquote lang="en"><span class="around">Before. </span><mark id="quote-0-1">Quote.</mark>' in panel
    assert '</mark><span class="around"> After.</span></blockquote>' in panel


@pytest.mark.parametrize("turn", [None, Turn("?"), Turn("?", "failed", reference="1a2b")])
def test_without_an_answer_the_panel_says_what_it_is_for(turn):
    assert ZH.sources_hint in evidence(turn, 0, None, None, ZH)


def test_a_refusal_shows_the_closest_passage_and_calls_it_no_source(answer, citation):
    panel = shown(answer("Not in the documents.", citation("quote"), refused=True), EN)
    assert "<h2>Closest passage found</h2>" in panel
    assert marks(panel) == ["quote"]
    assert EN.sources not in panel


def test_a_refusal_that_found_nothing_says_so(answer):
    panel = shown(answer("资料库是空的。", refused=True, reason="empty_library"), ZH)
    assert ZH.nothing_close in panel
    assert marks(panel) == []


@pytest.mark.parametrize(("messages", "language"), [(EN, "mixed"), (ZH, "en"), (ZH, "zh")])
def test_a_source_names_its_number_title_section_and_language(answer, citation, messages, language):
    cited = citation("quote", number=3, title="报告 Report", section=("报告 Report", "开支", "2026"), language=language)
    panel = re.sub("<[^>]*>", "|", shown(answer("Yes [3].", cited), messages))
    for part in ("3", "报告 Report", "开支 › 2026", messages.language_names[language]):
        assert f"|{part}|" in panel


def test_a_figure_that_the_sources_do_not_hold_is_pointed_out(answer, citation):
    checks = Checks(figures=(Check("60%", True, "equal"), Check("$9 billion", False, "missing")))
    panel = shown(answer("Yes [1].", citation("60%"), checks=checks), EN)
    assert '<li class="supported">✓ <b>60%</b> in the cited sentence</li>' in panel
    assert '<li class="unsupported">✗ <b>$9 billion</b> not in the cited sentence</li>' in panel


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (
            Check("US$200 billion", True, "equal", "2000 亿美元", 1),
            '✓ <b>US$200 billion</b> 原句中写作 <b>2000 亿美元</b> <span class="marker">[1]</span>',
        ),
        (Check("4 吉瓦", True, "compatible", "近 4 吉瓦"), "✓ <b>4 吉瓦</b> 与原句中的 <b>近 4 吉瓦</b> 相符"),
        (Check("9000 亿", False, "different", "2000 亿"), "✗ <b>9000 亿</b> 不符：原句中是 <b>2000 亿</b>"),
        (Check("60%", True, "equal", "60%"), "✓ <b>60%</b> 原句中有"),
        (Check("1999", False, "missing"), "✗ <b>1999</b> 原句中没有"),
    ],
    ids=["equal", "compatible", "different", "the same", "missing"],
)
def test_a_check_says_what_stands_in_the_source(answer, citation, check, line):
    panel = shown(answer("是 [1]。", citation("句。"), checks=Checks(figures=(check,))), ZH)
    assert f">{line}</li>" in panel


def test_what_a_short_answer_and_its_sentence_both_hold_is_checked_in_one_line(answer, citation):
    check = Check("3 万", True, "equal", "3 万", 1)
    panel = shown(answer("3 万 [1]", citation("3 万个"), checks=Checks((check, check))), ZH)
    assert panel.count("<b>3 万</b>") == 1


def test_figures_and_names_are_checked_under_their_own_heading(answer, citation):
    checks = Checks((Check("60%", True, "equal"),), (Check("Nova", False, "missing"),))
    panel = shown(answer("Yes [1].", citation("60%"), checks=checks), EN)
    assert panel.index("Figures checked") < panel.index("60%</b>") < panel.index("Names checked") < panel.index("Nova")


def test_figures_that_differ_are_shown_with_their_sources(answer, citation):
    conflicts = (Conflict(("60%", "六成五"), (1, 2)),)
    panel = shown(answer("Both.", citation("a"), conflicts=conflicts), EN)
    text = re.sub("<[^>]*>", "", panel)
    assert "60% [1] / 六成五 [2]" in text
