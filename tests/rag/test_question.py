"""What is understood of a question: its language, what it asks for, and the words to look for."""

import pytest

from index.errors import QuestionError
from rag.question import MAX_QUESTION_CHARACTERS, understand


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("亚马逊 2026 年的资本支出是多少？", "zh"),
        ("亞馬遜今年的資本支出是多少？", "zh"),
        ("谁？", "zh"),
        ("AWS 的 capex 是多少", "zh"),
        ("Graviton 和 Trainium 每年有望带来多少收入？", "zh"),
        ("《Lord of the Rings》的作者是谁？", "zh"),
        ("市场份额", "zh"),
        ("How much will Amazon spend in 2026?", "en"),
        ("How much will 亚马逊 spend in 2026?", "en"),
        ("What is 云计算?", "en"),
        ("Who directed the film 哪吒?", "en"),
        ("Who is the boss of 何小鹏?", "en"),
        ("ＷＨＯ　ｉｓ　Ａｎｄｙ？", "en"),
        ("2026?", "en"),
    ],
)
def test_language_is_that_of_the_sentence_not_of_its_names(question, language):
    assert understand(question).language == language


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("亚马逊投资了多少美元？", {"money"}),
        ("亞馬遜投資了多少美元？", {"money"}),
        ("How much money did Amazon spend?", {"money"}),
        ("AWS 的占比是多少？", {"share"}),
        ("What share of the budget goes to AWS?", {"share"}),
        ("最新的芯片什么时候发布？", {"date"}),
        ("When was the chip introduced?", {"date"}),
        ("裁掉了几个岗位？", {"count"}),
        ("How many jobs were cut?", {"count"}),
        ("谁是首席执行官？", {"person"}),
        ("Who is the chief executive?", {"person"}),
        ("哪家公司投资了 Anthropic？", {"organisation"}),
        ("Which company backed Anthropic?", {"organisation"}),
        ("工厂在哪里？", {"place"}),
        ("Where is the plant?", {"place"}),
        ("为什么投资者感到不安？", {"reason"}),
        ("Why are investors uneasy?", {"reason"}),
        ("When and why did it happen?", {"date", "reason"}),
    ],
)
def test_asks_for(question, kinds):
    assert kinds <= understand(question).kinds


@pytest.mark.parametrize("question", ["说说 Nova 模型", "Tell me about the Nova models"])
def test_a_question_may_ask_for_nothing_particular(question):
    assert understand(question).kinds == frozenset()


def test_terms_are_those_of_the_subject_in_reading_order():
    assert understand("How many chips did Amazon sell in 2025?").terms == ("chip", "amazon", "sell", "2025")


def test_chinese_question_words_are_no_terms():
    assert not {"多", "少", "多少", "么", "什么", "吗"} & set(understand("什么芯片卖了多少钱吗？").terms)


@pytest.mark.parametrize(
    ("question", "term"),
    [("What did the WHO announce?", "who"), ("How much will IT cost?", "it"), ("酒吧在哪里？", "吧")],
)
def test_what_only_looks_like_a_question_word_stays(question, term):
    assert term in understand(question).terms


def test_traditional_and_full_width_give_the_terms_of_simplified():
    assert understand("ＡＷＳ　的資本支出").terms == understand("AWS 的资本支出").terms


@pytest.mark.parametrize("question", ["什么？", "谁？", "What is it?", "How?"])
def test_a_question_of_question_words_alone_keeps_them_as_terms(question):
    assert understand(question).terms


@pytest.mark.parametrize(
    ("question", "names"),
    [("Jassy 是谁？", {"jassi"}), ("What did Jassy say?", {"jassi"}), ("what did he say?", set())],
)
def test_names_in_latin_letters(question, names):
    assert set(understand(question).names) == names


def test_figures_of_the_question_are_read():
    (figure,) = understand("Who spends US$200 billion?").quantities
    assert figure.text == "US$200 billion"


def test_text_is_the_question_without_the_space_around_it():
    assert understand("\n  谁是 CEO？\t").text == "谁是 CEO？"


@pytest.mark.parametrize(
    "question",
    ["", " \n\t\u3000", "？！。……", "?!", "🙂🎉", "\u200b", "问" * (MAX_QUESTION_CHARACTERS + 1), "why " * 25_000],
    ids=["empty", "space", "punctuation zh", "punctuation en", "emoji", "invisible", "4,001", "100,000"],
)
def test_what_is_no_question_is_refused_in_one_line(question):
    with pytest.raises(QuestionError, match=r"ask something|shorten it") as caught:
        understand(question)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_longest_question_is_taken():
    assert understand("问" * MAX_QUESTION_CHARACTERS).language == "zh"
