"""The command `tongwen doctor`: what is there, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import TongwenError
from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, read_settings
from ui.rendering.escaping import printable

if TYPE_CHECKING:
    from index.doctor import Finding

_MARKS = {"ok": "  ok     ", "warning": "  warning", "problem": "  PROBLEM"}


def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at the files that the program needs and never downloads.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is there: versions, library, embedder, locks, disk; exit status 1 where something is wrong.

    It reads little and changes nothing. `tongwen verify` reads every stored byte.
    """
    if offline:
        _offline(as_json)
        return
    findings = list(_examine(library))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print(f"{_MARKS[finding.state]}  {finding.name:<15} {printable(' '.join(finding.text.split()))}")
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)


def _examine(library: Path | None) -> Iterator[Finding]:
    from index.doctor import Finding, examine
    from index.embedding import open_embedder
    from rag.calibration import CalibrationFile
    from rag.library_names import LibraryNames
    from rag.refusal import refusal_model

    settings = read_settings(library)
    folder = settings.library.absolute()
    try:
        embedder = open_embedder(settings.embedder)
    except TongwenError as error:
        yield Finding("embedder", "problem", str(error))
        return
    yield from examine(folder, embedder)
    try:
        LibraryNames(folder).names()
        yield Finding("glossary", "ok", "can be read")
    except TongwenError as error:
        yield Finding("glossary", "problem", str(error))
    try:
        calibration = CalibrationFile(folder, embedder.fingerprint).read(refusal_model().fingerprint)
        yield Finding("calibration", "ok", f"made {calibration.made}" if calibration else "the shipped one")
    except TongwenError as error:
        yield Finding("calibration", "problem", str(error))


def _offline(as_json: bool) -> None:
    from ui.offline import needed_files

    files = list(needed_files())
    if as_json:
        print_json({"files": [asdict(file) | {"good": file.is_good} for file in files]})
    else:
        for file in files:
            state = "ok     " if file.is_good else "CHANGED" if file.present else "MISSING"
            digest = (file.sha256 or "")[:16]
            released = "as released" if file.is_good and file.released else ""
            print(f"  {state}  {file.part:<15} {digest:<16}  {printable(file.path)}  {released}".rstrip())
    if not all(file.is_good for file in files):
        raise TongwenError("a file of the program is missing or changed; install it again")
