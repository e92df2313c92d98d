"""The names that are known when a question is asked of a library: shipped, its own, and those its passages explain."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.names import Names


class LibraryNames:
    """Opens the glossary when it is first needed, and again after the library's own file was changed.

    What reads names is imported then too, for a program that asks nothing need not wait for it.
    """

    def __init__(self, library_folder: Path) -> None:
        self._folder = library_folder
        self._opened: tuple[int | None, Names] | None = None  # replaced whole, and so safe between threads

    def names(self) -> Names:
        """The shipped names and the library's own; raises `GlossaryError` where its file cannot be used."""
        from rag.names import Names
        from rag.naming.glossary import FILE_NAME, open_glossary

        changed = self._changed(self._folder / FILE_NAME)
        opened = self._opened
        if opened is None or opened[0] != changed:
            opened = self._opened = changed, Names(open_glossary(self._folder))
        return opened[1]

    def explained_in(self, passages: Iterable[str]) -> Names:
        """The same with what the passages say of names: 安迪·贾西（Andy Jassy）."""
        from rag.naming.aliases import pairs_in

        return self.names().with_pairs(pair for passage in passages for pair in pairs_in(passage))

    def _changed(self, file: Path) -> int | None:
        """When the library's own file was last written; None where it has none."""
        try:
            return file.stat().st_mtime_ns
        except FileNotFoundError:
            return None
