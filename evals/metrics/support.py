"""Whether the figures and names of an answer stand in what it cites, as its own checks found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal


def support(answer: Mapping[str, Any], kind: Literal["figures", "names"]) -> float | None:
    """Share of the figures or names that are borne out; None where the answer has none, or does not check them."""
    checks = (answer.get("checks") or {}).get(kind) or []
    return sum(bool(check["supported"]) for check in checks) / len(checks) if checks else None
