"""What a library and this machine are like, for the person who has to find out what is wrong. Changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from index import database, generations, migrations, rows
from index.access import Access
from index.chunking import CHUNKER_VERSION, EARLIER_CHUNKERS
from index.compaction import size_of
from index.embedding import Embedder
from index.errors import LibraryError, LibraryMissing
from index.golden_vectors import least_likeness
from index.storage import is_locked

_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "davfs"}
_LITTLE_SPACE = 500_000_000  # bytes
_LEAST_LIKENESS = 0.999  # cosine of a golden vector with that of this machine; rounding alone leaves 0.9999
_PACKAGES = ("tongwen", "faiss-cpu", "numpy", "onnxruntime", "sentence-transformers", "tokenizers", "gradio")

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. The text of all but "ok" ends with what to do."""

    name: str
    state: State
    text: str


def examine(folder: Path, embedder: Embedder) -> Iterator[Finding]:
    """Everything that is looked at, the program first, then the library, then the embedder."""
    yield Finding("program", "ok", ", ".join(_versions()))
    yield from _examine_folder(folder)
    yield from _examine_library(folder, embedder)
    yield from _examine_embedder(embedder)


def _versions() -> Iterator[str]:
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"
    yield f"Python {sys.version.split()[0]}"
    yield f"SQLite {sqlite3.sqlite_version}"


def _examine_folder(folder: Path) -> Iterator[Finding]:
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(standing).free
    size = f"{size_of(folder) / 1e6:,.1f} MB used, " if folder.exists() else ""
    text = f"{size}{free / 1e6:,.0f} MB free at {standing}"
    if free < _LITTLE_SPACE:
        yield Finding("space", "warning", f"{text}; free some space before documents are added")
    else:
        yield Finding("space", "ok", text)
    kind = file_system(standing)
    if kind.removeprefix("fuse.") in _NETWORK_FILE_SYSTEMS or kind == "fuse.sshfs":
        text = f"{kind}, over a network, where locks do not hold; move the library to a local disk"
        yield Finding("file system", "warning", text)
    else:
        yield Finding("file system", "ok", kind or "unknown")
    if folder.exists() and not os.access(folder, os.W_OK):
        yield Finding("rights", "warning", f"{folder} can be read only; searches work, nothing can be added")


def file_system(path: Path) -> str:
    """The type of the file system at `path`, as the kernel calls it; empty where it does not say."""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    found, longest = "", -1
    where = path.resolve()
    for line in lines:
        before, _, after = line.partition(" - ")
        mount = Path(before.split()[4].replace("\\040", " "))
        if (mount == where or mount in where.parents) and len(mount.parts) >= longest:
            found, longest = after.split()[0], len(mount.parts)  # a later mount hides an earlier one
    return found


def _examine_library(folder: Path, embedder: Embedder) -> Iterator[Finding]:
    access = Access(folder)
    try:
        with access.reading() as connection, database.database_errors(access.path):
            yield from _examine_database(connection, embedder)
    except LibraryMissing as error:
        yield Finding("library", "warning", str(error))
        return
    except LibraryError as error:
        yield Finding("library", "problem", str(error))
    try:
        loaded = generations.load(folder)
        text = f"published, {sum(map(len, loaded[1].values())) / 1e6:,.1f} MB" if loaded else "not published"
        yield Finding("vectors", "ok", text)
    except LibraryError as error:
        yield Finding("vectors", "problem", str(error))
    holder = is_locked(folder / "LOCK")
    yield Finding("lock", "ok", f"process {holder} is writing" if holder else "free")
    quarantine = folder / "quarantine"
    kept = len(list(quarantine.iterdir())) if quarantine.is_dir() else 0
    if kept:
        yield Finding("quarantine", "warning", f"{kept} set aside; look at them, then run `tongwen compact`")


def _examine_database(connection: sqlite3.Connection, embedder: Embedder) -> Iterator[Finding]:
    made = database.read_settings(connection)
    schema = migrations.schema_of(connection)
    older = f", older than {migrations.SCHEMA_VERSION}: the next change takes it there"
    text = f"schema {schema}{older if schema < migrations.SCHEMA_VERSION else ''}, written by release "
    yield Finding("schema", "ok", text + made.get("release", "0.1.0 or before"))
    counts = [
        f"{connection.execute(f'SELECT count(*) FROM {table}').fetchone()[0]:,} {table}"
        for table in ("documents", "chunks", "files", "feedback")
    ]
    yield Finding("content", "ok", ", ".join(counts))
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode == "wal":
        yield Finding("journal", "ok", mode)
    else:
        yield Finding("journal", "warning", f"{mode}: readers wait for the writer; `tongwen backup` and restore it")
    for name, stored, present, searchable in (
        ("embedder", made.get("embedder"), embedder.fingerprint, ()),
        ("chunker", made.get("chunker"), CHUNKER_VERSION, EARLIER_CHUNKERS),
    ):
        if stored == present or stored in searchable:
            yield Finding(name, "ok", f"{stored}, {'the present one' if stored == present else 'searched as it is'}")
        else:
            yield Finding(name, "problem", f"made with {stored}, now it is {present}; run `tongwen rebuild`")
    if made.get("chunker") in EARLIER_CHUNKERS and (count := rows.searched_as_spelled(connection)):
        yield Finding(
            "search copy",
            "warning",
            f"{count:,} documents hold zero-width characters, marks of direction or radicals, which keep their words "
            "from being found; run `tongwen rebuild`",
        )


def _examine_embedder(embedder: Embedder) -> Iterator[Finding]:
    likeness = least_likeness(embedder)
    if likeness is None:
        yield Finding("golden vectors", "ok", f"none are known for {embedder.name}")
    elif likeness >= _LEAST_LIKENESS:
        yield Finding("golden vectors", "ok", f"cosine {likeness:.6f} or more with those of the release")
    else:
        yield Finding(
            "golden vectors",
            "problem",
            f"cosine {likeness:.6f} with those of the release: the libraries of this machine make other vectors of the "
            "same model; install the versions of requirements.lock",
        )
