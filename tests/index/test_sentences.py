"""Sentence borders: worked examples of both languages, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentence_spans, split_sentences

# "|" stands where a sentence ends; everything else is the text.
EXAMPLES = [
    # decimals, amounts, versions, addresses
    "GDP grew 3.5 percent. |Then it fell.",
    "It cost $5.00. |Next.",
    "增长了 20.5%。|其次是 3.5 亿元。",
    "版本 2.0.1 发布了。|Version 2.0.1 is out.",
    "Visit www.example.com for more. |Thanks.",
    # abbreviations and initials
    "Mr. Jassy met Dr. Li. |They talked.",
    "The U.S. economy grew. |It did.",
    "He lives in the U.S. |He works there.",
    "J. K. Rowling wrote it. |She did.",
    "See e.g. Figure 3. |It shows. |No. 5 is best.",
    "Amazon.com Inc. said so. |The end.",
    "At 5 p.m. the meeting ended. |At 6 p.m. he left.",
    "Dr. Smith (Ph.D.) left. |OK!",
    "亚马逊 Inc. 表示同意。|然后离开。",
    # quotes and speech
    "他说：“我来了。”|然后走了。",
    "“为什么？”他问。|“不知道。”",
    "「我来了！」他喊道。|大家都笑了。",
    "「我來了！」|然後走了。",
    "『好。』|他走了。",
    'He asked "Why?" |She left.',
    "He said “Go.” |She went.",
    "（他走了。）|她来了。",
    # several marks, half-width and full-width forms
    "真的吗？！|是的。",
    "ｱ。|半角｡|全部．|然后",
    "Is it?! |Yes!",
    "Is it? yes! |No.",
    # ellipses
    "他沉默了……然后走了。|她也是。",
    "Wait... what happened? |Nothing.",
    "He waited… |Then he left.",
    # mixed
    "用 FAISS 查。|Then answer. |再说 3.5 亿。",
    "收入为 3.5亿元.|利润增长.",
    # lines: headings, lists, paragraphs, soft wraps
    "# 标题\n|正文。",
    "Title\n\n|Body text here.",
    "1. First item\n|2. Second item\n|- third",
    "一、概述\n|二、结论",
    "* 第一点\n|* 第二点",
    "He left.\n\n  |She came.",
    "他走了。\n\n　　|她来了。",
    "One.\r\n\r\n|Two.",
    "无句号的段落\r\n\r\n|第二段",
    "This is a soft-wrapped line of some fifty-odd columns that\ncontinues here. |Done.",
    "这是一行很长的中文文字它在没有句号的地方被编辑器自动折到了下一行去了\n接着说完。|好。",
    "| a | b |\n|| c | d |",
]


@pytest.mark.parametrize("marked", EXAMPLES)
def test_sentences_end_where_a_reader_ends_them(marked: str) -> None:
    if marked.startswith("|"):  # a table, whose own bars are doubled where a border stands before them
        assert split_sentences("| a | b |\n| c | d |") == ["| a | b |\n", "| c | d |"]
    else:
        assert split_sentences(marked.replace("|", "")) == marked.split("|")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。", "…", "no end", "没有句号"])
def test_a_text_without_a_border_is_at_most_one_sentence(text: str) -> None:
    assert split_sentences(text) == ([text] if text else [])


def test_marks_alone_belong_to_the_sentence_before_them() -> None:
    text = "他来了。\n\n***\n\nShe left."
    assert [text[start:end] for start, end in sentence_spans(text)] == ["他来了。\n\n***", "She left."]


# Made of what decides about borders, so that rare combinations are common.
TEXTS = st.lists(
    st.sampled_from(
        [
            *"。！？.!?…｡．\n\r \t　”’」』)*_\"'#|>-1aA甲，",
            "\r\n",
            "\n\n",
            "...",
            "Mr.",
            "U.S.",
            "1.",
            "他说",
            "The ",
            "句子",
        ]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)


@given(TEXTS)
def test_sentences_rebuild_the_text(text: str) -> None:
    assert "".join(split_sentences(text)) == text


@given(TEXTS)
def test_no_sentence_is_empty(text: str) -> None:
    assert all(split_sentences(text))


@given(TEXTS)
def test_spans_are_ordered_and_stand_for_all_that_is_no_space(text: str) -> None:
    position = 0
    for start, end in sentence_spans(text):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


def test_a_long_run_of_spaces_does_not_take_long() -> None:
    text = "甲" + " " * 300_000 + "B."  # minutes where the time is quadratic: the time limit of the run ends it
    assert "".join(split_sentences(text)) == text
