"""Whether a citation of an earlier answer still stands.

A document's id is the hash of its text, so a citation can only ever mean the text it was made from. Where that text
was edited or removed the citation is stale; it is never looked for elsewhere and moved.
"""

from __future__ import annotations

from typing import Literal, Protocol

from index.errors import DocumentUnknown
from index.schema import sha256_text
from index.snapshot import Snapshot

CitationState = Literal[
    "valid",  # the quote stands where the citation says
    "stale",  # the text that was cited is no longer in the library: it was edited or removed
    "altered",  # the citation is not what an answer gave: its quote, offsets or hash were changed
]


class Cited(Protocol):
    """What of a citation is compared; `rag.answer.Citation` is one."""

    @property
    def document_id(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def quote(self) -> str: ...
    @property
    def sha256(self) -> str: ...


def citation_state(snapshot: Snapshot, cited: Cited) -> CitationState:
    """Compare a citation with one state of the library."""
    if sha256_text(cited.quote) != cited.sha256:
        return "altered"
    try:
        document = snapshot.document(cited.document_id)
    except DocumentUnknown:
        return "stale"
    stands = 0 <= cited.start <= cited.end and document.text[cited.start : cited.end] == cited.quote
    return "valid" if stands else "altered"
