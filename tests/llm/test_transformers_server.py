"""A real endpoint that nobody here wrote: `transformers serve` with a tiny model of random weights."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from rag.llm_answerer import open_llm_answerer
from rag.settings import Settings
from tests.llm.tiny_model import make_tiny_model


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """The address of the server, and the model's name there."""
    folder = tmp_path_factory.mktemp("served")
    model = make_tiny_model(folder / "tiny")
    (folder / "hub").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("transformers")
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(folder / "hub")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [command, "serve", model, "--host", "127.0.0.1", "--port", str(port)],
            env=environment, stdout=log, stderr=log,
        ) as server,
    ):  # fmt: skip
        try:
            yield wait_for(f"http://127.0.0.1:{port}", server, folder / "log"), str(model)
        finally:
            server.kill()


def wait_for(address, server, log):
    for _ in range(300):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return address
        except OSError:
            time.sleep(0.3)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture(scope="module")
def answerer(endpoint):
    address, model = endpoint
    settings = Settings(llm=f"openai:{model}", llm_base_url=f"{address}/v1", llm_answer_tokens=16)
    return open_llm_answerer(settings)


@pytest.mark.parametrize("question", ["资本支出是多少？", "How much is spent?", "AWS 的 capex 是多少？"])
def test_its_stream_is_read_with_its_end_and_its_token_counts(answerer, question):
    clock = answerer._clock(time.monotonic() + 60)
    deltas = list(answerer._model.stream("Answer.", question, clock))
    assert "".join(delta.text for delta in deltas)
    assert [delta.end for delta in deltas if delta.end] == ["cut"]  # at 16 tokens: random weights do not end
    assert [delta.completion_tokens for delta in deltas if delta.completion_tokens] == [16]


def test_it_completes_a_prompt(answerer):
    assert answerer.complete("资本支出？ Capex?").text
