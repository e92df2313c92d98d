"""Progress of long work at a terminal. Where standard error is none, nothing is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.embedding import Progress


@contextmanager
def embedding_progress() -> Iterator[Progress | None]:
    """A counter of finished texts, on standard error where that is a terminal; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}: {task.completed}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("embedding passages", total=None)
        yield lambda finished: bar.advance(task, finished)


@contextmanager
def question_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar of finished out of all, on standard error where that is a terminal; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=None)
        yield lambda finished, total: bar.update(task, completed=finished, total=total)
