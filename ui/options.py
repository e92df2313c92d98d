"""What the commands share: their common options, and how settings, library and assistant are opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.opening import AnswererChoice as AnswererChoice
from rag.opening import open_assistant as open_assistant
from rag.opening import open_library as open_library

if TYPE_CHECKING:
    from rag.settings import Settings

LibraryOption = Annotated[
    Path | None, typer.Option("--library", metavar="PATH", help="Folder of the library. [default: ./library]")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]


def read_settings(library: Path | None = None) -> Settings:
    """The settings, with the library of the command line on top; imported late, for it takes a tenth of a second."""
    from rag.settings import read_settings

    return read_settings(library=library)
