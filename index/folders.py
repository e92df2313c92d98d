"""Which files of a folder are read.

Passed over are hidden files and folders, symbolic links, the lock files of Office (`~$…`), the folders `__MACOSX` of
archives made by macOS, and whatever a file called `.tongwenignore` names: one pattern a line, for its folder and all
below. A pattern is a shell's (`*`, `?`, `[…]`, case matters) for a name at any depth; with a `/` inside for a path
from that folder; with a `/` at its end for folders only. Empty lines and those that begin with `#` say nothing. There
is no `!` and no `**`: `*` also matches across `/`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from index.errors import LoadError
from index.formats.registry import SUPPORTED, is_leftover, is_supported, list_kinds, suffix_of

IGNORE_FILE = ".tongwenignore"
_IGNORE_FILE_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What one path leads to."""

    files: tuple[Path, ...]  # sorted
    passed_over: Counter[str] = field(default_factory=Counter)  # by suffix, files of formats that are not read
    unreadable: tuple[tuple[Path, str], ...] = ()  # folders inside that could not be listed, and why
    ignored: bool = False  # whether an ignore file named anything

    def note(self) -> str | None:
        """One line on what was passed over; None where nothing was."""
        if not self.passed_over:
            return None
        kinds = list_kinds(self.passed_over)
        return f"files of formats that are not read were passed over: {kinds}; name one to be told why"


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one ignore file."""

    folder: Path
    patterns: tuple[str, ...]

    def cover(self, path: Path, is_folder: bool) -> bool:
        relative = path.relative_to(self.folder).as_posix()
        return any(_matches(pattern, relative, is_folder) for pattern in self.patterns)


def find_files(path: Path) -> list[Path]:
    """The file itself, or every file under the folder that is read, sorted by path.

    Raises `LoadError` where there is nothing.
    """
    found = find(path)
    if not found.files:
        raise LoadError(f"{shown(path)} {nothing_found(found)}")
    return list(found.files)


def nothing_found(found: FoundFiles) -> str:
    """What to say, without its name, of a folder in which no file is read."""
    if found.unreadable:
        return found.unreadable[0][1]
    leaving = f" and that no {IGNORE_FILE} names" if found.ignored else ""
    return f"holds no file that can be read{leaving}; supported are {SUPPORTED}"


def find(path: Path) -> FoundFiles:
    """The file itself, or what is read of a folder and what is passed over. Raises `LoadError`."""
    with load_errors(path):
        if not path.is_dir():
            path.lstat()
            return FoundFiles((path,))
        os.scandir(path).close()
    files: list[Path] = []
    passed_over: Counter[str] = Counter()
    unreadable: list[tuple[Path, str]] = []
    ignored = False
    waiting: list[tuple[Path, tuple[_Rules, ...]]] = [(path, ())]
    while waiting:
        folder, rules = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            unreadable.append((folder, f"cannot be read ({error.strerror}); check its permissions"))
            continue
        rules = (*rules, *_own_rules(folder))
        for entry in entries:
            inside = folder / entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_leftover(entry.name):
                continue
            if any(each.cover(inside, is_folder) for each in rules):
                ignored = True
                continue
            if is_folder:
                waiting.append((inside, rules))
            elif entry.is_file(follow_symlinks=False):
                if is_supported(entry.name):
                    files.append(inside)
                else:
                    passed_over[suffix_of(entry.name)] += 1
    return FoundFiles(tuple(sorted(files)), passed_over, tuple(sorted(unreadable)), ignored)


def shown(path: Path | str) -> str:
    """The path as text; bytes of a name that are not UTF-8, and half characters, are written as escapes."""
    try:
        return os.fsencode(path).decode(errors="backslashreplace")
    except UnicodeEncodeError:  # no path of a file has it, but somebody may name it
        return str(path).encode(errors="backslashreplace").decode()


@contextmanager
def load_errors(path: Path) -> Iterator[None]:
    """Turn an error of the operating system into a `LoadError` that names the path and says what to do."""
    try:
        yield
    except OSError as error:
        raise LoadError(f"{shown(path)} {why_unreadable(error)}") from error
    except (ValueError, RuntimeError) as error:  # a NUL in it, a loop of links
        raise LoadError(f"{shown(path)} cannot be read ({error}); check the path") from error


def why_unreadable(error: OSError) -> str:
    """What to say of a file at which the operating system failed, without its name."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "does not exist; check the path"
        case PermissionError():
            return f"cannot be read ({error.strerror}); check its permissions"
    return f"cannot be read ({error.strerror or error}); check the path"


def _own_rules(folder: Path) -> Iterator[_Rules]:
    """The rules of the ignore file that lies in the folder itself; a link is none."""
    path = folder / IGNORE_FILE
    try:
        if path.is_symlink() or not path.is_file():
            return
        with path.open("rb") as file:
            text = file.read(_IGNORE_FILE_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return  # a folder whose ignore file cannot be read is read as one without
    lines = (line.strip() for line in text.splitlines())
    yield _Rules(folder, tuple(line for line in lines if line and not line.startswith("#")))


def _matches(pattern: str, relative: str, is_folder: bool) -> bool:
    if pattern.endswith("/"):
        if not is_folder:
            return False
        pattern = pattern.rstrip("/")
    if "/" in pattern:
        return fnmatchcase(relative, pattern.removeprefix("/"))
    return fnmatchcase(PurePosixPath(relative).name, pattern)
