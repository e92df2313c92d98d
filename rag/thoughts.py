"""What a reasoning model writes between <think> and </think> before its answer: no part of the answer."""

from __future__ import annotations

_OPENING, _CLOSING = "<think>", "</think>"


class ThoughtFilter:
    """Takes a stream's pieces in and gives back what of them is answer. A tag may come in any number of pieces."""

    def __init__(self) -> None:
        self._held = ""  # what cannot be told yet
        self._thinks: bool | None = None  # None until the first characters tell

    def feed(self, text: str) -> str:
        """The part of the stream that is now known to be answer."""
        if self._thinks is False:
            return text
        self._held += text
        if self._thinks is None:
            begun = self._held.lstrip()
            if len(begun) < len(_OPENING) and _OPENING.startswith(begun):
                return ""
            self._thinks = begun.startswith(_OPENING)
        if self._thinks:
            thought, closed, answer = self._held.partition(_CLOSING)
            if not closed:
                self._held = thought[1 - len(_CLOSING) :]
                return ""
            self._held = answer
        self._thinks = False
        answer, self._held = self._held, ""
        return answer

    def end(self) -> str:
        """What is left at the end of the stream: a thought that was never closed is none of the answer."""
        return "" if self._thinks else self._held
