"""What the check of a figure or name found, in words."""

from __future__ import annotations

from rag.answer import Check
from ui.messages import Messages


def verdict(check: Check, messages: Messages) -> str:
    """As plain text: whether the cited sentence holds it, and how it is written there or what stands in its place."""
    return wording(check, messages).replace("{found}", check.found or "")


def wording(check: Check, messages: Messages) -> str:
    """The same with {found} where that is said."""
    match check.verdict:
        case "equal" if check.found in (None, check.text):
            return messages.supported
        case "equal":
            return messages.supported_otherwise
        case "compatible" if check.found:
            return messages.agreeing
        case "compatible":
            return messages.supported
        case "different" if check.found:
            return messages.different
        case _:
            return messages.missing
