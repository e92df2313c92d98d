"""Questions to choose from, over real libraries: all are answered with what they were made from, none is invented."""

import threading

import pytest

from index.embedding import open_embedder
from index.language import search_copy
from index.library import Library
from index.loading import load_samples, make_document
from rag.answer import Exchange
from rag.assistant import Assistant
from rag.question import question_language
from ui.suggestions import EXAMPLES, NEXT, Suggestions

HARBOUR_ZH = """# 北港

## 概况

北港于 1931 年建成。渡船全年运送旅客 41,000 人次。

## 灯塔

灯塔暂时关闭，因为北港的灯具已经损坏。镇政府将为灯塔投入 300 万元。
"""
HARBOUR_EN = """# The North Harbour

The North Harbour was opened in May 1931. The ferry carried 41,000 passengers.

## Lighthouse

The lighthouse of the North Harbour was closed because its lamp had failed. The town will spend $3 million on the tower.
"""
NAMES = ("Adder", "Birch", "Cedar")


@pytest.fixture(scope="module")
def embedder():
    """The one that ships: what is answered depends on it."""
    return open_embedder()


@pytest.fixture
def library(tmp_path, embedder):
    return Library(tmp_path / "library", embedder)


@pytest.fixture(scope="module")
def samples(tmp_path_factory, embedder):
    library = Library(tmp_path_factory.mktemp("samples") / "library", embedder)
    list(library.add(load_samples()))
    return library


def add(library, *texts):
    return [
        one.document
        for one in library.add(
            make_document(text, name=text.partition("\n")[0].strip("# "), source=f"{number}.md", kind="markdown")
            for number, text in enumerate(texts)
        )
    ]


def refreshed(library):
    suggestions = Suggestions(Assistant(library))
    suggestions.refresh()
    return suggestions


def made_anew(suggestions):
    """Its examples when those that are being made in the background have been made."""
    suggestions.examples()
    for thread in threading.enumerate():
        if thread.name == "examples":
            thread.join(20)
    return suggestions.examples()


def asked(assistant, question):
    answer = assistant.ask(question)
    return answer, (Exchange(question, answer.text),)


def test_an_empty_library_has_no_examples(library):
    assert refreshed(library).examples() == ()


def test_a_library_in_both_languages_has_examples_in_both(library):
    add(library, HARBOUR_ZH, HARBOUR_EN)
    examples = refreshed(library).examples()
    assert len(examples) == len(set(examples)) == EXAMPLES
    assert {question_language(one) for one in examples} == {"zh", "en"}


@pytest.mark.parametrize(("text", "language"), [(HARBOUR_ZH, "zh"), (HARBOUR_EN, "en")])
def test_a_library_in_one_language_has_examples_in_that(library, text, language):
    add(library, text)
    assert {question_language(one) for one in refreshed(library).examples()} == {language}


def test_every_example_is_answered_from_the_document_that_it_was_made_of(library):
    add(library, HARBOUR_ZH, HARBOUR_EN)
    examples = refreshed(library).examples()
    assert examples
    for question in examples:
        answer = Assistant(library).ask(question)
        assert not answer.refused
        assert answer.citations[0].language == question_language(question)


def test_the_sample_articles_have_four_examples(samples):
    examples = refreshed(samples).examples()
    assert len(examples) == EXAMPLES
    assert [question_language(one) for one in examples].count("zh") == 2


def test_the_same_library_has_the_same_examples(samples):
    assert refreshed(samples).examples() == refreshed(samples).examples()


def test_examples_follow_the_library(library):
    add(library, HARBOUR_EN)
    suggestions = refreshed(library)
    before = suggestions.examples()
    library.remove(library.documents()[0].id)
    add(library, HARBOUR_ZH)
    after = made_anew(suggestions)
    assert before
    assert after
    assert not set(after) & set(before)


def test_no_example_is_of_a_document_that_was_removed(library):
    add(library, HARBOUR_EN)
    suggestions = refreshed(library)
    library.remove(library.documents()[0].id)
    assert suggestions.examples() == made_anew(suggestions) == ()


def test_a_library_that_cannot_be_read_has_no_examples(library):
    add(library, HARBOUR_EN)
    suggestions = refreshed(library)
    (library.folder / "library.db").write_bytes(b"not a database" * 100)
    assert suggestions.examples() == ()


def test_what_fails_is_logged_and_not_tried_again_before_the_library_changes(library, monkeypatch, caplog):
    add(library, HARBOUR_EN)
    suggestions, tries = Suggestions(Assistant(library)), []
    monkeypatch.setattr("ui.suggestions.questions_of", lambda *_: tries.append(1) or 1 / 0)
    assert made_anew(suggestions) == made_anew(suggestions) == ()
    assert len(tries) == 1
    assert "no examples could be made" in caplog.text
    add(library, HARBOUR_ZH)
    made_anew(suggestions)
    assert len(tries) == 2


def test_questions_that_say_nearly_the_same_are_not_offered_together(library):
    add(library, *(f"# {name} Harbour\n\nThe {name} Harbour was closed because its quay had sunk." for name in NAMES))
    examples = refreshed(library).examples()
    assert [one.replace(NAMES[2], "") for one in examples] == ["Why was the  Harbour closed?"]


def test_a_library_of_many_documents_has_no_example_that_does_not_say_what_it_is_about(library):
    texts = [f"# Notes {number}\n\nThe quay was closed because it had sunk." for number in range(9)]
    add(library, *texts[:1])
    assert refreshed(library).examples() == ("Why was the quay closed?",)
    add(library, *texts)
    assert refreshed(library).examples() == ()


def test_next_questions_are_of_what_was_found_and_not_cited(library):
    add(library, HARBOUR_ZH, HARBOUR_EN)
    assistant = Assistant(library)
    for question in ("北港是哪一年建成的？", "When was the North Harbour opened?"):
        answer, history = asked(assistant, question)
        offered = Suggestions(assistant).next_questions(answer, history)
        assert 0 < len(offered) <= NEXT
        assert {question_language(one) for one in offered} == {answer.language}
        for one in offered:
            cited = assistant.ask(one, history).citations[0]
            assert cited.quote not in [citation.quote for citation in answer.citations]


def test_nothing_that_was_asked_is_suggested(library):
    add(library, HARBOUR_ZH)
    assistant = Assistant(library)
    answer, history = asked(assistant, "北港是哪一年建成的？")
    first = Suggestions(assistant).next_questions(answer, history)
    assert first
    as_typed = tuple(Exchange(search_copy(one).replace(" ", ""), "") for one in first)
    assert not set(first) & set(Suggestions(assistant).next_questions(answer, (*as_typed, *history)))


def test_nothing_is_suggested_where_nothing_was_found(library):
    add(library, HARBOUR_EN)
    assistant = Assistant(library)
    library.remove(library.documents()[0].id)
    answer, history = asked(assistant, "When was it opened?")
    assert Suggestions(assistant).next_questions(answer, history) == ()


@pytest.mark.parametrize(
    "hostile", ["<b>Zlib</b>", "**Zlib**", "`Zlib`", "Zlib\u202egnp", "Zl\u200bib", "[Zlib](x.test)"]
)
def test_hostile_text_is_offered_to_nobody(library, hostile):
    text = "# Zlib\n\n{} is a library that compresses data of every kind. {} 是一个压缩数据的开源库。"
    add(library, text.format("Zlib", "Zlib"))
    assert refreshed(library).examples()
    library.remove(library.documents()[0].id)
    add(library, text.format(hostile, hostile))
    assert refreshed(library).examples() == ()
