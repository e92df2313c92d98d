"""The child process: one for many files, replaced when it dies, and nothing a file does gets past its limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.extraction import Extracted, Rejected
from index.parsing import ParseLimits, Parser
from tests.index.bombs import bombs

ROOT = Path(__file__).parents[2]
BOMBS = dict(bombs())
LOW = ParseLimits(seconds=6, memory_bytes=300_000_000, characters=400_000, members=500)
QUICK = (
    "zip: a gigabyte of spaces",
    "zip: 100,000 entries",
    "zip: nested",
    "zip: overlapping members",
    "docx: billion laughs",
    "docx: deep elements",
    "xlsx: a cell at the far corner",
    "pdf: 60 MB of operators",
    "html: deep elements",
    "json: deep arrays",
)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser(LOW) as opened:
        yield opened


def reason(items: list[Extracted | Rejected]) -> str:
    (item,) = items
    assert isinstance(item, Rejected)
    return item.reason


def test_one_child_reads_many_files(parser: Parser) -> None:
    texts = ["正文一。", "Second text.", "第三 third。"]
    children = set()
    for text in texts:
        (item,) = parser.parse(text.encode(), "a.txt")
        assert isinstance(item, Extracted)
        assert item.text == text
        children.add(parser.child_id)
    assert len(children) == 1
    assert None not in children


@pytest.mark.parametrize("kind", QUICK)
def test_a_bomb_harms_no_other_file(parser: Parser, kind: str) -> None:
    name, make = BOMBS[kind]
    began = time.monotonic()
    items = parser.parse(make(0.1), name)
    assert time.monotonic() - began < LOW.seconds + 5
    assert sum(len(item.text) for item in items if isinstance(item, Extracted)) <= LOW.characters
    assert all(";" in item.reason for item in items if isinstance(item, Rejected))
    assert parser.parse("正文".encode(), "next.txt") == [Extracted("正文", "text", metadata={"format": "text"})]


@pytest.mark.parametrize(
    ("limits", "content", "name", "why"),
    [
        (ParseLimits(characters=1000), b"ab " * 400, "a.txt", "holds more than 1,000 characters; split it"),
        (ParseLimits(members=3), b'{"text": "x"}\n' * 5, "a.jsonl", "holds more than 3 members; split it"),
    ],
)
def test_output_is_limited(limits: ParseLimits, content: bytes, name: str, why: str) -> None:
    with Parser(limits) as parser:
        assert reason(parser.parse(content, name)) == why


def test_memory_is_limited() -> None:
    with Parser(ParseLimits(memory_bytes=30_000_000)) as parser:
        assert "more than 30 MB of memory" in reason(parser.parse(b"text " * 3_000_000, "a.txt"))
        assert parser.parse(b"next", "b.txt") == [Extracted("next", "text", metadata={"format": "text"})]


def stopped(parser: Parser, signal_number: int) -> Callable[[], None]:
    """Sends a signal to the child that is there."""
    parser.parse(b"first", "a.txt")
    child = parser.child_id
    assert child is not None
    return lambda: os.kill(child, signal_number)


def test_a_child_that_hangs_is_killed_and_replaced() -> None:
    with Parser(ParseLimits(seconds=0.5)) as parser:
        stopped(parser, signal.SIGSTOP)()
        assert reason(parser.parse(b"text", "a.txt")).startswith("takes more than 0.5 s to read; split it")
        assert isinstance(parser.parse(b"next", "b.txt")[0], Extracted)


def test_a_child_that_dies_is_replaced() -> None:
    with Parser() as parser:
        stopped(parser, signal.SIGKILL)()
        assert "ends the program that reads it" in reason(parser.parse(b"text", "a.txt"))
        assert isinstance(parser.parse(b"next", "b.txt")[0], Extracted)


def environment_of(process: int) -> str:
    return Path(f"/proc/{process}/environ").read_bytes().decode()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system shows no environment of a process")
def test_the_child_has_no_secrets_and_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGWEN_LLM_API_KEY", "sk-canary")
    with Parser() as parser:
        parser.parse(b"text", "a.txt")
        child = parser.child_id
        assert child is not None
        assert "canary" not in environment_of(child)
        assert os.readlink(f"/proc/{child}/fd/2") == "/dev/null"
        assert os.readlink(f"/proc/{child}/fd/1") == "/dev/null"
        assert os.getsid(child) != os.getsid(0)
        limits = Path(f"/proc/{child}/limits").read_text()
        assert next(line.split()[3:] for line in limits.splitlines() if "Max file size" in line) == ["0", "0", "bytes"]


def gone(process: int) -> bool:
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if "\nState:\tZ" in Path(f"/proc/{process}/status").read_text():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_its_parent(number: signal.Signals) -> None:
    program = (
        "import sys, time; from index.parsing import Parser\n"
        "with Parser() as parser:\n"
        "    parser.parse(b'x', 'a.txt'); print(parser.child_id, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(number)
    parent.communicate()
    assert gone(child)


def test_names_are_data(parser: Parser) -> None:
    for name in ("../../a.txt", "/etc/passwd.txt", "a\0b.txt", "\ud800.txt", "a\n.txt", "x" * 5000 + ".txt"):
        assert parser.parse("正文".encode(), name) == [Extracted("正文", "text", metadata={"format": "text"})]
