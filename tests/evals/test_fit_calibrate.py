"""Calibrating a library: on labelled cases and on questions drawn from it."""

from functools import cache

import numpy as np
import pytest

from evals.calibrate import TooFewQuestions, calibrate_on_cases, calibrate_on_library, fit_platt
from evals.development_set import development_cases, development_pairs
from evals.drawn import draw_questions, score_drawn
from index.embedding import open_embedder
from index.library import Library
from rag.assistant import Assistant
from rag.refusal import refusal_model

PAIRS = ("club", "museum")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("libraries") / "library", open_embedder())
    list(library.add(document for name in PAIRS for document in development_pairs()[name]))
    return Assistant(library)


@pytest.fixture(scope="module")
def cases():
    return [case for name, case in development_cases() if name in PAIRS]


@pytest.fixture(scope="module")
def on_cases(assistant, cases):
    """The calibration that refuses at most a share of what was answered right; each is made once."""
    return cache(lambda most: calibrate_on_cases(assistant, cases, most))


@pytest.mark.parametrize(("scale", "intercept"), [(1.0, 0.0), (0.5, 0.8), (2.0, -1.0)])
def test_platt_finds_the_law_that_the_labels_follow(scale, intercept):
    random = np.random.default_rng(2)
    totals = random.normal(0, 2, 20_000)
    answerable = random.random(20_000) < 1 / (1 + np.exp(-(scale * totals + intercept)))
    assert fit_platt(totals, answerable) == pytest.approx((scale, intercept), abs=0.08)


def test_few_labels_leave_the_scale_near_where_it_was():
    assert fit_platt([2.0, -2.0], [True, False]) == pytest.approx((1.0, 0.0), abs=0.2)


def test_labels_that_one_threshold_parts_do_not_run_away():
    scale, intercept = fit_platt([1.0] * 30 + [-1.0] * 30, [True] * 30 + [False] * 30)
    assert 1 < scale < 10
    assert intercept == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("most", [0.0, 0.05, 0.2])
def test_no_more_answered_cases_are_refused_than_was_allowed(on_cases, cases, most):
    calibration = on_cases(most)
    assert calibration.chosen.false_refusals <= most
    assert (calibration.source, calibration.unanswerable) == ("cases", sum(not case.answerable for case in cases))
    assert calibration.answerable <= sum(case.answerable for case in cases)


def test_more_false_refusals_buy_recall(on_cases):
    strict, lax = on_cases(0.3), on_cases(0.0)
    assert strict.shift > lax.shift
    assert strict.chosen.refusal_recall > lax.chosen.refusal_recall


def test_it_is_of_this_embedder_and_model(assistant, on_cases):
    calibration = on_cases(0.05)
    assert calibration.embedder == assistant.library.embedder.fingerprint
    assert calibration.model == refusal_model().fingerprint


@pytest.mark.parametrize("answerable", [True, False])
def test_too_few_cases_of_one_kind_are_named(assistant, cases, answerable):
    few = [case for case in cases if case.answerable != answerable] + [c for c in cases if c.answerable == answerable][
        :3
    ]
    words = "answered right" if answerable else "have no answer"
    with pytest.raises(TooFewQuestions, match=rf"there are [0-3] cases that (?:are )?{words}, at least 20 are needed"):
        calibrate_on_cases(assistant, few, 0.05)


def test_drawn_questions_have_no_figures_and_stand_in_their_sentence(assistant):
    with assistant.library.snapshot() as snapshot:
        drawn = draw_questions(snapshot)
        texts = {question.document_id: snapshot.document(question.document_id).text for question in drawn}
    assert len(drawn) > 40
    assert {"zh", "en"} == {"en" if question.text.isascii() else "zh" for question in drawn}
    for question in drawn:
        sentence = texts[question.document_id][question.start : question.end]
        assert all(word in sentence for word in question.text.split())
    assert "24,700" not in " ".join(question.text for question in drawn)


def test_drawing_is_even_and_keeps_to_its_limit(assistant):
    with assistant.library.snapshot() as snapshot:
        assert len(draw_questions(snapshot, most=10)) <= 10
        assert len({question.document_id for question in draw_questions(snapshot, most=10)}) == 4


def test_a_passage_that_is_there_scores_higher_than_one_left_out(assistant):
    with assistant.library.snapshot() as snapshot:
        drawn = draw_questions(snapshot, most=30)
    scores = score_drawn(assistant, refusal_model(), drawn)
    assert np.mean(scores.there) > np.mean(scores.left_out) + 1


def test_a_library_is_calibrated_without_cases_and_the_same_again(assistant):
    calibration = calibrate_on_library(assistant, 0.05)
    assert calibration == calibrate_on_library(assistant, 0.05)
    assert (calibration.source, calibration.scale, calibration.intercept) == ("drawn", 1.0, 0.0)
    assert abs(calibration.shift) < 3


def test_a_drawn_threshold_is_as_strict_as_was_asked(assistant):
    shifts = [calibrate_on_library(assistant, most).shift for most in (0.0, 0.05, 0.2)]
    assert shifts == sorted(set(shifts))


def test_a_small_library_gives_too_few_questions(tmp_path):
    library = Library(tmp_path / "library", open_embedder("hashing"))
    list(library.add(development_pairs()["club"][:1]))
    with pytest.raises(TooFewQuestions, match="add documents, or give labelled cases"):
        calibrate_on_library(Assistant(library), 0.05)
