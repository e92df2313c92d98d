"""A library backed up while it is written to, and restored (T13): one whole state each time."""

from __future__ import annotations

import pytest
from torture.copies import copy_while_changed
from torture.processes import isolated, quick_folder
from torture_report import report


def check(copies: int) -> None:
    with quick_folder() as base:
        found = isolated(copy_while_changed, base, copies)
    report(
        "T13",
        n=found.n,
        failures=len(found.failures),
        what="backup while written to, and restored",
        versions=len(found.versions),
    )
    assert found.failures == []
    assert len(found.versions) > 1


def test_some_copies_of_a_library_in_use() -> None:
    check(5)


@pytest.mark.torture
@pytest.mark.timeout(600)
def test_fifty_copies_of_a_library_in_use() -> None:
    check(50)
