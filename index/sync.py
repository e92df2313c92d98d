"""Bringing a library in line with folders: what was added, changed, renamed or removed there since, and nothing else.

A file of the same size and time as when it was stored is taken for the same, as `make` and `git` do; any other is
hashed, and read only if its bytes are others. A file that vanished is told from one whose bytes now have another name:
that is a rename, and embeds nothing. Planning changes nothing, so that a plan can be shown before it is carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.checksums import file_digest
from index.embedding import Progress
from index.extraction import FileState, LoadedFile, Rejected
from index.file_rows import READER_VERSION, StoredFile
from index.folders import find, shown
from index.ingest import AddedFile
from index.library import Library

SyncOutcome = Literal["added", "changed", "renamed", "unchanged", "rejected", "removed", "missing"]
Load = Callable[[Sequence[Path]], Iterator[LoadedFile]]


@dataclass(frozen=True, slots=True)
class SyncedFile:
    """What became of one file of the folders, or will."""

    path: str
    outcome: SyncOutcome  # "missing": it vanished, and what it held was not removed
    file: AddedFile | None = None  # what reading it gave; None where it was not read
    before: str | None = None  # the path that a renamed file had
    reasons: tuple[str, ...] = ()  # why it, or parts of it, are rejected


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What has to be done, by path."""

    new: tuple[Path, ...]
    changed: tuple[Path, ...]
    unchanged: tuple[StoredFile, ...]
    touched: dict[str, FileState]  # of those of the unchanged whose time alone is another
    vanished: tuple[str, ...]
    renamed: dict[str, str]  # a new path, and the vanished one whose bytes it has
    emptied: tuple[Path, ...]  # folders in which nothing is left, as where a disk is not mounted
    unreadable: tuple[SyncedFile, ...]  # folders inside that could not be listed: what they held is not missing

    def expected(self) -> Iterator[SyncedFile]:
        """What carrying it out will give, except that files may turn out to be rejected, or to hold the same texts."""
        yield from (_unchanged(file) for file in self.unchanged)
        for path in map(shown, self.new):
            before = self.renamed.get(path)
            yield SyncedFile(path, "renamed" if before else "added", before=before)
        yield from (SyncedFile(shown(path), "changed") for path in self.changed)
        yield from (SyncedFile(path, "removed") for path in self.vanished)
        yield from self.unreadable


def plan_sync(library: Library, folders: Sequence[Path]) -> SyncPlan:
    """Compare folders, or single files, with what the library knows of them; raises `LoadError` where one is away."""
    roots = [folder.resolve() for folder in folders]
    found = {root: find(root) for root in roots}
    unreadable = [entry for each in found.values() for entry in each.unreadable]
    known = {file.path: file for file in library.files()} if library.exists() else {}
    new, changed, unchanged, touched = [], [], [], {}
    present = {shown(path): path for each in found.values() for path in each.files}
    for text, path in present.items():
        stored = known.get(text)
        if stored is None:
            new.append(path)
        elif (state := _same_content(path, stored)) is None:
            changed.append(path)
        else:
            unchanged.append(stored)
            if state != stored.state:
                touched[text] = state
    missing = {
        text
        for text in known.keys() - present.keys()
        if any(_is_under(text, root) for root in roots) and not any(_is_under(text, path) for path, _ in unreadable)
    }
    renamed = _renames(new, [known[text] for text in sorted(missing)])
    return SyncPlan(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        touched=touched,
        vanished=tuple(sorted(missing - set(renamed.values()))),
        renamed=renamed,
        emptied=tuple(
            root for root in roots if not found[root].files and any(_is_under(text, root) for text in missing)
        ),
        unreadable=tuple(SyncedFile(shown(path), "rejected", reasons=(reason,)) for path, reason in unreadable),
    )


def carry_out(
    library: Library, plan: SyncPlan, load: Load, remove: bool, progress: Progress | None = None
) -> Iterator[SyncedFile]:
    """Bring the library in line, and yield what became of each file once it is safely stored.

    What vanished files held is removed only with `remove`. The old name of a renamed file goes in any case.
    """
    yield from (_unchanged(file) for file in plan.unchanged)
    if plan.touched:
        library.note_states(plan.touched)
    moved = set()
    for added in library.add_files(load((*plan.new, *plan.changed)), progress):
        before = plan.renamed.get(added.source) if added.outcome != "rejected" else None
        if before:
            moved.add(before)
        outcome = "renamed" if before else added.outcome
        yield SyncedFile(added.source, outcome, added, before, _reasons(added.rejected))
    vanished = [*plan.vanished, *(before for before in plan.renamed.values() if before not in moved)]
    going = [*moved, *(vanished if remove else ())]
    if going:
        library.remove_files(going)
    yield from (SyncedFile(path, "removed" if remove else "missing") for path in sorted(vanished))
    yield from plan.unreadable


def _unchanged(file: StoredFile) -> SyncedFile:
    """A file that was rejected is reported again, so that nobody takes it for one that is in the library."""
    whole = any(not one.member for one in file.rejected)
    return SyncedFile(file.path, "rejected" if whole else "unchanged", reasons=_reasons(file.rejected))


def _reasons(rejected: Iterable[Rejected]) -> tuple[str, ...]:
    """Why each is rejected, after its place in the file where it is not the whole file."""
    return tuple(f"{one.member}: {one.reason}" if one.member else one.reason for one in rejected)


def _same_content(path: Path, stored: StoredFile) -> FileState | None:
    """The state of the file where its bytes are those that were stored; None where it has to be read."""
    known = stored.state
    if known is None or stored.reader != READER_VERSION:
        return None
    try:
        state = path.stat()
        if state.st_size != known.size:
            return None
        if state.st_mtime_ns == known.modified_ns:
            return known
        if file_digest(path) != known.sha256:
            return None
    except OSError:
        return None  # reading it says what is the matter
    return FileState(known.size, state.st_mtime_ns, known.sha256)


def _renames(new: Iterable[Path], missing: Iterable[StoredFile]) -> dict[str, str]:
    """Which new files have the bytes of a vanished one, each of these at most once."""
    waiting: dict[tuple[int, str], list[str]] = {}
    for file in missing:
        if file.state:
            waiting.setdefault((file.state.size, file.state.sha256), []).append(file.path)
    sizes = {size for size, _ in waiting}
    renamed = {}
    for path in new if waiting else ():
        try:
            size = path.stat().st_size
            digest = file_digest(path) if size in sizes else ""
        except OSError:
            continue  # reading it says what is the matter
        if paths := waiting.get((size, digest)):
            renamed[shown(path)] = paths.pop(0)
    return renamed


def _is_under(text: str, root: Path) -> bool:
    return text == shown(root) or text.startswith(shown(root).rstrip("/") + "/")
