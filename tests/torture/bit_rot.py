"""Stored files damaged in every way a disk damages them: noticed, or without effect, and never a wrong answer."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from torture.corpus import Answers, answers, documents, open_library, stored_texts
from torture.processes import copy_folder
from torture_report import progress

from index.errors import TongwenError
from index.lexicon import Lexicon
from index.library import Library
from index.model_folder import read_model_folder
from index.schema import Document

_PAGE = 4096
_CURES = ("`tongwen", "restore", "free space", "use release", "choose another folder")


@dataclass
class Figures:
    """What was tried, what came of it, and what went wrong."""

    n: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def count(self, what: str, outcome: str) -> None:
        self.n += 1
        self.outcomes[outcome.split(":")[0]] += 1
        if outcome.startswith("wrong"):
            self.failures.append(f"{what}: {outcome}")

    def add(self, other: Figures) -> None:
        self.n += other.n
        self.outcomes += other.outcomes
        self.failures += other.failures


def flip_bit(content: bytes, choose: random.Random) -> bytes:
    position, changed = choose.randrange(len(content)), bytearray(content)
    changed[position] ^= 1 << choose.randrange(8)
    return bytes(changed)


def flip_early_bit(content: bytes, choose: random.Random) -> bytes:
    return flip_bit(content[:256], choose) + content[256:]


def zero_page(content: bytes, choose: random.Random) -> bytes:
    start = choose.randrange(len(content)) // _PAGE * _PAGE
    return content[:start] + bytes(len(content[start : start + _PAGE])) + content[start + _PAGE :]


def truncate(content: bytes, choose: random.Random) -> bytes:
    return content[: choose.randrange(len(content))]


def lengthen(content: bytes, choose: random.Random) -> bytes:
    return content + choose.randbytes(choose.randint(1, 100))


Mutation = Callable[[bytes, random.Random], bytes]
MUTATIONS: dict[str, Mutation] = {
    "bit": flip_bit,
    "bit of the first 256 bytes": flip_early_bit,
    "zeroed page": zero_page,
    "truncation": truncate,
    "trailing bytes": lengthen,
}


def damage_library(base: Path, mutations: int, seed: int) -> Figures:
    """Damage a file of a library, one at a time, or swap two, and open it and ask 20 questions each time.

    It is noticed by an error of ours, or by `verify` while every answer is as before; or the library says that it is
    degraded; or it is harmless, when all is as before and `verify` finds nothing. All else is wrong.
    """
    figures, choose = Figures(), random.Random(seed)
    some = documents(40)
    prepared, folder, note = base / "prepared", base / "library", base / "trying"
    list(open_library(prepared).add(some[:20]))
    list(open_library(prepared).add(some[20:]))
    library = open_library(prepared)
    questions = some[::2]
    expected, texts_before = answers(library, questions, k=3), stored_texts(library)
    files = _current_files(prepared)
    copy_folder(prepared, folder)
    for number in range(mutations):
        path = files[number % len(files)]
        if number % 10 == 9:
            other = choose.choice([one for one in files if one != path])
            what, changed = f"{path} and {other} swapped", {
                path: (prepared / other).read_bytes(), other: (prepared / path).read_bytes()
            }  # fmt: skip
        else:
            name = choose.choice(list(MUTATIONS))
            what, changed = f"{name} of {path}", {path: MUTATIONS[name]((prepared / path).read_bytes(), choose)}
        note.write_text(f"{number} {what}", "utf-8")  # what the process died of, if it dies
        for one, content in changed.items():
            (folder / one).write_bytes(content)
        figures.count(f"{number} {what}", _ask(folder, questions, expected, texts_before))
        for one in changed:
            shutil.copy(prepared / one, folder / one)
        for leftover in ("library.db-wal", "library.db-shm", "library.db-journal"):
            (folder / leftover).unlink(missing_ok=True)
        if number % 200 == 199:
            progress(f"{number + 1} of {mutations} damaged libraries: {dict(figures.outcomes)}")
    return figures


def _current_files(folder: Path) -> list[Path]:
    generation = (folder / "CURRENT").read_text().split()[0]
    names = sorted(path.relative_to(folder) for path in (folder / "gen" / generation).iterdir())
    # The database twice as often, for it is most of the bytes.
    return [Path("library.db"), Path("CURRENT"), *names, Path("library.db")]


def _ask(folder: Path, questions: list[Document], expected: Answers, texts_before: dict[str, str]) -> str:
    """What the library in `folder` makes of its damage."""
    library = open_library(folder)
    try:
        found, texts_now = answers(library, questions, k=3), stored_texts(library)
    except TongwenError as error:
        if "\n" in str(error) or not any(cure in str(error) for cure in _CURES):
            return f"wrong: a message that does not help: {error}"
        return "noticed" if _problems(library) else f"noticed, but not by verify: {error}"
    if texts_now != texts_before:
        return "wrong: other texts"
    if found == expected:
        return "noticed by verify, answers right" if _problems(library) else "harmless"
    return "degraded, and said so" if _says_degraded(library) else "wrong: other answers"


def _problems(library: Library) -> list[str]:
    try:
        return library.verify()
    except TongwenError as error:
        return [str(error)]


def _says_degraded(library: Library) -> bool:
    with library.snapshot() as snapshot:
        return snapshot.degraded is not None


def damage_lexicon(path: Path, copy: Path, mutations: int, seed: int) -> Figures:
    """Damage a copy of a lexicon: opening it is an error of ours, or it is the same lexicon."""
    figures, choose, content = Figures(), random.Random(seed), path.read_bytes()
    terms = ["亚马", "budget", "资本", "share", "公司", "电力"]
    expected = [Lexicon.open(path).translations(term) for term in terms]
    for number in range(mutations):
        name = choose.choice(list(MUTATIONS))
        copy.write_bytes(MUTATIONS[name](content, choose))
        try:
            lexicon = Lexicon.open(copy)
        except TongwenError:
            figures.count(name, "noticed")
        else:
            same = [lexicon.translations(term) for term in terms] == expected
            figures.count(f"{number} {name} of the lexicon", "harmless" if same else "wrong: other translations")
    return figures


def damage_model(source: Path, copy: Path, mutations: int, seed: int) -> Figures:
    """Damage a copy of the shipped model: it is refused. The weights, most of its bytes, are damaged least often."""
    figures, choose = Figures(), random.Random(seed)
    copy_folder(source, copy)
    fingerprint = read_model_folder(copy, shipped=True).fingerprint
    small = [path for path in sorted(copy.rglob("*")) if path.is_file() and path.suffix != ".md"]
    large = [path for path in small if path.stat().st_size > 10_000_000]
    small = [path for path in small if path not in large]
    for number in range(mutations):
        path = choose.choice(large if number % 20 == 0 else small)
        content, name = path.read_bytes(), choose.choice(list(MUTATIONS))
        path.write_bytes(MUTATIONS[name](content, choose))
        try:
            same = read_model_folder(copy, shipped=True).fingerprint == fingerprint
            outcome = "harmless" if same else "wrong: another model"
        except TongwenError:
            outcome = "noticed"
        figures.count(f"{number} {name} of {path.name}", outcome)
        path.write_bytes(content)
        if number % 100 == 99:
            progress(f"{number + 1} of {mutations} damaged models: {dict(figures.outcomes)}")
    return figures
