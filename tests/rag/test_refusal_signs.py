"""What speaks for an answer: each sign on a worked example, in Chinese, English and across."""

import pytest

from rag.measures import asked_measures, gives_measure
from rag.synonyms import synonyms

CLUB = {
    "zh": "# 海宁港队\n\n主教练 Erik Lund 的合同延长到 2028 年。2024 年的季票价格是 1,350 元。前锋打进 21 球。",
    "en": "# Port Haining\n\nHead coach Erik Lund has a contract to 2028. A season ticket cost 1,350 yuan in 2024. "
    "The striker scored 21 goals.",
}


@pytest.fixture(scope="module")
def signs_of(assistant_of):
    assistants = {language: assistant_of(text) for language, text in CLUB.items()}

    def signs(question, language):
        return assistants[language].find(question).signs

    return signs


@pytest.mark.parametrize(
    ("language", "question", "missing"),
    [
        ("zh", "2024 年的季票价格是多少？", 0.0),
        ("zh", "２０２４ 年的季票價格是多少？", 0.0),
        ("zh", "2030 年的季票价格是多少？", 1.0),
        ("en", "What did a season ticket cost in 2024?", 0.0),
        ("en", "What will a season ticket cost in 2030?", 1.0),
        ("en", "2030 年 season ticket 的价格？", 1.0),
    ],
)
def test_a_year_that_the_sentence_lacks(signs_of, language, question, missing):
    signs = signs_of(question, language)
    assert (signs.years_missing, signs.other_year) == (missing, missing)


@pytest.mark.parametrize(
    ("language", "asked", "unasked"),
    [
        ("zh", "主教练 Erik Lund 的合同到哪年？", "主教练 Erik Lund 的工资是多少？"),
        ("zh", "主教練 Erik Lund 的合同到哪年？", "主教練 Erik Lund 的工資是多少？"),
        ("en", "What contract does coach Erik Lund have?", "What salary does coach Erik Lund earn?"),
    ],
)
def test_the_fact_is_what_is_asked_beside_the_names(signs_of, language, asked, unasked):
    there, missing = signs_of(asked, language), signs_of(unasked, language)
    assert there.fact_held > missing.fact_held
    assert there.heaviest_fact_missing < missing.heaviest_fact_missing
    assert there.latin_missing == missing.latin_missing == 0


@pytest.mark.parametrize(
    ("language", "question"),
    [("zh", "Paul Renner 的合同到哪年？"), ("en", "When does coach Paul Renner's contract end?")],
)
def test_a_name_in_latin_letters_that_is_not_there(signs_of, language, question):
    assert signs_of(question, language).latin_missing == 1.0


@pytest.mark.parametrize(("question", "language"), [("季票多少钱？", "en"), ("What does a season ticket cost?", "zh")])
def test_evidence_in_the_other_language_is_across(signs_of, question, language):
    signs = signs_of(question, language)
    assert (signs.across, signs.named_missing, signs.other_named) == (1.0, 0.0, 0.0)


def test_the_only_sentence_has_no_rival(assistant_of):
    signs = assistant_of("海源在宁波建厂。").find("海源在哪里建厂？").signs
    assert signs.margin == 3.0
    assert signs.likeness_lead == signs.likeness


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("她今年多少岁？", "age"),
        ("How old is she?", "age"),
        ("维修要多长时间？", "duration"),
        ("How many working days does it take?", "duration"),
        ("隧道有多长？", "length"),
        ("How deep is the lake?", "length"),
        ("座椅的重量是多少？", "weight"),
        ("How much does the seat weigh?", "weight"),
        ("校长的工资是多少？", "money"),
        ("What salary does the head earn?", "money"),
        ("女生占百分之几？", "share"),
        ("What percentage are girls?", "share"),
    ],
)
def test_a_measure_that_is_asked(question, measure):
    assert asked_measures(question) == {measure}


@pytest.mark.parametrize("question", ["谁是校长？", "Who is the head?", "机器人为什么停了？", "Why did it stop?"])
def test_a_question_without_a_measure(question):
    assert asked_measures(question) == frozenset()


@pytest.mark.parametrize(
    ("measure", "gives", "lacks"),
    [
        ("age", "19 岁的白小松", "第 19 轮"),
        ("age", "Bai, 19, comes up from the youth team", "19 matches"),
        ("duration", "大约需要 20 分钟", "20 家门店"),
        ("duration", "It takes 20 working days", "20 shops"),
        ("length", "下潜到 5,340 米", "采集了 5,340 份样品"),
        ("length", "dived to 5,340 metres", "took 5,340 samples"),
        ("weight", "重 8 公斤", "8 公里"),
        ("weight", "weighs 8 kg", "8 seats"),
        ("money", "门票 60 元", "60 人"),
        ("money", "costs 60 yuan", "60 people"),
        ("share", "占两成", "两次"),
        ("share", "18% of the market", "18 markets"),
    ],
)
def test_a_sentence_gives_a_measure_or_lacks_it(measure, gives, lacks):
    assert gives_measure(frozenset({measure}), gives)
    assert not gives_measure(frozenset({measure}), lacks)


@pytest.mark.parametrize(("term", "other"), [("salari", "wage"), ("工资", "薪"), ("员工", "雇员")])
def test_words_that_are_translated_alike_are_synonyms(term, other):
    assert 0 < synonyms(term)[other] <= 1
    assert term not in synonyms(term)


def test_a_word_that_the_lexicon_does_not_know_has_no_synonyms():
    assert synonyms("qzxv") == {}
