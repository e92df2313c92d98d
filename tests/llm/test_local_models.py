"""A model in this process: a real one, of random weights, over the same door as an endpoint."""

import threading
import time

import pytest

from index.errors import SettingsError
from rag.answer import Answer
from rag.assistant import Assistant
from rag.llm import open_language_model
from rag.llm_answerer import open_llm_answerer
from rag.settings import Settings
from tests.llm.tiny_model import make_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


def settings(folder, **values):
    return Settings(llm=f"transformers:{folder}", llm_context_tokens=4096, **{"llm_answer_tokens": 24} | values)


def clock_of(answerer):
    return answerer._clock(time.monotonic() + 60)


@pytest.mark.parametrize("prompt", ["资本支出是多少？", "How much is spent?", "AWS 的 capex 是多少？"])
def test_a_stream_says_how_it_ended(folder, prompt):
    answerer = open_llm_answerer(settings(folder))
    deltas = list(answerer._model.stream("Answer.", prompt, clock_of(answerer)))
    assert "".join(delta.text for delta in deltas)
    assert [delta.end for delta in deltas if delta.end] == ["cut"]


def test_tokens_are_counted_by_the_models_own_tokenizer(folder):
    model = open_language_model(settings(folder))
    assert (model.count_tokens("abc"), model.count_tokens("资本")) == (3, 6)  # a tokenizer of bytes


def test_a_model_that_cannot_count_its_tokens_is_not_made():
    from rag.local_llm import InProcess

    class Uncounted(InProcess):
        def stream_complete(self, prompt, formatted=False, **options):
            return iter(())

    with pytest.raises(TypeError, match="count_tokens"):
        Uncounted(context_tokens=4096, answer_tokens=24)


def test_closing_a_stream_ends_the_generation(folder):
    answerer = open_llm_answerer(settings(folder, llm_answer_tokens=2000))
    before = threading.active_count()
    stream = answerer._model.stream("Answer.", "资本支出是多少？", clock_of(answerer))
    next(stream)
    stream.close()
    deadline = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before


@pytest.mark.parametrize(
    "question", ["海源电池投资多少钱建厂？", "How much will Haiyuan Batteries spend on a plant in Ningbo?"]
)
def test_what_a_random_model_says_never_passes_for_a_whole_answer(tmp_path, folder, question):
    from index.embedding import open_embedder
    from index.library import Library
    from index.loading import make_document

    library = Library(tmp_path / "library", open_embedder("hashing"))
    text = "# 海源 Haiyuan\n\n海源电池投资 35 亿元建厂。\n\nHaiyuan Batteries will spend 3.5 billion yuan on a plant.\n"
    list(library.add([make_document(text, name="a", source="a", kind="markdown")]))
    answer = Assistant(library, open_llm_answerer(settings(folder))).ask(question)
    assert isinstance(answer, Answer)
    assert not answer.complete or answer.answerer == "extractive"
    assert answer.notes


def test_a_folder_without_a_model_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match="name another folder"):
        open_language_model(settings(tmp_path))


def test_weights_in_a_pickle_are_refused(tmp_path):
    folder = make_tiny_model(tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(SettingsError, match="safetensors"):
        open_language_model(settings(folder))
