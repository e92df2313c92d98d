"""Work in processes that may be killed, and folders on a file system that is quick to write."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def isolated(function: Callable[..., Any], *arguments: object, **named: object) -> Any:
    """The result of a function that runs in a fresh process of one thread, which may therefore fork.

    Where the process dies, by a signal or an exception of the function, that is an `AssertionError` which says so.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, function, arguments, named), daemon=True)
    with receiver:
        process.start()
        sender.close()
        try:
            outcome = receiver.recv()
        except EOFError:
            outcome = None
        process.join()
    assert outcome is not None, f"the process died: exit code {process.exitcode}"
    error, result = outcome
    assert error is None, error
    return result


def _run(sender: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    logging.getLogger("index").setLevel(logging.ERROR)  # that damaged vectors are built anew is what is wanted
    try:
        outcome = None, function(*arguments, **named)
    except BaseException:
        outcome = traceback.format_exc(), None
    sender.send(outcome)
    sender.close()


def fork(function: Callable[[], object]) -> int:
    """Run a function in a fork of this process, which must have one thread; the id of the child.

    The child exits with 0, or with 1 after an exception, whose text it writes to stderr.
    """
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        function()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A temporary folder in memory where there is one, for tests in which no process outlives the machine."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="tongwen-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_folder(source: Path, target: Path) -> Path:
    """A copy of `source` in place of what `target` is."""
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)
    return target
