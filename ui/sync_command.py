"""The command `tongwen sync`: a library that follows folders."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import LibraryBusy, LoadError
from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, open_library
from ui.progress import embedding_progress
from ui.rendering.escaping import printable

if TYPE_CHECKING:
    from index.extraction import LoadedFile
    from index.library import Library
    from index.sync import SyncedFile, SyncPlan


def sync(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR ...", help="Folders, or single files, to follow.")],
    library: LibraryOption = None,
    remove: Annotated[
        bool | None,
        typer.Option(
            "--remove/--no-remove",
            help="Whether what vanished files held is removed. [default: asks at a terminal, else removes it unless "
            "nothing at all is left of a folder]",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    watch: Annotated[
        float | None, typer.Option("--watch", metavar="SECONDS", min=0.1, help="Do it again every so often.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the library in line with folders: added, changed, renamed and removed files; the others are not read.

    A file that can no longer be read is reported, and what was read from it before stays. With --watch, vanished files
    are removed only with --remove or --yes. Exit status 1 where a file was rejected.
    """
    from index.sync import plan_sync

    opened = open_library(library)
    if watch is not None and not dry_run:
        _follow(opened, folders, watch, remove is True or (yes and remove is None), as_json)
    plan = plan_sync(opened, folders)
    files = list(plan.expected()) if dry_run else _carry_out(opened, plan, _removes(plan, remove, yes), as_json)
    if as_json:
        print_json(_summary(files))
    else:
        if dry_run:
            for file in files:
                _print_file(file)
        print(_count_line(files))
    if any(file.outcome == "rejected" for file in files):
        raise typer.Exit(1)


def _follow(library: Library, folders: list[Path], seconds: float, remove: bool, as_json: bool) -> None:
    """Sync until interrupted; of each round that did anything, a report, as JSON one object for each."""
    from index.sync import plan_sync

    missing: set[str] = set()
    rejected: set[str] = set()
    while True:
        try:
            plan = plan_sync(library, folders)
            if plan.new or plan.changed or set(plan.vanished) - missing:
                files = _carry_out(library, plan, remove and not plan.emptied, as_json, known=missing | rejected)
                missing = {file.path for file in files if file.outcome == "missing"}
                rejected = {file.path for file in files if file.outcome == "rejected"}
                if as_json:
                    print_json(_summary(files))
                sys.stdout.flush()
            elif plan.touched:
                library.note_states(plan.touched)  # or they would be hashed again in every round
        except (LibraryBusy, LoadError) as error:  # the next round may find it free, or the disk mounted again
            print(f"tongwen: {printable(str(error))}", file=sys.stderr)
        time.sleep(seconds)


def _removes(plan: SyncPlan, remove: bool | None, yes: bool) -> bool:
    """Whether what vanished files held is to be removed."""
    if remove is not None or not plan.vanished:
        return bool(remove)
    if yes:
        return True
    if sys.stdin.isatty():
        return typer.confirm(
            f"Remove what {len(plan.vanished)} vanished files held, {printable(plan.vanished[0])} for one?", err=True
        )
    if plan.emptied:
        print(
            f"tongwen: nothing is left in {printable(str(plan.emptied[0]))}, so nothing was removed; "
            "if that is right, run it again with --remove",
            file=sys.stderr,
        )
    return not plan.emptied


def _carry_out(
    library: Library, plan: SyncPlan, remove: bool, as_json: bool, known: Iterable[str] = ()
) -> list[SyncedFile]:
    """Do it, and show each file that is not as it was, but for those that are `known` to be missing or rejected."""
    from index.sync import carry_out

    files = []
    with embedding_progress() as progress:
        for file in carry_out(library, plan, _load, remove, progress):
            files.append(file)
            if not as_json and file.path not in known:
                _print_file(file)
    return files


def _load(paths: Sequence[Path]) -> Iterator[LoadedFile]:
    from index.loading import load_path
    from index.parsing import Parser

    with Parser() as parser:
        for path in paths:
            yield load_path(path, parser)


def _print_file(file: SyncedFile) -> None:
    if file.outcome == "unchanged" and not file.reasons:
        return
    line = f"{file.outcome:<9}  {_shown(file.path)}"
    if file.before:
        line += f"  (was {_shown(file.before)})"
    elif file.file and file.outcome in ("added", "changed"):
        embedded = sum(one.embedded for one in file.file.documents)
        line += f"  ({len(file.file.documents)} documents, {embedded} passages embedded)"
    print(line)
    for reason in file.reasons:
        print(f"           {_shown(reason)}")
    if file.file and file.file.kept:
        print(f"           what was read from it before stays ({file.file.kept} documents)")
    for note in file.file.notes if file.file else ():
        print(f"           {_shown(note)}")


def _count_line(files: Iterable[SyncedFile]) -> str:
    counts = Counter(file.outcome for file in files)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in sorted(counts)) or "no files"


def _summary(files: Iterable[SyncedFile]) -> dict[str, Any]:
    """The object that `sync --json` prints."""
    return {"files": [_entry(file) for file in files], "counts": dict(Counter(file.outcome for file in files))}


def _entry(file: SyncedFile) -> dict[str, Any]:
    documents = file.file.documents if file.file else ()
    return {
        "path": file.path,
        "outcome": file.outcome,
        "before": file.before,
        "reasons": list(file.reasons),
        "notes": list(file.file.notes) if file.file else [],
        "kept": file.file.kept if file.file else 0,
        "documents": [
            {
                "id": one.document.id,
                "title": one.document.title,
                "source": one.document.source,
                "outcome": one.outcome,
                "chunks": one.chunks,
                "embedded": one.embedded,
            }
            for one in documents
        ],
    }


def _shown(text: str) -> str:
    return printable(" ".join(text.split()))
