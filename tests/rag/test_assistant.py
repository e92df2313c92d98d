"""From a question to a cited answer or a refusal: what is quoted is the document, in the language of the question."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import LibraryMissing, QuestionError
from index.library import Library
from rag.answer import Answer
from rag.assistant import Assistant

SENTENCES = st.one_of(
    st.sampled_from(
        [
            "2025 年，海源投资 35 亿元。",
            "“为什么要扩产？”林晓问。",
            "份额为 18%，北辰为 22.5%！",
            "In 2025 Haiyuan spent 3.5 billion yuan.",
            'Mr. Lin said: "We are growing."',
            "The U.S. plant opened at 6:10 a.m.",
            "海源 Haiyuan 在 Ningbo 建厂（plant）。",
            "𠮷野家 naïve café 🙂 １２３…",
            "## 市场 Market",
            "- 第一条",
        ]
    ),
    st.text(alphabet="电池份额海源 plant market 18%。.!？\n\t\u3000#*é🙂", min_size=1, max_size=40),
)
TEXTS = st.lists(st.tuples(SENTENCES, st.sampled_from(["", " ", "\n", "\n\n", "\r\n"])), min_size=1, max_size=12)
QUESTIONS = st.sampled_from(
    ["海源投资了多少？", "Who said that?", "What share does Haiyuan hold?", "18% 是什么？", "電池 plant 在哪里？"]
)


@given(pieces=TEXTS, question=QUESTIONS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_citation_is_a_stretch_of_its_document(library_of, pieces, question):
    text = "海源 Haiyuan\n\n" + "".join(piece + space for piece, space in pieces)
    library = library_of(text)
    answer = Assistant(library).ask(question)
    assert answer.citations
    with library.snapshot() as snapshot:
        for citation in answer.citations:
            stored = snapshot.document(citation.document_id).text
            assert stored == text
            assert stored[citation.start : citation.end] == citation.quote
            assert citation.sha256 == hashlib.sha256(citation.quote.encode()).hexdigest()
            around = citation.before + citation.quote + citation.after
            begin = citation.start - len(citation.before)
            assert stored[begin : begin + len(around)] == around


ANSWERED = {
    "zh": ("海源电池投资多少钱建厂？", "35 亿元", "投资 35 亿元在宁波建厂"),
    "en": ("How much will Haiyuan Batteries spend on a plant in Ningbo?", "3.5 billion yuan", "it would spend 3.5"),
}
UNANSWERED = {"zh": "谁发明了蒸汽机？", "en": "How tall is Mount Everest?"}


@pytest.fixture(scope="module")
def batteries_assistant(assistant_of, batteries):
    return assistant_of(batteries["zh"], batteries["en"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_with_the_sentence_in_the_language_of_the_question(batteries_assistant, language):
    question, figure, words = ANSWERED[language]
    answer = batteries_assistant.ask(question)
    assert (answer.refused, answer.reason, answer.language, answer.answerer) == (False, None, language, "extractive")
    assert figure in answer.text
    assert "[1]" in answer.text
    assert answer.citations[0].number == 1
    assert words in answer.citations[0].quote
    assert answer.citations[0].language == language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_of_an_answer_is_supported(batteries_assistant, language):
    figures = batteries_assistant.ask(ANSWERED[language][0]).checks.figures
    assert ANSWERED[language][1] in [figure.text for figure in figures]
    assert all(figure.supported for figure in figures)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_refuses_in_the_language_of_the_question_and_shows_what_is_closest(batteries_assistant, language):
    answer = batteries_assistant.ask(UNANSWERED[language])
    assert (answer.refused, answer.reason, answer.language) == (True, "not_answered", language)
    assert answer.text.startswith({"zh": "资料里没有找到", "en": "The documents do not answer"}[language])
    assert "[1]" in answer.text
    assert len(answer.citations) == 1


@pytest.mark.parametrize("question", ["这是什么？", "What is this?"])
def test_an_empty_library_is_said_to_be_empty(library_of, batteries, question):
    library = library_of(batteries["zh"])
    library.remove(library.documents()[0].id)
    answer = Assistant(library).ask(question)
    assert (answer.refused, answer.reason, answer.citations, answer.confidence) == (True, "empty_library", (), 0.0)
    assert answer.text.startswith(("资料库是空的", "The library is empty"))


def test_a_missing_library_is_an_error_with_its_cure(tmp_path, embedder):
    with pytest.raises(LibraryMissing, match="tongwen add"):
        Assistant(Library(tmp_path / "none", embedder)).ask("这是什么？")


@pytest.mark.parametrize(
    ("documents", "question", "introduction"),
    [
        ("en", "Haiyuan Batteries 投资多少 yuan 在 Ningbo 建 plant？", "原文是英文"),
        ("zh", "How much does 海源电池 spend, 投资 35 亿元, on 宁波建厂?", "The source says, in Chinese"),
    ],
    ids=["zh from en", "en from zh"],
)
def test_an_answer_from_the_other_language_is_introduced(assistant_of, batteries, documents, question, introduction):
    answer = assistant_of(batteries[documents]).ask(question)
    assert not answer.refused
    assert answer.citations[0].language == documents
    assert introduction in answer.text


def test_an_answer_in_the_same_language_needs_no_introduction(batteries_assistant):
    answer = batteries_assistant.ask(ANSWERED["zh"][0])
    assert answer.text == f"{answer.short} [1]\n{answer.citations[0].quote} [1]"


SHARES = (
    "海源电池的市场份额为 18%。",
    "北辰电池的市场份额为 22%。",
    "Haiyuan holds a market share of 18%.",
    "Beichen holds a market share of 22%.",
    "今天的天气很好，适合出门散步。",
    "春茶提前上市，价格上涨。",
    "The weather is fine today.",
    "Spring tea came early.",
)


@pytest.mark.parametrize(
    "question", ["海源的份额和北辰的份额", "What market share do Haiyuan and Beichen hold?"], ids=["zh", "en"]
)
def test_a_comparison_may_cite_both_sides(assistant_of, question):
    answer = assistant_of(*SHARES).ask(question)
    assert [citation.number for citation in answer.citations] == [1, 2]
    assert {figure.text for figure in answer.checks.figures} == {"18%", "22%"}
    assert "[2]" in answer.text


@pytest.mark.parametrize("question", ["海源的份额", "What market share does Beichen hold?"], ids=["zh", "en"])
def test_a_second_sentence_that_adds_nothing_is_not_cited(assistant_of, question):
    assert len(assistant_of(*SHARES).ask(question).citations) == 1


@pytest.mark.parametrize("question", [ANSWERED["zh"][0], ANSWERED["en"][0], UNANSWERED["en"]])
def test_a_stream_is_the_text_in_pieces_and_then_the_answer(batteries_assistant, question):
    *pieces, answer = batteries_assistant.stream(question)
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.text


def test_asking_twice_gives_the_same(batteries_assistant):
    one, other = (batteries_assistant.ask(ANSWERED["en"][0]) for _ in range(2))
    assert (one.text, one.citations, one.confidence) == (other.text, other.citations, other.confidence)


def test_confidence_and_timings_are_what_they_are_called(batteries_assistant):
    answer = batteries_assistant.ask(ANSWERED["zh"][0])
    assert 0 <= answer.confidence <= 1
    assert set(answer.timings_ms) == {"retrieve", "answer", "total"}
    assert answer.timings_ms["total"] == pytest.approx(answer.timings_ms["retrieve"] + answer.timings_ms["answer"])


def test_a_long_paragraph_is_quoted_by_the_sentence(assistant_of):
    filler = "这一年公司还做了很多别的事情，员工们都很努力。" * 30
    answer = assistant_of(filler + "海源电池在宁波投资了 35 亿元。" + filler).ask("海源电池在宁波投资了多少？")
    assert [citation.quote for citation in answer.citations][:1] == ["海源电池在宁波投资了 35 亿元。"]


def test_a_line_break_inside_a_sentence_is_quoted_exactly_and_shown_as_a_space(batteries_assistant):
    answer = batteries_assistant.ask(ANSWERED["en"][0])
    quote = answer.citations[0].quote
    assert "\n" in quote
    assert " ".join(quote.split()) in answer.text


@pytest.mark.parametrize("question", ["", "  ", "？！", "🙂", "x" * 100_000])
def test_what_is_no_question_is_an_error(batteries_assistant, question):
    with pytest.raises(QuestionError):
        batteries_assistant.ask(question)


def test_search_gives_passages_and_no_answer(batteries_assistant):
    hits = batteries_assistant.search("海源的市场份额", k=1)
    assert [hit.chunk.section for hit in hits] == [("海源电池", "市场")]
