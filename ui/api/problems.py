"""Every error of the HTTP API, in one shape: problem details (RFC 9457), or OpenAI's error object under `/v1`.

`CATALOGUE` is the list of codes; a program acts on `code`, a person reads `detail`, which ends with what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from index import errors
from rag.answerer import AnswererUnavailable
from ui.api.gate import ServerBusy

PROBLEM_TYPE = "application/problem+json"
PROBLEMS_PATH = "/api/v1/problems"
OPENAI_PATHS = "/v1/"
RETRY_SECONDS = 5  # what the writer's lock is waited for: by then another writer is done, or it takes minutes

CATALOGUE: Mapping[str, tuple[int, str]] = {
    "malformed_body": (400, "The body cannot be read"),
    "wrong_host": (400, "The request is made to another host"),
    "key_missing": (401, "The request has no key"),
    "key_invalid": (401, "The key is not valid"),
    "scope_missing": (403, "The key is for less than this"),
    "wrong_origin": (403, "The request comes from the page of another site"),
    "not_found": (404, "There is nothing at this address"),
    "document_unknown": (404, "No document has this id"),
    "model_not_found": (404, "No model has this name"),
    "method_not_allowed": (405, "The address has no such method"),
    "body_too_large": (413, "The body is too large"),
    "invalid_request": (422, "The request is not as documented"),
    "question_unusable": (422, "The question is empty or too long"),
    "unreadable": (422, "Nothing of what was sent can become a document"),
    "unusable": (422, "What was sent cannot be used"),
    "too_many_tries": (429, "Too many wrong keys came from this address"),
    "internal_error": (500, "Something went wrong that should not"),
    "server_busy": (503, "The server has more to do than it can"),
    "library_busy": (503, "Another process is writing to the library"),
    "library_missing": (503, "There is no library"),
    "library_unusable": (503, "The library cannot be used"),
    "answerer_unavailable": (503, "The language model does not answer"),
    "unavailable": (503, "A part of the program cannot be started"),
    "storage_failed": (507, "The library cannot be written to disk"),
}

# The first that fits; a class stands behind its subclasses.
_CODES: tuple[tuple[type[errors.TongwenError], str], ...] = (
    (ServerBusy, "server_busy"),
    (AnswererUnavailable, "answerer_unavailable"),
    (errors.QuestionError, "question_unusable"),
    (errors.FileTooLarge, "body_too_large"),
    (errors.LoadError, "unreadable"),
    (errors.DocumentUnknown, "document_unknown"),
    (errors.LibraryBusy, "library_busy"),
    (errors.LibraryMissing, "library_missing"),
    (errors.StorageFailed, "storage_failed"),
    (errors.LibraryError, "library_unusable"),
    (errors.ParserUnavailable, "unavailable"),
    (errors.EmbedderUnavailable, "unavailable"),
    (errors.LexiconDamaged, "unavailable"),
    (errors.SettingsError, "unavailable"),
    (errors.TongwenError, "unusable"),
)
OPENAI_CODES = {"key_missing": "invalid_api_key", "key_invalid": "invalid_api_key"}  # what its clients know them by
_STATUS_CODES = {400: "malformed_body", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
_WORDS = {"document_unknown": "no document has this id; GET /api/v1/documents lists the ids"}
_WHAT_TO_DO = {
    400: "the body cannot be read; send what the OpenAPI document describes",
    404: "there is nothing at this address; /api/v1/openapi.json lists what there is",
    405: "this address has no such method; the header Allow lists those it has",
    413: "the body is over the limit of this address; send less, or in parts",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with one request."""

    code: str
    detail: str
    retry_after: int | None = None  # seconds
    members: Mapping[str, Any] = field(default_factory=dict)  # what else a program may want to know
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return CATALOGUE[self.code][0]

    def as_json(self) -> dict[str, Any]:
        """The object of RFC 9457."""
        status, title = CATALOGUE[self.code]
        described = {"type": f"{PROBLEMS_PATH}#{self.code}", "title": title, "status": status, "code": self.code}
        return described | {"detail": self.detail} | dict(self.members)

    def as_openai(self) -> dict[str, Any]:
        """OpenAI's error object."""
        code = OPENAI_CODES.get(self.code, self.code)
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        invalid = self.members.get("errors", ())
        parameter = self.members.get("param") or (invalid[0]["field"] if invalid else None)
        return {"error": {"message": self.detail, "type": kind, "param": parameter, "code": code}}

    def response(self, path: str) -> Response:
        """The response to a request at that path."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if path.startswith(OPENAI_PATHS):
            # OpenAI has no 422: what is wrong with a request is 400.
            status = 400 if self.status == HTTPStatus.UNPROCESSABLE_ENTITY else self.status
            return JSONResponse(self.as_openai(), status, headers)
        return JSONResponse(self.as_json(), self.status, headers, PROBLEM_TYPE)


class Refused(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def problem_of(error: Exception) -> Problem:
    """The problem that an error of ours, of FastAPI or of Starlette is."""
    match error:
        case Refused():
            return error.problem
        case errors.TongwenError():
            code = next(code for kind, code in _CODES if isinstance(error, kind))
            retry = error.retry_after if isinstance(error, ServerBusy) else None
            if code in ("library_busy", "answerer_unavailable"):
                retry = RETRY_SECONDS
            return Problem(code, _WORDS.get(code, str(error)), retry)
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            code = _STATUS_CODES.get(error.status_code, "invalid_request")
            return Problem(code, _WHAT_TO_DO.get(error.status_code, str(error.detail)), headers=error.headers or {})
    raise error


def _invalid(error: RequestValidationError) -> Problem:
    """Says where and why, and nothing of what was sent."""
    found = [
        {"field": ".".join(map(str, one["loc"][1:])) or str(one["loc"][0]), "reason": str(one["msg"])}
        for one in error.errors()[:20]
    ]
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return Problem("malformed_body", "the body is not JSON; send one JSON object as application/json")
    first = found[0] if found else {"field": "body", "reason": "invalid"}
    detail = f"{first['field']}: {first['reason']}; send what /api/v1/openapi.json describes"
    return Problem("invalid_request", detail, members={"errors": found})


async def respond(request: Request, error: Exception) -> Response:
    """The handler of all errors that are meant."""
    return problem_of(error).response(request.url.path)
