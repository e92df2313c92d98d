"""Searches while documents come and go (T10): every answer is of one state, and nothing crashes."""

from __future__ import annotations

import pytest
from torture.processes import isolated, quick_folder
from torture.readers import search_while_changed
from torture_report import report

SEED = 8


def check(searches: int) -> None:
    with quick_folder() as folder:
        found = isolated(search_while_changed, folder, searches, 8, 2, SEED)
    report(
        "T10",
        n=found.n,
        failures=len(found.failures),
        seed=SEED,
        what="search while the library is changed",
        changes=found.changes,
        versions=found.versions,
        idle_p95_ms=found.idle_p95_ms,
        busy_p95_ms=found.busy_p95_ms,
    )
    assert found.failures == []
    assert found.n >= searches
    assert found.versions > 1


def test_some_searches_while_it_changes() -> None:
    check(2_000)


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_many_searches_while_it_changes() -> None:
    check(100_000)
