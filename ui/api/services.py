"""What the handlers of one server share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from ui.api.gate import Gate
from ui.api.metrics import Metrics

if TYPE_CHECKING:
    from index.library import Library
    from rag.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Services:
    """The assistant, and how much is done at a time."""

    assistant: Assistant
    answering: Gate  # questions, searches and embeddings
    adding: Gate  # changes of the library, which has one writer
    metrics: Metrics

    @property
    def library(self) -> Library:
        return self.assistant.library


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Using = Annotated[Services, Depends(_services)]
