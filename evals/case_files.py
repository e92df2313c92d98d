"""Writing files of cases: a whole file at once, so that one is never left half written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from evals.cases import Case, CaseError, case_json


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Write the file, in place of what was there; raises `CaseError` where it cannot be written."""
    _write(path, "".join(map(case_line, cases)).encode())


def append_case(path: Path, case: Case) -> None:
    """Add a case at the end of the file, which need not exist; what stands in it stays, byte for byte."""
    try:
        before = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise CaseError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    _write(path, before + gap + case_line(case).encode())


def case_line(case: Case) -> str:
    """The case as a line of a file, its line break included."""
    return json.dumps(case_json(case), ensure_ascii=False) + "\n"


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    except OSError as error:
        raise CaseError(f"{path} cannot be written ({error.strerror}); check the folder") from error
