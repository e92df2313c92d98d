"""Whether what an answer says stands in the sentences that it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import Check, Checks
from rag.quantities import find_quantities

_MARKER = re.compile(r"\[\d+\]")  # a citation number is no figure


def check_answer(text: str, quotes: Sequence[str]) -> Checks:
    """Each figure of `text`, in reading order, and whether one of `quotes` holds the same figure."""
    said = _MARKER.sub(" ", text)
    held = [quantity for quote in quotes for quantity in find_quantities(quote)]
    return Checks(
        figures=tuple(
            Check(quantity.text, any(quantity.says_the_same_as(other) for other in held))
            for quantity in find_quantities(said)
        )
    )
