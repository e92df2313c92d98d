"""What the commands share: their common options, and how settings, library and assistant are opened.

Imports are inside the functions, so that `--help` and errors come at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.opening import AnswererChoice as AnswererChoice

if TYPE_CHECKING:
    from index.library import Library
    from rag.assistant import Assistant
    from rag.settings import Settings

LibraryOption = Annotated[
    Path | None, typer.Option("--library", metavar="PATH", help="Folder of the library. [default: ./library]")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]


def read_settings(library: Path | None = None) -> Settings:
    """The settings, with the library of the command line on top."""
    from rag.settings import read_settings

    return read_settings(library=library)


def open_library(library: Path | None) -> Library:
    """The library that the option or the settings name, with the embedder of the settings."""
    from rag import opening

    return opening.open_library(library)


def open_assistant(library: Path | None, answerer: AnswererChoice | None = None) -> Assistant:
    """The assistant over that library, as `rag.opening` opens it."""
    from rag import opening

    return opening.open_assistant(library, answerer)
