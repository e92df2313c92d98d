"""What goes wrong: one line that says what to do, exit status 1, no traceback, and nothing lost."""

import os
import pty
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import namedtuple

import pytest

from index.storage import writer_lock


@pytest.fixture
def filled(tongwen, article):
    assert tongwen("add", article).status == 0
    return article


@pytest.fixture
def complains(tongwen):
    """Runs a command that fails, and sees to it that it fails as every one should."""

    def run(*arguments, advice):
        result = tongwen(*arguments)
        assert_complaint(result, advice)
        assert result.out == ""
        return result

    return run


def assert_complaint(result, advice):
    assert result.status == 1
    assert re.fullmatch(rf"tongwen: .*{advice}.*\n", result.err), result.err  # "." is no line break: one line
    assert "Traceback" not in result.err


def count(tongwen):
    return len(tongwen("list", "--json").json["documents"])


def file(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("empty.txt", b"", "nothing to add"),
        ("blank.md", b" \n\n\t", "nothing to add"),
        ("signs.txt", "——……🙂".encode(), "nothing to add"),
        ("cut.txt", "海源电池".encode()[:-1], "save it as UTF-8"),
        ("binary.txt", b"a\x00b", "supported are text files"),
        ("report.pdf", b"%PDF-1.7", "save it anew and add it again"),
        ("report.exe", b"MZ", r"convert it to one of these: plain text \(\.txt\) and Markdown"),
        ("noname", b"text", r"name it \.txt if it is text"),
        ("two\nlines.txt", b"", "nothing to add"),
    ],
)
def test_a_file_that_cannot_be_read(complains, tongwen, filled, place, name, content, advice):
    complains("add", file(place, name, content), advice=advice)
    assert count(tongwen) == 2


def test_a_file_of_100_megabytes(complains, filled, place):
    with (place / "large.txt").open("wb") as large:
        large.truncate(100_000_000)
    complains("add", place / "large.txt", advice="split it")


def test_a_folder_with_nothing_readable(complains, filled, place):
    (place / "pictures").mkdir()
    file(place / "pictures", "a.png", b"\x89PNG")
    complains("add", place / "pictures", advice="supported are plain text")


@pytest.mark.parametrize(
    ("source", "advice"),
    [("nowhere.txt", "check the path"), ("https://example.org/a.html", "save the page"), ("/dev/null", "name it .txt")],
)
def test_what_is_no_file(complains, filled, source, advice):
    complains("add", source, advice=advice)


def test_what_can_be_read_of_a_folder_is_added(tongwen, article):
    file(article, "cut.txt", "海源电池".encode()[:-1])
    file(article, "empty.md", b"")
    result = tongwen("add", article, "--json")
    assert (result.status, len(result.json["documents"]), len(result.json["failed"])) == (1, 2, 2)
    assert {failure["source"].rpartition("/")[2] for failure in result.json["failed"]} == {"cut.txt", "empty.md"}
    assert len(result.err.splitlines()) == 2
    assert count(tongwen) == 2


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "advice"),
    [("", "ask something"), (" \t\n", "ask something"), ("？！", "ask something"), ("问" * 100_000, "shorten it")],
    ids=["empty", "space", "punctuation", "100,000 characters"],
)
def test_what_is_no_question(complains, filled, command, question, advice):
    complains(command, question, advice=advice)


def test_standard_input_without_a_question(program, filled):
    assert_complaint(program("ask", "-"), "ask something")


@pytest.mark.parametrize(
    "command", [["list"], ["ask", "什么？"], ["search", "a"], ["verify"], ["rebuild"], ["remove", "x"]]
)
def test_no_library(complains, place, command):
    complains(*command, advice="tongwen add")
    assert not (place / "library").exists()


def test_an_unknown_document(complains, tongwen, filled):
    complains("remove", "0123456789abcdef", advice="`tongwen list` shows the ids")
    assert count(tongwen) == 2


@pytest.fixture
def other_model(place, monkeypatch):
    """A library that was made by a model which is another one now."""
    path = place / "library" / "library.db"

    def change():
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE settings SET value = 'another' WHERE key = 'embedder'")
        connection.close()

    return change


@pytest.mark.parametrize("command", [["ask", "什么？"], ["search", "a"]])
def test_a_library_of_another_embedder(complains, tongwen, filled, other_model, command):
    other_model()
    complains(*command, advice="tongwen rebuild")
    assert count(tongwen) == 2


def test_rebuilding_cures_a_library_of_another_embedder(tongwen, filled, other_model):
    other_model()
    assert tongwen("add", filled).status == 1
    assert tongwen("rebuild").status == 0
    assert tongwen("ask", "海源电池投资多少？").status == 0
    assert count(tongwen) == 2


@pytest.mark.parametrize("embedder", ["no/such-model", "."])
def test_an_embedder_that_is_not_there(complains, filled, monkeypatch, embedder):
    monkeypatch.setenv("TONGWEN_EMBEDDER", embedder)
    complains("ask", "什么？", advice="TONGWEN_EMBEDDER")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * 8000),
    ],
    ids=["overwritten", "cut off", "garbled"],
)
@pytest.mark.parametrize("command", [["list"], ["ask", "什么电池？"], ["add", "--sample"], ["verify"]])
def test_a_damaged_database(tongwen, filled, place, damage, command):
    path = place / "library" / "library.db"
    for log in path.parent.glob("library.db-*"):
        log.unlink()
    damage(path)
    content = path.read_bytes()
    result = tongwen(*command)
    assert result.status == 1
    if command == ["verify"] and not result.err:
        assert "Traceback" not in result.out
    else:
        assert_complaint(result, "(?:restore it from a copy|tongwen rebuild|choose another folder|add the document)")
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["CURRENT", "vectors.zh.faiss", "manifest.json"])
def test_damaged_vectors_are_reported_and_rebuilt_and_answers_go_on(tongwen, filled, place, name):
    (path,) = (place / "library").rglob(name)
    path.write_bytes(b"damaged")
    assert tongwen("ask", "海源电池投资多少？", "--json").json["refused"] is False
    problems = tongwen("verify", "--json")
    assert (problems.status, len(problems.json["problems"])) == (1, 1)
    assert "tongwen rebuild" in problems.json["problems"][0]
    assert tongwen("rebuild").status == 0
    assert tongwen("verify").status == 0
    assert count(tongwen) == 2


def test_no_space_on_the_disk(complains, tongwen, filled, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(100, 100, 0))
    complains("add", "--sample", advice="free some space and try again")
    assert count(tongwen) == 2


def test_another_process_is_writing(program, tongwen, filled, place):
    with writer_lock(place / "library" / "LOCK", 1):
        result = program("add", "--sample")
    assert_complaint(result, "try again when it has finished")
    assert count(tongwen) == 2


def test_two_processes_add_at_once(start, tongwen, place):
    folders = [place / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        for number in range(20):
            file(folder, f"{number}.txt", f"{folder.name} document {number} 文档".encode())
    processes = [start("add", folder) for folder in folders]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [(process.returncode, err) for process, (_, err) in zip(processes, outputs, strict=True)] == [(0, b"")] * 2
    assert count(tongwen) == 40
    assert tongwen("verify").status == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org"])
def test_without_a_key_the_chat_stays_on_this_machine(complains, filled, host):
    complains("serve", "--host", host, "--allowed-host", "chat.test", advice="tongwen keys add")


def test_a_port_in_use(program, filled):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = program("serve", "--port", taken.getsockname()[1])
    assert_complaint(result, "choose another with --port")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LLM", "gpt"), ("STORE", "redis://a"), ("PASSAGES", "many")],
)
def test_a_setting_that_cannot_be_used(complains, filled, monkeypatch, name, value):
    monkeypatch.setenv(f"TONGWEN_{name}", value)
    complains("ask", "什么？", advice=f"TONGWEN_{name}.*unset it")


def test_a_settings_file_that_is_no_toml(complains, place):
    file(place, "tongwen.toml", b"library = \n")
    complains("list", advice="correct or remove it")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["run", "none"], "one of: article"),
        (["squad", "none.json"], "give one that is"),
    ],
)
def test_an_evaluation_of_nothing(complains, arguments, advice):
    complains("eval", *arguments, advice=advice)


@pytest.fixture
def terminal(start):
    """Runs a command with a terminal to type at; returns its status and what it said on standard error."""

    def run(*arguments, typed):
        ours, theirs = pty.openpty()
        try:
            process = start(*arguments, stdin=theirs)
            os.write(ours, typed)
            _, err = process.communicate(timeout=60)
            return process.returncode, err.decode()
        finally:
            os.close(ours)
            os.close(theirs)

    return run


@pytest.mark.parametrize(("typed", "status", "left"), [(b"n\n", 1, 1), (b"y\n", 0, 0)], ids=["no", "yes"])
def test_remove_asks_at_a_terminal(terminal, tongwen, article, typed, status, left):
    tongwen("add", article / "plant.txt")
    (document,) = tongwen("list", "--json").json["documents"]
    found, err = terminal("remove", document["id"], typed=typed)
    assert (found, count(tongwen)) == (status, left)
    assert "Remove 'plant' from the library?" in err


def test_remove_does_not_ask_when_told_yes(terminal, tongwen, article):
    tongwen("add", article / "plant.txt")
    (document,) = tongwen("list", "--json").json["documents"]
    assert terminal("remove", "--yes", document["id"], typed=b"") == (0, "")


def test_remove_does_not_ask_where_nobody_sits(program, tongwen, filled):
    identity = tongwen("list", "--json").json["documents"][0]["id"]
    assert program("remove", identity).status == 0
    assert count(tongwen) == 1


def test_an_interruption_keeps_what_was_added(start, tongwen, place, monkeypatch):
    """The first batch is stored when the program waits for more at its standard input; there it is interrupted."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    folder = place / "many"
    folder.mkdir()
    for number in range(300):
        file(folder, f"{number}.txt", f"document {number} 文档".encode())
    process = start("add", folder, "-", stdin=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"added")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (
        130, b"tongwen: interrupted; what was stored stays, run the command again to go on\n",
    )  # fmt: skip
    stored = count(tongwen)
    assert 0 < stored <= 300
    assert tongwen("verify").status == 0
    assert tongwen("search", "document", "--json").json["hits"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_is_one_line(place):
    program = [sys.executable, "-c", "from ui.command import main; main()", "verify", "--help"]
    with open("/dev/full", "w") as full:
        result = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, cwd=place, check=False)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "check where it goes" in result.stderr
