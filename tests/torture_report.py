"""What the torture tests measured: one JSON line each in a file, and the table made of it.

TONGWEN_TORTURE_REPORT=FILE pytest -m torture …     appends to FILE, build/torture.jsonl where it is not set
python -m tests.torture_report [FILE]               prints the table
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from evals.statistics import upper_bound as wilson_upper_bound

ROOT = Path(__file__).parent.parent
_DEFAULT = ROOT / "build" / "torture.jsonl"


def report(test_id: str, *, n: int, failures: int, seed: int | None = None, **extra: object) -> None:
    """Append the figures of one test. `what` among `extra` says what a failure is; it names the row of the table."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").split(" (")[0]
    line = {
        "id": test_id,
        "commit": _commit(),
        "seed": seed,
        "n": n,
        "failures": failures,
        "upper95": upper_bound(n, failures),
        "command": f"pytest -m '' '{test}'" if test else "",
        **extra,
    }
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:  # one write, so that processes do not mix their lines
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def progress(text: str) -> None:
    """Tell whoever runs a long test how far it is; seen with `pytest -s`."""
    print(text, file=sys.stderr, flush=True)


def upper_bound(n: int, failures: int) -> float:
    """The share of failures that is exceeded with 5 % chance at most: 3/n where there was none, else Wilson's bound."""
    if n == 0:
        return 1.0
    return min(1.0, round(3 / n, 6)) if failures == 0 else wilson_upper_bound(failures, n)


def latest(lines: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """For each test and what it counts, the line with the greatest n of the commit that was measured last."""
    kept: dict[tuple[str, str], Mapping[str, Any]] = {}
    for line in lines:
        key = str(line["id"]), str(line.get("what", ""))
        earlier = kept.get(key)
        if earlier is None or earlier["commit"] != line["commit"] or line["n"] >= earlier["n"]:
            kept[key] = line
    return [kept[key] for key in sorted(kept)]


def table(lines: Iterable[Mapping[str, Any]]) -> str:
    """The lines as a table in Markdown."""
    head = ("test", "what", "n", "failures", "95 % bound", "seed", "commit", "command")
    shown = [
        (
            line["id"],
            line.get("what", ""),
            f"{line['n']:,}",
            f"{line['failures']:,}",
            f"{100 * line['upper95']:.3g} %",
            "–" if line["seed"] is None else line["seed"],
            line["commit"],
            f"`{line['command']}`",
        )
        for line in lines
    ]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (head, ["---"] * len(head), *shown))


def _path() -> Path:
    return Path(os.environ.get("TONGWEN_TORTURE_REPORT") or _DEFAULT)


@cache
def _commit() -> str:
    """The commit of the checkout, with a star where files differ from it; "?" where there is no checkout."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        return commit + ("*" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "?"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else _path()
    if not path.exists():
        sys.exit(f"no figures at {path}; `make torture` measures them")
    print(table(latest(json.loads(line) for line in path.read_text("utf-8").splitlines())))


if __name__ == "__main__":
    main()
