"""`POST /api/v1/feedback`: what a person says of an answer, kept as the chat and the command line keep it."""

from __future__ import annotations

from functools import partial

import anyio
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from ui.api.nouns import FeedbackBody, FeedbackObject
from ui.api.services import Using
from ui.feedback import keep_feedback

router = APIRouter(tags=["feedback"])


@router.post(
    "/api/v1/feedback",
    status_code=201,
    summary="Say whether an answer was right",
    description="Kept in the library as pending, until `tongwen eval approve` makes a case of it or it is dismissed.",
    responses={201: {"model": FeedbackObject}},
)
async def give_feedback(body: FeedbackBody, using: Using) -> Response:
    keep = partial(keep_feedback, using.library, body.verdict, body.answer.model_dump(), body.reason, body.correction)
    async with using.adding:
        kept = await anyio.to_thread.run_sync(keep)
    shown = {"id": kept.id, "created_at": kept.created_at.isoformat(), "verdict": kept.verdict, "state": kept.state}
    return JSONResponse(shown, 201)
