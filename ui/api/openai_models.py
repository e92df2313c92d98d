"""`/v1/models`: the assistant, by the name under which it is asked, and the embedder of the library."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from ui.api.openai_nouns import Json, ModelObject, ModelsObject
from ui.api.problems import Problem, Refused
from ui.api.services import Services, Using

router = APIRouter(tags=["OpenAI-compatible"])

ASSISTANT_MODEL = "tongwen"


@router.get("/v1/models", summary="List the models", responses={200: {"model": ModelsObject}})
async def list_models(using: Using) -> Response:
    return JSONResponse({"object": "list", "data": [_model(name) for name in _names(using)]})


@router.get("/v1/models/{model:path}", summary="Show a model", responses={200: {"model": ModelObject}})
async def show_model(model: str, using: Using) -> Response:
    require_model(model, _names(using))
    return JSONResponse(_model(model))


def require_model(name: str, known: tuple[str, ...]) -> None:
    """End the request where the model is not one of those that can do this."""
    if name not in known:
        detail = f"there is no model {name!r} here; use {' or '.join(known)}"
        raise Refused(Problem("model_not_found", detail, members={"param": "model"}))


def _names(using: Services) -> tuple[str, ...]:
    return ASSISTANT_MODEL, using.library.embedder.name


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": 0, "owned_by": "tongwen"}
