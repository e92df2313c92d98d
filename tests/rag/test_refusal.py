"""The rule that says whether the documents answer a question: what ships, and that better evidence is never worse."""

import json
from importlib import resources

import pytest

from rag.evidence import Signals
from rag.refusal import AnswerSigns, refusal_model

NAMES = AnswerSigns._fields
SIDES = pytest.mark.parametrize("across", [False, True], ids=["same language", "across"])


@pytest.fixture(scope="module")
def shipped():
    return json.loads((resources.files("rag") / "weights.json").read_text("utf-8"))


def test_a_weight_ships_for_each_signal_and_for_no_other(shipped):
    assert set(shipped["sentence"]) == set(Signals._fields)


@pytest.mark.parametrize("side", ["same", "across"])
def test_a_weight_ships_for_each_sign_and_for_no_other(shipped, side):
    assert set(shipped["refusal"]) == {"same", "across"}
    assert set(shipped["refusal"][side]["weights"]) == set(NAMES)
    assert 0 < shipped["refusal"][side]["threshold"] < 1


@SIDES
@pytest.mark.parametrize("background", [0.0, 0.5, 1.0])
def test_probability_grows_with_coverage(across, background):
    model = refusal_model(across=across)
    signs = dict.fromkeys(NAMES, background)
    probabilities = [model.probability(AnswerSigns(**signs | {"coverage": step / 10})) for step in range(11)]
    assert probabilities == sorted(probabilities)
    assert probabilities[0] < probabilities[-1]
    assert all(0 <= probability <= 1 for probability in probabilities)


@SIDES
def test_everything_speaking_for_it_is_answered_and_nothing_is_refused(across):
    model = refusal_model(across=across)
    assert model.probability(AnswerSigns(**dict.fromkeys(NAMES, 1.0))) >= model.threshold
    assert model.probability(AnswerSigns(**dict.fromkeys(NAMES, 0.0))) < model.threshold
