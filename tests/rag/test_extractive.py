"""Answers of sentences: the one that answers, with the one beside it where it cannot be read alone."""

import pytest

from rag.extractive import ExtractiveAnswerer
from rag.names import Names
from rag.naming.glossary import open_glossary
from rag.question import understand
from tests.rag.test_conflicts import evidence_of


def quotes(answer):
    return {citation.quote for citation in answer.citations}


@pytest.mark.parametrize(
    ("text", "question", "cited"),
    [
        (
            "海源电池放弃了合肥的工厂。原因是那里缺水。今天天气很好。",
            "海源电池为什么放弃合肥的工厂？",
            {"海源电池放弃了合肥的工厂。", "原因是那里缺水。"},
        ),
        (
            "Haiyuan gave up the plant in Hefei. The reason was a lack of water. The weather is fine today.",
            "Why did Haiyuan give up the plant in Hefei?",
            {"Haiyuan gave up the plant in Hefei.", "The reason was a lack of water."},
        ),
        (
            "林晓是海源电池的创始人。他在 2025 年宣布在宁波建厂。今天天气很好。",
            "谁在 2025 年宣布在宁波建厂？",
            {"林晓是海源电池的创始人。", "他在 2025 年宣布在宁波建厂。"},
        ),
        (
            "Lin Xiao founded Haiyuan. He announced a plant in Ningbo in 2025. The weather is fine today.",
            "Who announced a plant in Ningbo in 2025?",
            {"Lin Xiao founded Haiyuan.", "He announced a plant in Ningbo in 2025."},
        ),
    ],
    ids=["reason zh", "reason en", "pronoun zh", "pronoun en"],
)
def test_quotes_the_sentence_beside_it_where_it_is_needed(assistant_of, text, question, cited):
    answer = assistant_of(text).ask(question)
    assert not answer.refused
    assert quotes(answer) == cited


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_sentences_side_by_side_are_quoted_in_their_order(assistant_of, language):
    text, question = {
        "zh": ("海源电池放弃了合肥的工厂。原因是那里缺水。", "海源电池为什么放弃合肥的工厂？"),
        "en": (
            "Haiyuan gave up the plant in Hefei. The reason was a lack of water.",
            "Why did Haiyuan give up the plant in Hefei?",
        ),
    }[language]
    first, second = {"zh": ("合肥", "缺水"), "en": ("Hefei", "water")}[language]
    answer = assistant_of(text).ask(question)
    assert answer.text.index(first) < answer.text.index(second)


ASKED = {
    "zh": ("海源电池投资多少钱建厂？", "35 亿元"),
    "en": ("How much will Haiyuan Batteries spend on a plant in Ningbo?", "3.5 billion yuan"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_short_answer_comes_first_and_stands_in_the_quote(assistant_of, batteries, language):
    question, short = ASKED[language]
    answer = assistant_of(batteries[language]).ask(question)
    assert answer.short == short
    assert answer.text.startswith(f"{short} [1]\n")
    assert short in " ".join(answer.citations[0].quote.split())


@pytest.mark.parametrize(
    ("source", "asked", "ending"),
    [
        (
            "Haiyuan Batteries will spend $35 million on a plant in Ningbo and $20 million on one in Hefei.",
            "海源电池在宁波和合肥建厂投资多少钱？",
            "（即 3,500 万美元、2,000 万美元）",
        ),
        (
            "海源电池投资 35 亿元在宁波建厂，投资 20 亿元在合肥建厂。",
            "How much will Haiyuan Batteries spend on the plants in Ningbo and Hefei?",
            "(= 3.5 billion yuan; 2 billion yuan)",
        ),
    ],
    ids=["zh", "en"],
)
def test_figures_of_a_quote_in_the_other_language_follow_as_the_question_writes_them(source, asked, ending):
    question = understand(asked)
    evidence = evidence_of(question, source, "document")
    *_, quote, gloss, _ = ExtractiveAnswerer(Names(open_glossary(None))).draft(question, [evidence])
    assert (quote.role, quote.text) == ("quote", source)
    assert (gloss.role, gloss.text, list(gloss.evidence)) == ("gloss", ending, [evidence])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_at_most_three_sentences_are_cited(assistant_of, batteries, language):
    answer = assistant_of(batteries[language]).ask(ASKED[language][0])
    assert len(answer.citations) <= 3
