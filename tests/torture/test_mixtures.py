"""Half-updated libraries (T07): every mixture of two states' files is refused, or answers as its database does."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from torture.changes import state
from torture.corpus import documents, open_library
from torture.mixtures import mix_states
from torture.processes import isolated, quick_folder
from torture_report import report


def test_every_mixture_of_two_states() -> None:
    with quick_folder() as base:
        found = isolated(mix_states, base)
    report(
        "T07",
        n=found.n,
        failures=len(found.failures),
        what="mixture of the files of two states, or files missing",
        refused=found.refused,
    )
    assert found.failures == []


@pytest.mark.parametrize("change", [{"format": 2}, {"format": "1"}, {"later": True}])
def test_a_manifest_of_a_later_release_is_not_used(tmp_path: Path, change: dict[str, object]) -> None:
    questions = documents(3)
    library = open_library(tmp_path / "library")
    list(library.add(questions))
    expected = state(library, questions)
    current = library.folder / "CURRENT"
    name, _ = current.read_text().split()
    manifest = library.folder / "gen" / name / "manifest.json"
    content = json.dumps(json.loads(manifest.read_bytes()) | change).encode()
    manifest.write_bytes(content)
    current.write_text(f"{name} {sha256(content).hexdigest()}\n")
    later = open_library(library.folder)
    assert state(later, questions) == expected
    assert [problem for problem in later.verify() if "run `tongwen rebuild`" in problem]
    later.rebuild()
    assert later.verify() == []
