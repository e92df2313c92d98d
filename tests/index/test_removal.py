"""A document that was taken out comes back as it was, and in the place of nothing that came in the meantime."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import DocumentUnknown, LibraryBusy, LibraryDamaged, SourceTaken
from index.extraction import FileState, LoadedFile, Rejected
from index.library import Library
from index.schema import Document, Place

MakeDocument = Callable[..., Document]
STATE = FileState(12, 1_700_000_000_000_000_000, "ab" * 32)


@pytest.fixture
def filled(library: Library, three: list[Document]) -> Library:
    list(library.add(three))
    return library


def stored(library: Library) -> dict[str, object]:
    """Everything that a reader can see."""
    with library.snapshot() as snapshot:
        documents = [snapshot.document(summary.id) for summary in snapshot.documents()]
    return {
        "summaries": library.documents(),
        "documents": documents,
        "files": library.files(),
        "feedback": library.feedback(),
    }


@pytest.mark.parametrize("number", [0, 1, 2])
def test_it_comes_back_as_it_was_and_where_it_stood(filled: Library, three: list[Document], number: int) -> None:
    before = stored(filled)
    removed = filled.take_out(three[number].id)
    assert three[number].id not in {summary.id for summary in filled.documents()}
    assert filled.put_back(removed) == removed.summary
    assert stored(filled) == before
    assert filled.verify() == []


def test_places_and_metadata_come_back(library: Library, write: MakeDocument) -> None:
    document = replace(write("第一页。Second page."), places=(Place("page", "1", 0), Place("page", "2", 4)))
    document = replace(document, metadata={"format": "pdf", "作者": "某人"})
    list(library.add([document]))
    library.put_back(library.take_out(document.id))
    with library.snapshot() as snapshot:
        assert snapshot.document(document.id) == document


def test_it_is_found_again_without_being_embedded_again(filled: Library, three: list[Document]) -> None:
    question = filled.embedder.embed_question(three[0].text)
    removed = filled.take_out(three[0].id)
    filled.embedder.embedded.clear()  # type: ignore[attr-defined]
    filled.put_back(removed)
    assert filled.embedder.embedded == []  # type: ignore[attr-defined]
    with filled.snapshot() as snapshot:
        (number, cosine), *_ = snapshot.search_vectors(question, three[0].language, 1)
        assert snapshot.chunk(number)[0].document_id == three[0].id
    assert cosine > 0.5


def test_vectors_of_another_embedder_are_not_put_back(filled: Library, three: list[Document], other_embedder) -> None:
    removed = filled.take_out(three[0].id)
    other = Library(filled.folder, other_embedder)
    other.rebuild()
    other_embedder.embedded.clear()
    other.put_back(removed)
    assert other_embedder.embedded
    assert other.verify() == []


def test_its_file_is_known_again(library: Library, write: MakeDocument) -> None:
    document = write("只此一篇。")
    list(
        library.add_files([LoadedFile(document.source, (document,), (Rejected("broken; mend it", "b"),), state=STATE)])
    )
    before = library.files()
    removed = library.take_out(document.id)
    assert library.files() == []
    library.put_back(removed)
    assert library.files() == before
    assert before[0].state == STATE
    assert library.files_of(document.id) == [document.source]


def test_the_others_of_its_file_stay_with_it(library: Library, write: MakeDocument) -> None:
    texts = [replace(write(text), source=f"/a.zip#{number}") for number, text in enumerate(("一。", "Two."))]
    list(library.add_files([LoadedFile("/a.zip", tuple(texts), state=STATE)]))
    before = stored(library)
    library.put_back(library.take_out(texts[0].id))
    assert stored(library) == before


def test_both_sources_of_a_text_come_back(library: Library, write: MakeDocument) -> None:
    list(library.add([write("同一篇。", "one"), write("同一篇。", "two")]))
    removed = library.take_out(library.documents()[0].id)
    library.put_back(removed)
    assert [held.source for held in library.take_out(removed.summary.id).sources] == [
        "/documents/one.md",
        "/documents/two.md",
    ]


def test_what_took_its_place_stays(library: Library, write: MakeDocument) -> None:
    earlier, later = write("The earlier text."), write("The later text.")
    list(library.add([earlier]))
    removed = library.take_out(earlier.id)
    list(library.add([later]))
    with pytest.raises(SourceTaken, match=r"article\.md holds another text by now; remove that one first"):
        library.put_back(removed)
    assert [summary.id for summary in library.documents()] == [later.id]


def test_texts_without_a_source_do_not_take_each_others_place(library: Library, write: MakeDocument) -> None:
    first, second = write("甲。", "-"), write("乙。", "-")
    list(library.add([first]))
    removed = library.take_out(first.id)
    list(library.add([second]))
    library.put_back(removed)
    assert {summary.id for summary in library.documents()} == {first.id, second.id}
    assert library.verify() == []


def test_a_text_that_was_added_again_is_left_as_it_is(filled: Library, three: list[Document]) -> None:
    removed = filled.take_out(three[0].id)
    list(filled.add([three[0]]))
    filled.put_back(removed)
    assert sorted(one.id for one in filled.documents()) == sorted(one.id for one in three)
    assert filled.verify() == []


def test_a_place_in_the_order_that_was_taken_is_not_taken_from_another(filled: Library, write: MakeDocument) -> None:
    removed = filled.take_out(filled.documents()[-1].id)
    list(filled.add([write("A newcomer.", "newcomer")]))
    filled.put_back(removed)
    assert [one.title for one in filled.documents()][-2:] == ["newcomer", removed.summary.title]
    assert filled.verify() == []


def test_answers_that_quote_it_come_back(filled: Library, three: list[Document]) -> None:
    answer = json.dumps({"answer": "18% 十八"})
    filled.add_feedback("down", "份额？", answer, documents=[three[0].id])
    removed = filled.take_out(three[0].id)
    assert filled.feedback()[0].answer == ""
    filled.put_back(removed)
    assert filled.feedback()[0].answer == answer
    assert filled.verify() == []


def test_an_answer_that_quotes_another_removed_document_stays_empty(filled: Library, three: list[Document]) -> None:
    filled.add_feedback("down", "Both?", "{}", documents=[three[0].id, three[1].id])
    removed = filled.take_out(three[0].id)
    filled.remove(three[1].id)
    filled.put_back(removed)
    assert filled.feedback()[0].answer == ""


def test_nothing_of_it_stays_on_disk(library: Library, write: MakeDocument) -> None:
    canary = write("KANARIENVOGEL 金丝雀 stands here.")
    list(library.add([canary]))
    library.take_out(canary.id)
    for path in library.folder.rglob("*"):
        assert not path.is_file() or b"KANARIENVOGEL" not in path.read_bytes()


def test_a_damaged_document_is_not_taken_out(filled: Library, three: list[Document]) -> None:
    with closing(sqlite3.connect(filled.folder / "library.db")) as connection, connection:
        connection.execute("UPDATE documents SET text = text || '!' WHERE id = ?", (three[0].id,))
    with pytest.raises(LibraryDamaged, match="tongwen remove"):
        filled.take_out(three[0].id)
    assert filled.remove(three[0].id).id == three[0].id


@pytest.mark.parametrize("document_id", ["0123456789abcdef", "", "' OR 1=1 --", "文"])
def test_an_unknown_document(filled: Library, document_id: str) -> None:
    with pytest.raises(DocumentUnknown, match="tongwen list"):
        filled.take_out(document_id)


def test_another_writer_is_waited_for_and_then_told_of(filled: Library, three: list[Document], tmp_path: Path) -> None:
    removed = filled.take_out(three[0].id)
    with filled._access.locked(), pytest.raises(LibraryBusy):
        filled.put_back(removed)
    assert three[0].id not in {summary.id for summary in filled.documents()}
