"""The rule that says whether the documents answer a question: what ships, and what its regimes and weights do."""

import json
import math
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import open_embedder
from index.library import Library
from index.loading import load_samples
from rag.answer_signs import DIRECTIONS, AnswerSigns
from rag.assistant import Assistant
from rag.calibration import Calibration, CurvePoint
from rag.evidence import Signals
from rag.question import understand
from rag.refusal import RefusalModel, log_odds, logistic, refusal_model, regime_of
from rag.retriever import NOTHING_FOUND

NAMES = AnswerSigns._fields
NOTHING = AnswerSigns(**dict.fromkeys(NAMES, 0.0))
THRESHOLDS = {"own": 0.5, "across": 0.3, "mixed": 0.7}


@pytest.fixture(scope="module")
def shipped():
    return json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("library"), open_embedder())
    list(library.add(load_samples()))
    return Assistant(library)


def calibration(scale=1.0, intercept=0.0, shift=0.0):
    point = CurvePoint(0.0, 0.9, 0.05)
    return Calibration("e", "m", "2026-01-01", "cases", 20, 20, scale, intercept, shift, point, (point,))


def test_a_weight_ships_for_each_signal_and_for_no_other(shipped):
    assert set(shipped["sentence"]) == set(Signals._fields)


def test_a_weight_ships_for_each_sign_and_for_no_other(shipped):
    assert set(shipped["refusal"]["weights"]) == set(NAMES)


def test_a_threshold_ships_for_each_regime(shipped):
    assert set(shipped["refusal"]["thresholds"]) == set(THRESHOLDS)
    assert all(0 < threshold < 1 for threshold in shipped["refusal"]["thresholds"].values())


@pytest.mark.parametrize("name", ["answered", "drawn"])
def test_the_scores_to_compare_a_library_with_ship_in_ascending_order(shipped, name):
    scores = shipped["refusal"][name]
    assert len(scores) == 21
    assert scores == sorted(scores)


def test_one_in_twenty_of_the_answered_development_cases_is_below_the_threshold(shipped):
    assert shipped["refusal"]["answered"][1] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_a_better_sign_never_lowers_the_shipped_probability(name):
    model, direction = refusal_model(), getattr(DIRECTIONS, name)
    change = model.probability(NOTHING._replace(**{name: 1.0})) - model.probability(NOTHING)
    assert direction == 0 or change * direction >= 0


@pytest.mark.parametrize("name", ["likeness", "kind", "fact_held", "measure_missing", "years_missing", "latin_missing"])
def test_the_signs_that_matter_most_have_a_weight(name):
    model = refusal_model()
    assert model.probability(NOTHING._replace(**{name: 1.0})) != model.probability(NOTHING)


@given(st.floats(-700, 700))
def test_a_probability_is_a_probability(total):
    assert 0 <= logistic(total) <= 1
    assert logistic(total) + logistic(-total) == pytest.approx(1)


@given(st.floats(0.001, 0.999))
def test_log_odds_are_the_inverse(probability):
    assert logistic(log_odds(probability)) == pytest.approx(probability)


@pytest.mark.parametrize(
    ("question", "evidence", "library", "regime"),
    [
        ("亚马逊花了多少钱？", "zh", ("zh", "en"), "own"),
        ("亚马逊花了多少钱？", "mixed", ("mixed", "en"), "own"),
        ("亚马逊花了多少钱？", "en", ("en",), "across"),
        ("亚马逊花了多少钱？", "en", ("zh", "en"), "mixed"),
        ("How much did Amazon spend?", "zh", ("zh",), "across"),
        ("How much did Amazon spend?", "zh", ("zh", "mixed"), "mixed"),
        ("How much did Amazon spend?", "en", ("zh", "en"), "own"),
        ("亞馬遜花了多少錢？", "en", ("zh", "en"), "mixed"),
    ],
)
def test_the_regime_is_that_of_question_evidence_and_library(question, evidence, library, regime):
    assert regime_of(understand(question), replace(NOTHING_FOUND, languages=library), evidence) == regime


@pytest.mark.parametrize("regime", ["own", "across", "mixed"])
def test_each_regime_has_its_own_threshold(regime):
    threshold = log_odds(THRESHOLDS[regime])
    above, below = (RefusalModel(NOTHING, threshold + step, THRESHOLDS) for step in (0.01, -0.01))
    assert above.answers(NOTHING, regime)
    assert not below.answers(NOTHING, regime)


def test_a_calibration_moves_the_threshold_and_scales_the_probability():
    model = RefusalModel(NOTHING, 1.0, THRESHOLDS)
    assert model.answers(NOTHING, "own")
    assert not replace(model, calibration=calibration(shift=1.1)).answers(NOTHING, "own")
    scaled = replace(model, calibration=calibration(scale=2.0, intercept=-1.0))
    assert scaled.probability(NOTHING) == pytest.approx(1 / (1 + math.exp(-1.0)))


def test_the_fingerprint_is_of_the_weights_and_not_of_the_calibration():
    model = RefusalModel(NOTHING, 1.0, THRESHOLDS)
    assert replace(model, calibration=calibration()).fingerprint == model.fingerprint
    assert replace(model, bias=2.0).fingerprint != model.fingerprint


OFF_TOPIC = (
    "珠穆朗玛峰有多高？", "红烧肉怎么做？", "谁写了《红楼梦》？", "你好呀，吃饭了吗？", "SELECT * FROM documents",
    "How tall is Mount Everest?", "How do I bake bread?", "Who wrote Hamlet?", "Tell me a joke.",
    "Is it raining in 上海?",
)  # fmt: skip


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_a_question_about_something_else_is_refused_by_what_ships(product, question):
    assert product.ask(question).refused
