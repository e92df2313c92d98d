"""`/v1/embeddings`: the embedder of the library, for programs that want the vectors it is searched with."""

from __future__ import annotations

import base64

import anyio
import numpy as np
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from index.embedding import Vectors
from ui.api.openai_models import require_model
from ui.api.openai_nouns import EmbeddingsBody, EmbeddingsObject
from ui.api.problems import Problem, Refused
from ui.api.services import Using

router = APIRouter(tags=["OpenAI-compatible"])


@router.post("/v1/embeddings", summary="Embed texts", responses={200: {"model": EmbeddingsObject}})
async def embed(body: EmbeddingsBody, using: Using) -> Response:
    embedder = using.library.embedder
    require_model(body.model, (embedder.name,))
    texts = [body.input] if isinstance(body.input, str) else body.input

    def vectors() -> Vectors:
        if body.input_type == "query":
            return np.stack([embedder.embed_question(text) for text in texts])
        return embedder.embed_passages(texts)

    async with using.answering:
        made = await anyio.to_thread.run_sync(vectors)
    if body.dimensions is not None and body.dimensions != made.shape[1]:
        detail = f"the vectors have {made.shape[1]} dimensions; ask for as many, or leave it out"
        raise Refused(Problem("invalid_request", detail, members={"param": "dimensions"}))
    data = [
        {"object": "embedding", "index": number, "embedding": _written(vector, body.encoding_format == "base64")}
        for number, vector in enumerate(made)
    ]
    usage = {"prompt_tokens": 0, "total_tokens": 0}
    return JSONResponse({"object": "list", "model": embedder.name, "data": data, "usage": usage})


def _written(vector: np.typing.NDArray[np.float32], encoded: bool) -> list[float] | str:
    if encoded:
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(number) for number in vector]
