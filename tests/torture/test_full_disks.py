"""Too little room at every stage (T04): one clear error, nothing lost, and the work goes on when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from torture.corpus import documents, open_library, stored_texts, texts
from torture.full_disks import Figures, fill_levels, short_generations, size_limits
from torture.processes import isolated, quick_folder
from torture_report import report


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def check(what: str, found: Figures) -> Figures:
    report("T04", n=found.n, failures=len(found.failures), what=what, full=found.full)
    assert found.failures == []
    assert found.full
    return found


def test_some_full_disks(small_disk: Path) -> None:
    check("disk with a share of the room needed", isolated(fill_levels, small_disk, 6))


@pytest.mark.torture
@pytest.mark.timeout(600)
def test_disks_filled_to_many_levels(small_disk: Path) -> None:
    found = check("disk with a share of the room needed", isolated(fill_levels, small_disk, 40))
    assert found.full < found.n  # the levels reach from too little room to enough


def test_no_file_may_reach_its_size() -> None:
    with quick_folder() as folder:
        check("file that must stay 1, 10 or 100 bytes short", isolated(size_limits, folder))


def test_success_is_never_reported_for_a_short_file() -> None:
    with quick_folder() as folder:
        check("file of vectors 1, 10 or 100 bytes short", isolated(short_generations, folder))


def test_a_document_can_be_removed_from_a_nearly_full_disk(small_disk: Path) -> None:
    library, stored = open_library(small_disk / "library"), documents(3)
    list(library.add(stored))
    state = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(bytes(state.f_bavail * state.f_frsize - 300_000))
    library.remove(stored[0].id)
    assert stored_texts(library) == texts(stored[1:])
