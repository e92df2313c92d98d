"""How much of a question stands in a text, in its own language and by translation."""

import math

import pytest

from index.lexicon import Lexicon, write
from index.terms import terms
from rag.matching import Wording, inverse_frequency, own_wording, translated_wording
from rag.question import understand

TEXTS = (
    "# 电池\n\n海源电池在宁波建厂，投资 35 亿元。",
    "# 茶叶\n\n今年的春茶提前上市，价格上涨 18%。",
    "# Batteries\n\nHaiyuan builds a battery plant in Ningbo, with 35 staff.",
    "# Tea\n\nSpring tea came early this year. Prices rose by 18% in Hangzhou.",
)


@pytest.fixture
def lexicon(tmp_path):
    path = tmp_path / "lexicon.bin"
    write(
        path,
        {
            "电池": [("batteri", 0.9)],
            "batteri": [("电池", 0.9)],
            "价格": [("price", 0.8), ("cost", 0.3)],
            "price": [("价格", 0.8)],
            "票价": [("fare", 0.7)],
        },
    )
    return Lexicon.open(path)


@pytest.fixture
def snapshot(library_of):
    with library_of(*TEXTS).snapshot() as snapshot:
        yield snapshot


def held(wording, text):
    return wording.held_by(set(terms(text)))


@pytest.mark.parametrize("question", ["海源投资了多少？", "How much does Haiyuan invest in Ningbo?", "宁波 plant 35"])
def test_a_text_that_repeats_the_question_holds_all_of_it(snapshot, lexicon, question):
    wording = own_wording(understand(question).terms, snapshot, lexicon)
    assert sum(wording.shares.values()) == pytest.approx(1)
    assert sum(held(wording, question).values()) == pytest.approx(1)
    assert held(wording, "无关 unrelated") == {}


def test_a_pair_of_two_words_does_not_count_but_a_missing_word_does(snapshot, lexicon):
    wording = own_wording(understand("宁波票价").terms, snapshot, lexicon)
    assert "波票" not in wording.shares
    assert wording.shares["票价"] > wording.shares["宁波"]


@pytest.mark.parametrize(
    ("question", "text", "term", "sure"),
    [
        ("电池在哪里？", TEXTS[2], "电池", 0.9),
        ("Where are the batteries?", TEXTS[0], "batteri", 0.9),
        ("价格是多少？", "The cost is low.", "价格", 0.3),
        ("价格是多少？", "Prices and costs.", "价格", 0.8),
    ],
)
def test_a_translation_stands_for_its_term_by_the_root_of_its_probability(
    snapshot, lexicon, question, text, term, sure
):  # fmt: skip
    wording = translated_wording(understand(question).terms, snapshot, lexicon)
    assert held(wording, text)[term] == pytest.approx(math.sqrt(sure) * wording.shares[term])


def test_what_both_languages_write_alike_stands_for_itself(snapshot, lexicon):
    wording = translated_wording(understand("35 亿元在宁波？").terms, snapshot, lexicon)
    assert "35" in held(wording, TEXTS[2])


def test_a_term_without_a_counterpart_in_the_library_does_not_count_across(snapshot, lexicon):
    wording = translated_wording(understand("票价").terms, snapshot, lexicon)
    assert wording.shares == {}
    assert held(wording, "The fare is 3 yuan.") == {}


def test_rarer_terms_tell_more_and_none_tells_nothing():
    assert inverse_frequency(10, 0) > inverse_frequency(10, 5) > inverse_frequency(10, 10) > 0


def test_the_share_of_a_passage_saturates_and_is_normalised_by_length():
    wording = Wording({"a": 0.75, "b": 0.25}, {"a": (("x", 1.0), ("y", 0.5)), "b": (("z", 1.0),)})
    # k1 0.4, b 0.75; an average passage: 2 x and 1 y are 2.5 occurrences of a, none of b.
    assert wording.share_of({"x": 2, "y": 1, "other": 7}, 10) == pytest.approx(0.75 * 2.5 / 2.9)
    # twice as long as the average one: 0.4 * (0.25 + 0.75 * 2) = 0.7
    assert wording.share_of({"z": 1, "other": 19}, 10) == pytest.approx(0.25 * 1 / 1.7)
    assert wording.share_of({"other": 5}, 10) == 0
