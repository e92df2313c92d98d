"""Sentences and their translations: how often the nearest sentence of the other language is the translation."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.cases import CaseError
from evals.statistics import estimate
from index.embedding import Embedder, Vectors


@dataclass(frozen=True, slots=True)
class Bitext:
    """Pairs of sentences that say the same, in the order of their file."""

    name: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]


def read_bitext(path: Path) -> Bitext:
    """The pairs of a UTF-8 file with two columns, English, a tab, Chinese; raises `CaseError` with the line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read ({error}); give a UTF-8 file of pairs") from error
    pairs = []
    for number, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
        if len(row) < 2 or not row[0].strip() or not row[1].strip():
            raise CaseError(f"{path}:{number} is no pair; give English, a tab, Chinese on each line")
        pairs.append((row[0], row[1]))
    if not pairs:
        raise CaseError(f"{path} holds no pair; give English, a tab, Chinese on each line")
    return Bitext(path.name, tuple(english for english, _ in pairs), tuple(chinese for _, chinese in pairs))


def run_bitext(bitext: Bitext, embedder: Embedder) -> dict[str, Any]:
    """Of each direction, the share of sentences whose nearest neighbour is their translation (Artetxe and Schwenk
    2019, by cosine), and the mean of both; a tie counts as missed."""
    english, chinese = embedder.embed_passages(bitext.english), embedder.embed_passages(bitext.chinese)
    en_zh, zh_en = _nearest_is_own(english, chinese), _nearest_is_own(chinese, english)
    figures = {"en→zh": en_zh, "zh→en": zh_en, "both": [*en_zh, *zh_en]}
    return {
        "name": bitext.name,
        "n": len(bitext.english),
        "embedder": embedder.name,
        "accuracy": {direction: asdict(estimate(values)) for direction, values in figures.items()},
    }


def _nearest_is_own(asked: Vectors, stored: Vectors) -> list[float]:
    products = asked @ stored.T
    own = np.diagonal(products).copy()
    return [float(holds) for holds in (products >= own[:, None]).sum(axis=1) == 1]
