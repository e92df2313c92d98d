"""A change killed (T02) or failed (T05) at any of its system calls leaves the state before it or the one after it."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from torture.changes import NAMES
from torture.processes import isolated
from torture.system_calls import ERRORS, Figures, fail_each, fail_each_read, kill_at_each
from torture.tracing import AVAILABLE, WHY_NOT
from torture_report import report

pytestmark = pytest.mark.skipif(not AVAILABLE, reason=WHY_NOT)


def check(test_id: str, what: str, found: list[Figures]) -> None:
    failures = [failure for figures in found for failure in figures.failures]
    calls: Counter[str] = sum((figures.calls for figures in found), Counter())
    n = sum(figures.n for figures in found)
    acknowledged = sum(figures.acknowledged for figures in found)
    report(test_id, n=n, failures=len(failures), what=what, calls=calls, acknowledged=acknowledged)
    assert failures == []


def killed(step: int) -> list[Figures]:
    return [kill_at_each(name, step) for name in NAMES]


def failed(step: int) -> list[Figures]:
    return [fail_each(*way) for way in product(NAMES, ERRORS, [step], [False, True])]


def test_killed_at_some_system_calls() -> None:
    check("T02", "kill at a system call of one change", isolated(killed, 17))


@pytest.mark.torture
@pytest.mark.timeout(1200)
def test_killed_at_every_system_call() -> None:
    check("T02", "kill at a system call of one change", isolated(killed, 1))


def test_some_system_calls_fail() -> None:
    check("T05", "EIO or ENOSPC at a system call", isolated(failed, 41))


@pytest.mark.torture
@pytest.mark.timeout(1200)
def test_every_system_call_fails() -> None:
    check("T05", "EIO or ENOSPC at a system call", isolated(failed, 1))


def test_every_read_fails() -> None:
    check("T05", "EIO at a read", [isolated(fail_each_read)])
