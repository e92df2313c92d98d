"""Turns that leave something out get it from the turns before, and complete questions are left alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evals
from rag.answer import Exchange
from rag.follow_up import stand_alone
from rag.names import Name, Names
from rag.naming.glossary import Glossary, open_glossary

NAMES = Names(open_glossary(None))
CASES = Path(evals.__file__).parent / "development" / "cases.jsonl"
WORDS = "它他她那呢谁为什么多少去年的，。？ it its they why And how about the 2024 Haiyuan's 海源是?()[]\n\x00\ud800Ａ"
TURNS = st.text(WORDS, max_size=50)
# Of these documents every question says what it is about; those of the others may lean on their document ("its fee").
COMPLETE = [
    case["question"]
    for case in map(json.loads, CASES.read_text("utf-8").splitlines())
    if case["id"].startswith(("metro", "hospital", "travel", "espresso"))
]


def after(*turns, question, names=NAMES):
    """The stand-alone form of a question after (question, answer) turns, or questions alone."""
    history = [Exchange(*turn) if isinstance(turn, tuple) else Exchange(turn, "") for turn in turns]
    return stand_alone(question, history, names)


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("海源电池 2024 年的收入是多少？", "那去年呢？", "海源电池去年的收入是多少？"),
        ("海源电池 2024 年的收入是多少？", "2023年呢", "海源电池 2023年的收入是多少？"),
        ("海源電池今年的收入是多少？", "去年呢？", "海源電池去年的收入是多少？"),
        ("海源电池今年的收入是多少？", "２０２３年呢？", "海源电池 2023年的收入是多少？"),
        ("海源电池的收入是多少？", "2023 年呢？", "海源电池 2023 年的收入是多少？"),
        ("What was Haiyuan's revenue in 2024?", "And last year?", "What was Haiyuan's revenue last year?"),
        ("What was Haiyuan's revenue in 2024?", "How about 2023?", "What was Haiyuan's revenue in 2023?"),
        ("How many packs does Haiyuan make?", "and in 2023?", "How many packs does Haiyuan make in 2023?"),
    ],
)
def test_another_period(before, question, standalone):
    assert after(before, question=question) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("海源电池今年的收入是多少？", "那北辰电池呢？", "北辰电池今年的收入是多少？"),
        ("海源电池股价跌了多少？", "北辰呢？", "北辰股价跌了多少？"),
        ("海源电池今年的收入是多少？", "那北辰去年呢？", "北辰去年的收入是多少？"),
        ("海源和北辰的协议什么时候到期？", "和东陵的呢？", "海源和东陵的协议什么时候到期？"),
        ("How many packs did Haiyuan sell in 2024?", "What about Beichen in 2023?",
         "How many packs did Beichen sell in 2023?"),
        ("How many packs did Haiyuan sell?", "How many did Beichen sell?", "How many packs did Beichen sell?"),
        ("Haiyuan 的收入是多少？", "Beichen 呢？", "Beichen 的收入是多少？"),
        ("显示 E04 是什么意思？", "那 E07 呢？", "显示 E07 是什么意思？"),
        ("海源给北辰的合同有多大？", "那东陵呢？", "海源给东陵的合同有多大？"),
        ("How much did Haiyuan spend in 2024?", "And Beichen?", "How much did Beichen spend in 2024?"),
        ("How large is Haiyuan's contract with Beichen?", "What about Dongling?",
         "How large is Haiyuan's contract with Dongling?"),
        ("What does the error E04 mean?", "and for E07?", "What does the error E07 mean?"),
        ("How many nurses work for the group?", "And doctors?", "How many doctors work for the group?"),
        ("How long is the warranty on the machine?", "And the boilers?", "How long is the warranty on the boilers?"),
    ],
)  # fmt: skip
def test_another_name_or_thing(before, question, standalone):
    assert after(before, question=question) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("海源电池 2024 年的总收入是多少？", "那总支出呢？", "海源电池 2024 年的总支出是多少？"),
        ("海源电池今年的收入是多少？", "股价呢？", "海源电池今年的股价是多少？"),
        ("海源电池今年的收入是多少？", "总部呢？", "海源电池的总部在哪里？"),
        ("海源电池今年的收入是多少？", "那北辰去年的收入呢？", "北辰去年的收入是多少？"),
        ("海源和北辰的协议什么时候到期？", "金额呢？", "海源和北辰的协议到期，金额是多少？"),
        ("How many packs did Haiyuan sell in 2024?", "What about profit?", "What was Haiyuan's profit in 2024?"),
        ("How many packs did Haiyuan sell in 2024?", "and its headquarters?", "What is Haiyuan's headquarters?"),
        ("Haiyuan 今年的 revenue 是多少？", "那 profit 呢？", "Haiyuan 今年的 profit 是多少？"),
        ("What was Haiyuan's revenue in 2024?", "And its profit?", "What was Haiyuan's profit in 2024?"),
        ("Why has Haiyuan's share price fallen?", "And the profit?", "Why has Haiyuan's profit fallen?"),
    ],
)
def test_another_attribute(before, question, standalone):
    assert after(before, question=question) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("海源电池的股价跌了多少？", "为什么？", "为什么海源电池的股价跌了这么多？"),
        ("海源電池的股價跌了多少？", "為什麼呢？", "為什麼海源電池的股價跌了這麼多？"),
        ("集团还清了哪笔贷款？", "什么时候？", "集团还清了贷款，是什么时候？"),
        ("How many jobs has Haiyuan cut?", "Why?", "Why has Haiyuan cut jobs?"),
        ("Where did the first train leave from?", "When?", "When did the first train leave from?"),
        ("Who designed the plant?", "When?", "When was it that someone designed the plant?"),
        ("What discount is given within Line 6?", "until when?", "Until when is discount given within Line 6?"),
    ],
)
def test_another_question_word(before, question, standalone):
    assert after(before, question=question) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("海源电池的工厂在哪里？", "它的份额是多少？", "海源电池的份额是多少？"),
        ("海源电池投资了多少？", "该公司的总部在哪里？", "海源电池的总部在哪里？"),
        ("海源电池的首席执行官是谁？", "他说了什么？", "海源电池的首席执行官说了什么？"),
        ("宁波工厂是谁设计的？", "她获了什么奖？", "设计宁波工厂的人获了什么奖？"),
        ("海源電池的工廠在哪裡？", "牠的份額是多少？", "海源電池的份額是多少？"),
        ("Where is Haiyuan's plant?", "What is its market share?", "What is Haiyuan's market share?"),
        ("Who is the president of Haiyuan?", "What did he say?", "What did the president of Haiyuan say?"),
        ("Who designed the plant?", "Which award did she win?",
         "Which award did the person who designed the plant win?"),
        ("How heavy is the Corvella E2?", "Who designed it?", "Who designed the Corvella E2?"),
        ("What is Haiyuan's largest cost?", "Is that more than Beichen's?",
         "Is Haiyuan's largest cost more than Beichen's?"),
    ],
)  # fmt: skip
def test_a_pronoun(before, question, standalone):
    assert after(before, question=question) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("跨江隧道有多长？", "几年完成？", "跨江隧道几年完成？"),
        ("海源电池的收入是多少？", "比北辰多吗？", "海源电池的收入比北辰多吗？"),
        ("海源电池的收入是多少？", "和去年比呢？", "海源电池的收入和去年比怎么样？"),
        ("海源电池的收入是多少？", "增长了多少？", "海源电池的收入增长了多少？"),
        ("海源电池今年的收入是多少？", "不对，我问的是 2024 年", "海源电池 2024 年的收入是多少？"),
        ("What was Haiyuan's revenue?", "than Beichen?", "What was Haiyuan's revenue, compared with Beichen?"),
        ("What was Haiyuan's revenue in 2024?", "Sorry, 2023.", "What was Haiyuan's revenue in 2023?"),
        ("Where is Haiyuan's plant?", "How many people work there?", "How many people work at Haiyuan?"),
        ("集团 2025 年有哪些计划？", "还有呢？", "集团 2025 年还有哪些计划？"),
        ("双份粉碗装多少克？", "不，我是说单份", "单份粉碗装多少克？"),
        ("How much does the double basket take?", "no, I meant the single basket.",
         "How much does the single basket take?"),
        ("海源电池建厂了吗？", "是从什么时候开始的？", "海源电池建厂了，是从什么时候开始的？"),
        ("What are the group's plans?", "Anything else?", "What else are the group's plans?"),
        ("How long is Line 6?", "Thanks! And how many stations does it have?", "How many stations does Line 6 have?"),
        ("海源电池在哪里？", "好的，那它有多少员工？", "海源电池有多少员工？"),
    ],
)  # fmt: skip
def test_ellipsis_comparison_correction_and_thanks(before, question, standalone):
    assert after(before, question=question) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("海源电池的工厂在哪里？", "Who designed it?", "Who designed 海源电池的工厂?"),
        ("How heavy is the Corvella E2?", "它的水箱有多大？", "Corvella E2 的水箱有多大？"),
        ("How much has Haiyuan spent?", "那 Beichen 呢？", "Beichen spent 是多少？"),
        ("显示 E04 是什么意思？", "And E07?", "What about 显示 E07?"),
        ("显示 E04 是什么意思？", "E07？", "显示 E07 是什么意思？"),
        ("Haiyuan 的收入是多少？", "Beichen?", "Beichen 的收入是多少？"),
        ("海源电池今年的收入是多少？", "2023？", "海源电池 2023 年的收入是多少？"),
        ("What was Haiyuan's revenue in 2024?", "2023？", "What was Haiyuan's revenue in 2023?"),
    ],
)
def test_a_turn_in_the_other_language_keeps_its_own(before, question, standalone):
    assert after(before, question=question) == standalone


def test_turns_are_resolved_one_after_the_other():
    turns = "海源电池今年的收入是多少？", "那去年呢？"
    assert after(*turns, question="北辰电池呢？") == "北辰电池去年的收入是多少？"


@pytest.mark.parametrize(
    ("first", "between", "question", "name"),
    [
        ("海源电池的收入是多少？", "那去年呢？", "它的份额是多少？", "海源"),
        ("What is the revenue of Haiyuan Batteries?", "And last year?", "What is its share?", "Haiyuan"),
    ],
)
def test_only_the_last_three_turns_count(first, between, question, name):
    assert name in after(first, *[between] * 2, question=question)
    assert name not in after(first, *[between] * 3, question=question)


@pytest.mark.parametrize(
    ("before", "answer", "question", "standalone"),
    [
        ("What happened in March?", "In March Lin Xiao announced a plant.", "What did he say?",
         "What did Lin Xiao say?"),
        ("How much will Haiyuan spend?", "Its chief executive, Lin Xiao, said 3.5 billion.", "Who is she?",
         "Who is Lin Xiao?"),
        ("Which teams did Lin regroup?", "Lin Xiao regrouped three.", "What is his reason?",
         "What is Lin Xiao's reason?"),
        ("海源电池投资多少？", "海源电池首席执行官林晓宣布投资 35 亿元。", "他是谁？", "林晓是谁？"),
        ("海源电池投资多少？", "海源的总裁安迪·贾西（Andy Jassy）宣布投资。", "他为什么这样做？", None),
        ("海源电池投资多少？", "海源的总裁安迪·贾西（Andy Jassy）宣布投资。", "他是谁？", "安迪·贾西是谁？"),
        ("苏文澜担任什么职务？", "她接替院长邓启明。", "她接替了谁？", "苏文澜接替了谁？"),
        ("Lin Xiao 说了什么？", "", "他是谁？", "Lin Xiao 是谁？"),
    ],
)  # fmt: skip
def test_a_person_is_described_by_the_question_or_named_in_the_answer(before, answer, question, standalone):
    made = after((before, answer), question=question)
    assert made == standalone if standalone else "海源电池" in made


def test_a_known_name_is_a_name_in_any_letters():
    class Known(Names):
        def find(self, text):
            start = text.find("eBay")
            return [Name("eBay", start, start + 4, frozenset({"ebay"}))] if start >= 0 else []

    assert after("How big is eBay?", question="When did it start?", names=Known(Glossary(()))) == "When did eBay start?"


@pytest.mark.parametrize("question", sorted(set(COMPLETE)))
@pytest.mark.parametrize(
    "before", ["海源电池的股价跌了多少？", "Who is the president of Haiyuan Batteries?"], ids=["zh", "en"]
)
def test_a_complete_question_stays_exactly_as_it_is(before, question):
    assert after((before, "林晓 Lin Xiao, 35 亿元."), question=question) == question.strip()


@pytest.mark.parametrize(
    "question",
    [
        "海源电池为什么说它会盈利？",
        "其他公司的份额是多少？",
        "Why does Haiyuan think it will grow?",
        "Does the company share its figures?",
        "Is it true that Haiyuan cut jobs?",
        "If prices fall, will the company sell its plant?",
        "什么是三元电池？",
        "有轨电车站位于哪里？",
        "花卷车站有哪些设施？",
        "最早的电池出现在什么时候？",
        "在宁波的工厂有多少员工？",
        "请问宁波工厂有多少员工？",
        "怎么制作电池？",
        "当时海源电池为什么没有投资宁波的工厂？",
        "What about the design is new?",
        "Were the journalists at The Times paid?",
        "Thanks!",
        "Hello?",
        "Really?",
        "真的吗？",
        "No.",
        "谢谢。",
        "…",
    ],
)
def test_what_refers_to_nothing_outside_is_left_alone(question):
    assert after("北辰电池的收入是多少？", question=question) == question


@given(TURNS)
def test_a_first_question_is_its_own_stand_alone_form(question):
    assert after(question=question) == question.strip()


@given(st.lists(TURNS, max_size=4), TURNS)
def test_any_conversation_has_a_form_that_is_not_empty_and_not_endless(turns, question):
    standalone = after(*[(turn, turn) for turn in turns], question=question)
    assert bool(standalone) is bool(question.strip())
    assert len(standalone) <= 600


@pytest.mark.parametrize("word", ["它", "the ", "A ", "，", "多少", "it ", "Haiyuan's ", "1", "和", "How "])
def test_a_long_turn_is_kept_as_it_was_asked(word):
    question = word * 2_000
    assert after("海源电池的收入是多少？", question=question) == question.strip()
    assert after("北辰电池的收入是多少？", question, question="那去年呢？") == "那去年呢？"


@pytest.mark.parametrize(
    ("before", "fits", "too_many", "turn"),
    [
        ("海源电池今年的{}高的收入是多少？", "很" * 560, "很" * 585, "那去年第三季度呢？"),
        (
            "What was the {}high revenue of Haiyuan Batteries this year?", "very " * 100, "very " * 108,
            "And in the third quarter of 2024?",
        ),
    ],
)  # fmt: skip
def test_a_form_that_grows_too_long_is_not_taken(before, fits, too_many, turn):
    assert turn != after(before.format(fits), question=turn)
    assert turn == after(before.format(too_many), question=turn)
