"""Cases that a model proposes, asked for through the command line at a real endpoint that plays a script."""

import json
import sys

import pytest

from tests.llm.scripted_endpoint import stream_of
from ui.command import main

TEXT = "海源电池宣布投资 35 亿元建厂，工厂建在宁波的海边。公司由林岚创办，她曾是一名教师，后来成为工程师。"
WRITTEN = (
    '{"question": "谁创办了海源电池？", "answer": "林岚"}\n{"question": "海源电池在哪里建厂？", "answer": "上海"}\n'
)


@pytest.fixture
def draft(endpoint, monkeypatch, tmp_path, capfd):
    (tmp_path / "年报.txt").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TONGWEN_LLM", "openai:any")
    monkeypatch.setenv("TONGWEN_LLM_BASE_URL", endpoint.base_url)
    monkeypatch.setattr(sys, "argv", ["tongwen", "eval", "draft", "年报.txt", "--llm"])

    def run():
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return end.value.code, [json.loads(line) for line in out.splitlines()], err

    return run


def test_a_model_proposes_what_its_passage_has(endpoint, draft):
    endpoint.script = [stream_of(WRITTEN)]
    status, cases, err = draft()
    assert not status
    (case,) = [case for case in cases if "llm" in case["tags"]]
    assert (case["question"], case["answers"]) == ("谁创办了海源电池？", ["林岚"])
    assert case["must_cite"] == ["公司由林岚创办，她曾是一名教师，后来成为工程师。"]
    assert "1 proposals of the model could not be used" in err
    ((_, _, body),) = endpoint.requests
    assert TEXT in body["messages"][-1]["content"]


def test_a_model_that_fails_is_one_line(endpoint, draft):
    endpoint.script = [endpoint.error(500)]
    status, cases, err = draft()
    assert (status, cases) == (1, [])
    assert err.startswith("tongwen: the model openai:any did not answer (status 500); check it and try again\n")
