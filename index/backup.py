"""Copies of a library, made while it is written to, and a library put back from one.

    backup/  backup.json  library.db  glossary.tsv  calibration.json  …

A copy is one state of the database with the files that lie beside it (names, calibration); the vectors are in the
database, and the generation is built anew. It is verified before it has its name. Putting it back is one transaction
of the library's own database, so that a reader or a power loss sees the old library or the new one, and nothing has
to be renamed that another process holds open. What was there before is kept in the quarantine.

The keys to a server are not copied and stay as they are: a copy goes to other places, and a key that was revoked since
must not come back with it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from index import database, migrations, verification
from index.access import Access
from index.checksums import file_digest
from index.errors import BackupUnusable, LibraryDamaged, LibraryError
from index.state_vectors import VectorSource
from index.storage import make_folder, replace_file, storage_errors, sync_file, sync_folder, write_file
from index.vector_store import FaissStore

MANIFEST = "backup.json"
FORMAT = 1
_OWN_FILES = {"library.db", "library.db-wal", "library.db-shm", "LOCK", "CURRENT", MANIFEST}
_KEY_FILES = {"keys.json", "keys.lock"}  # of `ui.access.keys`


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup holds; written as backup.json."""

    made_at: str  # UTC, ISO 8601
    schema: int
    content_version: str
    documents: int
    files: dict[str, str]  # name: sha256
    format: int = FORMAT


def back_up(library_folder: Path, target: Path) -> BackupManifest:
    """Copy a library into a new or empty folder, and verify the copy.

    Raises `BackupUnusable` where the target is not empty or the library itself is damaged; nothing is left then.
    """
    target = target.resolve()  # a link to an empty folder is as good
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupUnusable(f"{target} is not an empty folder; choose a new one")
    access = Access(library_folder)
    make_folder(target.parent)
    temporary = target.with_name(f".{target.name}.tmp-{secrets.token_hex(4)}")
    with access.reading() as connection:
        try:
            make_folder(temporary)
            _copy_database(connection, temporary / "library.db")
            for path in _beside(library_folder):
                write_file(temporary / path.name, _content(path))
            manifest = _manifest(temporary)
            write_file(temporary / MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
            sync_folder(temporary)
            verify_backup(temporary)
            with storage_errors(target):
                os.rename(temporary, target)  # also over an empty folder
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    sync_folder(target.parent)
    return manifest


def verify_backup(folder: Path) -> BackupManifest:
    """Read every byte of a backup; raises `BackupUnusable` where it is not what was written, or of a later release."""
    try:
        fields = json.loads((folder / MANIFEST).read_bytes())
        if fields["format"] != FORMAT:
            raise BackupUnusable(f"{folder} has format {fields['format']}, not {FORMAT}; use the release that made it")
        manifest = BackupManifest(**fields)
        if "library.db" not in manifest.files:
            raise ValueError("it lists no library.db")
        changed = [name for name, digest in manifest.files.items() if file_digest(folder / name) != digest]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupUnusable(f"{folder} is no whole backup of a library ({error}); use another one") from error
    if changed:
        raise BackupUnusable(f"{folder / changed[0]} is not what was written; use another backup")
    path = folder / "library.db"
    with closing(_open_copy(path)) as connection, database.database_errors(path):
        database.check_schema(connection, path)
        migrations.show_as_present(connection)
        problems = list(verification.find_problems(connection))
    if problems:
        raise BackupUnusable(f"the library in {folder} is damaged: {problems[0]}")
    return manifest


def restore(source: Path, library_folder: Path) -> Path | None:
    """Put a backup in the place of a library, and return where the earlier one is kept; None where there was none.

    Nothing is changed where the backup is not whole (`BackupUnusable`) or another process writes (`LibraryBusy`).
    """
    manifest = verify_backup(source)
    access = Access(library_folder)
    make_folder(library_folder)
    with access.locked():
        earlier = _keep_earlier(library_folder)
        with (
            database.database_errors(access.path),
            closing(_open_copy(source / "library.db")) as copy,
            closing(database.connect(access.path, create=True)) as connection,
        ):
            copy.backup(connection)  # one transaction
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made_by = database.read_settings(connection).get("embedder", "")
            _restore_beside(source, library_folder, manifest)
            VectorSource(library_folder, made_by, FaissStore).publish(connection)
    return earlier


def _copy_database(connection: sqlite3.Connection, path: Path) -> None:
    """Copy the state that the connection sees."""
    with storage_errors(path), database.database_errors(path), closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # a copy is one file
    sync_file(path)


def _open_copy(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing beside the file, which nobody writes."""
    with database.database_errors(path):
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _manifest(folder: Path) -> BackupManifest:
    path = folder / "library.db"
    with closing(_open_copy(path)) as connection, database.database_errors(path):
        return BackupManifest(
            made_at=datetime.now(UTC).isoformat(),
            schema=migrations.schema_of(connection),
            content_version=database.content_version(connection),
            documents=int(connection.execute("SELECT count(*) FROM documents").fetchone()[0]),
            files={path.name: file_digest(path) for path in sorted(folder.iterdir())},
        )


def _keep_earlier(folder: Path) -> Path | None:
    """Copy what is there into the quarantine; a database that cannot even be copied is moved there."""
    path = folder / "library.db"
    beside = list(_beside(folder))
    if not path.exists() and not beside:
        return None
    kept = folder / "quarantine" / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    make_folder(kept)
    for each in beside:
        write_file(kept / each.name, _content(each))
    if path.exists():
        try:
            with database.database_errors(path), closing(database.connect(path)) as connection:
                database.check_schema(connection, path)
                _copy_database(connection, kept / "library.db")
        except LibraryError as error:
            if not isinstance(error, LibraryDamaged) and path.stat().st_size:
                raise
            for name in ("library.db", "library.db-wal", "library.db-shm"):
                if (folder / name).exists():
                    with storage_errors(folder / name):
                        os.replace(folder / name, kept / name)
            sync_folder(folder)
    sync_folder(kept)
    return kept


def _restore_beside(source: Path, folder: Path, manifest: BackupManifest) -> None:
    """Put back the files that lie beside a library, and take away those that the backup does not have."""
    wanted = {path.name: path for path in _beside(source) if path.name in manifest.files}
    for path in _beside(folder):
        if path.name not in wanted:
            with storage_errors(path):
                path.unlink()
    for name, path in wanted.items():
        replace_file(folder / name, _content(path))
    sync_folder(folder)


def _beside(folder: Path) -> Iterator[Path]:
    """The files of a library that are not its database: what people and other parts of the program keep there."""
    kept_apart = _OWN_FILES | _KEY_FILES
    with storage_errors(folder):
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.is_symlink() and path.name not in kept_apart and path.suffix != ".tmp":
                yield path


def _content(path: Path) -> bytes:
    with storage_errors(path):
        return path.read_bytes()
