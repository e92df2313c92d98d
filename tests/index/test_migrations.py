"""Libraries of other releases: each earlier one opens, migrates and answers, even where nothing can be written."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import migrations
from index.embedding import HashingEmbedder
from index.errors import LibraryMismatch
from index.library import Library
from index.schema import Document
from index.terms import terms

DATA = Path(__file__).parents[1] / "data"
GOLDEN = sorted(DATA.glob("library-*"))  # by schema; each made by the release that first wrote it


@pytest.fixture(params=GOLDEN, ids=lambda path: path.name)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    folder = shutil.copytree(request.param, tmp_path / "library")
    return Library(folder, HashingEmbedder(), lock_wait_seconds=0.2)


def schema(library: Library) -> int:
    connection = sqlite3.connect(library.folder / "library.db")
    try:
        return migrations.schema_of(connection)
    finally:
        connection.close()


def best(library: Library, question: str) -> dict[str, str]:
    """The text of the best passage by either search."""
    vector = library.embedder.embed_question(question)
    with library.snapshot() as snapshot:
        found: dict[str, list[tuple[float, str]]] = {"dense": [], "lexical": []}
        for language in snapshot.languages:
            for number, score in snapshot.search_vectors(vector, language, 1):
                found["dense"].append((score, snapshot.chunk(number)[0].text))
            for number, score in snapshot.search_terms(terms(question), language, 1):
                found["lexical"].append((score, snapshot.chunk(number)[0].text))
        return {name: max(pairs)[1] for name, pairs in found.items()}


QUESTIONS = {
    "海源电池在宁波投资多少？": "海源电池在宁波投资 35 亿元建厂。2026 年的份额为 18%。",
    "工厂将雇用多少名员工？": "工厂将雇用 4200 名员工。",
    "How much will Haiyuan spend on a plant in Ningbo?": (
        "Haiyuan will spend 3.5 billion yuan on a plant in Ningbo. It will employ 4,200 people."
    ),
}


def check_answers(library: Library) -> None:
    for question, passage in QUESTIONS.items():
        assert best(library, question) == {"dense": passage, "lexical": passage}
    assert library.verify() == []


def test_a_library_of_every_released_schema_is_kept() -> None:
    assert [path.name for path in GOLDEN] == [f"library-{n}" for n in range(1, migrations.SCHEMA_VERSION + 1)]


def test_a_reader_reads_it_as_it_is(golden: Library) -> None:
    before = schema(golden)
    check_answers(golden)
    assert {summary.title for summary in golden.documents()} == {"海源电池", "plant"}
    with golden.snapshot() as snapshot:
        places = [snapshot.document(summary.id).places for summary in snapshot.documents()]
    assert (places == [(), ()]) == (before < 2)
    assert [one.correction for one in golden.feedback()] == (["应为 19%"] if before >= 2 else [])
    assert [Path(file.path).name for file in golden.files()] == (
        ["plant.txt", "scan.pdf", "电池.md"] if before >= 2 else ["plant.txt", "电池.md"]
    )
    assert schema(golden) == before


def test_the_first_change_takes_it_to_the_present_schema(golden: Library, write: Callable[..., Document]) -> None:
    list(golden.add([write("新的文章。A new article.")]))
    assert schema(golden) == migrations.SCHEMA_VERSION
    check_answers(golden)
    assert len(golden.documents()) == 3
    golden.rebuild()
    check_answers(golden)


def test_a_migrated_library_has_the_tables_of_a_new_one(
    golden: Library, library: Library, write: Callable[..., Document]
) -> None:
    for each in (golden, library):
        list(each.add([write("新的文章。")]))
    assert definitions(golden) == definitions(library)


def definitions(library: Library) -> dict[str, str]:
    connection = sqlite3.connect(library.folder / "library.db")
    try:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master"))
    finally:
        connection.close()


@pytest.fixture
def unwritable(golden: Library) -> Iterator[Library]:
    """In a folder that cannot be written, for root a disk that is mounted so."""
    folder = str(golden.folder)
    as_root = os.geteuid() == 0
    if as_root:
        for arguments in (("--bind", folder, folder), ("-o", "remount,ro,bind", folder)):
            if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode:
                pytest.skip("this machine lets nobody mount")
    else:
        golden.folder.chmod(0o555)
    yield golden
    if as_root:
        subprocess.run(["umount", "-l", folder], check=True)
    else:
        golden.folder.chmod(0o755)


def test_it_answers_in_a_folder_that_cannot_be_written(unwritable: Library) -> None:
    check_answers(unwritable)


@pytest.mark.parametrize("nth", range(1, 12))
def test_an_interrupted_migration_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., Document], nth: int
) -> None:
    folder = shutil.copytree(GOLDEN[0], tmp_path / "library")
    library = Library(folder, HashingEmbedder(), lock_wait_seconds=0.2)
    statements = migrations.statements

    def failing(script: str) -> Iterator[str]:
        for number, statement in enumerate(statements(script), 1):
            if number == nth:
                raise KeyboardInterrupt
            yield statement

    before = definitions(library)
    with monkeypatch.context() as fault:
        fault.setattr(migrations, "statements", failing)
        try:
            list(library.add([write("新的文章。")]))
            interrupted = False
        except KeyboardInterrupt:
            interrupted = True
    assert schema(library) == (1 if interrupted else migrations.SCHEMA_VERSION)
    assert (definitions(library) == before) == interrupted
    check_answers(library)
    list(library.add([write("新的文章。")]))
    assert schema(library) == migrations.SCHEMA_VERSION
    check_answers(library)


def test_a_later_schema_is_refused_by_the_name_of_its_release(golden: Library, write: Callable[..., Document]) -> None:
    list(golden.add([write("新的文章。")]))
    connection = sqlite3.connect(golden.folder / "library.db")
    with connection:
        connection.execute("UPDATE settings SET value = '9.7' WHERE key = 'release'")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    uses: list[Callable[[], object]] = [golden.documents, golden.rebuild, golden.feedback]
    for use in uses:
        with pytest.raises(LibraryMismatch, match=r"has schema 99, .*; use release 9\.7 or a later one"):
            use()
