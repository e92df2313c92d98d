"""What goes in and out of the OpenAI-compatible API. What it has no use for (temperature, tools, …) is let pass."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ui.api.nouns import CitationObject, Text

MOST_INPUTS = 256
_LONGEST_INPUT = 20_000  # characters of a text to be embedded; the models read far less


class OpenAiBody(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False, hide_input_in_errors=True)


class TextPart(OpenAiBody):
    type: Literal["text"]
    text: Text


class Message(OpenAiBody):
    """Text only. System, developer and tool messages are passed over: how to answer is not for a client to say."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[TextPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(OpenAiBody):
    include_usage: bool | None = None


class ChatBody(OpenAiBody):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "tongwen", "messages": [{"role": "user", "content": "亚马逊 2026 年的资本支出是多少？"}]}
            ]
        }
    )
    model: Text
    messages: Annotated[
        list[Message],
        Field(min_length=1, max_length=1000, description="The last one of the user is the question."),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=1, description="There is one answer.")] = None


class UsageFigures(BaseModel):
    """Tokens of the language model; none where the answer is extractive."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class MessageObject(BaseModel):
    role: Literal["assistant"]
    content: Annotated[str, Field(description="The answer, then its citations as lines `[1] “quote” — title, page 3`.")]
    refusal: None
    citations: Annotated[list[CitationObject], Field(description="Not of OpenAI: those of `/api/v1/ask`.")]
    refused: Annotated[bool, Field(description="Not of OpenAI: whether the documents do not answer the question.")]


class ChoiceObject(BaseModel):
    index: int
    message: MessageObject
    logprobs: None
    finish_reason: Literal["stop", "length"]


class CompletionObject(BaseModel):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceObject]
    usage: UsageFigures


class EmbeddingsBody(OpenAiBody):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "tongwen-minilm", "input": ["资本支出", "capital expenditure"]}]}
    )
    model: Text
    input: (
        Annotated[Text, Field(min_length=1, max_length=_LONGEST_INPUT)]
        | Annotated[
            list[Annotated[Text, Field(min_length=1, max_length=_LONGEST_INPUT)]],
            Field(min_length=1, max_length=MOST_INPUTS),
        ]
    )
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int | None, Field(description="Only as many as the embedder has.")] = None
    input_type: Annotated[
        Literal["passage", "query"],
        Field(description="Not of OpenAI: models that embed questions differently need to know."),
    ] = "passage"


class VectorObject(BaseModel):
    object: Literal["embedding"]
    index: int
    embedding: Annotated[list[float] | str, Field(description="Numbers, or base64 of little-endian float32.")]


class EmbeddingsUsage(BaseModel):
    """Always none: the embedder is ours, and nothing is counted for it."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsObject(BaseModel):
    object: Literal["list"]
    model: str
    data: list[VectorObject]
    usage: EmbeddingsUsage


class ModelObject(BaseModel):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsObject(BaseModel):
    object: Literal["list"]
    data: list[ModelObject]


class OpenAiErrorDetail(BaseModel):
    message: str
    type: str
    param: str | None
    code: str


class OpenAiErrorObject(BaseModel):
    """OpenAI's error object; `code` is one of those of `/api/v1/problems`, or `invalid_api_key`."""

    error: OpenAiErrorDetail


Json = dict[str, Any]
