"""Files are parsed in a child process with limits, so that no file can harm the program or the files beside it.

The parsers of PDF, Office and web formats follow what a file says, and a few kilobytes can say "ten seconds and half a
gigabyte". The child gets bytes and a name, never a path; its environment holds nothing of ours; what it prints goes
nowhere. One child reads many files; it is replaced when it was killed, died, or has grown.

Not handled: a parser that is taken over by a file could lie about the files that the same child reads after it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from index.errors import ParserUnavailable
from index.extraction import Extracted, Rejected
from index.schema import Place

_START_SECONDS = 60.0  # for an interpreter to start on a busy machine; not counted as time of a file
_PROGRAM = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from index.parsing_child import main; main()"
)
_INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # without which an interpreter may not start
_SURPLUS_BYTES = 4_000_000  # of a reply, beside what its characters take


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one file may take. Over any of them the file is rejected with a reason."""

    seconds: float = 20.0  # by the clock; the processor's time is limited to as much
    memory_bytes: int = 1_000_000_000  # of addresses, beyond what the child has after its start
    characters: int = 5_000_000  # of all texts, titles and metadata together
    members: int = 10_000  # documents and rejected members


class Parser:
    """Reads files in a child process, which is started with the first. Used by one thread at a time.

    Leaving the `with` block ends the child, also on an interrupt; it ends by itself when this process is killed.
    """

    def __init__(self, limits: ParseLimits | None = None) -> None:
        self.limits = limits or ParseLimits()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Parser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the next file would start another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        child.wait()

    @property
    def child_id(self) -> int | None:
        """The process id of the child, if one is there."""
        return self._child.pid if self._child else None

    def parse(self, content: bytes, name: str) -> list[Extracted | Rejected]:
        """What the file of that name and content holds; its documents and what could not become one.

        Whatever the content is, it returns within the limits. Raises `ParserUnavailable` where no child can be started.
        """
        try:
            if self._child is None:
                self._child = self._start()
            with _deadline(self._child, self.limits.seconds) as late:
                reply = self._exchange(self._child, content, name)
            if reply is None or late.is_set():
                status = self._end_of_child()
                return [Rejected(self._why_killed(late.is_set(), status))]
        except BaseException:
            self.close()
            raise
        if reply["replace"]:
            self.close()
        return [_item(each) for each in reply["items"]]

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parents[1])
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # their threads reserve addresses
        try:
            child = subprocess.Popen(
                # Neither the working folder nor a variable says what is imported; no cached code is written.
                [sys.executable, "-P", "-B", "-X", "utf8", "-c", _PROGRAM, root, json.dumps(asdict(self.limits))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=os.path.abspath(os.sep),
                env=environment,
                bufsize=0,
                start_new_session=True,  # an interrupt at the terminal is ours to handle
            )
        except OSError as error:
            raise ParserUnavailable(
                f"no process can be started to read files ({error}); free memory and try again"
            ) from error
        self._child = child
        with _deadline(child, _START_SECONDS):
            ready = _read_exactly(_pipe(child.stdout), 1)
        if ready is None:
            raise ParserUnavailable(
                "the process that reads files does not start; free memory, or install the program again"
            )
        return child

    def _exchange(self, child: subprocess.Popen[bytes], content: bytes, name: str) -> dict[str, Any] | None:
        """The reply to one file; None where the child died over it."""
        encoded = name.encode("utf-8", "surrogatepass")
        try:
            for piece in (len(encoded).to_bytes(8), encoded, len(content).to_bytes(8), content):
                _write_all(_pipe(child.stdin), piece)
        except BrokenPipeError:
            return None
        header = _read_exactly(_pipe(child.stdout), 8)
        # A character takes at most six bytes in JSON.
        if header is None or int.from_bytes(header) > 6 * self.limits.characters + _SURPLUS_BYTES:
            return None
        body = _read_exactly(_pipe(child.stdout), int.from_bytes(header))
        if body is None:
            return None
        reply: dict[str, Any] = json.loads(body.decode("utf-8", "surrogatepass"))
        return reply

    def _end_of_child(self) -> int:
        child = self._child
        self.close()
        return child.returncode if child and child.returncode is not None else 0

    def _why_killed(self, late: bool, status: int) -> str:
        if late or status in _TOO_SLOW:
            return f"takes more than {self.limits.seconds:g} s to read; split it, or save it anew as PDF or plain text"
        return "ends the program that reads it, so it is damaged or made to do that; save it anew and add it again"


# The signals of an alarm and of used-up processor time.
_TOO_SLOW = (-14, -24)


@contextmanager
def _deadline(child: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the child when the time is over; the event tells whether that was done."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the child was started without pipes")
    return pipe


def _write_all(pipe: IO[bytes], content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[pipe.write(view) :]


def _read_exactly(pipe: IO[bytes], count: int) -> bytes | None:
    """That many bytes, or None where the pipe ends before."""
    content = bytearray()
    while len(content) < count:
        piece = pipe.read(min(count - len(content), 1 << 20))
        if not piece:
            return None
        content += piece
    return bytes(content)


def _item(values: Mapping[str, Any]) -> Extracted | Rejected:
    """What `index.parsing_child` made of one item of a reader."""
    if "reason" in values:
        return Rejected(values["reason"], values["member"])
    return Extracted(
        text=values["text"],
        structure=values["structure"],
        title=values["title"],
        places=tuple(Place(**place) for place in values["places"]),
        metadata=values["metadata"],
        notes=tuple(values["notes"]),
        member=values["member"],
    )
