"""Libraries put together from the files of two of its states, as a careless copy leaves them."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from torture.changes import State, state
from torture.corpus import documents, open_library
from torture.processes import copy_folder

from index.errors import LibraryMissing, TongwenError

_EARLIER, _LATER, _MISSING = "earlier", "later", "missing"


@dataclass
class Figures:
    """What was tried, what came of it, and what went wrong."""

    n: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


def mix_states(base: Path) -> Figures:
    """Open every combination of each file from the one state, from the other, or missing.

    Right is a refusal that says what to do, or the answers of the state that the database is of, by every search.
    """
    figures = Figures()
    questions = documents(9)
    folders = {name: base / name for name in (_EARLIER, _LATER)}
    list(open_library(folders[_EARLIER]).add(questions[:6]))
    copy_folder(folders[_EARLIER], folders[_LATER])
    list(open_library(folders[_LATER]).add(questions[6:]))
    states = {name: state(open_library(folder), questions) for name, folder in folders.items()}
    # The later state keeps the earlier generation too; a mixture has the one that its CURRENT names, under both names.
    generations = {
        name: folder / "gen" / (folder / "CURRENT").read_text().split()[0] for name, folder in folders.items()
    }
    names = ["library.db", "CURRENT", *sorted(path.name for path in generations[_LATER].iterdir())]
    for origins in itertools.product((_EARLIER, _LATER, _MISSING), repeat=len(names)):
        mixture = base / "mixture"
        shutil.rmtree(mixture, ignore_errors=True)
        for generation in generations.values():
            (mixture / "gen" / generation.name).mkdir(parents=True)
        for name, origin in zip(names, origins, strict=True):
            _put(name, origin, folders, generations, mixture)
        figures.n += 1
        try:
            found = state(open_library(mixture), questions)
        except TongwenError as error:
            figures.refused += 1
            if not _helps(error):
                figures.failures.append(f"{dict(zip(names, origins, strict=True))}: {error}")
            continue
        if found != states.get(origins[0], State({}, [])):
            figures.failures.append(f"{dict(zip(names, origins, strict=True))}: other answers")
    return figures


def _put(name: str, origin: str, folders: dict[str, Path], generations: dict[str, Path], mixture: Path) -> None:
    if origin == _MISSING:
        return
    if name in ("library.db", "CURRENT"):
        shutil.copy(folders[origin] / name, mixture / name)
        return
    for generation in generations.values():
        shutil.copy(generations[origin] / name, mixture / "gen" / generation.name / name)


def _helps(error: TongwenError) -> bool:
    return "\n" not in str(error) and ("`tongwen" in str(error) or isinstance(error, LibraryMissing))
