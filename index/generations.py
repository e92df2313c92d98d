"""Published copies of the vectors: immutable, checksummed folders beside the database, which alone is the truth.

    gen/000012/vectors.zh.bin …, manifest.json      never changed once named
    CURRENT                                          "000012 <sha256 of its manifest.json>"

A generation is written under a temporary name, synced, renamed, read back and verified before CURRENT names it, in
the order that left no bad state in a model of power loss. What cannot be verified is never used: the caller
builds the vectors anew from the database, which takes seconds and loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import LibraryDamaged
from index.storage import make_folder, replace_file, storage_errors, sync_folder, write_file

logger = logging.getLogger(__name__)

FORMAT = 1
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds; written as manifest.json."""

    content_version: str  # of the database that the vectors were read from
    embedder: str  # fingerprint
    files: dict[str, str]  # name: sha256
    state: str = ""  # `index.state_digest` of that content version; the first release did not write it
    format: int = FORMAT


def publish(folder: Path, content_version: str, embedder: str, files: dict[str, bytes], state: str = "") -> None:
    """Make `files` the current generation of the library in `folder`. The caller holds the writer's lock."""
    generations = folder / "gen"
    make_folder(generations)
    manifest = Manifest(content_version, embedder, {name: _digest(content) for name, content in files.items()}, state)
    manifest_bytes = json.dumps(asdict(manifest), sort_keys=True, indent=1).encode()
    temporary = generations / f".tmp-{secrets.token_hex(6)}"
    try:
        with storage_errors(temporary):
            temporary.mkdir()
        for name, content in files.items():
            write_file(temporary / name, content)
        write_file(temporary / "manifest.json", manifest_bytes)
        sync_folder(temporary)
        name = f"{max([0, *_numbers(generations)]) + 1:06d}"
        with storage_errors(temporary):
            os.rename(temporary, generations / name)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(generations)
    _read(generations / name, _digest(manifest_bytes))
    replace_file(folder / "CURRENT", f"{name} {_digest(manifest_bytes)}\n".encode())
    _collect(generations, current=name)


def is_published(folder: Path) -> bool:
    """Whether there was a generation ever."""
    return (folder / "CURRENT").exists()


def load(folder: Path) -> tuple[Manifest, dict[str, bytes]] | None:
    """The current generation, every byte verified, or None where nothing was published yet.

    Raises `LibraryDamaged` where a file is missing or is not what was written.
    """
    while (current := _current(folder)) is not None:
        try:
            return _read(folder / "gen" / current[0], current[1])
        except LibraryDamaged:
            if _current(folder) == current:
                raise
            # It was replaced, and perhaps deleted, while it was read.
    return None


def quarantine(folder: Path) -> Path | None:
    """Move the current generation aside for inspection and return its new place. The caller holds the writer's lock."""
    try:
        current = _current(folder)
    except LibraryDamaged:
        return None  # which one it was is not known; the next publication replaces CURRENT
    if current is None or not (folder / "gen" / current[0]).is_dir():
        return None
    source = folder / "gen" / current[0]
    target = folder / "quarantine" / f"{current[0]}-{secrets.token_hex(4)}"
    with storage_errors(target):
        target.parent.mkdir(exist_ok=True)
        os.rename(source, target)
    logger.warning("damaged generation moved to %s", target)
    return target


def keep_current_alone(folder: Path) -> None:
    """Delete every generation but the current one, and what an interrupted publication left."""
    current = _current(folder)
    if current is not None and (folder / "gen").is_dir():
        _collect(folder / "gen", current[0], kept=1)


def _current(folder: Path) -> tuple[str, str] | None:
    """Name of the current generation and hash of its manifest."""
    path = folder / "CURRENT"
    try:
        name, digest = path.read_text("ascii").split()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise LibraryDamaged(f"{path} cannot be read; run `tongwen rebuild`") from error
    if not name.isdigit():
        raise LibraryDamaged(f"{path} names no generation; run `tongwen rebuild`")
    return name, digest


def _read(generation: Path, manifest_digest: str) -> tuple[Manifest, dict[str, bytes]]:
    try:
        manifest_bytes = (generation / "manifest.json").read_bytes()
        if _digest(manifest_bytes) != manifest_digest:
            raise LibraryDamaged(f"{generation / 'manifest.json'} is damaged; run `tongwen rebuild`")
        fields = json.loads(manifest_bytes)  # hashed just now, so it is what some release wrote
        if fields.get("format") != FORMAT:
            raise LibraryDamaged(f"{generation} has format {fields.get('format')}, not {FORMAT}; run `tongwen rebuild`")
        try:
            manifest = Manifest(**fields)
        except TypeError as error:
            raise LibraryDamaged(f"{generation} is of a later release; run `tongwen rebuild`") from error
        files = {name: (generation / name).read_bytes() for name in manifest.files}
    except OSError as error:
        raise LibraryDamaged(f"{error.filename} cannot be read; run `tongwen rebuild`") from error
    for name, content in files.items():
        if _digest(content) != manifest.files[name]:
            raise LibraryDamaged(f"{generation / name} is damaged; run `tongwen rebuild`")
    return manifest, files


def _collect(generations: Path, current: str, kept: int = _KEPT) -> None:
    """Delete all but the newest generations, and what an interrupted publication left."""
    others = [name for number in sorted(_numbers(generations)) if (name := f"{number:06d}") != current]
    staying = {current, *others[::-1][: kept - 1]}
    for path in generations.iterdir():
        if path.name not in staying:
            shutil.rmtree(path, ignore_errors=True)


def _numbers(generations: Path) -> list[int]:
    return [int(path.name) for path in generations.iterdir() if path.name.isdigit()]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
