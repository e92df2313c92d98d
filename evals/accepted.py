"""Whether a text says what a case accepts: pure functions, no model."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evals.cases import Accepted
from evals.metrics.matching import answer_is_right
from rag.quantities import Quantity, compare, find_quantities


def answer_is_accepted(text: str, answers: Sequence[Accepted]) -> bool:
    """Whether `text` holds one of `answers`: in its words, or as a figure that says the same in either language.

    A hedge in `text` may not be at odds with the accepted figure (`rag.quantities.compare`): "about 200" will do for
    200, "over 200" will not.
    """
    if any(answer_is_right(text, accepted.texts) for accepted in answers):
        return True
    figures = [accepted for accepted in answers if accepted.quantity]
    return bool(figures) and any(_says(said, accepted) for said in find_quantities(text) for accepted in figures)


def _says(said: Quantity, accepted: Accepted) -> bool:
    wanted = find_quantities(accepted.text)[0]
    match compare(said, wanted):
        case "equal":
            return True
        case "compatible" if isinstance(said.value, str) and isinstance(wanted.value, str):
            return len(said.value) >= len(wanted.value)  # 2025 does not say on which day; --12 says less than 2025-12
        case "compatible":
            return True
        case "different":
            return _is_near(said, wanted, accepted.tolerance)


def _is_near(said: Quantity, wanted: Quantity, tolerance: float) -> bool:
    """Whether both are single values of one unit, and apart by at most that share of the wanted one."""
    if said.kind != wanted.kind or said.unit != wanted.unit or said.high is not None or wanted.high is not None:
        return False
    if not isinstance(said.value, Fraction) or not isinstance(wanted.value, Fraction) or not tolerance:
        return False
    return abs(said.value - wanted.value) <= abs(wanted.value) * Fraction(str(tolerance))


def accepted_from(texts: Sequence[str], tolerance: float = 0.0) -> list[Accepted]:
    """What a person wrote as right answers: a text that is one whole figure is accepted however it is written."""
    accepted = []
    for text in texts:
        figures = find_quantities(text)
        is_figure = len(figures) == 1 and figures[0].text == text.strip()
        accepted.append(Accepted(text, quantity=is_figure, tolerance=tolerance if is_figure else 0.0))
    return accepted
