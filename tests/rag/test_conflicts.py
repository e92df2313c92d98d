"""Passages that give different figures for the same thing are both shown; what speaks of two things is none."""

import pytest

from index.language import detect_language
from index.lexicon import bundled_lexicon
from index.schema import Chunk, Hit
from index.terms import terms
from rag.conflicts import conflict_sentences, find_conflicts
from rag.evidence import Evidence, Signals
from rag.names import Names
from rag.naming.glossary import open_glossary
from rag.question import understand
from tests.rag.conflict_pairs import NEAR_MISSES, PLANTED

NO_SIGNALS = Signals(*[0.0] * len(Signals._fields))


def evidence_of(question, text, document):
    """The text as the one sentence of a document, every term of the question telling as much."""
    words = set(terms(text))
    held = {
        term: 1 / len(question.terms)
        for term in question.terms
        if term in words or any(word in words for word, _ in bundled_lexicon().translations(term))
    }
    chunk = Chunk(document, document, 0, len(text), (), detect_language(text), text)
    return Evidence(Hit(chunk, document, 1.0, 0.0, 1, 0.0, 1), 0, len(text), NO_SIGNALS, 1.0, held)


def conflicts(asked, one, other):
    question = understand(asked)
    first, second = evidence_of(question, one, "one"), evidence_of(question, other, "other")
    return find_conflicts(question, [first], [first, second], Names(open_glossary(None)))


def test_nine_in_ten_planted_conflicts_are_found():
    missed = [pair for pair in PLANTED if not conflicts(*pair)]
    assert len(PLANTED) >= 30
    assert len(missed) <= len(PLANTED) // 10, missed


@pytest.mark.parametrize("pair", NEAR_MISSES, ids=lambda pair: pair[1][:24])
def test_a_near_miss_is_no_conflict(pair):
    assert not conflicts(*pair)
    assert len(NEAR_MISSES) >= 60


def test_a_conflict_holds_the_cited_sentence_first():
    ((cited, other),) = conflicts(*PLANTED[0])
    assert (cited.text, other.text) == PLANTED[0][1:]


def test_a_sentence_is_in_no_conflict_with_itself():
    question = understand(PLANTED[0][0])
    cited = evidence_of(question, PLANTED[0][1], "one")
    assert find_conflicts(question, [cited], [cited], Names(open_glossary(None))) == []


CONTRADICTING = {
    "zh": ("海源电池投资 35 亿元在宁波建厂。", "海源电池投资 38 亿元在宁波建厂。", "海源电池在宁波建厂投资了多少钱？"),
    "en": (
        "Haiyuan spent $35 million on the plant in Ningbo.",
        "Haiyuan spent $38 million on the plant in Ningbo.",
        "How much did Haiyuan spend on the plant in Ningbo?",
    ),
}
INTRODUCTION = {"zh": "另一处资料给出了不同的数字：", "en": "Another passage gives a different figure:"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_shows_both_figures_with_their_sources(assistant_of, language):
    *texts, question = CONTRADICTING[language]
    answer = assistant_of(*texts).ask(question)
    (conflict,) = answer.conflicts
    assert {citation.quote for citation in answer.citations} == set(texts)
    assert conflict.citations == (1, 2)
    assert [note.code for note in answer.notes] == ["conflict"]
    assert f"\n{INTRODUCTION[language]} " in answer.text
    quotes = {citation.number: citation.quote for citation in answer.citations}
    assert all(figure in quotes[number] for figure, number in zip(conflict.figures, conflict.citations, strict=True))


@pytest.mark.parametrize(
    ("language", "other", "figures"),
    [
        ("zh", "Haiyuan spent\n$38 million.", "（即 3,800 万美元）"),
        ("en", "海源电池投资\n38 亿元。", "(= 3.8 billion yuan)"),
    ],
)
def test_a_figure_in_the_other_language_is_written_in_that_of_the_question(language, other, figures):
    cited, _, asked = CONTRADICTING[language]
    question = understand(asked)
    group = (evidence_of(question, cited, "one"), evidence_of(question, other, "other"))
    said = [(sentence.role, sentence.text) for sentence in conflict_sentences(question, [group])]
    assert said == [("frame", INTRODUCTION[language]), ("quote", other.replace("\n", " ")), ("gloss", figures)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_without_a_conflict_says_nothing_of_one(assistant_of, language):
    text, _, question = CONTRADICTING[language]
    answer = assistant_of(text).ask(question)
    assert (answer.conflicts, answer.notes) == ((), ())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_two_language_versions_of_an_article_do_not_contradict_each_other(assistant_of, batteries, language):
    *_, question = CONTRADICTING[language]
    assert assistant_of(batteries["zh"], batteries["en"]).ask(question).conflicts == ()
