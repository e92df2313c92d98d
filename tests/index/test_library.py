"""What adding, changing, removing and rebuilding do to a library, and what a snapshot sees."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from index import database
from index.embedding import Embedder, HashingEmbedder
from index.errors import DocumentUnknown, LibraryMismatch, LibraryMissing, StorageFailed
from index.ingest import Outcome
from index.library import Library
from index.schema import LANGUAGES, Chunk, Document
from index.terms import terms
from index.vector_store import FaissStore, MemoryStore, VectorStore

MakeDocument = Callable[..., Document]


def add(library: Library, *documents: Document) -> list[tuple[Outcome, int, int]]:
    """What became of each: outcome, chunks, embedded."""
    return [(one.outcome, one.chunks, one.embedded) for one in library.add(documents)]


def texts(library: Library) -> list[str]:
    with library.snapshot() as snapshot:
        return [snapshot.document(summary.id).text for summary in snapshot.documents()]


def found_by_vector(library: Library, question: str) -> list[Chunk]:
    vector = library.embedder.embed_question(question)
    with library.snapshot() as snapshot:
        numbers = [
            number
            for language in snapshot.languages
            for number, cosine in snapshot.search_vectors(vector, language, 100)
            if cosine > 0.5
        ]
        return [snapshot.chunk(number)[0] for number in numbers]


def found_by_terms(library: Library, question: str) -> list[Chunk]:
    with library.snapshot() as snapshot:
        return [
            snapshot.chunk(number)[0]
            for language in LANGUAGES
            for number, _ in snapshot.search_terms(terms(question), language, 100)
        ]


# Adding


def test_its_version_is_another_after_every_change(tmp_path: Path, embedder: Embedder, write: MakeDocument) -> None:
    library = Library(tmp_path / "library", embedder)
    versions = [library.version()]
    for text in ("港口于 1931 年建成。", "The quay was built in 1931."):
        add(library, write(text))
        versions.append(library.version())
    library.remove(library.documents()[0].id)
    versions.append(library.version())
    assert versions[0] == ""
    assert len(set(versions)) == 4
    assert Library(tmp_path / "library", embedder).version() == versions[-1]


def test_a_new_library_lies_in_a_folder_that_it_makes(tmp_path: Path, embedder: Embedder, write: MakeDocument) -> None:
    library = Library(tmp_path / "a" / "图书馆", embedder)
    assert not library.exists()
    assert add(library, write("正文。")) == [("added", 1, 1)]
    assert library.exists()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_added_document_is_found_by_both_searches(library: Library, three: list[Document], number: int) -> None:
    add(library, *three)
    document = three[number]
    (chunk,) = found_by_vector(library, document.text)
    assert chunk in found_by_terms(library, chunk.text)
    assert document.text[chunk.start : chunk.end] == chunk.text
    assert chunk.language == document.language


def test_a_document_comes_back_as_it_was_added(library: Library, three: list[Document]) -> None:
    add(library, *three)
    with library.snapshot() as snapshot:
        assert [snapshot.document(document.id) for document in three] == three


def test_documents_are_listed_in_the_order_in_which_they_were_added(
    library: Library, write: MakeDocument, embedder: Embedder
) -> None:
    documents = [write(f"第 {number} 篇 article", f"{9 - number}") for number in range(10)]
    add(library, *documents[:4])
    add(library, *documents[4:])
    assert [summary.id for summary in library.documents()] == [document.id for document in documents]
    library.rebuild()
    assert [summary.id for summary in library.documents()] == [document.id for document in documents]


def test_an_unchanged_document_is_neither_cut_nor_embedded(
    library: Library, three: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, *three)
    library.embedder.embedded.clear()  # type: ignore[attr-defined]
    monkeypatch.setattr("index.ingest.chunk_document", lambda document: pytest.fail("it was cut"))
    assert add(library, *three) == [("unchanged", 1, 0)] * 3
    assert library.embedder.embedded == []  # type: ignore[attr-defined]


def test_an_unchanged_library_publishes_nothing(library: Library, three: list[Document]) -> None:
    add(library, *three)
    before = (library.folder / "CURRENT").read_text()
    add(library, *three)
    assert (library.folder / "CURRENT").read_text() == before


@pytest.mark.parametrize(
    ("before", "after", "embedded"),
    [
        ("# 一\n\n旧的。\n\n# 二\n\n不变。", "# 一\n\n新的。\n\n# 二\n\n不变。", ["一\n新的。"]),
        ("# A\n\nOld.\n\n# B\n\nSame.", "# A\n\nOld.\n\n# B\n\nSame.\n\n# C\n\nNew.", ["C\nNew."]),
        ("# 一\n\nOld 旧。\n\n# B\n\nSame 同。", "# B\n\nSame 同。", []),
    ],
)
def test_of_an_edited_file_only_changed_chunks_are_embedded(
    library: Library, write: MakeDocument, before: str, after: str, embedded: list[str]
) -> None:
    add(library, write(before))
    library.embedder.embedded.clear()  # type: ignore[attr-defined]
    ((outcome, _, count),) = add(library, write(after))
    assert (outcome, count) == ("replaced", len(embedded))
    assert library.embedder.embedded == embedded  # type: ignore[attr-defined]
    assert texts(library) == [after]


def test_the_same_text_from_two_files_is_one_document(library: Library, write: MakeDocument) -> None:
    assert add(library, write("同文。", "a")) == [("added", 1, 1)]
    assert add(library, write("同文。", "b")) == [("unchanged", 1, 0)]
    assert [summary.source for summary in library.documents()] == ["/documents/a.md"]


def test_the_same_text_twice_in_one_batch(library: Library, write: MakeDocument) -> None:
    assert add(library, write("同文。", "a"), write("同文。", "b")) == [("added", 1, 1), ("unchanged", 1, 0)]
    assert texts(library) == ["同文。"]


def test_a_text_that_another_file_holds_survives_an_edit(library: Library, write: MakeDocument) -> None:
    add(library, write("Same 同。", "a"), write("Same 同。", "b"))
    assert add(library, write("New 新。", "a")) == [("replaced", 1, 1)]
    assert sorted(texts(library)) == ["New 新。", "Same 同。"]
    assert {summary.source for summary in library.documents()} == {"/documents/a.md", "/documents/b.md"}


def test_a_file_renamed_and_another_in_its_place(library: Library, write: MakeDocument) -> None:
    add(library, write("一。", "a"))
    add(library, write("二。", "a"), write("一。", "b"))
    assert sorted(texts(library)) == ["一。", "二。"]
    assert library.embedder.embedded == ["一。", "二。"]  # type: ignore[attr-defined]


def test_a_file_that_takes_the_text_of_another_lets_go_of_its_own(library: Library, write: MakeDocument) -> None:
    add(library, write("一。", "a"), write("二。", "b"))
    assert add(library, write("二。", "a")) == [("replaced", 1, 0)]
    assert texts(library) == ["二。"]


def test_a_file_edited_twice_in_one_batch(library: Library, write: MakeDocument) -> None:
    outcomes = add(library, write("一。", "a"), write("二。", "a"), write("三。", "a"))
    assert [outcome for outcome, _, _ in outcomes] == ["added", "replaced", "replaced"]
    assert texts(library) == ["三。"]


def test_a_file_edited_and_put_back_in_one_batch(library: Library, write: MakeDocument) -> None:
    add(library, write("一。", "a"))
    add(library, write("二。", "a"), write("一。", "a"))
    assert texts(library) == ["一。"]


def test_texts_from_standard_input_replace_nothing(library: Library, write: MakeDocument) -> None:
    add(library, write("一。", "-"), write("二。", "-"))
    assert add(library, write("一。", "-")) == [("unchanged", 1, 0)]
    assert texts(library) == ["一。", "二。"]


def test_what_was_reported_is_stored_when_the_next_document_fails(library: Library, write: MakeDocument) -> None:
    def documents() -> Iterable[Document]:
        yield from (write(f"第 {number} 篇", f"{number}") for number in range(300))
        raise OSError("the folder is gone")

    reported: list[str] = []
    with pytest.raises(OSError, match="the folder is gone"):
        reported.extend(one.document.text for one in library.add(documents()))
    assert reported
    assert texts(library) == reported
    assert library.verify() == []


def test_progress_counts_the_embedded_chunks(library: Library, three: list[Document]) -> None:
    counts: list[int] = []
    list(library.add(three, counts.append))
    assert sum(counts) == 3


@pytest.mark.parametrize("count", [100, 400])
def test_the_work_for_a_document_does_not_grow_with_the_library(
    library: Library, write: MakeDocument, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    add(library, *(write(f"第 {number} 篇 article.", f"{number}") for number in range(count)))
    statements: list[str] = []
    connect = database.connect

    def traced(path: Path, create: bool = False) -> sqlite3.Connection:
        connection = connect(path, create)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(database, "connect", traced)
    add(library, *(write(f"New {number} 新。", f"new {number}") for number in range(10)))
    assert len([statement for statement in statements if statement.startswith("SELECT")]) < 100


# Removing


def test_a_removed_document_is_gone_from_both_searches(library: Library, three: list[Document]) -> None:
    add(library, *three)
    removed = library.remove(three[0].id)
    assert (removed.id, removed.title) == (three[0].id, "预算")
    assert three[0].id not in {chunk.document_id for chunk in found_by_terms(library, three[0].text)}
    assert three[0].id not in {chunk.document_id for chunk in found_by_vector(library, three[0].text)}
    assert three[0].id not in {summary.id for summary in library.documents()}
    with library.snapshot() as snapshot, pytest.raises(DocumentUnknown, match="tongwen list"):
        snapshot.document(three[0].id)


def test_a_removed_document_is_gone_from_the_files(library: Library, write: MakeDocument, embedder: Embedder) -> None:
    canary = write("金丝雀 canary-4711 的秘密。", "secret")
    add(library, write("普通的文章。An ordinary article.", "other"), canary)
    library.remove(canary.id)
    vector = embedder.embed_passages([canary.text])[0].tobytes()
    current = library.folder / "gen" / (library.folder / "CURRENT").read_text().split()[0]
    for path in [library.folder / "library.db", *current.iterdir()]:
        content = path.read_bytes()
        for trace in ("金丝雀".encode(), b"4711", canary.id.encode(), vector):
            assert trace not in content, path


def test_a_removed_text_can_be_added_again(library: Library, three: list[Document]) -> None:
    add(library, *three)
    library.remove(three[0].id)
    assert add(library, three[0]) == [("added", 1, 1)]
    assert library.verify() == []


def test_the_last_document_can_be_removed(library: Library, write: MakeDocument) -> None:
    add(library, write("正文。"))
    library.remove(library.documents()[0].id)
    with library.snapshot() as snapshot:
        assert snapshot.languages == ()
    assert library.verify() == []


@pytest.mark.parametrize("document_id", ["", "0123456789abcdef", "不存在", "' OR 1=1 --"])
def test_an_unknown_id(library: Library, three: list[Document], document_id: str) -> None:
    add(library, *three)
    with pytest.raises(DocumentUnknown, match="`tongwen list` shows the ids"):
        library.remove(document_id)
    assert len(library.documents()) == 3


# Snapshots


@pytest.mark.parametrize("store", [MemoryStore, FaissStore])
def test_every_store_gives_the_same_answers(tmp_path: Path, three: list[Document], store: type[VectorStore]) -> None:
    embedder = HashingEmbedder()
    list(Library(tmp_path, embedder, store).add(three))
    with Library(tmp_path, embedder, store).snapshot() as snapshot:
        for document in three:
            ((number, cosine),) = snapshot.search_vectors(embedder.embed_question(document.text), document.language, 1)
            assert cosine > 0.8
            assert snapshot.chunk(number)[0].document_id == document.id
            assert snapshot.cosines(embedder.embed_question(document.text), document.language, [number]) == [
                pytest.approx(cosine)
            ]


def test_a_snapshot_does_not_see_later_changes(library: Library, three: list[Document]) -> None:
    add(library, *three[:2])
    question = library.embedder.embed_question(three[0].text)
    with library.snapshot() as snapshot:
        library.remove(three[0].id)
        add(library, three[2])
        ((number, _),) = snapshot.search_vectors(question, "zh", 5)
        assert snapshot.chunk(number)[0].document_id == three[0].id
        assert snapshot.document(three[0].id) == three[0]
        assert snapshot.search_terms(["股价"], "zh", 5) == snapshot.search_terms(["股价"], "zh", 5) != []
        assert [summary.id for summary in snapshot.documents()] == [document.id for document in three[:2]]
        assert snapshot.languages == ("zh", "en")
    with library.snapshot() as snapshot:
        assert snapshot.languages == ("en", "mixed")


@pytest.mark.parametrize("error", [ValueError, sqlite3.OperationalError, OSError, KeyboardInterrupt])
def test_an_error_inside_a_snapshot_keeps_its_type(
    library: Library, three: list[Document], error: type[BaseException]
) -> None:
    add(library, *three)
    with pytest.raises(error, match="mine"), library.snapshot():
        raise error("mine")


def test_the_published_vectors_are_used(library: Library, three: list[Document], embedder: Embedder) -> None:
    add(library, *three)

    class Refusing(FaissStore):
        @classmethod
        def build(cls, numbers, vectors):  # type: ignore[no-untyped-def]
            pytest.fail("the vectors were built again")

    with Library(library.folder, embedder, Refusing).snapshot() as snapshot:
        assert snapshot.languages == LANGUAGES


def test_vectors_published_by_an_earlier_life_of_the_folder_are_not_used(
    library: Library, write: MakeDocument, embedder: Embedder
) -> None:
    add(library, write("旧的库。"))
    (library.folder / "library.db").unlink()
    shutil.copytree(library.folder, library.folder.with_name("kept"))
    add(library, write("新的库。"))
    shutil.rmtree(library.folder / "gen")
    (library.folder / "CURRENT").unlink()
    for name in ("gen", "CURRENT"):
        (library.folder.with_name("kept") / name).rename(library.folder / name)
    vector = embedder.embed_question("新的库。")
    with Library(library.folder, embedder).snapshot() as snapshot:
        ((_, cosine),) = snapshot.search_vectors(vector, "zh", 5)
    assert cosine == pytest.approx(1)


# No library, another embedder


@pytest.mark.parametrize("use", ["snapshot", "documents", "remove", "rebuild", "verify"])
def test_where_there_is_no_library_none_is_made(library: Library, use: str) -> None:
    calls: dict[str, Callable[[], object]] = {
        "snapshot": lambda: library.snapshot().__enter__(),
        "documents": library.documents,
        "remove": lambda: library.remove("x"),
        "rebuild": library.rebuild,
        "verify": library.verify,
    }
    with pytest.raises(LibraryMissing, match="make one with `tongwen add FILE`"):
        calls[use]()
    assert not library.folder.exists()


def test_a_file_where_the_folder_should_be(tmp_path: Path, embedder: Embedder, write: MakeDocument) -> None:
    (tmp_path / "library").write_text("a file")
    library = Library(tmp_path / "library", embedder)
    with pytest.raises(StorageFailed, match="choose another with --library"):
        add(library, write("正文。"))
    with pytest.raises(LibraryMissing):
        library.documents()


@pytest.mark.parametrize("use", ["snapshot", "add"])
def test_another_embedder_is_named_with_the_cure(
    library: Library, other_embedder: Embedder, three: list[Document], use: str
) -> None:
    add(library, *three)
    other = Library(library.folder, other_embedder)
    with pytest.raises(LibraryMismatch, match=r"hashing.*another model.*run `tongwen rebuild`"):
        other.snapshot().__enter__() if use == "snapshot" else add(other, *three)
    assert len(other.documents()) == 3


def test_a_rebuild_takes_the_library_over_to_another_embedder(
    library: Library, other_embedder: Embedder, three: list[Document]
) -> None:
    add(library, *three)
    other = Library(library.folder, other_embedder)
    assert other.rebuild() == 3
    assert len(other_embedder.embedded) == 3  # type: ignore[attr-defined]
    assert found_by_vector(other, three[0].text)
    assert other.verify() == []
    with pytest.raises(LibraryMismatch):
        library.snapshot().__enter__()


def test_a_rebuild_embeds_nothing_again(library: Library, three: list[Document]) -> None:
    add(library, *three)
    before = found_by_vector(library, three[0].text)
    library.embedder.embedded.clear()  # type: ignore[attr-defined]
    assert library.rebuild() == 3
    assert library.embedder.embedded == []  # type: ignore[attr-defined]
    assert found_by_vector(library, three[0].text) == before


def test_a_failed_rebuild_changes_nothing(
    library: Library, other_embedder: Embedder, three: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, *three)

    def fail(texts: object, progress: object = None) -> np.ndarray:  # type: ignore[type-arg]
        raise RuntimeError("out of memory")

    monkeypatch.setattr(other_embedder, "embed_passages", fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        Library(library.folder, other_embedder).rebuild()
    assert library.verify() == []
    assert found_by_vector(library, three[0].text)


def test_another_chunker_asks_for_a_rebuild(
    library: Library, three: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, *three)
    monkeypatch.setattr("index.library.CHUNKER_VERSION", "later")
    with pytest.raises(LibraryMismatch, match=r"chunker 2.*run `tongwen rebuild`"):
        library.snapshot().__enter__()
    library.rebuild()
    with library.snapshot() as snapshot:
        assert snapshot.languages == LANGUAGES
