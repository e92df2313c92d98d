"""The glossary file: what is read, what is refused, and what ships."""

import pytest

from index.errors import GlossaryError, TongwenError
from rag.naming.glossary import Entry, Glossary, add_entry, open_glossary, read_entries, remove_entries


@pytest.fixture
def read(tmp_path):
    def run(content):
        path = tmp_path / "names.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_entries(path)

    return run


def test_a_line_is_an_entry(read):
    assert read("company\t小米\tXiaomi\t!小米粥\nplace\t美国\tUS\t~American\n") == (
        Entry("company:小米", "company", ("小米", "Xiaomi"), (), ("小米粥",)),
        Entry("place:美国", "place", ("美国", "US"), ("American",), ()),
    )


@pytest.mark.parametrize("content", ["", "\n\n", "# ours\n", "\ufeff# ours\r\n\r\n"])
def test_comments_and_blank_lines_are_none(read, content):
    assert read(content) == ()


def test_windows_files_are_read(read):
    assert read("\ufeffname\t海源\tHaiyuan\r\nname\t北辰\tBeichen\r\n")[0].forms == ("海源", "Haiyuan")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("海源\tHaiyuan", 1),  # no kind
        ("# ours\n\nname", 3),  # no form
        ("name\t~American", 1),
        ("name\t\tHaiyuan", 1),
        ("name\t海", 1),  # a character alone
        ("name\tword", 1),  # a common word, perhaps
        ("name\t海源\x00", 1),
        ("name\t海\u200b源", 1),
        ("name\t海源\u2028", 1),
        ("name\t海源\nname\t海源\tHaiyuan", 2),  # the same again
        ("name\t" + "海" * 101, 1),
        ("name" + "\t海源" * 41, 1),
        (b"name\t\xe6\xb5\xb7\xe6\xba\x90\nname\t\xff", 2),
    ],
)
def test_a_bad_line_is_named(read, content, line):
    with pytest.raises(GlossaryError, match=rf"names\.tsv, line {line} "):
        read(content)


@pytest.mark.parametrize("content", ["#" * ((1 << 20) + 1), "\n" * 10_001])
def test_a_file_without_end_is_refused(read, content):
    with pytest.raises(GlossaryError, match="keep only the names that you need"):
        read(content)


def test_a_missing_file_is_an_error_of_ours(tmp_path):
    with pytest.raises(TongwenError, match="cannot be read"):
        read_entries(tmp_path / "none.tsv")


def test_what_ships_is_wide_enough():
    entries = Glossary.open().entries
    assert len(entries) >= 600
    assert len({entry.id for entry in entries}) == len(entries)
    kinds = {entry.kind for entry in entries}
    assert {"company", "product", "person", "institution", "place", "university", "media", "bank"} <= kinds


def test_a_library_without_a_glossary_has_what_ships(tmp_path):
    assert open_glossary(tmp_path) == open_glossary(None) == Glossary.open()


def test_a_library_s_own_entries_come_on_top(tmp_path):
    added = add_entry(tmp_path, "company", ["海源电池", "Haiyuan Batteries"])
    assert open_glossary(tmp_path) == Glossary(Glossary.open().entries, (added,))


def test_a_refused_entry_changes_nothing(tmp_path):
    add_entry(tmp_path, "company", ["海源电池"])
    before = (tmp_path / "glossary.tsv").read_bytes()
    for forms in (["海源电池", "Haiyuan"], ["海"], ["两\t格"], ["行\n行"]):
        with pytest.raises(GlossaryError):
            add_entry(tmp_path, "company", forms)
    assert (tmp_path / "glossary.tsv").read_bytes() == before


def test_removing_takes_the_whole_entry(tmp_path):
    added = add_entry(tmp_path, "company", ["海源电池", "Haiyuan Batteries"])
    assert remove_entries(tmp_path, "haiyuan batteries") == [added]
    assert open_glossary(tmp_path).own == ()


def test_a_full_disk_leaves_the_glossary_as_it_was(tmp_path, monkeypatch):
    add_entry(tmp_path, "company", ["海源电池"])
    before = (tmp_path / "glossary.tsv").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(TongwenError, match="free some space"):
        add_entry(tmp_path, "company", ["北辰"])
    assert (tmp_path / "glossary.tsv").read_bytes() == before
