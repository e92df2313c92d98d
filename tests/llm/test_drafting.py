"""What a model streams, cut into plain sentences: the same however it comes, and nothing in it but text."""

import re
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rag.drafting import LONGEST_SENTENCE, Repeating, SentenceStream

TEXTS = {
    "zh": "工厂于 2019 年投产[1]。林晓说：“会更快。”他没有细说。【2】产能为 3.5 万台！\n- 第一条 [1，3]\n- 第二条。[2]",
    "en": "The plant, run by Acme Inc. of the U.S., opened in 2019 [1]. It makes 3.5 million packs. [2, 3]\n"
    "1. First of all.[1] Then it grew!\n2. **Second** of all [1-3].",
    "mixed": "海源 Haiyuan Inc. 投资 3.5 亿元 [1]。It opened in 2019.[2] 他说 U.S. sales rose.\r\n"
    "## 结论 Result\r\n完成了。［３］",
    "long": f"厂里有{'、'.join(map(str, range(400)))} 号机器。It has U.S. machines. 都在运转。",
    "full-width": "產能為３．５萬台［１］。隨後擴產！［２］價格上漲１８％？",
}
WORDS = [
    "Acme Inc. ",
    "U.S. ",
    "3. ",
    "3.5",
    "It ",
    "word ",
    "a",
    "Foo",
    "厂",
    "说",
    "1",
    "** ",
    "**",
    "# ",
    "- ",
    "<b>",
]
SIGNS = [
    "。",
    "！",
    ". ",
    ".",
    "”",
    "…",
    "[1]",
    "【2】",
    "[",
    "]",
    "](",
    "(x)",
    " ",
    "\n",
    "\r\n",
    "\u2028",
    "\u200b",
    "\u202e",
]
ANY_TEXT = st.lists(st.sampled_from([*WORDS, *SIGNS]), max_size=40).map("".join)


def said(*pieces):
    stream = SentenceStream()
    sentences = [sentence for piece in pieces for sentence in stream.feed(piece)]
    return [*sentences, *stream.end()]


def shown(text):
    return [sentence.text for sentence in said(text)]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_stream_cut_at_any_position_gives_the_same_sentences(text):
    whole = said(text)
    assert len(whole) > 2
    assert all(said(text[:position], text[position:]) == whole for position in range(len(text)))
    assert said(*text) == whole


@given(ANY_TEXT, st.lists(st.integers(0, 200), max_size=12))
@example("He said so. 3. Foo bar baz and so on", [*range(40)])
@example("Acme Inc. Themes of all kinds", [*range(40)])
def test_the_pieces_of_a_stream_do_not_matter(text, cuts):
    cuts = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    try:
        whole = said(text)
    except Repeating:
        assume(False)
    assert said(*(text[start:end] for start, end in pairwise(cuts))) == whole


@given(ANY_TEXT)
def test_a_sentence_shows_no_number_in_brackets_that_code_did_not_set(text):
    try:
        sentences = said(text)
    except Repeating:
        assume(False)
    assert not any(re.search(r"\[\d{1,3}\]", sentence.text) for sentence in sentences)


@pytest.mark.parametrize("forged", ["[<b>1</b>]", "[*1*]", "[\u200b1]", "[[1]1]", "[`2`]", "[[[3]3]3]", "[1](x"])
def test_a_marker_cannot_be_built_from_what_is_taken_out(forged):
    assert not re.search(r"\[\d+\]", shown(f"The plant opened {forged} there.")[0])


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)),
        ("[1][3]", (1, 3)),
        ("[1] [3]", (1, 3)),
        ("[1, 2]", (1, 2)),
        ("[1，2、3；4]", (1, 2, 3, 4)),
        ("[1-3]", (1, 2, 3)),
        ("[2–4]", (2, 3, 4)),
        ("【1】", (1,)),
        ("［１］", (1,)),
        ("〔2〕", (2,)),
        ("[^1]", (1,)),
        ("[Passage 1]", (1,)),
        ("[sources 1, 2]", (1, 2)),
        ("[段落2]", (2,)),
        ("【资料 2】", (2,)),
        ("【來源3】", (3,)),
        ("【1†source】", (1,)),
        ("[1](https://canary.example/)", (1,)),
        ("[2, 2, 1]", (2, 1)),
        ("[9]", (9,)),
    ],
)
@pytest.mark.parametrize(
    ("before", "behind", "text"),
    [
        ("The plant opened {}.", "The plant opened. {}", "The plant opened."),
        ("工厂投产{}。", "工厂投产。{}", "工厂投产。"),
        ("Haiyuan 投产{}。", "Haiyuan 投产。{}", "Haiyuan 投产。"),
    ],
    ids=["en", "zh", "mixed"],
)
def test_a_marker_belongs_to_its_sentence_before_or_behind_the_full_stop(before, behind, text, marker, numbers):
    for written in (before, behind):
        (sentence,) = said(written.format(marker))
        assert (sentence.text, sentence.numbers) == (text, numbers)


@pytest.mark.parametrize("stop", [".{} ", '."{} ', ". {} ", "!{} "])
def test_a_marker_behind_the_full_stop_does_not_join_two_sentences(stop):
    first, second = said("The plant opened" + stop.format("[2]") + "It makes batteries" + stop.format("[1]"))
    assert (first.numbers, second.numbers) == ((2,), (1,))


def test_a_year_in_brackets_is_no_marker():
    assert [(each.text, each.numbers) for each in said("It opened [2019].")] == [("It opened [2019].", ())]


def test_a_range_without_end_names_few_passages():
    (sentence,) = said("It opened [1-999].")
    assert sentence.numbers == tuple(range(1, 22))


@pytest.mark.parametrize(
    "sentence",
    [
        "The U.S. economy grew.",
        "It spent 3.5 billion yuan.",
        "Acme Inc. agreed.",
        "它花了 3.5 亿元。",
        "Mr. Lin 说 U.S. 市场增长了 3.5%。",
    ],
)
def test_a_point_inside_a_sentence_does_not_end_it(sentence):
    assert shown(f"{sentence} {sentence}") == [sentence, sentence]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("- It opened.", "It opened."),
        ("* 工厂投产。", "工厂投产。"),
        ("• 工廠投產。", "工廠投產。"),
        ("2. It opened.", "It opened."),
        ("3、工厂投产。", "工厂投产。"),
        ("## 结论 Result", "结论 Result"),
        ("> It opened.", "It opened."),
        ("It **really** opened `here`.", "It really opened here."),
        ("**工厂**投产。", "工厂投产。"),
        ("See [the site](https://canary.example/?q=1).", "See the site."),
        ("See [the site][ref].", "See the site."),
        ("See [the site](javascript:alert(1)).", "See the site."),
        ("见[维基](https://canary.example/海源_(公司) '题')。", "见维基。"),
        ("See ![a picture](https://canary.example/x.png 'title').", "See a picture."),
        ("见![图](https://canary.example/x.png)。", "见图。"),
        ("See <https://canary.example/>.", "See ."),
        ("It <img src=x onerror=alert(1)>opened.", "It opened."),
        ("<script>alert(1)</script>投产。", "alert(1)投产。"),
        ("It <!-- hidden -->opened.", "It opened."),
        ("2 < 3 and 5 > 4.", "2 < 3 and 5 > 4."),
        ("2 * 3 = 6.", "2 * 3 = 6."),
    ],
)
def test_markdown_and_html_become_the_text_they_show(markdown, text):
    assert shown(markdown) == [text]


@pytest.mark.parametrize(
    "unseen",
    ["\x00", "\x1b", "\x7f", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\ufff9", "\ud800", "\U000e0041"],
)
@pytest.mark.parametrize(("before", "behind"), [("工厂", "投产。"), ("The pl", "ant opened."), ("Haiyuan 投", "产。")])
def test_characters_that_nobody_sees_are_dropped(before, behind, unseen):
    assert shown(before + unseen + behind) == [before + behind]


@pytest.mark.parametrize(
    "text", ["工厂投产[\u200b2]。", "The plant opened.\u200b[2]", "\u2060【2\u200e】Haiyuan 投产【2】。"]
)
def test_a_marker_is_read_through_them(text):
    assert [sentence.numbers for sentence in said(text)] == [(2,)]


def test_an_emoji_keeps_what_joins_it():
    assert shown("完成 👩‍🔧。") == ["完成 👩‍🔧。"]


def test_a_sentence_says_whether_it_began_a_line():
    text = "First one. Second one.\n\n第三句。第四句。"
    assert [sentence.paragraph for sentence in said(text)] == [True, False, True, False]


def test_a_sentence_is_given_out_before_the_next_one_ends():
    stream = SentenceStream()
    assert list(stream.feed("The plant opened. ")) == []
    assert [each.text for each in stream.feed("It makes battery packs")] == ["The plant opened."]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The plant opened. It makes battery packs for", ["The plant opened."]),
        ("工厂投产。它每年生产十二万组电池，主要供应国内", ["工厂投产。"]),
        ("工厂投产\n它每年", ["工厂投产"]),
        ("The plant ope", []),
    ],
)
def test_the_last_words_of_a_stream_that_broke_off_are_dropped(text, kept):
    stream = SentenceStream()
    assert [sentence.text for sentence in [*stream.feed(text), *stream.cut()]] == kept


@pytest.mark.parametrize(
    "loop",
    [
        "The plant opened. " * 3,
        "工厂投产。" * 3,
        "工厂\n投产\n" * 3,
        "and so on " * 40,
        "等等" * 200,
        "哈" * 300,
        "，".join(map(str, range(LONGEST_SENTENCE))),
    ],
    ids=["en", "zh", "lines", "words", "period", "character", "no end"],
)
@pytest.mark.parametrize("cut", [list, lambda text: [text]], ids=["characters", "whole"])
def test_a_loop_is_noticed(loop, cut):
    with pytest.raises(Repeating):
        said(*cut(loop))


def test_the_same_sentence_twice_is_no_loop():
    assert shown("工厂投产。It opened. 工厂投产。It opened.") == ["工厂投产。", "It opened."] * 2
