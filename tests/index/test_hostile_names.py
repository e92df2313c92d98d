"""A file's name is data: whatever it says, nothing outside the folder that was given is opened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.index.hostile_names import names
from tests.torture_report import report

ROOT = Path(__file__).parents[2]
# What the interpreter and its libraries open of their own.
_OWN = (
    str(ROOT),
    sys.prefix,
    sys.base_prefix,
    "/usr/lib",
    "/usr/share/zoneinfo",
    "/etc/mime.types",
    "/dev/null",
    "/lib",
)


@pytest.mark.timeout(240)
def test_nothing_outside_the_folder_is_opened(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.index.hostile_names", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    root = tmp_path.resolve()
    escapes = sorted({path for path in found["opened"] if not path.startswith((f"{root}/folder", *_own()))})
    count = len(list(names()))
    report("T25", n=count, failures=len(escapes), what="hostile names that opened a path outside the folder")
    assert count >= 300
    assert escapes == []
    assert not found["leaked"]
    assert found["texts"] > count
    inside = [source for source in found["sources"] if source.startswith("/")]
    assert inside
    assert all(source.startswith(f"{root}/folder/") for source in inside)
    members = [source for source in found["sources"] if "#" in source]
    assert members
    assert not any("\0" in member or "\n" in member for member in members)


def _own() -> tuple[str, ...]:
    environment = Path(sys.executable).resolve().parents[1]
    return (*_OWN, str(environment), str(Path(sys.executable).parents[1]))
