"""`tongwen glossary`: a library's own names."""

import json
import os
import pty

import pytest

SHORTEST = 600  # entries that ship


@pytest.fixture
def library(place):
    folder = place / "library"
    folder.mkdir()
    return folder


def written(library):
    return (library / "glossary.tsv").read_text("utf-8")


def test_an_added_name_is_listed(tongwen, library):
    assert tongwen("glossary", "add", "海源电池", "Haiyuan Batteries", "--kind", "company").status == 0
    listed = tongwen("glossary", "list", "--json").json["entries"]
    assert [(entry["kind"], entry["forms"]) for entry in listed] == [("company", ["海源电池", "Haiyuan Batteries"])]


def test_an_added_name_stands_in_a_file_that_people_can_edit(tongwen, library):
    (library / "glossary.tsv").write_text("# ours\nperson\t林晓\tLin Xiao", "utf-8")
    tongwen("glossary", "add", "北辰", "Beichen")
    assert written(library) == "# ours\nperson\t林晓\tLin Xiao\nname\t北辰\tBeichen\n"


def test_all_lists_what_ships_too(tongwen, library):
    assert tongwen("glossary", "list", "--json").json == {"entries": []}
    entries = tongwen("glossary", "list", "--all", "--json").json["entries"]
    assert len(entries) > SHORTEST
    assert {"微软", "Microsoft"} <= {form for entry in entries for form in entry["forms"]}


def test_an_empty_list_says_how_to_add(tongwen, library):
    result = tongwen("glossary", "list")
    assert (result.status, result.out) == (0, "")
    assert "tongwen glossary add" in result.err


@pytest.mark.parametrize("form", ["海源", "海源公司", "Haiyuan", "Haiyuan Inc."])
def test_a_form_that_is_there_is_refused(tongwen, library, form):
    tongwen("glossary", "add", "海源", "Haiyuan")
    before = written(library)
    result = tongwen("glossary", "add", form, "Other")
    assert (result.status, result.out, written(library)) == (1, "", before)
    assert result.err.count("\n") == 1
    assert "line 1" in result.err
    assert "tongwen glossary remove" in result.err


def test_a_removed_name_is_gone_and_the_rest_stays(tongwen, library):
    (library / "glossary.tsv").write_text("# ours\nname\t海源\tHaiyuan\nname\t北辰\tBeichen\n", "utf-8")
    result = tongwen("glossary", "remove", "Haiyuan", "--json")
    assert result.json["removed"][0]["forms"] == ["海源", "Haiyuan"]
    assert written(library) == "# ours\nname\t北辰\tBeichen\n"


def test_what_is_not_there_cannot_be_removed(tongwen, library):
    result = tongwen("glossary", "remove", "海源")
    assert result.status == 1
    assert "tongwen glossary list" in result.err


def test_removing_asks_at_a_terminal(start, library):
    (library / "glossary.tsv").write_text("name\t海源\tHaiyuan\n", "utf-8")
    terminal, stdin = pty.openpty()
    os.write(terminal, b"n\n")
    process = start("glossary", "remove", "海源", stdin=stdin)
    _, err = process.communicate(timeout=60)
    os.close(terminal)
    os.close(stdin)
    assert process.returncode == 1
    assert "Remove" in err.decode()
    assert written(library) == "name\t海源\tHaiyuan\n"


def test_check_counts_entries_and_forms(tongwen, place):
    (place / "names.tsv").write_text("# ours\nname\t海源\tHaiyuan\n\nperson\t林晓\tLin Xiao\tXiao Lin\n", "utf-8")
    assert tongwen("glossary", "check", "names.tsv", "--json").json == {"entries": 2, "forms": 5}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("name\t海源\n海源\tHaiyuan\n".encode(), 2),
        ("name\t海源\n\nname\t源\n".encode(), 3),
        ("name\t海源\nname\t".encode() + b"\xff\n", 2),
        ("name\t海\u202e源\n".encode(), 1),
        ("name\t海源\nname\t海源\tHaiyuan\n".encode(), 2),
        (("name\t" + "海" * 101 + "\n").encode(), 1),
        (b"name\tword\n", 1),
    ],
)
def test_check_names_the_line_that_is_wrong(tongwen, place, content, line):
    (place / "names.tsv").write_bytes(content)
    result = tongwen("glossary", "check", "names.tsv")
    assert (result.status, result.out) == (1, "")
    assert f"names.tsv, line {line}" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["list"], ["add", "海源"], ["remove", "海源"]])
def test_without_a_library_the_cure_is_told(tongwen, place, arguments):
    result = tongwen("glossary", *arguments)
    assert result.status == 1
    assert "tongwen add" in result.err
    assert not (place / "library").exists()


def test_a_damaged_glossary_stops_the_list(tongwen, library):
    (library / "glossary.tsv").write_bytes(b"name\t\xff\xfe\n")
    result = tongwen("glossary", "list")
    assert result.status == 1
    assert "UTF-8" in result.err


@pytest.mark.parametrize("command", ["list", "add", "remove", "check"])
def test_help_is_the_documentation(tongwen, command):
    assert tongwen("glossary", command, "--help").status == 0
    assert command in tongwen("glossary", "--help").out


def test_json_is_the_whole_output(tongwen, library):
    assert json.loads(tongwen("glossary", "add", "海源", "Haiyuan", "--json").out)["added"][0]["id"] == "name:海源"
