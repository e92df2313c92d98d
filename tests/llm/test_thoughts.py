"""What a reasoning model thinks is no part of its answer, in however many pieces it comes."""

import pytest

from rag.thoughts import ThoughtFilter

STREAMS = {
    "<think>先看第 1 段。</think>增至 2000 亿美元。[1]": "增至 2000 亿美元。[1]",
    "\n<think>\nLook at [1].\n</think>\n\nIt is $200 billion [1].": "\n\nIt is $200 billion [1].",
    "增至 2000 亿美元。": "增至 2000 亿美元。",
    "It is <think> in text </think>.": "It is <think> in text </think>.",
    "<b>5%</b>": "<b>5%</b>",
    "<thi": "<thi",
    "<think>永远没有说完": "",
    "": "",
}


@pytest.mark.parametrize(("stream", "answer"), STREAMS.items())
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_only_the_answer_passes(stream, answer, size):
    thoughts = ThoughtFilter()
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert "".join(map(thoughts.feed, pieces)) + thoughts.end() == answer
