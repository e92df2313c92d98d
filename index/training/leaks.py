"""Refuse training text that stands in an evaluation set.

Two texts overlap when, after normalising (NFKC, simplified, lower case, letters and digits only), they share 40
consecutive characters, or when one of the short evaluation texts (10 to 39 characters) equals a whole training text.
Paraphrases and translations of evaluation text are not seen by this.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.training.data import normalise_all

WIDTH = 40
SHORTEST = 10
_BASE = 0x9E3779B97F4A7C15  # an odd 64-bit multiplier
_BITS = 27

Hashes = npt.NDArray[np.uint64]


class LeakError(Exception):
    """Training text overlaps an evaluation set; the message shows where."""


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for key, inner in value.items() if key not in ("id", "title", "answers") for s in _strings(inner)]
    return [s for inner in value for s in _strings(inner)] if isinstance(value, list) else []


def read_evaluation_texts(folder: Path) -> list[str]:
    """Contexts, questions, both sides of bitexts. Answers stand in their contexts; alone they are mere words."""
    texts: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            texts += _strings(json.loads(path.read_text(encoding="utf-8")))
        elif path.suffix == ".tsv":
            texts += [side for line in path.read_text(encoding="utf-8").splitlines() for side in line.split("\t")]
    return texts


def strip_text(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def hash_windows(text: str) -> Hashes:
    """(len(text) - WIDTH + 1,) hashes of all windows, modulo 2**64; empty for shorter texts."""
    if len(text) < WIDTH:
        return np.zeros(0, np.uint64)
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    with np.errstate(over="ignore"):
        power, width, sums = np.uint64(_BASE), 1, {1: codes}
        powers = {1: power}
        while width < 32:
            wide = sums[width]
            sums[2 * width] = wide[: len(wide) - width] + powers[width] * wide[width:]
            powers[2 * width] = powers[width] * powers[width]
            width *= 2
        count = len(codes) - WIDTH + 1
        mixed = sums[32][:count] + powers[32] * sums[8][32 : 32 + count]
        mixed = mixed ^ (mixed >> np.uint64(29))
        return np.asarray(mixed * np.uint64(0xBF58476D1CE4E5B9))


class LeakGuard:
    """Finds the texts that overlap the evaluation texts it was made from."""

    def __init__(self, evaluation_texts: Sequence[str]) -> None:
        stripped = {strip_text(text) for text in normalise_all(list(evaluation_texts))}
        self.short = {text for text in stripped if SHORTEST <= len(text) < WIDTH}
        self.hashes = np.unique(np.concatenate([hash_windows(text) for text in stripped if len(text) >= WIDTH]))
        self.sieve = np.zeros(1 << _BITS, np.bool_)
        self.sieve[self.hashes >> np.uint64(64 - _BITS)] = True

    def find(self, texts: Sequence[str]) -> list[int]:
        """Indices of the (normalised) texts that overlap, ascending."""
        found: set[int] = set()
        for begin in range(0, len(texts), 20_000):
            block = [strip_text(text) for text in texts[begin : begin + 20_000]]
            found.update(begin + i for i, text in enumerate(block) if text in self.short)
            ends = np.cumsum([len(text) + WIDTH for text in block])
            hashes = hash_windows("".join(text + "\0" * WIDTH for text in block))
            maybe = np.flatnonzero(self.sieve[hashes >> np.uint64(64 - _BITS)])
            sure = maybe[np.isin(hashes[maybe], self.hashes)]
            found.update(begin + int(i) for i in np.searchsorted(ends, sure, side="right"))
        return sorted(found)

    def refuse(self, texts: Sequence[str], name: str) -> None:
        """Raise `LeakError` when any of the texts overlaps."""
        found = self.find(texts)
        if found:
            raise LeakError(
                f"{len(found)} texts of {name} stand in the evaluation sets; remove them. "
                f"The first: {texts[found[0]][:80]!r}"
            )
