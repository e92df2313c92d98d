"""The child process of `index.parsing`: takes files from standard input, and gives back what the readers find in them.

It limits itself before it reads the first byte of a file: memory, processor time, no file may grow, few may be open.
Limits that a system lacks are left to the parent, which kills what takes too long.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

from index.chunking import first_heading
from index.errors import LoadError
from index.extraction import Extracted, Rejected
from index.formats import registry

_OPEN_FILES = 64  # pipes, and what an import has open
_ALARM_DELAY = 5.0  # seconds; the parent, if it lives, is quicker


def main() -> None:
    """Read files until standard input ends. The argument is `ParseLimits` as JSON."""
    limits: dict[str, Any] = json.loads(sys.argv[1])
    # What a parser prints must not get into the replies.
    replies = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    base = _limit_resources(limits["memory_bytes"])
    requests = sys.stdin.buffer
    replies.write(b"+")
    replies.flush()
    while (name := _read_field(requests)) is not None and (content := _read_field(requests)) is not None:
        _limit_time(limits["seconds"])
        items = _parse(content, name.decode("utf-8", "surrogatepass"), limits)
        del content
        grown = _address_space() - base > limits["memory_bytes"] // 2  # the readers themselves take a fifth
        reply = json.dumps({"items": items, "replace": grown}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        del items
        replies.write(len(reply).to_bytes(8) + reply)
        replies.flush()
        _stop_alarm()


def _read_field(requests: BinaryIO) -> bytes | None:
    """A length and as many bytes; None at the end."""
    header = requests.read(8)
    if len(header) < 8:
        return None
    length = int.from_bytes(header)
    content = requests.read(length)
    return content if len(content) == length else None


def _parse(content: bytes, name: str, limits: dict[str, Any]) -> list[dict[str, Any]]:
    """Every item of the file as JSON values, or one rejection of the whole file."""
    try:
        return list(_within_limits(registry.read(content, name), limits))
    except LoadError as error:
        reason = str(error)
    except MemoryError:
        megabytes = limits["memory_bytes"] // 1_000_000
        reason = f"takes more than {megabytes:,} MB of memory to read; split it, or save it as plain text"
    except RecursionError:
        reason = "is nested too deeply to be read; save it anew as plain text"
    # Parsers raise anything at all over a damaged file; the kind helps whoever looks into it.
    except Exception as error:
        reason = f"is damaged or not what its name says ({type(error).__name__}); save it anew and add it again"
    return [{"reason": reason, "member": ""}]


def _within_limits(items: Iterator[Extracted | Rejected], limits: dict[str, Any]) -> Iterator[dict[str, Any]]:
    characters = 0
    for members, item in enumerate(items, 1):
        if members > limits["members"]:
            raise LoadError(f"holds more than {limits['members']:,} members; split it")
        values = asdict(item)
        characters += _count_characters(values)
        if characters > limits["characters"]:
            raise LoadError(f"holds more than {limits['characters']:,} characters; split it")
        if isinstance(item, Extracted) and item.structure == "markdown" and not item.title:
            # Here, where time is limited: what takes too long to be looked through for headings is no document.
            values["title"] = first_heading(item.text)
        yield values


def _count_characters(value: object) -> int:
    """The characters of every text inside a value."""
    match value:
        case str():
            return len(value)
        case dict():
            return sum(len(key) + _count_characters(each) for key, each in value.items())
        case list() | tuple():
            return sum(map(_count_characters, value))
    return 1


def _address_space() -> int:
    """Bytes of addresses in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as pages:
            return int(pages.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _limit_resources(memory_bytes: int) -> int:
    """Set what stays the same for every file, and return the addresses in use before the first."""
    base = _address_space()
    try:
        import resource
    except ImportError:  # not a Unix system
        return base
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, _OPEN_FILES)]
    if base:
        wanted.append((resource.RLIMIT_AS, base + memory_bytes))
    for kind, value in wanted:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    return base


def _limit_time(seconds: float) -> None:
    """Limit the processor's time and the clock's for the next file, should the parent not be there to do it."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    signal.setitimer(signal.ITIMER_REAL, seconds + _ALARM_DELAY)


def _stop_alarm() -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
