"""A library whose vectors are damaged answers by words alone and says so; one that changes leaves nothing in memory."""

import shutil
import sqlite3

import pytest

from index.library import Library
from rag.assistant import Assistant

QUESTIONS = {
    "zh": ("海源电池投资多少钱建厂？", "35 亿元"),
    "en": ("How much will Haiyuan Batteries spend on a plant in Ningbo?", "3.5 billion yuan"),
}


def damaged(library):
    connection = sqlite3.connect(library.folder / "library.db")
    with connection:
        connection.execute("UPDATE chunks SET embedding = zeroblob(2048)")
    connection.close()
    shutil.rmtree(library.folder / "gen")
    return Library(library.folder, library.embedder)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_alone_still_find_the_answer_and_a_note_says_so(library_of, batteries, language):
    library = damaged(library_of(*batteries.values()))
    question, figure = QUESTIONS[language]
    answer = Assistant(library).ask(question)
    assert not answer.refused
    assert figure in answer.text
    assert answer.notes[0].code == "degraded"
    assert "tongwen rebuild" in answer.notes[0].text
    assert ("词语" in answer.notes[0].text) == (language == "zh")
    hits = Assistant(library).search(question, 5)
    assert hits
    assert {(hit.dense_rank, hit.dense_score) for hit in hits} == {(None, 0.0)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refusal_says_so_too(library_of, batteries, language):
    library = damaged(library_of(*batteries.values()))
    answer = Assistant(library).ask({"zh": "谁发明了蒸汽机？", "en": "How tall is Mount Everest?"}[language])
    assert "degraded" in [note.code for note in answer.notes]


def test_after_a_rebuild_nothing_is_said(library_of, batteries):
    library = damaged(library_of(*batteries.values()))
    assistant = Assistant(library)
    assistant.ask(QUESTIONS["zh"][0])
    library.rebuild()
    assert assistant.ask(QUESTIONS["zh"][0]).notes == ()
    assert library.degraded() is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sentences_of_a_removed_document_are_not_remembered(library_of, batteries, language):
    library = library_of(*batteries.values())
    assistant = Assistant(library)
    assistant.ask(QUESTIONS[language][0])
    removed = next(summary.id for summary in library.documents() if summary.language == language)
    with library.snapshot() as snapshot:
        text = snapshot.document(removed).text
    assert any(sentence in text for sentence in assistant._embedder._known)
    library.remove(removed)
    assistant.ask("完全不同的问题 different?")
    assert not [sentence for sentence in assistant._embedder._known if sentence in text]
