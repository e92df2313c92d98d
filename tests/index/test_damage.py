"""Damaged libraries: what is wrong is said, right answers go on where they can, and the stated cure works."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedding import HashingEmbedder
from index.errors import LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing
from index.library import Library
from index.loading import load_samples
from index.schema import Document
from index.terms import terms

Answers = list[tuple[str, str]]


@pytest.fixture
def filled(library: Library, three: list[Document]) -> Library:
    list(library.add(three))
    return library


def reopened(library: Library) -> Library:
    return Library(library.folder, HashingEmbedder())


def answers(library: Library, three: list[Document]) -> Answers:
    """What the dense and the lexical search find for each of the three documents."""
    found = []
    with library.snapshot() as snapshot:
        for document in three:
            vector = library.embedder.embed_question(document.text)
            for number, _ in snapshot.search_vectors(vector, document.language, 5):
                found.append(("dense", snapshot.chunk(number)[0].text))
            for number, _ in snapshot.search_terms(terms(document.text), document.language, 5):
                found.append(("lexical", snapshot.chunk(number)[0].text))
            assert snapshot.document(document.id).text == document.text
    return found


def change(library: Library, statement: str, *values: object) -> None:
    connection = sqlite3.connect(library.folder / "library.db")
    with connection:
        connection.execute(statement, values)
    connection.close()


# Values that are not what was written

FLIPS = {
    "text": "UPDATE documents SET text = replace(text, '2000', '3000') WHERE language = 'zh'",
    "title": "UPDATE documents SET title = '别的' WHERE language = 'zh'",
    "source": "UPDATE sources SET source = '/elsewhere.md' WHERE number = 1",
    "embedding": "UPDATE chunks SET embedding = zeroblob(2048) WHERE language = 'zh'",
    "offset": "UPDATE chunks SET start = start + 1 WHERE language = 'zh'",
    "section": "UPDATE chunks SET section = '[\"别的\"]' WHERE language = 'zh'",
    "language": "UPDATE chunks SET language = 'en' WHERE language = 'zh'",
    "terms": "UPDATE chunk_terms_content SET c1 = '猫' WHERE c0 = 'zh'",
    "lexical index": "DELETE FROM chunk_terms WHERE language = 'zh'",
    "posting lists": "UPDATE chunk_terms_data SET block = zeroblob(30) WHERE id > 10",
    "version of the lexical index": "UPDATE chunk_terms_config SET v = 5 WHERE k = 'version'",
    "structure of the lexical index": "DELETE FROM chunk_terms_data",
    "owner": "UPDATE chunks SET document_id = (SELECT id FROM documents WHERE number = 3) WHERE language = 'zh'",
    "unknown owner": "UPDATE chunks SET document_id = 'x' WHERE language = 'zh'",
}


@pytest.mark.parametrize("what", FLIPS)
def test_verify_finds_a_changed_value(filled: Library, what: str) -> None:
    change(filled, FLIPS[what])
    problems = filled.verify()
    assert problems
    assert all("tongwen" in problem and "\n" not in problem for problem in problems)


@pytest.mark.parametrize("what", [what for what in FLIPS if what not in ("text", "title", "source")])
def test_a_rebuild_cures_all_but_the_texts(filled: Library, three: list[Document], what: str) -> None:
    before = answers(filled, three)
    change(filled, FLIPS[what])
    shutil.rmtree(filled.folder / "gen")
    assert reopened(filled).rebuild() == 3
    assert filled.verify() == []
    assert answers(reopened(filled), three) == before


@pytest.mark.parametrize("what", ["text", "title"])
def test_a_changed_text_is_never_passed_off_as_the_document(filled: Library, three: list[Document], what: str) -> None:
    with filled.snapshot() as snapshot:
        change(filled, FLIPS[what])
    with filled.snapshot() as snapshot, pytest.raises(LibraryDamaged, match="tongwen remove"):
        snapshot.document(three[0].id)
    with pytest.raises(LibraryDamaged, match="tongwen remove"):
        filled.rebuild()
    filled.remove(three[0].id)
    list(filled.add(three))
    assert filled.verify() == []


@pytest.mark.parametrize("what", ["title", "source", "terms", "lexical index", "posting lists"])
def test_a_state_that_is_not_the_published_one_is_not_searched_or_added_to(
    filled: Library, write: Callable[..., Document], what: str
) -> None:
    change(filled, FLIPS[what])
    uses: list[Callable[[], object]] = [
        lambda: reopened(filled).snapshot().__enter__(),
        lambda: list(filled.add([write("新的。", "new")])),
    ]
    for use in uses:
        with pytest.raises(LibraryDamaged, match="`tongwen verify` names what it can, then run `tongwen rebuild`"):
            use()


@pytest.mark.parametrize(
    "what",
    [
        "source",
        "terms",
        "lexical index",
        "posting lists",
        "version of the lexical index",
        "structure of the lexical index",
    ],
)
def test_a_removal_repairs_what_it_can(filled: Library, three: list[Document], what: str) -> None:
    before = answers(filled, three)
    change(filled, FLIPS[what])
    filled.remove(three[1].id)
    assert filled.verify() == []
    list(filled.add([three[1]]))
    assert sorted(answers(reopened(filled), three)) == sorted(before)


@pytest.mark.parametrize("what", ["title", "embedding"])
def test_a_removal_does_not_take_the_damage_of_others_for_right(
    filled: Library, three: list[Document], what: str
) -> None:
    change(filled, FLIPS[what])
    change(filled, FLIPS["source"])
    filled.remove(three[1].id)
    for use in (lambda: reopened(filled).snapshot().__enter__(), lambda: list(filled.add([three[1]]))):
        with pytest.raises(LibraryDamaged, match="run `tongwen rebuild`"):
            use()
    assert filled.verify()
    if what == "title":
        filled.remove(three[0].id)
    else:
        filled.rebuild()
    assert filled.verify() == []
    list(filled.add(three))
    assert len(answers(reopened(filled), three)) == 6


@pytest.mark.parametrize("column", ["id", "added_at", "title", "metadata", "language", "text"])
def test_a_document_that_cannot_be_read_can_be_removed(filled: Library, three: list[Document], column: str) -> None:
    change(filled, f"UPDATE documents SET {column} = '?' WHERE id = ?", three[0].id)
    (problem, *_) = filled.verify()
    shown = "?" if column == "id" else three[0].id
    assert f"`tongwen remove {shown}` and add it again" in problem
    assert filled.remove(shown).id == shown
    if column == "id":  # its passages are left
        assert any("run `tongwen rebuild`" in problem for problem in filled.verify())
        filled.rebuild()
    list(filled.add(three))
    assert filled.verify() == []


@pytest.mark.parametrize("what", ["text", "offset", "section", "language"])
def test_a_changed_passage_is_never_quoted(filled: Library, three: list[Document], what: str) -> None:
    with filled.snapshot() as snapshot:
        ((number, _),) = snapshot.search_terms(["股价"], "zh", 1)
    change(filled, FLIPS[what])
    with filled.snapshot() as snapshot, pytest.raises(LibraryDamaged, match="tongwen rebuild"):
        snapshot.chunk(number)


def test_a_changed_vector_is_never_searched(filled: Library, three: list[Document]) -> None:
    before = answers(filled, three)
    change(filled, FLIPS["embedding"])
    shutil.rmtree(filled.folder / "gen")
    assert answers(reopened(filled), three) == [each for each in before if each[0] == "lexical"]
    with reopened(filled).snapshot() as snapshot:
        assert snapshot.degraded is not None
        assert snapshot.degraded.endswith("run `tongwen rebuild`")
        assert snapshot.languages == ("zh", "en", "mixed")
    filled.rebuild()
    assert answers(reopened(filled), three) == before
    with reopened(filled).snapshot() as snapshot:
        assert snapshot.degraded is None


def test_a_changed_vector_is_not_used_for_the_same_text_again(filled: Library, three: list[Document]) -> None:
    change(filled, FLIPS["embedding"])
    filled.rebuild()
    assert filled.verify() == []


# Published vectors


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xff" * 100)


@pytest.mark.parametrize("damage", [_truncate, _flip, _garbage, Path.unlink])
@pytest.mark.parametrize("name", ["CURRENT", "vectors.zh.faiss", "manifest.json"])
def test_damaged_vectors_change_no_answer_and_a_rebuild_cures_them(
    filled: Library, three: list[Document], damage: Callable[[Path], None], name: str
) -> None:
    before = answers(filled, three)
    (path,) = filled.folder.rglob(name)
    damage(path)
    assert answers(reopened(filled), three) == before
    if damage is not Path.unlink or name != "CURRENT":  # without CURRENT nothing says that there were vectors
        assert all(problem.endswith("run `tongwen rebuild`") for problem in filled.verify())
        assert bool(filled.verify()) == (name != "CURRENT" or damage is not _truncate)
    filled.rebuild()
    assert filled.verify() == []
    assert answers(reopened(filled), three) == before


def test_damaged_vectors_are_replaced_by_the_next_change(filled: Library, three: list[Document]) -> None:
    _flip(next(filled.folder.rglob("vectors.zh.faiss")))
    filled.remove(three[1].id)
    assert filled.verify() == []


# The database file


def spoil(library: Library, content: bytes) -> None:
    (library.folder / "library.db").write_bytes(content)


def other_database(path: Path, *statements: str) -> bytes:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path.read_bytes()


def use_all(library: Library, document: Document) -> list[LibraryError]:
    """The error of every way to use the library; none is anything but one of ours."""
    errors = []
    uses: list[Callable[[], object]] = [
        lambda: library.snapshot().__enter__(),
        library.documents,
        lambda: library.remove(document.id),
        library.rebuild,
        lambda: list(library.add([document])),
    ]
    for use in uses:
        with pytest.raises(LibraryError) as raised:
            use()
        errors.append(raised.value)
    return errors


def test_a_database_of_garbage(filled: Library, write: Callable[..., Document]) -> None:
    content = random.Random(7).randbytes(20_000)
    spoil(filled, content)
    for error in use_all(reopened(filled), write("新的。")):
        assert isinstance(error, LibraryDamaged)
        assert "restore it from a copy, or move it away" in str(error)
    assert filled.verify()
    assert (filled.folder / "library.db").read_bytes() == content


def test_an_emptied_database(filled: Library, write: Callable[..., Document]) -> None:
    spoil(filled, b"")
    for error in use_all(reopened(filled), write("新的。")):
        assert isinstance(error, LibraryDamaged)
        assert "has lost its content" in str(error)
    assert filled.verify()


def test_a_database_moved_away_makes_room_for_a_new_one(filled: Library, three: list[Document]) -> None:
    before = answers(filled, three)
    (filled.folder / "library.db").rename(filled.folder / "old.db")
    with pytest.raises(LibraryMissing):
        filled.documents()
    list(filled.add(three))
    assert filled.verify() == []
    assert answers(reopened(filled), three) == before


@pytest.mark.parametrize("share", [0.03, 0.3, 0.6, 0.95])
def test_a_truncated_database(library: Library, share: float) -> None:
    list(library.add(load_samples()))
    content = (library.folder / "library.db").read_bytes()
    spoil(library, content[: int(len(content) * share)])
    assert library.verify()


def test_a_process_killed_while_it_made_the_library(
    library: Library, three: list[Document], embedder: HashingEmbedder
) -> None:
    library.folder.mkdir()
    spoil(library, b"")
    with pytest.raises(LibraryMissing, match="make one"):
        library.documents()
    list(library.add(three))
    assert library.verify() == []


@pytest.mark.parametrize("version", [0, 1, 7])
def test_the_database_of_another_program_is_left_alone(
    library: Library, write: Callable[..., Document], tmp_path: Path, version: int
) -> None:
    content = other_database(tmp_path / "other.db", "CREATE TABLE t (x)", f"PRAGMA user_version = {version}")
    library.folder.mkdir()
    spoil(library, content)
    for error in use_all(library, write("新的。")):
        assert isinstance(error, LibraryMismatch)
        assert "choose another folder with --library" in str(error)
    assert library.verify()
    assert (library.folder / "library.db").read_bytes() == content


def test_a_library_of_a_later_release(filled: Library, write: Callable[..., Document]) -> None:
    change(filled, "PRAGMA user_version = 99")
    for error in use_all(filled, write("新的。")):
        assert isinstance(error, LibraryMismatch)
        assert "schema 99, this program reads up to 2; use release 0.1.0 or a later one" in str(error)


def test_a_database_that_does_not_say_how_it_was_made(filled: Library) -> None:
    change(filled, "DELETE FROM settings")
    with pytest.raises(LibraryDamaged, match="run `tongwen rebuild`"):
        filled.snapshot().__enter__()
    filled.rebuild()
    assert filled.verify() == []


def test_a_damaged_table_is_one_short_line(filled: Library) -> None:
    path = filled.folder / "library.db"
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE chunks (", b'CREATE TABLE "chunks ('))
    with pytest.raises(LibraryDamaged, match="restore it from a copy") as raised:
        reopened(filled).documents()
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def check_flips(library: Library, three: list[Document], count: int) -> None:
    """Flip bits of the database: every answer is right or one of our errors, and verify never fails."""
    before = answers(library, three)
    content = (library.folder / "library.db").read_bytes()
    generator = random.Random(7)
    for _ in range(count):
        damaged = bytearray(content)
        damaged[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
        spoil(library, bytes(damaged))
        try:
            found = answers(reopened(library), three)
        except LibraryError:
            assert reopened(library).verify()
        else:
            assert set(found) <= set(before)
            assert reopened(library).verify() or found == before


def test_flipped_bits_of_the_database_give_no_wrong_answer(filled: Library, three: list[Document]) -> None:
    check_flips(filled, three, 60)
