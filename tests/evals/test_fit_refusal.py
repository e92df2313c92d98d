"""The fit of refusal and its figures, against worked examples and on data whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.development_set import development_cases, development_pairs
from evals.fit_refusal import Data as Columns
from evals.fit_refusal import Judged, expected_calibration_error, fit_refusal, held_out_log_odds
from evals.refusal_curve import curve_point, refusal_curve, threshold_at
from rag.answer_signs import DIRECTIONS, AnswerSigns

SCORES, ANSWERABLE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [False, True, False, False, True, True]


@pytest.mark.parametrize(
    ("threshold", "recall", "false_refusals"), [(0.0, 0.0, 0.0), (0.2, 1 / 3, 0.0), (0.45, 1.0, 1 / 3), (0.7, 1.0, 1.0)]
)
def test_a_point_of_the_curve_is_what_one_works_out_by_hand(threshold, recall, false_refusals):
    point = curve_point(threshold, SCORES, ANSWERABLE)
    assert (point.refusal_recall, point.false_refusals) == pytest.approx((recall, false_refusals), abs=1e-4)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=60), st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.5]))
def test_a_threshold_never_refuses_more_than_was_allowed(scores, most):
    threshold = threshold_at(scores, most)
    assert sum(score < threshold for score in scores) <= most * len(scores) + 1e-6


def test_a_threshold_is_as_high_as_it_may_be():
    assert threshold_at(list(range(100)), 0.05) == 5.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40))
def test_a_curve_rises(pairs):
    scores, answerable = zip(*pairs, strict=True)
    curve = refusal_curve(scores, answerable)
    assert bool(curve) == (len(set(answerable)) == 2)
    for name in ("threshold", "refusal_recall", "false_refusals"):
        values = [getattr(point, name) for point in curve]
        assert values == sorted(values)


def test_calibration_error_of_a_worked_example():
    probabilities, truth = np.array([0.95, 0.95, 0.15, 0.15]), np.array([1.0, 0.0, 0.0, 0.0])
    assert expected_calibration_error(probabilities, truth) == pytest.approx(2 / 4 * 0.45 + 2 / 4 * 0.15)


def judged(count, seed=1):
    """Cases of seven pairs whose answer depends on likeness alone, by a logistic law; and one sign that lies."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        likeness = random.normal()
        answered = random.random() < 1 / (1 + np.exp(-3 * likeness))
        signs = AnswerSigns(**dict.fromkeys(AnswerSigns._fields, 0.0))
        signs = signs._replace(likeness=likeness, kind=random.normal() - answered, measure_missing=float(answered))
        rows.append(Judged(f"pair {number % 7}", "own", "answered" if answered else "missing_fact", signs))
    return rows


@pytest.fixture(scope="module")
def fitted():
    return fit_refusal(judged(3000))


def test_a_sign_that_tells_gets_its_weight_and_a_lying_one_none(fitted):
    weights = fitted["weights"]
    assert weights["likeness"] == pytest.approx(3.0, abs=0.5)
    assert weights["kind"] == weights["measure_missing"] == 0


def test_no_weight_says_the_opposite_of_its_sign(fitted):
    assert all(
        fitted["weights"][name] * direction >= 0 for name, direction in DIRECTIONS._asdict().items() if direction
    )


def test_a_regime_without_cases_is_held_to_the_strictest_of_the_others(fitted):
    assert set(fitted["thresholds"].values()) == {fitted["thresholds"]["own"]}


def test_one_in_twenty_of_the_answered_is_refused_at_the_threshold(capsys):
    fit_refusal(judged(3000))
    assert "false refusals 0.05" in capsys.readouterr().out


def test_a_pair_is_judged_by_what_was_fitted_on_others():
    """Turned around in one pair, the law is still the others' there."""
    rows = [
        row._replace(signs=row.signs._replace(likeness=-row.signs.likeness)) if row.pair == "pair 3" else row
        for row in judged(1400)
    ]
    data = Columns.of(rows)
    totals = held_out_log_odds(data)
    turned = data.pairs == "pair 3"
    assert totals[turned & data.answered].mean() < totals[turned & ~data.answered].mean()
    assert totals[~turned & data.answered].mean() > totals[~turned & ~data.answered].mean()


def test_every_pair_of_development_documents_is_there_in_both_languages():
    assert {tuple(sorted(d.language for d in pair)) for pair in development_pairs().values()} == {("en", "zh")}
    assert len(development_pairs()) >= 14


def test_near_misses_are_about_half_of_the_development_cases():
    cases = [case for _, case in development_cases()]
    assert 0.45 < sum(case.answerable for case in cases) / len(cases) < 0.55


def test_all_but_the_questions_about_nothing_belong_to_a_pair():
    assert {case.why_unanswerable for name, case in development_cases() if name is None} == {"other_subject"}
