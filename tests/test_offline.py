"""The product where nothing can be reached: no network, no home, no cache of models."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Fills a library with the sample, and asks once in each language, as a person would.
SESSION = """
import sys
from ui.command import main
for arguments in (
    ["add", "--sample", "--json"],
    ["ask", "亚马逊 2026 年的资本支出是多少？", "--json"],
    ["ask", "How much will Amazon's capital expenditure be in 2026?", "--json"],
):
    sys.argv = ["tongwen", *arguments]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    print("\\f")
"""

# Every way out raises, the loopback and sockets of files excepted.
GUARD = """
import ipaddress
import socket

class Guarded(socket.socket):
    def connect(self, address):
        _require_local(self.family, address)
        return super().connect(address)

    def connect_ex(self, address):
        _require_local(self.family, address)
        return super().connect_ex(address)

    def sendto(self, data, *rest):
        _require_local(self.family, rest[-1])
        return super().sendto(data, *rest)

def _require_local(family, address):
    if family != socket.AF_UNIX and not ipaddress.ip_address(address[0]).is_loopback:
        raise AssertionError(f"tried to reach {address}")

def _no_lookup(host, *rest, **options):
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        raise AssertionError(f"tried to look up {host}")
    return lookup(host, *rest, **options)

socket.socket = Guarded
lookup, socket.getaddrinfo = socket.getaddrinfo, _no_lookup
"""

REACHES_OUT = """
import socket, sys
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 443), timeout=2),
    lambda: socket.getaddrinfo("huggingface.co", 443),
):
    try:
        attempt()
    except (OSError, AssertionError):
        continue
    sys.exit("something was reached")
"""


@pytest.fixture
def environment(tmp_path):
    """A home with nothing in it, and no setting from outside."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "OMP_NUM_THREADS")}
    return kept | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PYTHONPATH": str(ROOT),
        "TONGWEN_LIBRARY": str(tmp_path / "library"),
    }


@pytest.fixture
def guarded(environment, tmp_path):
    """Python with every connection to another machine raising."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD, "utf-8")
    return [sys.executable], environment | {"PYTHONPATH": f"{tmp_path / 'guard'}{os.pathsep}{ROOT}"}


@pytest.fixture
def cut(environment):
    """Python in a network name space of its own, which holds no device that leads anywhere."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare on this machine")
    for options in (["-n"], ["-r", "-n"]):
        if subprocess.run([unshare, *options, "true"], capture_output=True).returncode == 0:
            return [unshare, *options, sys.executable], environment
    return pytest.skip("this machine allows no network name space of one's own")


@pytest.fixture(params=["guarded", "cut"])
def offline(request):
    """Runs a program in Python where nothing can be reached."""
    python, environment = request.getfixturevalue(request.param)
    return lambda program, folder: subprocess.run(
        [*python, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, timeout=110
    )


def test_the_tests_themselves_reach_nothing(offline, tmp_path):
    finished = offline(REACHES_OUT, tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_product_answers_in_both_languages(offline, tmp_path):
    finished = offline(SESSION, tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    added, chinese, english, _ = finished.stdout.split("\f")
    assert [document["outcome"] for document in json.loads(added)["documents"]] == ["added", "added"]
    for printed, language, figure in ((chinese, "zh", "2000 亿美元"), (english, "en", "US$200 billion")):
        answer = json.loads(printed)
        assert (answer["refused"], answer["language"]) == (False, language)
        assert figure in answer["answer"]
        assert answer["citations"]
