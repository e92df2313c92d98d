"""What the commands share: their common options, and how settings, library and assistant are opened.

Imports are inside the functions, so that `--help` and errors come at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from index.errors import SettingsError

if TYPE_CHECKING:
    from index.library import Library
    from rag.assistant import Assistant
    from rag.settings import Settings

AnswererChoice = Literal["extractive", "llm"]
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
    from index.embedding import open_embedder
    from index.library import Library

    settings = read_settings(library)
    return Library(settings.library.absolute(), open_embedder(settings.embedder))


def open_assistant(library: Path | None, answerer: AnswererChoice | None = None) -> Assistant:
    """The assistant over that library. A model answers where the settings name one, unless `answerer` says otherwise.

    Raises `SettingsError` where a model is chosen and none is set, or it cannot be opened.
    """
    from rag.assistant import Assistant
    from rag.grounding import GroundingRules

    settings = read_settings(library)
    opened = open_library(library)
    rules = GroundingRules(settings.wrong_figure, settings.missing_name)
    if answerer == "llm" and settings.llm == "none":
        raise SettingsError("no language model is set; set TONGWEN_LLM, openai:MODEL for example")
    if answerer == "extractive" or settings.llm == "none":
        return Assistant(opened, passages=settings.passages, rules=rules)
    from rag.llm_answerer import open_llm_answerer
    from rag.llm_rewriter import LlmRewriter

    model = open_llm_answerer(settings)
    return Assistant(opened, model, settings.passages, rules, rewriter=LlmRewriter(model))
