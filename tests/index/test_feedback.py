"""What people said of answers is kept as they said it, until it is approved or dismissed."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from index.errors import FeedbackUnknown, LibraryDamaged, LibraryMissing
from index.library import Library
from index.schema import Document, Feedback

WORDS = [
    ("份额是多少？", '{"answer": "18% [1]"}', "数字不对", "应为 19%"),
    ("What share?", '{"answer": "18% [1]"}', "the figure is wrong", "It is 19%."),
    ("CEO Andy Jassy 说了什么？", '{"answer": "capex 将增至 2000 亿"}', "", "見第 3 頁 ⾸⻚"),
]


@pytest.fixture
def filled(library: Library, three: list[Document]) -> Library:
    list(library.add(three))
    return library


def stored_version(library: Library) -> str:
    with library.snapshot() as snapshot:
        return snapshot.version


@pytest.mark.parametrize("words", WORDS)
def test_feedback_comes_back_as_it_was_given(filled: Library, words: tuple[str, str, str, str]) -> None:
    before = datetime.now(UTC)
    given = filled.add_feedback("down", *words, documents=["a" * 16])
    assert filled.feedback() == [given]
    assert (given.question, given.answer, given.reason, given.correction) == words
    assert (given.verdict, given.state, given.documents) == ("down", "pending", ("a" * 16,))
    assert given.library_version == stored_version(filled)
    assert before <= given.created_at <= datetime.now(UTC)
    assert filled.verify() == []


def test_it_is_approved_or_dismissed(filled: Library) -> None:
    first, second = (filled.add_feedback("up", question, "{}") for question in ("一？", "Two?"))
    approved = filled.set_feedback_state(second.id, "approved")
    assert filled.feedback("approved") == [approved]
    assert filled.feedback("pending") == [first]
    assert [one.id for one in filled.feedback()] == [first.id, second.id]
    filled.set_feedback_state(second.id, "dismissed")
    assert filled.feedback("approved") == []


def test_feedback_is_no_change_of_what_is_searched(filled: Library) -> None:
    before = stored_version(filled), (filled.folder / "CURRENT").read_text()
    filled.add_feedback("up", "一？", "{}")
    assert (stored_version(filled), (filled.folder / "CURRENT").read_text()) == before


def test_unknown_feedback(filled: Library) -> None:
    with pytest.raises(FeedbackUnknown, match=r"no feedback 'x' .*; check its id"):
        filled.set_feedback_state("x", "approved")


def test_feedback_needs_a_library(library: Library) -> None:
    with pytest.raises(LibraryMissing):
        library.add_feedback("up", "一？", "{}")
    assert not library.exists()


def test_changed_feedback_is_noticed(filled: Library) -> None:
    filled.add_feedback("down", "份额？", "{}", correction="应为 19%")
    connection = sqlite3.connect(filled.folder / "library.db")
    with connection:
        connection.execute("UPDATE feedback SET correction = '应为 91%'")
    connection.close()
    with pytest.raises(LibraryDamaged, match="is not what was written"):
        filled.feedback()
    assert len(filled.verify()) == 1


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_answer_of_a_removed_document_goes_and_what_people_wrote_stays(
    filled: Library, three: list[Document], number: int
) -> None:
    give: Callable[[Document], Feedback] = lambda document: filled.add_feedback(  # noqa: E731
        "down", "问？", f'{{"quote": "{document.text}"}}', "原因", "correction", [document.id]
    )
    given = {document.id: give(document) for document in three}
    removed = three[number].id
    filled.remove(removed)
    for one in filled.feedback():
        (cited,) = one.documents
        assert one.answer == ("" if cited == removed else given[cited].answer)
        assert (one.reason, one.correction) == ("原因", "correction")
    assert filled.verify() == []


def test_the_answer_of_a_text_that_an_edit_replaced_goes(
    filled: Library, three: list[Document], write: Callable[..., Document]
) -> None:
    given = {one.id: filled.add_feedback("down", "问？", one.text, "原因", "", [one.id]) for one in three}
    list(filled.add([write("# 预算\n\n新的数字是 2100 亿美元。", "zh")]))
    assert [one.answer for one in filled.feedback()] == ["", given[three[1].id].answer, given[three[2].id].answer]
    assert [one.reason for one in filled.feedback()] == ["原因"] * 3
    assert filled.verify() == []
