"""Every bomb at full size under the limits of the product: contained, explained, and no other file harmed."""

from __future__ import annotations

import resource
import threading
import time
from pathlib import Path

import pytest

from index.extraction import Extracted, Rejected
from index.formats.registry import MAX_FILE_BYTES
from index.parsing import ParseLimits, Parser
from tests.index.bombs import bombs
from tests.torture_report import progress, report

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]

LIMITS = ParseLimits()
SLACK_SECONDS = 3.0  # to kill a process and start another on a busy machine


class Meter:
    """The most memory that the children of a parser held while it was open, in bytes."""

    def __init__(self, parser: Parser) -> None:
        self.peak = 0
        self._parser = parser
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(0.01):
            child = self._parser.child_id
            try:
                pages = Path(f"/proc/{child}/statm").read_text().split()[1]
            except (OSError, IndexError):
                continue
            self.peak = max(self.peak, int(pages) * resource.getpagesize())


def test_bombs_are_contained() -> None:
    failures = []
    worst_seconds = worst_bytes = 0.0
    count = 0
    with Parser(LIMITS) as parser:
        for kind, (name, make) in bombs():
            content = make(1.0)[:MAX_FILE_BYTES]
            began = time.monotonic()
            with Meter(parser) as meter:
                items = parser.parse(content, name)
            seconds = time.monotonic() - began
            neighbour = parser.parse("邻居 neighbour".encode(), "b.txt")
            count += 1
            worst_seconds, worst_bytes = max(worst_seconds, seconds), max(worst_bytes, meter.peak)
            characters = sum(len(item.text) for item in items if isinstance(item, Extracted))
            why = next((item.reason for item in items if isinstance(item, Rejected)), "read")
            progress(f"{kind}: {seconds:.1f} s, {meter.peak >> 20} MB, {characters:,} characters; {why}")
            good = (
                seconds <= LIMITS.seconds + SLACK_SECONDS
                and characters <= LIMITS.characters
                and all(";" in item.reason for item in items if isinstance(item, Rejected))
                and [getattr(item, "text", None) for item in neighbour] == ["邻居 neighbour"]
            )
            if not good:
                failures.append(kind)
    report(
        "T23",
        n=count,
        failures=len(failures),
        what="bombs not contained",
        worst_seconds=round(worst_seconds, 1),
        worst_megabytes=round(worst_bytes / 1e6),
    )
    assert count >= 40
    assert failures == []
