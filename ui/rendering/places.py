"""Where in its document a text stands, in words."""

from __future__ import annotations

from index.schema import Place
from rag.answer import Citation
from ui.messages import Messages


def section_of(citation: Citation) -> tuple[str, ...]:
    """The headings above the sentence, without the one that is the title."""
    return citation.section[1:] if citation.section[:1] == (citation.title,) else citation.section


def place_path(place: Place | None, section: tuple[str, ...], messages: Messages) -> tuple[str, ...]:
    """Where in its document a text stands: page, slide, sheet or part, then the headings above it."""
    if place is None or (place.kind in ("sheet", "part") and place.label in section):
        return section
    return messages.places[place.kind].format(label=place.label), *section
