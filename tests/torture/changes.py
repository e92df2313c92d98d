"""One change of a library, and the only two states that it may leave: the one before and the one after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from torture.corpus import Answers, answers, documents, open_library, stored_texts
from torture.processes import copy_folder

from index.backup import back_up, restore
from index.compaction import compact
from index.errors import TongwenError
from index.library import Library
from index.schema import Document

NAMES = ("make", "add", "replace", "remove", "rebuild", "compact", "restore")


@dataclass(frozen=True)
class State:
    """What a library answers."""

    texts: dict[str, str]
    answers: Answers


@dataclass(frozen=True)
class Change:
    """A change, a folder with the library before it, and the states around it."""

    name: str
    prepared: Path
    apply: Callable[[Library], object]
    before: State
    after: State
    questions: list[Document]


def prepare(name: str, base: Path) -> Change:
    """The change of that name, with its library made in a folder below `base`."""
    prepared = base / f"prepared-{name}"
    old, new = documents(12), documents(6, name="new")
    if name != "make":
        list(open_library(prepared).add(old[:6]))
        list(open_library(prepared).add(old[6:]))
    if name == "restore":
        list(open_library(base / "other").add(new))
        back_up(base / "other", base / "backup")
    changed = [replace(text, source=earlier.source) for text, earlier in zip(new, old[:6], strict=True)]
    apply: Callable[[Library], object] = {
        "make": lambda library: list(library.add(new)),
        "add": lambda library: list(library.add(new)),
        "replace": lambda library: list(library.add(changed)),
        "remove": lambda library: library.remove(old[2].id),
        "rebuild": lambda library: library.rebuild(),
        "compact": lambda library: compact(library.folder),
        "restore": lambda library: restore(base / "backup", library.folder),
    }[name]
    questions = [*old[::5], new[1]]
    finished = open_library(copy_folder(prepared, base / f"finished-{name}"))
    before = state(finished, questions)
    apply(finished)
    return Change(name, prepared, apply, before, state(finished, questions), questions)


def state(library: Library, questions: list[Document]) -> State:
    found = stored_texts(library)
    return State(found, answers(library, questions) if found else [])


def fault_of(change: Change, folder: Path, acknowledged: bool, resume: bool) -> str | None:
    """What is wrong with what the change left in `folder`; None where nothing is.

    It must open without help as one of the two states, the later one where the change was acknowledged, and pass
    `verify`. With `resume` the change is then made (again), which must lead to the later state.
    """
    try:
        library = open_library(folder)
        found = state(library, change.questions)
        if found not in (change.before, change.after):
            return "neither the state before nor the one after"
        if acknowledged and found != change.after:
            return "an acknowledged change is gone"
        if found.texts and (problems := library.verify()):
            return f"verify: {problems}"
        if resume:
            if change.name != "remove" or found == change.before:
                change.apply(library)
            if state(open_library(folder), change.questions) != change.after:
                return "the change cannot be made afterwards"
            if problems := library.verify():
                return f"verify after the change: {problems}"
    except TongwenError as error:
        return f"unusable: {error}"
    return None


def attempt(change: Change, folder: Path, journal: Path) -> None:
    """Make the change, and note in `journal` "done" or the name of the error of ours; any other error is raised."""
    try:
        change.apply(open_library(folder))
        outcome = "done"
    except TongwenError as error:
        outcome = f"{type(error).__name__} {error}"
    journal.write_text(outcome, "utf-8")
