"""`tongwen sync`: what it prints, asks and returns."""

import os
import signal
from types import SimpleNamespace

import pytest

import index.sync


@pytest.fixture
def followed(tongwen, article):
    assert tongwen("sync", article).status == 0
    return article


def outcomes(result):
    return {os.path.basename(file["path"]): file["outcome"] for file in result.json["files"]}


def test_help(tongwen):
    out = tongwen("sync", "--help").out
    options = ("--remove", "--no-remove", "--yes", "--watch", "--dry-run", "--library", "--json")
    assert [option for option in options if option not in out] == []


def test_each_file_is_reported(tongwen, article):
    result = tongwen("sync", article, "--json")
    assert (result.status, result.err) == (0, "")
    assert outcomes(result) == {"电池.md": "added", "plant.txt": "added"}
    assert result.json["counts"] == {"added": 2}
    for file in result.json["files"]:
        assert set(file) == {"path", "outcome", "before", "reasons", "notes", "kept", "documents"}
        assert [document["outcome"] for document in file["documents"]] == ["added"]


def test_only_what_is_not_as_it_was_is_printed(tongwen, followed):
    (followed / "plant.txt").write_text("The plant in Ningbo has opened.", "utf-8")
    result = tongwen("sync", followed)
    assert result.out.splitlines()[0].startswith("changed    " + str(followed / "plant.txt"))
    assert "电池.md" not in result.out
    assert result.out.splitlines()[-1] == "1 changed, 1 unchanged"


def test_a_rename_is_reported_with_the_earlier_name(tongwen, followed):
    (followed / "电池.md").rename(followed / "海源.md")
    assert f"(was {followed / '电池.md'})" in tongwen("sync", followed).out


def test_a_dry_run_changes_nothing(tongwen, followed):
    (followed / "plant.txt").unlink()
    (followed / "new.md").write_text("# New\n\n新的。", "utf-8")
    before = tongwen("list", "--json").json
    result = tongwen("sync", followed, "--dry-run", "--json")
    assert outcomes(result) == {"电池.md": "unchanged", "plant.txt": "removed", "new.md": "added"}
    assert tongwen("list", "--json").json == before


@pytest.mark.parametrize(
    ("options", "outcome"), [((), "removed"), (("--no-remove",), "missing"), (("--remove",), "removed")]
)
def test_a_vanished_file(tongwen, followed, options, outcome):
    (followed / "plant.txt").unlink()
    assert outcomes(tongwen("sync", followed, "--json", *options))["plant.txt"] == outcome
    titles = [document["title"] for document in tongwen("list", "--json").json["documents"]]
    assert sorted(titles) == (["海源电池"] if outcome == "removed" else ["plant", "海源电池"])


@pytest.mark.parametrize(("answer", "outcome"), [("y", "removed"), ("n", "missing")])
def test_at_a_terminal_it_asks(tongwen, followed, monkeypatch, answer, outcome):
    (followed / "plant.txt").unlink()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda question, **options: answer == "y")
    assert outcomes(tongwen("sync", followed, "--json"))["plant.txt"] == outcome


def test_a_folder_that_is_suddenly_empty_takes_nothing_out(tongwen, followed):
    for file in followed.iterdir():
        file.unlink()
    result = tongwen("sync", followed, "--json")
    assert set(outcomes(result).values()) == {"missing"}
    assert result.err.endswith("run it again with --remove\n")
    assert len(tongwen("list", "--json").json["documents"]) == 2
    assert set(outcomes(tongwen("sync", followed, "--remove", "--json")).values()) == {"removed"}


def test_a_folder_that_is_not_there_takes_nothing_out(tongwen, followed):
    followed.rename(followed.with_name("elsewhere"))
    result = tongwen("sync", followed, "--remove")
    assert (result.status, result.out) == (1, "")
    assert result.err == f"tongwen: {followed} does not exist; check the path\n"
    assert len(tongwen("list", "--json").json["documents"]) == 2


def test_a_rejected_file_is_reported_each_time_and_its_earlier_text_stays(tongwen, followed):
    (followed / "plant.txt").write_bytes(b"\xff\xfe\x00\x80\x81")
    for _ in range(2):
        result = tongwen("sync", followed, "--json")
        assert result.status == 1
        assert outcomes(result)["plant.txt"] == "rejected"
    titles = [document["title"] for document in tongwen("list", "--json").json["documents"]]
    assert sorted(titles) == ["plant", "海源电池"]


def test_watching_takes_up_what_comes(start, article):
    process = start("sync", article, "--watch", "0.1")
    assert b"added" in process.stdout.readline()
    (article / "later.txt").write_text("后来的 later.", "utf-8")
    seen = b""
    while b"later.txt" not in seen:
        seen = process.stdout.readline()
        assert seen
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_watching_hashes_a_touched_file_once(tongwen, followed, monkeypatch):
    for path in followed.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))
    hashed, rounds = [], []

    def sleep(seconds):
        rounds.append(len(hashed))
        if len(rounds) == 3:
            raise KeyboardInterrupt

    sha256 = index.sync.file_digest
    monkeypatch.setattr("index.sync.file_digest", lambda path: hashed.append(path) or sha256(path))
    monkeypatch.setattr("ui.sync_command.time", SimpleNamespace(sleep=sleep))  # that of this module alone
    tongwen("sync", followed, "--watch", "1")
    assert rounds[0] > 0
    assert rounds == rounds[:1] * 3
