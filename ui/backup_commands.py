"""The commands `tongwen backup`, `restore` and `compact`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, read_settings
from ui.rendering.escaping import printable


def backup(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the library into a folder, and verify the copy. Others may search and write meanwhile.

    The keys to a server (`tongwen keys`) are not copied, and `restore` leaves those that are there as they are.
    """
    from index.backup import back_up

    manifest = back_up(_folder(library), target.absolute())
    if as_json:
        print_json(asdict(manifest))
    else:
        print(f"{manifest.documents} documents copied to {printable(str(target))} and verified")


def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `tongwen backup` made.")],
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in the place of the library, after verifying it. What is there is kept in the quarantine.

    Asks first where there is a library and it is used at a terminal.
    """
    from index.backup import restore, verify_backup

    folder = _folder(library)
    manifest = verify_backup(source.absolute())
    if (folder / "library.db").exists() and sys.stdin.isatty() and not yes:
        typer.confirm(
            f"Replace the library at {printable(str(folder))} by {manifest.documents} documents "
            f"of {manifest.made_at[:16]}?",
            abort=True,
            err=True,
        )
    kept = restore(source.absolute(), folder)
    if as_json:
        print_json(asdict(manifest) | {"kept": str(kept) if kept else None})
        return
    print(f"{manifest.documents} documents restored to {printable(str(folder))}")
    if kept:
        print(f"what was there is kept in {printable(str(kept))} until `tongwen compact`")


def compact(
    keep_days: Annotated[
        float, typer.Option("--keep-days", min=0, help="Keep what lies in the quarantine for less than this.")
    ] = 0.0,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the library as small as what it holds, so that no file of it has a byte of what was removed.

    Old generations and what was set aside in the quarantine are deleted. Searches go on meanwhile.
    """
    from index.compaction import compact

    done = compact(_folder(library), keep_days)
    if as_json:
        print_json(asdict(done) | {"freed": done.freed})
    else:
        print(f"{done.freed:,} bytes freed, {done.after:,} left")


def _folder(library: Path | None) -> Path:
    return read_settings(library).library.absolute()
