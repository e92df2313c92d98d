"""The OpenAPI document: what FastAPI derives, with our errors in the place of its own."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from ui.api.nouns import ProblemObject
from ui.api.openai_nouns import OpenAiErrorObject
from ui.api.problems import CATALOGUE, OPENAI_CODES, OPENAI_PATHS, PROBLEM_TYPE

OPEN_PATHS = frozenset({"/healthz", "/readyz"})  # they answer also without a key
_RETRY = {"Retry-After": {"description": "Seconds until it is worth to try again.", "schema": {"type": "integer"}}}
_ALLOW = {"Allow": {"description": "The methods that the address has.", "schema": {"type": "string"}}}
_CHALLENGE = {"WWW-Authenticate": {"description": "Which kind of key is asked for.", "schema": {"type": "string"}}}
_HEADERS = {401: _CHALLENGE, 405: _ALLOW, 429: _RETRY, 503: _RETRY}
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key that `tongwen keys add` made. A server that answers on its own computer alone asks for none.",
}


class OpenApiApp(FastAPI):
    """An application whose operations all fail in the documented way."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is not None:
            return self.openapi_schema
        document = super().openapi()
        document["components"]["securitySchemes"] = {"key": _KEY}
        schemas = document["components"]["schemas"]
        for noun in (ProblemObject, OpenAiErrorObject):
            described = noun.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= described.pop("$defs", {})
            schemas[noun.__name__] = described
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path, operations in document["paths"].items():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                operation["responses"] |= _openai_errors() if path.startswith(OPENAI_PATHS) else _problems()
                if path not in OPEN_PATHS:
                    operation["security"] = [{"key": []}]
        return document


def _problems() -> dict[str, Any]:
    return _responses(ProblemObject.__name__, PROBLEM_TYPE, {code: status for code, (status, _) in CATALOGUE.items()})


def _openai_errors() -> dict[str, Any]:
    statuses = {
        OPENAI_CODES.get(code, code): 400 if status == 422 else status for code, (status, _) in CATALOGUE.items()
    }
    return _responses(OpenAiErrorObject.__name__, "application/json", statuses)


def _responses(noun: str, media_type: str, statuses: dict[str, int]) -> dict[str, Any]:
    """One response for each status, which names the codes that it stands for."""
    return {
        str(status): {
            "description": ", ".join(code for code, each in statuses.items() if each == status),
            "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{noun}"}}},
        }
        | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
        for status in sorted(set(statuses.values()))
    }
