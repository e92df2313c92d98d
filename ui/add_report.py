"""What became of everything that was offered to the library together, as `add --json` and the API say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.extraction import Rejected
    from index.ingest import Added, AddedFile


@dataclass(slots=True)
class AddReport:
    """Sources are a path, `path#member`, an address, or a name that was sent."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)  # source, and why it is no document
    notes: list[tuple[str, str]] = field(default_factory=list)  # source, and what was left out of it

    def add(self, file: AddedFile) -> None:
        """What became of one file."""
        self.documents += map(_entry, file.documents)
        self.note(file.source, file.rejected, file.notes)

    def note(self, source: str, rejected: Iterable[Rejected], notes: Iterable[str]) -> None:
        """What is said of a source besides its documents."""
        self.failed += [(f"{source}#{one.member}" if one.member else source, one.reason) for one in rejected]
        self.notes += [(source, note) for note in notes]

    def as_json(self) -> dict[str, Any]:
        """The object that `add --json` prints."""
        return {
            "documents": self.documents,
            "failed": [{"source": source, "error": reason} for source, reason in self.failed],
            "notes": [{"source": source, "note": note} for source, note in self.notes],
        }


def _entry(added: Added) -> dict[str, Any]:
    """One of the documents."""
    return {
        "id": added.document.id,
        "title": added.document.title,
        "source": added.document.source,
        "outcome": added.outcome,
        "chunks": added.chunks,
        "embedded": added.embedded,
    }
