"""What a library's own questions say of the shipped refusal model: a file beside the library, read at every question.

    library/calibration.json

A calibration is of one embedder and one model: after either has changed, or where a byte of the file has, it is not
used, and the question fails with one line that says how to go on. A refusal that is silently stricter or laxer than
was measured would be worse. Documents that were added since do not make it stale.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from index.errors import LibraryError
from index.storage import replace_file, storage_errors, sync_folder

FILE_NAME = "calibration.json"
_FORMAT = 1
_MOST_BYTES = 1 << 20
_CURE = "run `tongwen calibrate` again, or `tongwen calibrate --reset` to use the shipped one"


class CalibrationUnusable(LibraryError):
    """The library's calibration is damaged, or of another embedder or program."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a threshold does: the share of unanswerable questions that it refuses, and of answerable ones."""

    threshold: float
    refusal_recall: float
    false_refusals: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the shipped model is moved for one library."""

    embedder: str  # fingerprint
    model: str  # fingerprint of the refusal model
    made: str  # date, ISO 8601
    source: Literal["cases", "drawn"]  # labelled by people, or drawn from the library's own sentences
    answerable: int
    unanswerable: int
    scale: float  # of the log-odds, with the intercept: Platt (1999)
    intercept: float
    shift: float  # of the thresholds, in log-odds before scaling
    chosen: CurvePoint  # by its shift, as every point of the curve
    curve: tuple[CurvePoint, ...]


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Store it durably, in place of another; raises `StorageFailed`."""
    content = {"format": _FORMAT, **asdict(calibration)}
    replace_file(folder / FILE_NAME, _encode({"sha256": _digest(content), **content}))


def remove_calibration(folder: Path) -> bool:
    """Go back to the shipped model; whether there was a calibration."""
    path = folder / FILE_NAME
    if not path.exists():
        return False
    with storage_errors(path):
        path.unlink()
    sync_folder(folder)
    return True


def read_calibration(folder: Path, embedder: str, model: str) -> Calibration | None:
    """The library's calibration, None where it has none; raises `CalibrationUnusable`."""
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CalibrationUnusable(f"{path} cannot be read ({error.strerror}); {_CURE}") from error
    calibration = _decode(raw, path)
    if (calibration.embedder, calibration.model) != (embedder, model):
        changed = "embedder" if calibration.embedder != embedder else "refusal model"
        raise CalibrationUnusable(f"{path} was made with another {changed}; {_CURE}")
    return calibration


class CalibrationFile:
    """The calibration of a library folder, read again when the file has changed. Safe to share between threads."""

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder, self._embedder = folder, embedder
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int, int] | None, Calibration | None] = (None, None)

    def read(self, model: str) -> Calibration | None:
        """As `read_calibration`."""
        stamp = self._stamp()
        with self._lock:
            if stamp is None or self._known[0] != stamp:
                self._known = stamp, read_calibration(self._folder, self._embedder, model)
            return self._known[1]

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            state = (self._folder / FILE_NAME).stat()
        except OSError:
            return None  # reading it says what is the matter
        return state.st_mtime_ns, state.st_size, state.st_ino


def _decode(raw: bytes, path: Path) -> Calibration:
    try:
        content: dict[str, Any] = json.loads(raw)
        digest = content.pop("sha256")
        if digest != _digest(content) or content.pop("format") != _FORMAT:
            raise ValueError("not what was written")
        points = [CurvePoint(**point) for point in (content.pop("chosen"), *content.pop("curve"))]
        calibration = Calibration(**content, chosen=points[0], curve=tuple(points[1:]))
        if not all(map(math.isfinite, (calibration.scale, calibration.intercept, calibration.shift))):
            raise ValueError("not a number")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CalibrationUnusable(f"{path} is damaged; {_CURE}") from error
    return calibration


def _encode(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(_encode(content)).hexdigest()
