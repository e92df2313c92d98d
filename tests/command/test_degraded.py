"""What the commands say of a library whose vectors are damaged."""

import shutil
import sqlite3

import pytest


@pytest.fixture
def damaged(tongwen, article, place):
    assert tongwen("add", article).status == 0
    connection = sqlite3.connect(place / "library" / "library.db")
    with connection:
        connection.execute("UPDATE chunks SET embedding = zeroblob(2048)")
    connection.close()
    shutil.rmtree(place / "library" / "gen")


def test_search_says_it_on_standard_error(tongwen, damaged):
    result = tongwen("search", "海源电池投资多少？", "--json")
    assert result.status == 0
    assert result.json["hits"]
    assert result.json["degraded"] in result.err
    assert result.err.count("\n") == 1
    assert result.err.endswith("run `tongwen rebuild`\n")


def test_ask_says_it_in_the_language_of_the_question(tongwen, damaged):
    assert "注：资料库的向量已损坏" in tongwen("ask", "海源电池投资多少？").out
    assert "Note: The library's vectors are damaged" in tongwen("ask", "What will Haiyuan spend?").out


def test_a_rebuild_cures_it(tongwen, damaged):
    assert tongwen("rebuild").status == 0
    result = tongwen("search", "海源电池投资多少？", "--json")
    assert (result.err, "degraded" in result.json) == ("", False)
