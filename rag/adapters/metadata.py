"""What the nodes and documents of other frameworks say of their text: flat values, which every store accepts.

Offsets count characters of the stored document: `document.text[start:end]` is the text, and `sha256` is of its UTF-8
bytes. A place or a section is left out where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.schema import Hit, Place, sha256_text
from rag.answer import Citation

Metadata = dict[str, str | int | float]

SHOWN_TO_MODELS = frozenset({"title", "section", "place_kind", "place_label"})
EMBEDDED = frozenset({"title", "section"})


def passage_metadata(hit: Hit) -> Metadata:
    """Of a passage that was found."""
    chunk = hit.chunk
    return {
        "document_id": chunk.document_id,
        "title": hit.title,
        "start": chunk.start,
        "end": chunk.end,
        "sha256": sha256_text(chunk.text),
        "language": chunk.language,
        **_whereabouts(chunk.section, hit.place_at(chunk.start)),
    }


def citation_metadata(citation: Citation) -> Metadata:
    """Of a sentence that an answer cites; `number` is the one in its text: [1], [2], …"""
    return {
        "number": citation.number,
        "document_id": citation.document_id,
        "title": citation.title,
        "start": citation.start,
        "end": citation.end,
        "sha256": citation.sha256,
        "language": citation.language,
        **_whereabouts(citation.section, citation.place),
    }


def _whereabouts(section: Sequence[str], place: Place | None) -> Metadata:
    found: Metadata = {"section": " › ".join(section)} if section else {}
    return found | {"place_kind": place.kind, "place_label": place.label} if place else found
