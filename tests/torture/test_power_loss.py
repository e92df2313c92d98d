"""Power lost at any point of a change (T03): the library opens as before it or as after it, without help."""

from __future__ import annotations

from pathlib import Path

import pytest
from torture.changes import NAMES
from torture.power_loss import Disk, Losses, lose_power
from torture.processes import isolated
from torture.tracing import AVAILABLE, WHY_NOT, Call
from torture_report import report

SEED = 8


def lose_power_in_each(states: int) -> list[Losses]:
    return [lose_power(name, states // len(NAMES), SEED) for name in NAMES]


def check(states: int) -> None:
    found = isolated(lose_power_in_each, states)
    failures = [failure for losses in found for failure in losses.failures]
    n, points = sum(losses.n for losses in found), sum(losses.points for losses in found)
    report("T03", n=n, failures=len(failures), seed=SEED, what="disk state after a power loss", points=points)
    assert n >= states * 0.8
    assert failures == []


@pytest.mark.skipif(not AVAILABLE, reason=WHY_NOT)
def test_power_lost_at_some_points() -> None:
    check(300)


@pytest.mark.torture
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not AVAILABLE, reason=WHY_NOT)
def test_power_lost_at_every_point() -> None:
    check(12_000)


@pytest.mark.skipif(not AVAILABLE, reason=WHY_NOT)
def test_without_syncing_the_model_finds_losses() -> None:
    assert isolated(lose_power, "add", 100, SEED, sync=False).failures


def contents(disk: Disk) -> set[tuple[tuple[str, bytes | None], ...]]:
    import random

    return {
        tuple(sorted((str(path), content) for path, content in tree.items()))
        for tree in disk.states(1000, random.Random(0))
    }


def test_the_states_of_a_small_change(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_bytes(b"old")
    disk = Disk(root, root)
    (root / "b").touch()
    for call in (Call("openat", root / "b", creates=True), Call("write", root / "b", data=b"1234")):
        disk.apply(call)
    old, folder = ("root/a", b"old"), ("root", None)
    assert contents(disk) == {
        (folder, old),
        *((folder, old, ("root/b", content)) for content in (b"", b"12", b"1234")),
    }
    disk.apply(Call("fsync", root / "b"))
    disk.apply(Call("rename", root / "b", target=root / "a"))
    assert contents(disk) == {(folder, old), (folder, old, ("root/b", b"1234")), (folder, ("root/a", b"1234"))}
    disk.apply(Call("fsync", root))
    assert contents(disk) == {(folder, ("root/a", b"1234"))}
