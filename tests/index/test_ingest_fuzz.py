"""Damaged files through the real ingest; the long run is among the torture tests."""

from pathlib import Path

import pytest

from tests.index.ingest_fuzz import run, seeds


@pytest.mark.timeout(300)
def test_every_damaged_file_gives_documents_or_a_reason(tmp_path: Path) -> None:
    outcome = run(tmp_path, 280, seed=20)
    assert outcome.failures == []
    assert outcome.files == 280
    assert outcome.accepted >= len(seeds())  # the whole ones at least
