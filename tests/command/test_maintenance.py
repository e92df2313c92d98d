"""`tongwen backup`, `restore`, `compact` and `doctor`: what they print, ask and return."""

import pytest


@pytest.fixture
def filled(tongwen, article):
    assert tongwen("add", article).status == 0
    return article


def titles(tongwen):
    return sorted(document["title"] for document in tongwen("list", "--json").json["documents"])


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("backup", ["DIR", "--library", "--json"]),
        ("restore", ["DIR", "--yes", "--library", "--json"]),
        ("compact", ["--keep-days", "--library", "--json"]),
        ("doctor", ["--offline", "--library", "--json"]),
    ],
)
def test_help(tongwen, command, options):
    result = tongwen(command, "--help")
    assert [option for option in options if option not in result.out] == []


def test_a_backup_is_restored(tongwen, filled, place):
    made = tongwen("backup", "copy", "--json")
    assert (made.status, made.json["documents"], made.json["schema"]) == (0, 2, 2)
    tongwen("remove", tongwen("list", "--json").json["documents"][0]["id"])
    assert len(titles(tongwen)) == 1
    restored = tongwen("restore", "copy", "--json")
    assert (restored.status, restored.err) == (0, "")
    assert restored.json["kept"].startswith(str(place / "library" / "quarantine"))
    assert titles(tongwen) == ["plant", "海源电池"]
    assert tongwen("verify").status == 0


@pytest.mark.parametrize(("answer", "count"), [(True, 2), (False, 1)])
def test_at_a_terminal_restore_asks(tongwen, filled, monkeypatch, answer, count):
    tongwen("backup", "copy")
    tongwen("remove", tongwen("list", "--json").json["documents"][0]["id"])

    def confirm(question, abort, err):
        assert "Replace the library" in question
        if not answer:
            raise SystemExit(1)

    with monkeypatch.context() as terminal:
        terminal.setattr("sys.stdin.isatty", lambda: True, raising=False)
        terminal.setattr("typer.confirm", confirm)
        tongwen("restore", "copy")
    assert len(titles(tongwen)) == count


def test_what_is_no_backup_is_one_clear_error(tongwen, filled, tmp_path):
    (tmp_path / "empty").mkdir()
    result = tongwen("restore", tmp_path / "empty")
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert "is no whole backup of a library" in result.err


def test_a_target_in_use_is_one_clear_error(tongwen, filled):
    result = tongwen("backup", filled)
    assert (result.status, result.out) == (1, "")
    assert result.err.endswith("is not an empty folder; choose a new one\n")


def test_compact_says_what_it_freed(tongwen, filled):
    tongwen("remove", tongwen("list", "--json").json["documents"][0]["id"])
    result = tongwen("compact", "--json")
    assert result.status == 0
    assert result.json["freed"] == result.json["before"] - result.json["after"] > 0
    assert len(titles(tongwen)) == 1


def test_doctor(tongwen, filled):
    result = tongwen("doctor", "--json")
    assert result.status == 0
    found = {finding["name"]: finding for finding in result.json["findings"]}
    assert {"program", "space", "schema", "content", "journal", "lock", "glossary", "calibration"} <= set(found)
    assert {finding["state"] for finding in found.values()} == {"ok"}
    assert "2 documents" in tongwen("doctor").out


def test_doctor_fails_where_something_is_wrong(tongwen, filled, place):
    (place / "library" / "glossary.tsv").write_text("no such kind of line", "utf-8")
    result = tongwen("doctor", "--json")
    assert result.status == 1
    assert [each["name"] for each in result.json["findings"] if each["state"] == "problem"] == ["glossary"]


def test_doctor_offline_finds_every_file(tongwen):
    result = tongwen("doctor", "--offline", "--json")
    assert (result.status, result.err) == (0, "")
    files = result.json["files"]
    assert {"model", "lexicon", "sample", "glossary", "calibration", "golden vectors", "prompts"} == {
        file["part"] for file in files
    }
    assert all(file["present"] and file["good"] and len(file["sha256"]) == 64 for file in files)
    weights = next(file for file in files if file["path"].endswith("model.safetensors"))
    assert weights["released"] == weights["sha256"]


def test_doctor_offline_names_what_is_missing(tongwen, monkeypatch, tmp_path):
    from ui import offline

    monkeypatch.setattr(offline, "_PARTS", {"lexicon": ("index/no-such-file.bin",)})
    result = tongwen("doctor", "--offline")
    assert result.status == 1
    assert "MISSING  lexicon" in result.out
    assert result.err == "tongwen: a file of the program is missing or changed; install it again\n"
