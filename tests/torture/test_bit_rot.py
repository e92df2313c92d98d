"""Damaged files of a library, of the lexicon and of the model (T06): noticed or harmless, never a wrong answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from torture.bit_rot import Figures, damage_lexicon, damage_library, damage_model
from torture.processes import isolated, quick_folder
from torture_report import report

import index
from index.embedding import SHIPPED_MODEL

SEED = 8
LEXICON = Path(index.__file__).with_name("lexicon.bin")


def damage(base: Path, library: int, lexicon: int, model: int) -> dict[str, Figures]:
    return {
        "library": damage_library(base / "libraries", library, SEED),
        "lexicon": damage_lexicon(LEXICON, base / "lexicon.bin", lexicon, SEED),
        "model": damage_model(SHIPPED_MODEL, base / "model", model, SEED),
    }


def check(library: int, lexicon: int, model: int) -> None:
    with quick_folder() as base:
        (base / "libraries").mkdir()
        found = isolated(damage, base, library, lexicon, model)
    failures = []
    for name, figures in found.items():
        report(
            "T06",
            n=figures.n,
            failures=len(figures.failures),
            seed=SEED,
            what=f"mutation of a file of the {name}",
            outcomes=figures.outcomes,
        )
        failures += figures.failures
    assert failures == []


def test_some_damaged_files() -> None:
    check(100, 20, 20)


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_many_damaged_files() -> None:
    check(2000, 300, 300)
