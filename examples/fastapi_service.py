"""A service of your own around the assistant: `uvicorn examples.fastapi_service:app`. Needs nothing beside tongwen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from index.errors import QuestionError
from rag import Assistant


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.assistant = Assistant.open("library")
    yield


app = FastAPI(title="Our handbook", lifespan=lifespan)


class Question(BaseModel):
    text: str


@app.post("/handbook")
async def handbook(question: Question, request: Request) -> dict:
    """An answer with its sources, or status 404 where the handbook does not say."""
    try:
        answer = await request.app.state.assistant.aask(question.text)
    except QuestionError as error:
        raise HTTPException(422, str(error)) from error
    if answer.refused:
        raise HTTPException(404, answer.text)
    return {"text": answer.text, "sources": [{"title": one.title, "quote": one.quote} for one in answer.citations]}
