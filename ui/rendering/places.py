"""Where in its document a text stands, in words, and the address at which the whole document is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from index.schema import Place
from ui.messages import Messages

if TYPE_CHECKING:
    from rag.answer import Citation
    from rag.counterpart import Counterpart

DOCUMENTS_PATH = "/documents"
SENTENCE = "sentence"  # the fragment at which the page of a document has the sentence that was cited


def section_of(cited: Citation | Counterpart) -> tuple[str, ...]:
    """The headings above the sentence, without the one that is the title."""
    return cited.section[1:] if cited.section[:1] == (cited.title,) else cited.section


def place_path(place: Place | None, section: tuple[str, ...], messages: Messages) -> tuple[str, ...]:
    """Where in its document a text stands: page, slide, sheet or part, then the headings above it."""
    if place is None or (place.kind in ("sheet", "part") and place.label in section):
        return section
    return messages.places[place.kind].format(label=place.label), *section


def document_address(cited: Citation | Counterpart, messages: Messages) -> str:
    """The page of the whole document, scrolled to the sentence; it can tell whether the sentence still stands there."""
    asked = {"start": cited.start, "end": cited.end, "sha256": cited.sha256, "language": messages.language}
    return f"{DOCUMENTS_PATH}/{quote(cited.document_id, safe='')}?{urlencode(asked)}#{SENTENCE}"
