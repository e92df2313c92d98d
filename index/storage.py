"""All writing of files outside SQLite: durable, complete or not at all, and the lock of the one writer.

A rename is a commit only when the file and its folder were synced first; the order here was checked against a model
of power loss. Every failure of the operating system becomes `StorageFailed`, and a failed sync is never retried.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import LibraryBusy, StorageFailed

_LOCK_POLL_SECONDS = 0.05


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` into a `StorageFailed` that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            message = f"no space left to write {path}; nothing was lost, free some space and try again"
            raise StorageFailed(message) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageFailed(f"{path} cannot be written ({error.strerror}); check its permissions") from error
        raise StorageFailed(f"{path} cannot be written ({error.strerror or error}); check the disk") from error


def write_file(path: Path, content: bytes, private: bool = False) -> None:
    """Write and sync a new file; the name is durable only after `sync_folder` of its folder.

    A `private` one can be read by its owner alone.
    """
    with storage_errors(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
        try:
            if private:
                os.fchmod(descriptor, 0o600)  # what a broken-off run left may have been readable
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, where it is not there yet; their names are durable."""
    with storage_errors(path):
        missing = [one for one in (path, *path.parents) if not one.exists()]
        path.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file durable that something else has written."""
    with storage_errors(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    with storage_errors(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace_file(path: Path, content: bytes, private: bool = False) -> None:
    """Swap the content of `path` in one step: a reader sees the old bytes or the new ones."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        write_file(temporary, content, private)
        with storage_errors(path):
            os.replace(temporary, path)
    except BaseException:
        # A disk that fails to write may fail here too, and the first error is the one to report.
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


@contextmanager
def writer_lock(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the exclusive lock of the library's writer; the kernel frees it when the process dies.

    Raises `LibraryBusy` with the holder's process id after `wait_seconds`.
    """
    with storage_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + wait_seconds
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                raise LibraryBusy(
                    f"another process (pid {holder}) is writing to {path.parent}; try again when it has finished"
                )
            time.sleep(_LOCK_POLL_SECONDS)
        with suppress(OSError):  # information for people only: a full disk must not keep anyone from removing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> str | None:
    """The process id, as it wrote it, of the one that holds the lock; None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        if _try_lock(descriptor):
            return None
        return os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
