"""How a button in rendered text reaches Python: `page.js` writes the button's id into a hidden field, and presses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_ACTION = re.compile(r"([a-z]+)-([0-9a-f]{1,16})(?:-([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class Action:
    """What was pressed: `cite-3-1` is the verb "cite", of "3", number 1."""

    verb: str
    of: str  # the number of a turn or an offer, or the id of a conversation or document
    number: int | None = None

    @property
    def turn(self) -> int | None:
        """`of` as a number; None where it is none."""
        return int(self.of) if self.of.isdecimal() and len(self.of) <= 4 else None


def read_action(text: str) -> Action | None:
    """What the id of a button says; None where it is not one of ours: it comes from a browser."""
    match = _ACTION.fullmatch(text)
    return Action(match[1], match[2], int(match[3]) if match[3] else None) if match else None


class Channel:
    """The hidden field and button of one door, which `page.js` knows by its name. Gradio is imported where one is made.

    Made inside a page; `field` goes into the inputs of what `pressed` triggers.
    """

    def __init__(self, door: str) -> None:
        import gradio as gr

        self.field: Any = gr.Textbox("", elem_id=f"{door}-action", visible="hidden", max_length=64)
        self._button: Any = gr.Button(elem_id=door, visible="hidden")
        self.pressed = self._button.click
