"""A library, and an assistant or a retriever over it, opened by the path of its folder and the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.errors import SettingsError

if TYPE_CHECKING:
    from index.library import Library
    from rag.assistant import Assistant
    from rag.settings import Settings

AnswererChoice = Literal["extractive", "llm"]


def open_library(folder: Path | str | None = None) -> Library:
    """The library in a folder, else the one that the settings name, with the embedder of the settings.

    Nothing is read yet. Raises `SettingsError` or `EmbedderUnavailable`.
    """
    from rag.settings import read_settings

    return _library(read_settings(library=folder))


def open_assistant(folder: Path | str | None = None, answerer: AnswererChoice | None = None) -> Assistant:
    """The assistant over that library. A model answers where the settings name one, unless `answerer` says otherwise.

    Raises `SettingsError` where a model is chosen and none is set, or it cannot be opened.
    """
    from rag.assistant import Assistant
    from rag.grounding import GroundingRules
    from rag.settings import read_settings

    settings = read_settings(library=folder)
    opened = _library(settings)
    rules = GroundingRules(settings.wrong_figure, settings.missing_name)
    if answerer == "llm" and settings.llm == "none":
        raise SettingsError("no language model is set; set TONGWEN_LLM, openai:MODEL for example")
    if answerer == "extractive" or settings.llm == "none":
        return Assistant(opened, passages=settings.passages, rules=rules)
    from rag.llm_answerer import open_llm_answerer
    from rag.llm_rewriter import LlmRewriter

    model = open_llm_answerer(settings)
    return Assistant(opened, model, settings.passages, rules, rewriter=LlmRewriter(model))


def _library(settings: Settings) -> Library:
    from index.embedding import open_embedder
    from index.library import Library

    return Library(settings.library.absolute(), open_embedder(settings.embedder))
