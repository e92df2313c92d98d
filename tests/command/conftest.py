"""The command line: in this process for most tests, as a program of its own where that is what is tested."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ui.command import main

ROOT = Path(__file__).parents[2]
ENTRY = "from ui.command import main; main()"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A working folder with a library of its own, and the embedder that needs no model."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TONGWEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TONGWEN_EMBEDDER", "hashing")
    monkeypatch.setenv("TONGWEN_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


@pytest.fixture
def tongwen(monkeypatch, capfd):
    """Runs the command in this process."""

    def run(*arguments):
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["tongwen", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return Result(end.value.code or 0, out, err)

    return run


@pytest.fixture
def start(place):
    """Starts the command as a program."""
    started = []

    def run(*arguments, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        command = [sys.executable, "-c", ENTRY, *map(str, arguments)]
        started.append(subprocess.Popen(command, cwd=place, **options))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def program(start):
    """Runs the command as a program to its end."""

    def run(*arguments, stdin=b""):
        process = start(*arguments, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=60)
        return Result(process.returncode, out.decode(), err.decode())

    return run


@pytest.fixture
def article(place):
    """Two short documents, one of each language, in files."""
    folder = place / "articles"
    folder.mkdir()
    (folder / "电池.md").write_text("# 海源电池\n\n海源电池在宁波投资 35 亿元建厂。\n\n份额为 18%。", "utf-8")
    (folder / "plant.txt").write_text("Haiyuan will spend 3.5 billion yuan on a plant in Ningbo.", "utf-8")
    return folder
