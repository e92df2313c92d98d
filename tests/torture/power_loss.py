"""What a disk may hold after the power went: a model of a file system that keeps only what was synced for sure.

The system calls of a real change are recorded. At every point among them, what was written since the last fsync of
its file is there, missing, or there by half, each write for itself; every name that was made, moved or deleted since
the last fsync of its folder is so or not. The order in which these happened counts for nothing, as on no real file
system: what survives this survives them all. The shared memory of SQLite (`-shm`) is gone, as after every restart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from pathlib import Path

from torture.changes import Change, attempt, fault_of, prepare
from torture.processes import copy_folder, quick_folder
from torture.tracing import Call, trace
from torture_report import progress


@dataclass(eq=False)
class _File:
    durable: bytes = b""
    pending: list[Call] = field(default_factory=list)  # writes and changes of the length since the last fsync


@dataclass(eq=False)
class _Folder:
    durable: dict[str, _File | _Folder] = field(default_factory=dict)
    present: dict[str, _File | _Folder] = field(default_factory=dict)  # what the running programs see
    # since the last fsync: name, and what it stands for then, None for nothing; a rename is two at once
    pending: list[list[tuple[str, _File | _Folder | None]]] = field(default_factory=list)

    def change(self, *names: tuple[str, _File | _Folder | None]) -> None:
        self.pending.append(list(names))
        _apply(self.present, names)

    def sync(self) -> None:
        for names in self.pending:
            _apply(self.durable, names)
        self.pending.clear()


def _apply(
    entries: dict[str, _File | _Folder], names: Sequence[tuple[str, _File | _Folder | None]]
) -> dict[str, _File | _Folder]:
    for name, node in names:
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node
    return entries


Tree = dict[Path, bytes | None]  # by path; None is a folder


class Disk:
    """The folder `root` as it is now, all of it durable, and what calls then do to it."""

    def __init__(self, root: Path, content: Path) -> None:
        """`content` is the folder that lies at `root`, if any."""
        self._root = root.parent
        self._top = _Folder()
        if content.exists():
            self._top.present[root.name] = _read(content)
        self._top.durable = dict(self._top.present)

    def apply(self, call: Call) -> None:
        """What a call that succeeded does."""
        name = call.path.name
        if name.endswith("-shm"):
            return
        match call.name:
            case "open" | "openat" | "creat":
                if call.creates:
                    self._folder(call.path.parent).change((name, _File()))
                elif call.truncates:
                    self._file(call.path).pending.append(Call("ftruncate", call.path))
            case "write" | "pwrite64" | "ftruncate":
                self._file(call.path).pending.append(call)
            case "fsync" | "fdatasync":
                node = self._node(call.path)
                if isinstance(node, _Folder):
                    node.sync()
                else:
                    node.durable = _written(node.durable, [(write, 2) for write in node.pending])
                    node.pending.clear()
            case "mkdir" | "mkdirat":
                # Python first tries the last of several folders, and finds that the one above is missing.
                if self._is_there(call.path.parent) and not self._is_there(call.path):
                    self._folder(call.path.parent).change((name, _Folder()))
            case "unlink" | "unlinkat" | "rmdir":
                self._folder(call.path.parent).change((name, None))
            case "rename" | "renameat" | "renameat2":
                assert call.target is not None
                source, target = self._folder(call.path.parent), self._folder(call.target.parent)
                moved = source.present[name]
                if source is target:
                    source.change((call.target.name, moved), (name, None))
                else:
                    target.change((call.target.name, moved))
                    source.change((name, None))

    def states(self, at_most: int, choices: random.Random) -> Iterator[Tree]:
        """What may be there if the power goes now: every state, or where there are more so many of them by chance."""
        nodes = list(dict.fromkeys(_below(self._top)))
        options = [(id(node), place, 2 + isinstance(node, _File)) for node in nodes for place in range(_count(node))]
        counts = [count for _, _, count in options]
        if prod(counts) <= at_most:
            chosen: Iterator[Sequence[int]] = product(*(range(count) for count in counts))
        else:
            extremes = [[0] * len(counts), [count - 1 for count in counts]]
            chosen = iter([*extremes, *([choices.randrange(n) for n in counts] for _ in range(at_most - 2))])
        for values in chosen:
            kept = {(node, place): value for (node, place, _), value in zip(options, values, strict=True)}
            yield dict(_tree(self._top, Path(), kept))

    def _node(self, path: Path) -> _File | _Folder:
        node: _File | _Folder = self._top
        for part in path.relative_to(self._root).parts:
            assert isinstance(node, _Folder)
            node = node.present[part]
        return node

    def _is_there(self, path: Path) -> bool:
        try:
            self._node(path)
        except KeyError:
            return False
        return True

    def _folder(self, path: Path) -> _Folder:
        node = self._node(path)
        assert isinstance(node, _Folder)
        return node

    def _file(self, path: Path) -> _File:
        node = self._node(path)
        assert isinstance(node, _File)
        return node


def _read(path: Path) -> _File | _Folder:
    if path.is_file():
        return _File(path.read_bytes())
    entries = {one.name: _read(one) for one in path.iterdir()}
    return _Folder(entries, dict(entries))


def _count(node: _File | _Folder) -> int:
    return len(node.pending)


def _below(node: _File | _Folder) -> Iterator[_File | _Folder]:
    """The node and all that it may hold after the power loss."""
    yield node
    if isinstance(node, _Folder):
        for names in [[*node.durable.items()], *node.pending]:
            for _, below in names:
                if below is not None:
                    yield from _below(below)


def _tree(folder: _Folder, path: Path, kept: dict[tuple[int, int], int]) -> Iterator[tuple[Path, bytes | None]]:
    entries = dict(folder.durable)
    for place, names in enumerate(folder.pending):
        if kept[id(folder), place]:
            _apply(entries, names)
    for name, node in entries.items():
        if isinstance(node, _Folder):
            yield path / name, None
            yield from _tree(node, path / name, kept)
        else:
            writes = [(write, kept[id(node), place]) for place, write in enumerate(node.pending)]
            yield path / name, _written(node.durable, writes)


def _written(content: bytes, writes: Sequence[tuple[Call, int]]) -> bytes:
    """The content after the writes of which 0 is lost, of which 1 half and of which 2 all is there."""
    changed = bytearray(content)
    for call, kept in writes:
        if not kept:
            continue
        if call.name == "ftruncate":
            changed = changed[: call.offset].ljust(call.offset, b"\0") if kept == 2 else changed
            continue
        data = call.data if kept == 2 else call.data[: len(call.data) // 2]
        changed = changed.ljust(call.offset, b"\0")
        changed[call.offset : call.offset + len(data)] = data
    return bytes(changed)


@dataclass
class Losses:
    """What was tried and what went wrong."""

    n: int = 0
    points: int = 0
    failures: list[str] = field(default_factory=list)


def lose_power(name: str, states: int, seed: int, sync: bool = True) -> Losses:
    """Open about so many different states that the power may leave at points of the change of that name.

    Without `sync` every fsync is taken for none, which must lead to failures: it is how the model is tested.
    """
    losses, choices = Losses(), random.Random(f"{seed} {name}")
    with quick_folder() as base:
        change, live, folder = prepare(name, base), base / "library", base / "after"
        copy_folder(change.prepared, live)
        calls: list[Call] = []
        journal = base / "library-acknowledged"  # its first call is the acknowledgement: all before it was made
        assert trace(lambda: attempt(change, live, journal), base, calls.append) == 0
        disk = Disk(live, change.prepared)
        acknowledged = False
        points = {*choices.sample(range(len(calls)), min(len(calls), states // 3)), len(calls) - 1}
        seen: set[int] = set()
        for number, call in enumerate(calls):
            if call.path == journal:
                acknowledged = True
            elif sync or call.name not in ("fsync", "fdatasync"):
                disk.apply(call)
            if number not in points:
                continue
            losses.points += 1
            share = max(2, (states - losses.n) // (len(points) - losses.points + 1))
            for tree in disk.states(share * 2, choices):
                signature = hash((frozenset(tree.items()), acknowledged))
                if signature in seen:
                    continue
                seen.add(signature)
                share -= 1
                fault = _open(change, tree, folder, acknowledged, resume=losses.n % 10 == 0)
                losses.n += 1
                if fault:
                    losses.failures.append(f"{name}, after call {number}, {call.name} {call.path.name}: {fault}")
                if not share:
                    break
        progress(f"power lost in {name}: {losses.n} states, {len(losses.failures)} failures")
    return losses


def _open(change: Change, tree: Tree, folder: Path, acknowledged: bool, resume: bool) -> str | None:
    copy_folder(Path("/nonexistent"), folder)
    for path, content in tree.items():
        place = folder.joinpath(*path.parts[1:])
        if content is None:
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.write_bytes(content)
    return fault_of(change, folder, acknowledged, resume)
