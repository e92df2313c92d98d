"""Thousands of damaged files of every format through the real ingest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.ingest_fuzz import run
from tests.torture_report import progress, report

pytestmark = [pytest.mark.torture, pytest.mark.timeout(3600)]

SEED = 2026
FILES = 2_500


def test_damaged_files(tmp_path: Path) -> None:
    outcome = run(tmp_path, FILES, SEED)
    for reason, count in outcome.reasons.most_common(40):
        progress(f"{count:6} {reason}")
    report(
        "T20",
        n=outcome.files,
        failures=len(outcome.failures),
        seed=SEED,
        what="damaged files with neither documents nor a reason, or that harmed another",
        accepted=outcome.accepted,
    )
    assert outcome.failures == []
