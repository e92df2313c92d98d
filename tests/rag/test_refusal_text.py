"""What a refusal says: what was looked for, what is nowhere, where the closest passage is; and that it is only text."""

import pytest

from rag.assistant import Assistant
from rag.names import Name
from rag.question import understand
from rag.refusal_text import quotable, refusal_text

CLUB = {
    "zh": "# 海宁港队\n\n## 教练\n\n主教练 Erik Lund 的合同延长到 2028 年。",
    "en": "# Port Haining\n\n## Coach\n\nHead coach Erik Lund has a contract to 2028.",
}


class Glossary:
    """Names with the forms of one name, which either language writes its own way."""

    def __init__(self, *forms):
        self._forms = forms

    def find(self, text):
        return [
            Name(form, text.index(form), text.index(form) + len(form), frozenset({"apple"}))
            for form in self._forms
            if form in text
        ]

    def standing_in(self, name, text):
        return next((form for form in self._forms if form in text), None)


@pytest.fixture(scope="module")
def evidence_of(library_of):
    assistants = {language: Assistant(library_of(text)) for language, text in CLUB.items()}
    assistants["both"] = Assistant(library_of(*CLUB.values()))
    return lambda question, language: assistants[language].find(question).evidence


def said(evidence_of, question, language, names=None):
    return refusal_text(understand(question), evidence_of(question, language), "not_answered", names or Glossary())


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("苹果 2026 年资本支出是多少？", "“苹果 2026 年资本支出”"),
        ("请问主教练的年薪是多少？", "“主教练的年薪”的金额"),
        ("請問主教練的年薪是多少美元？", "“主教練的年薪”的金额"),
        ("谁创办了俱乐部？", "“谁创办了俱乐部”的人物"),
        ("俱乐部為什麼遷走？", "“俱乐部為什麼遷走”"),
        ("俱乐部什么时候成立的？", "“俱乐部什么时候成立”的时间"),
    ],
)
def test_in_chinese_it_says_what_was_looked_for(evidence_of, question, sought):
    text = said(evidence_of, question, "zh")
    assert text.startswith("资料里没有找到“")
    assert sought in text


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("How much does the head coach earn?", "an amount for “head coach earn”"),
        ("When was the club founded?", "a date for “club founded”"),
        ("Why did the club move?", "a reason for “club move”"),
        ("Tell me about the weather.", "an answer for “about the weather”"),
        ("What salary does 主教练 Lund earn?", "“salary does 主教练 Lund earn”"),
    ],
)
def test_in_english_it_says_what_was_looked_for(evidence_of, question, sought):
    text = said(evidence_of, question, "en")
    assert text.startswith("The documents do not answer this question: ")
    assert sought in text


@pytest.mark.parametrize(
    ("question", "language", "place"),
    [
        ("俱乐部有多少员工？", "zh", "[1]（海宁港队 › 教练）"),
        ("俱乐部有多少员工？", "en", "[1]（Port Haining › Coach）"),
        ("How many people work there?", "en", "[1] (Port Haining › Coach)"),
    ],
)
def test_it_names_the_closest_passage(evidence_of, question, language, place):
    assert place in said(evidence_of, question, language)


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("2031 年的合同金额是多少？", "zh", "没有提到“2031 年”"),
        ("２０３１年的合同？", "zh", "没有提到“２０３１年”"),
        ("What is in the contract for 2031?", "en", "No passage found mentions “2031”."),
        ("What is in the contract for 2031?", "zh", "No passage found mentions “2031”."),
    ],
)
def test_a_year_that_nothing_mentions_is_said(evidence_of, question, language, missing):
    assert missing in said(evidence_of, question, language)


@pytest.mark.parametrize("question", ["2028 年的合同金额是多少？", "What is in the contract to 2028?"])
def test_a_year_that_is_there_is_not_called_missing(evidence_of, question):
    assert "2028" not in said(evidence_of, question, "both").replace("“2028 年的合同金额”", "").replace(
        "“in the contract to 2028”", ""
    )


@pytest.mark.parametrize("question", ["2028 年的合同金额是多少？", "What is in the contract to 2028?"])
def test_a_year_that_is_there_in_words_is_not_called_missing(library_of, question):
    evidence = Assistant(library_of("# 海宁港队\n\n主教练的合同延长到二〇二八年。")).find(question).evidence
    text = refusal_text(understand(question), evidence, "not_answered", Glossary())
    assert "提到" not in text
    assert "mentions" not in text


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("苹果的合同到哪年？", "zh", "没有提到“苹果”"),
        ("How long is Apple's contract?", "en", "mentions “Apple”"),
    ],
)
def test_a_name_that_nothing_mentions_is_said(evidence_of, question, language, missing):
    assert missing in said(evidence_of, question, language, Glossary("苹果", "Apple"))


@pytest.mark.parametrize(
    ("question", "language"), [("苹果的合同到哪年？", "en"), ("How long is Apple's contract?", "both")]
)
def test_across_languages_no_name_is_called_missing(evidence_of, question, language):
    assert "提到" not in (text := said(evidence_of, question, language, Glossary("苹果", "Apple")))
    assert "mentions" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n\n b\tc", "a b c"),
        ("[2] ![x](http://y)", "(2) !(x)(http://y)"),
        ("字" * 80, "字" * 59 + "…"),
        ("字 " * 10, ("字 " * 10).strip()),
    ],
)
def test_what_is_repeated_is_one_short_line_without_markers(text, shown):
    assert quotable(text) == shown


@pytest.mark.parametrize("question", ["多少？", "是吗？", "What?", "Why?", "谁" * 3000, "is " * 1300])
def test_a_question_that_is_all_frame_or_long_is_no_trouble(evidence_of, question):
    text = said(evidence_of, question, "both")
    assert "[1]" in text
    assert "“”" not in text
    assert len(text) < 400


@pytest.mark.parametrize("question", ["俱乐部有多少员工 [2] [1]？", "How many people {place} work in [7] {}?"])
def test_only_the_closest_sentence_is_cited(assistant_of, question):
    answer = assistant_of("# [3] {kind} <b>\n\n海宁港队有教练。Port Haining has a coach.").ask(question)
    assert answer.refused
    assert answer.text.count("[") == 1
