"""Writers killed at a random moment of their work (T01): what was acknowledged is there, and nothing by half."""

from __future__ import annotations

import pytest
from torture.kills import kill_writers
from torture.processes import isolated, quick_folder
from torture_report import report

SEED = 8


def check(kills: int, documents: int) -> None:
    with quick_folder() as folder:
        found = isolated(kill_writers, folder, kills, documents, SEED)
    seconds = sorted(found.restart_seconds)
    report(
        "T01",
        n=found.n,
        failures=len(found.failures),
        seed=SEED,
        what="SIGKILL at a random moment of adding documents",
        acknowledged=found.acknowledged,
        finished=found.finished,
        restart_seconds_p95=round(seconds[int(0.95 * (len(seconds) - 1))], 3),
    )
    assert found.failures == []


def test_some_killed_writers() -> None:
    check(5, 60)


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_many_killed_writers() -> None:
    check(200, 500)
