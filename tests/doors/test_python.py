"""The package as other programs import it, and what is asked for from an event loop."""

import ast
import asyncio
import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rag
from index.errors import LibraryMissing, QuestionError, SettingsError
from rag import Assistant, Retriever
from rag.answer_json import answer_json
from rag.async_steps import in_threads
from tests.doors.forms import of_json
from tests.rag.scripted import ScriptedAnswerer

ROOT = Path(__file__).parents[2]


def test_the_stub_names_what_the_package_gives():
    stub = ast.parse((ROOT / "rag" / "__init__.pyi").read_text("utf-8"))
    typed = {alias.name: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(typed) == sorted(rag.__all__)
    assert {name: getattr(rag, name).__module__ for name in rag.__all__} == typed


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(ImportError, match="Answerer"):
        from rag import Answerer  # noqa: F401


def test_importing_the_package_loads_nothing_but_it():
    program = "import sys, rag; print(sorted(name for name in sys.modules if name.split('.')[0] in ('rag', 'index')))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == ["rag", "rag.public"]


def test_open_takes_a_path_or_the_settings(wetland, assistant, questions):
    asked = questions[0]
    expected = of_json(answer_json(assistant.ask(asked)))
    for opened in (Assistant.open(wetland), Assistant.open(str(wetland)), Assistant.open()):
        assert of_json(answer_json(opened.ask(asked))) == expected
    assert Retriever.open(wetland).retrieve(asked) == assistant.retriever.retrieve(asked)


def test_open_says_what_is_missing(tmp_path):
    with pytest.raises(LibraryMissing):
        Assistant.open(tmp_path / "none").ask("谁？")
    with pytest.raises(SettingsError, match="TONGWEN_LLM"):
        Assistant.open(answerer="llm")


@pytest.mark.parametrize("question", ["", " \n", "？" * 100_000])
def test_a_question_that_cannot_be_asked_is_refused_alike(question, assistant):
    for ask in (assistant.ask, assistant.retriever.retrieve):
        with pytest.raises(QuestionError):
            ask(question)
    for ask in (assistant.aask, assistant.retriever.aretrieve):
        with pytest.raises(QuestionError):
            asyncio.run(ask(question))


def test_no_passages_cannot_be_asked_for(assistant):
    with pytest.raises(ValueError, match="k is 0"):
        assistant.retriever.retrieve("面积", k=0)


def test_one_object_serves_many_threads(assistant, questions):
    expected = [assistant.retriever.retrieve(question) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(Retriever(assistant.library).retrieve, questions * 3)) == expected * 3


def test_many_questions_at_a_time_on_one_event_loop(assistant, questions):
    async def ask():
        return await asyncio.gather(*(assistant.aask(question) for question in questions))

    expected = [of_json(answer_json(assistant.ask(question))) for question in questions]
    assert [of_json(answer_json(answer)) for answer in asyncio.run(ask())] == expected


def test_closing_a_stream_ends_the_answerers_work(assistant, questions):
    answerer = ScriptedAnswerer("鹤汀湿地保护区面积 4.2 万公顷。", "其中核心区占 35%。")
    streamed = Assistant(assistant.library, answerer).astream(questions[0])

    async def ask():
        await anext(streamed)
        assert not answerer.closed
        await streamed.aclose()

    asyncio.run(ask())
    assert answerer.closed


def test_a_cancelled_step_is_the_last_one():
    started, go_on, steps, closed = threading.Event(), threading.Event(), [], threading.Event()

    def work():
        try:
            for number in range(3):
                steps.append(number)
                started.set()
                assert go_on.wait(30)
                yield number
        finally:
            closed.set()

    generator = work()  # kept: nothing but the stream is to close it

    async def ask():
        stream = in_threads(generator)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.to_thread(started.wait, 30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not closed.is_set()
        go_on.set()
        assert await asyncio.to_thread(closed.wait, 30)

    asyncio.run(ask())
    assert steps == [0]


def test_a_step_that_waits_for_a_thread_is_never_begun():
    begun, busy = [], threading.Event()

    async def ask():
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        occupied = asyncio.ensure_future(asyncio.to_thread(busy.wait, 30))
        stream = in_threads(begun.append(number) for number in range(3))
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        busy.set()
        await occupied

    asyncio.run(ask())
    assert begun == []


def test_the_error_of_an_abandoned_step_is_not_complained_of(caplog):
    started, go_on = threading.Event(), threading.Event()

    def work():
        started.set()
        assert go_on.wait(30)
        raise ZeroDivisionError
        yield

    async def ask():
        waiting = asyncio.ensure_future(anext(in_threads(work())))
        await asyncio.to_thread(started.wait, 30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()

    asyncio.run(ask())
    gc.collect()
    assert caplog.records == []


def test_an_error_of_a_step_is_raised_where_it_is_awaited():
    def work():
        yield 1
        raise ZeroDivisionError

    async def ask():
        return [item async for item in in_threads(work())]

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask())


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [
        ("rag.adapters.llama_index", "llama_index", "llm"),
        ("rag.adapters.langchain", "langchain_core", "langchain"),
        ("ui.mcp_server", "mcp", "mcp"),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(module, package, extra):
    program = (
        f"import sys\nclass Hidden:\n def find_spec(self, name, *_):\n"
        f"  if name.split('.')[0] == {package!r}: raise ModuleNotFoundError(name=name)\n"
        f"sys.meta_path.insert(0, Hidden())\n"
        f"from index.errors import PackageMissing\ntry:\n import {module}\nexcept PackageMissing as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert package in done.stdout
    assert f"pip install 'tongwen[{extra}]'" in done.stdout
