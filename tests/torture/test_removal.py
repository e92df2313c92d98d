"""Removed is gone (T12): from every answer at once, and from the bytes of every file after `compact`."""

from __future__ import annotations

from torture.processes import isolated, quick_folder
from torture.removal import remove_canaries
from torture_report import report


def test_removed_documents_are_gone() -> None:
    with quick_folder() as base:
        found = isolated(remove_canaries, base, 100)
    what = "removed document found, or in a file after compact"
    report("T12", n=found.n, failures=len(found.failures), what=what, files=found.files)
    assert found.failures == []
