"""Several writers at once, and one killed with the lock (T09): each has its turn, and nothing is lost."""

from __future__ import annotations

import pytest
from torture.processes import isolated, quick_folder
from torture.rivals import let_compete
from torture_report import report

SEED = 8


def check(rounds: int) -> None:
    with quick_folder() as base:
        found = isolated(let_compete, base, rounds, SEED)
    report(
        "T09",
        n=found.n,
        failures=len(found.failures),
        seed=SEED,
        what="round of 2 to 4 writers at once",
        processes=found.processes,
        refused_while_locked=found.busy,
    )
    assert found.failures == []


def test_a_few_rounds_of_rivals() -> None:
    check(3)


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_a_hundred_rounds_of_rivals() -> None:
    check(100)
