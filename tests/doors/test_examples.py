"""Every example runs as it is written, over a library of the sample articles, and is short."""

import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from serving import served

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.assistant import Assistant
from tests.doors.product import product

EXAMPLES = Path(__file__).parents[2] / "examples"
SAID = {
    "embed.py": ["[1]", "AWS", "亚马逊"],
    "llama_index_agent.py": ["I found this:", "Jassy", "亚马逊"],
    "llama_index_chat.py": ["2000 亿美元", "[1]"],
    "langchain_chain.py": ["(what your model makes of the passages)", "[1]", "jobs"],
    "openai_client.py": ["[1] “", "AWS"],
    "mcp_client.py": ["['search', 'ask', 'list_documents', 'fetch_span']", "[1]", "True"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A working folder with `library` in it."""
    folder = tmp_path_factory.mktemp("examples")
    list(Library(folder / "library", open_embedder("hashing")).add(load_samples()))
    return folder


@pytest.fixture(scope="module")
def address(place):
    """Where `tongwen serve` answers from that library."""
    with served(product(Assistant(Library(place / "library", open_embedder("hashing"))))) as address:
        yield address


@pytest.fixture(autouse=True)
def at_place(place, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.delenv("TONGWEN_LIBRARY")


def test_every_python_example_is_run_and_short():
    found = {path.name: path.read_text("utf-8").splitlines() for path in EXAMPLES.glob("*.py")}
    assert found.keys() == SAID.keys() | {"fastapi_service.py"}
    assert {name: len(lines) for name, lines in found.items() if len(lines) >= 40} == {}


@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecationWarning")  # LlamaIndex's, on new pydantic
@pytest.mark.parametrize("name", SAID)
def test_runs(name, address, monkeypatch, capfd):
    monkeypatch.setattr(sys, "argv", [name, address])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    out = capfd.readouterr().out
    print(out)
    assert [text for text in SAID[name] if text not in out] == []


def test_the_shell_script_runs(address):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    done = subprocess.run(["sh", str(EXAMPLES / "ask.sh"), address], capture_output=True, text=True, check=True)
    first, *_, hits, documents = done.stdout.strip().splitlines()
    assert json.loads(first)["citations"]
    assert "event: answer" in done.stdout
    assert len(json.loads(hits)["hits"]) == 3
    assert len(json.loads(documents)["documents"]) == 2


def test_the_service_answers_and_refuses():
    with TestClient(runpy.run_path(str(EXAMPLES / "fastapi_service.py"))["app"]) as client:
        answered = client.post("/handbook", json={"text": "How many corporate jobs has Amazon cut?"})
        assert (answered.status_code, "30,000" in answered.json()["text"]) == (200, True)
        assert answered.json()["sources"]
        assert client.post("/handbook", json={"text": "谁获得了 1998 年的诺贝尔文学奖？"}).status_code == 404
        assert client.post("/handbook", json={"text": " "}).status_code == 422
