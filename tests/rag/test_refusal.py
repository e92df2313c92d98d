"""The rule that says whether the documents answer a question: what ships, and that better evidence is never worse."""

import json
from importlib import resources

import pytest

from rag.evidence import Signals
from rag.refusal import AnswerSigns, refusal_model

NAMES = AnswerSigns._fields


@pytest.fixture(scope="module")
def shipped():
    return json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))


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


@pytest.mark.parametrize("across", [0.0, 1.0])
def test_everything_speaking_for_it_is_answered_and_nothing_is_refused(across):
    model = refusal_model()
    everything = dict.fromkeys(NAMES, 1.0) | {"across": across}
    nothing = dict.fromkeys(NAMES, 0.0) | {"across": across}
    assert model.answers(AnswerSigns(**everything))
    assert not model.answers(AnswerSigns(**nothing))
