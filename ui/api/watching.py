"""What watches over a server: `/healthz`, `/readyz`, `/metrics`, and the list of what can go wrong.

The first two are open to everyone and say no more than their status to those who may not read.
"""

from __future__ import annotations

from typing import Any

import anyio
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from index.errors import TongwenError
from ui.api.nouns import HealthObject, ReadyObject
from ui.api.problems import CATALOGUE, PROBLEMS_PATH, Problem, Refused, problem_of
from ui.api.services import Using
from ui.visitors import EVERYTHING, Visitor

router = APIRouter(tags=["watching"])


@router.get("/healthz", summary="Whether the server runs", responses={200: {"model": HealthObject}})
async def healthz() -> Response:
    return JSONResponse({"status": "alive"})


@router.get(
    "/readyz",
    summary="Whether questions can be answered",
    description="Opens the library; 503 where it cannot be searched. Who has no key hears the status alone.",
    responses={200: {"model": ReadyObject}},
)
async def readyz(request: Request, using: Using) -> Response:
    # The API alone, as another program may embed it, has no visitors: whoever reaches it may read.
    visitor = getattr(request.state, "visitor", Visitor("", "", EVERYTHING))

    def look() -> dict[str, Any]:
        with using.library.snapshot() as snapshot:
            if not visitor.may("read"):
                return {"status": "ready"}
            return {"status": "ready", "documents": len(snapshot.documents()), "degraded": snapshot.degraded}

    try:
        return JSONResponse(await anyio.to_thread.run_sync(look))
    except TongwenError as error:
        if visitor.may("read"):
            raise
        raise Refused(Problem(problem_of(error).code, "not ready; whoever runs the server can see why")) from error


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    description="Requests by route and status, their time, answers by outcome, and the documents of the library.",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
async def metrics(using: Using) -> Response:
    def read() -> bytes:
        try:
            documents = len(using.library.documents())
        except TongwenError:
            documents = None
        return using.metrics.exposition(documents)

    return Response(await anyio.to_thread.run_sync(read), media_type=CONTENT_TYPE_LATEST)


@router.get(
    PROBLEMS_PATH,
    summary="What can go wrong",
    description="Every `code` of a problem, with its status and title.",
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def problems() -> Response:
    return JSONResponse({code: {"status": status, "title": title} for code, (status, title) in CATALOGUE.items()})
