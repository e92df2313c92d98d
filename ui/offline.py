"""The files that the program needs and never downloads: whether each is there, and whether it is what was released."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from index.checksums import file_digest
from index.embedding import SHIPPED_MODEL
from index.loading import SAMPLE_NAMES
from index.model_folder import MANIFEST

_PARTS: Mapping[str, tuple[str, ...]] = {
    "lexicon": ("index/lexicon.bin",),
    "sample": tuple(f"index/sample/{name}" for name in SAMPLE_NAMES),
    "glossary": ("rag/naming/glossary.tsv",),
    "calibration": ("rag/weights.json",),
    "golden vectors": ("index/golden_vectors.json",),
}


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file that the program needs to work without a network."""

    part: str
    path: str
    present: bool
    sha256: str | None  # of what is there
    released: str | None  # what it should be; None where the installation does not say

    @property
    def is_good(self) -> bool:
        return self.present and self.released in (None, self.sha256)


def needed_files() -> Iterator[NeededFile]:
    """The model, whose manifest has the hashes, then everything else, whose hashes are those of the installed wheel."""
    yield _file("model", SHIPPED_MODEL / MANIFEST, None)
    for name, digest in sorted(_model_hashes().items()):
        yield _file("model", SHIPPED_MODEL / name, digest)
    released = _wheel_hashes()
    for part, names in _PARTS.items():
        for name in names:
            package, _, inside = name.partition("/")
            yield _file(part, Path(str(resources.files(package))) / inside, released.get(name))
    prompts = Path(str(resources.files("rag"))) / "prompts"
    for path in sorted(prompts.glob("*.txt")):
        yield _file("prompts", path, released.get(f"rag/prompts/{path.name}"))


def _model_hashes() -> dict[str, str]:
    try:
        hashes: dict[str, str] = json.loads((SHIPPED_MODEL / MANIFEST).read_text("utf-8"))
        return hashes
    except (OSError, ValueError):
        return {}  # the manifest itself is reported


def _wheel_hashes() -> dict[str, str]:
    """What the installation recorded; nothing where the program runs from its source."""
    try:
        files = metadata.files("tongwen") or []
    except metadata.PackageNotFoundError:
        return {}
    return {
        str(file): base64.urlsafe_b64decode(file.hash.value + "==").hex()
        for file in files
        if file.hash is not None and file.hash.mode == "sha256"
    }


def _file(part: str, path: Path, released: str | None) -> NeededFile:
    try:
        digest = file_digest(path)
    except OSError:
        return NeededFile(part, str(path), False, None, released)
    return NeededFile(part, str(path), True, digest, released)
