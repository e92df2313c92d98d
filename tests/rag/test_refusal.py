"""The rule that says whether the documents answer a question: what ships, and that better evidence is never worse."""

import json
import math
from dataclasses import replace
from importlib import resources

import pytest

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.assistant import Assistant
from rag.evidence import Signals
from rag.question import understand
from rag.refusal import AnswerSigns, refusal_model
from rag.retriever import NOTHING_FOUND

NAMES = AnswerSigns._fields


@pytest.fixture(scope="module")
def shipped():
    return json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("library"), open_embedder())
    list(library.add(load_samples()))
    return Assistant(library)


def test_a_weight_ships_for_each_signal_and_for_no_other(shipped):
    assert set(shipped["sentence"]) == set(Signals._fields)


def test_a_weight_ships_for_each_sign_and_for_no_other(shipped):
    assert set(shipped["refusal"]["weights"]) == set(NAMES)
    assert 0 < shipped["refusal"]["threshold"] < 1
    assert 0 < shipped["refusal"]["threshold_across"] < 1


@pytest.mark.parametrize("across", [0.0, 1.0])
@pytest.mark.parametrize("background", [0.0, 0.5, 1.0])
def test_probability_grows_with_overlap(across, background):
    model = refusal_model()
    signs = dict.fromkeys(NAMES, background) | {"across": across}
    probabilities = [model.probability(AnswerSigns(**signs | {"overlap": step / 10})) for step in range(11)]
    assert probabilities == sorted(probabilities)
    assert probabilities[0] < probabilities[-1]
    assert all(0 <= probability <= 1 for probability in probabilities)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_speaking_for_it_is_answered_and_nothing_is_refused(language):
    model, question = refusal_model(), understand("亚马逊花了多少钱？")
    retrieval = replace(NOTHING_FOUND, languages=(language,))
    across = {"across": float(language == "en")}
    assert model.answers(question, retrieval, AnswerSigns(**dict.fromkeys(NAMES, 1.0) | across))
    assert not model.answers(question, retrieval, AnswerSigns(**dict.fromkeys(NAMES, 0.0) | across))


def test_evidence_across_languages_must_be_surer_where_there_are_texts_in_the_own_language():
    model, question = refusal_model(), understand("亚马逊花了多少钱？")
    assert model.threshold_across < model.threshold
    nothing = AnswerSigns(**dict.fromkeys(NAMES, 0.0))
    just_enough = math.log(model.threshold_across / (1 - model.threshold_across)) + 0.01
    constant = replace(model, weights=nothing, bias=just_enough)  # as probable as that, whatever the signs
    assert constant.answers(question, replace(NOTHING_FOUND, languages=("en",)), nothing)
    assert not constant.answers(question, replace(NOTHING_FOUND, languages=("zh", "en")), nothing)


OFF_TOPIC = (
    "珠穆朗玛峰有多高？", "红烧肉怎么做？", "谁写了《红楼梦》？", "你好呀，吃饭了吗？", "SELECT * FROM documents",
    "How tall is Mount Everest?", "How do I bake bread?", "Who wrote Hamlet?", "Tell me a joke.",
    "Is it raining in 上海?",
)  # fmt: skip


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_a_question_about_something_else_is_refused_by_what_ships(product, question):
    assert product.ask(question).refused
