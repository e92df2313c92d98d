"""The nouns of the index, to be read first: what a library holds and what a search returns.

Every value here is immutable. Offsets count characters (Unicode code points) of `Document.text`, which is stored
exactly as it was decoded and never normalised: `document.text[start:end]` is always the text that is meant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Language = Literal["zh", "en", "mixed"]
LANGUAGES: tuple[Language, ...] = ("zh", "en", "mixed")
PlaceKind = Literal["page", "slide", "sheet", "part"]
FeedbackVerdict = Literal["up", "down"]
FeedbackState = Literal["pending", "approved", "dismissed"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file a stretch of a document stands: from `start` to the next place, or the end of the text."""

    kind: PlaceKind
    label: str  # "12" for a page or slide, the name of a sheet, the title of a part
    start: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its origin. The same text is the same document, wherever it came from."""

    id: str  # first 16 hex digits of the SHA-256 of the text
    title: str  # first heading, or the file's name
    source: str  # absolute path, "-" for standard input, "sample:NAME", or the address of a web page
    language: Language
    text: str
    added_at: datetime  # UTC
    metadata: Mapping[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()  # ascending by start; empty where the format has none

    def place_at(self, offset: int) -> Place | None:
        """The place in which the character at `offset` stands."""
        return place_at(self.places, offset)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one section: the unit that is embedded and ranked."""

    id: str  # content hash of the document id and the offsets
    document_id: str
    start: int
    end: int
    section: tuple[str, ...]  # headings above it, outermost first
    language: Language
    text: str  # == document.text[start:end]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question. Scores rank hits within one search only; higher is better."""

    chunk: Chunk
    title: str  # of the document
    score: float
    dense_score: float  # cosine with the question
    dense_rank: int | None  # 1 is best among the chunks of the same language; None where it was too far down
    lexical_score: float  # share of the most that the question's terms could score, 0 to 1
    lexical_rank: int | None
    places: tuple[Place, ...] = ()  # of the chunk, as in `Document.places`

    def place_at(self, offset: int) -> Place | None:
        """The place in which the character at `offset` of the document stands."""
        return place_at(self.places, offset)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One line of `tongwen list`."""

    id: str
    title: str
    source: str
    language: Language
    chunks: int
    characters: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of one answer."""

    id: str
    created_at: datetime  # UTC
    verdict: FeedbackVerdict
    question: str
    answer: str  # JSON, as `ask --json` prints it; empty once a text that it cites was removed or edited
    reason: str
    correction: str  # what the answer should have been
    state: FeedbackState
    library_version: str  # of the library's content when it was given
    documents: tuple[str, ...]  # ids of the documents that the answer cites


def place_at(places: Sequence[Place], offset: int) -> Place | None:
    """The last of `places`, ascending by start, that begins at `offset` or before."""
    return next((place for place in reversed(places) if place.start <= offset), None)


def sha256_text(text: str) -> str:
    """Hexadecimal SHA-256 of the UTF-8 bytes of `text`."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
