"""What asks nothing of the documents is answered with what can be asked, and no model is asked."""

import pytest

from rag.answer import Exchange
from rag.assistant import Assistant
from rag.small_talk import is_small_talk
from tests.rag.scripted import ScriptedAnswerer

SMALL_TALK = """
你好 您好！ 大家好呀 谢谢你！再见 你是谁？ 你能做什么呢 好的 嗯嗯 妳好 你好，谢谢 Hello，你好！ Ｈｅｌｌｏ OK
"""
ENGLISH_SMALL_TALK = (
    "Hi there!",
    "Good morning.",
    "Thanks, bye",
    "What can you do?",
    "What's your name?",
    "你好, Tongwen!",
    "你好 谢谢",
)
QUESTIONS = (
    "",
    "👋",
    "你好，亚马逊的资本支出是多少？",
    "好的公司有哪些？",
    "谢谢宴什么时候举行？",
    "早报是谁办的？",
    "Hello, how much did it cost?",
    "Thank you for what?",
    "Who says hello?",
    "How are you funded?",
    "help desk hours",
    "AWS 好",
    "hello 是什么意思？",
    "你好" * 100,
)


@pytest.mark.parametrize("text", [*SMALL_TALK.split(), *ENGLISH_SMALL_TALK])
def test_this_asks_nothing(text):
    assert is_small_talk(text)


@pytest.mark.parametrize("text", QUESTIONS)
def test_this_asks_something_or_is_nothing(text):
    assert not is_small_talk(text)


@pytest.mark.parametrize(
    ("said", "begins"), [("你好！", "请就资料库里的文档提问"), ("Thanks!", "Ask about the documents")]
)
def test_it_is_told_what_can_be_asked_and_nothing_is_cited(library_of, batteries, said, begins):
    library = library_of(*batteries.values())
    answer = Assistant(library, ScriptedAnswerer("A model has said this.")).ask(said)
    assert (answer.refused, answer.reason, answer.citations, answer.complete) == (True, "no_question", (), True)
    assert answer.text.startswith(begins)


class Rewriter:
    def rewrite(self, question, history):
        raise AssertionError("a model was asked")


@pytest.mark.parametrize(
    ("asked", "said"),
    [("海源电池的市场份额是多少？", "好的，谢谢！"), ("How large is the market share of Haiyuan?", "Great, thanks!")],
)
def test_within_a_conversation_nothing_is_added_to_it(library_of, batteries, asked, said):
    library = library_of(*batteries.values())
    history = (Exchange(asked, "18% [1]"),)
    for assistant in (Assistant(library), Assistant(library, rewriter=Rewriter())):
        answer = assistant.ask(said, history)
        assert (answer.reason, answer.standalone) == ("no_question", said)
