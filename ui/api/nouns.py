"""What goes in and out of our API, as the OpenAPI document describes it.

Requests are checked against these strictly. Answers are not made of them: `rag.answer_json` and `ui.contract` make what
every door gives, and a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from index.schema import FeedbackState, FeedbackVerdict, Language, PlaceKind
from rag.answer import NoteCode, QuestionLanguage, RefusalReason, Verdict
from rag.question import MAX_QUESTION_CHARACTERS
from ui.feedback import LONGEST

MOST_TURNS = 50
MOST_HITS = 100
_LONGEST_ANSWER = 20_000  # characters of an earlier answer
_LONGEST_TEXT = 5_000_000  # characters; as many as a file may hold
_LONGEST_NAME = 300


def _whole(text: str) -> str:
    """Half a character can come out of JSON, and goes into no file and no response."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character (a lone surrogate)") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]
QuestionText = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARACTERS,
        description="The question, in Chinese, English or both; with one letter or digit at least.",
    ),
]


class Incoming(BaseModel):
    """A body that is sent to us: nothing is converted, nothing undocumented is taken."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


class Outgoing(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


# Asking


class Turn(Incoming):
    """One earlier turn; for a follow-up of a follow-up, `question` is best its `standalone` form."""

    question: Annotated[Text, Field(max_length=MAX_QUESTION_CHARACTERS)]
    answer: Annotated[
        Text, Field(max_length=_LONGEST_ANSWER, description="The text of the answer; empty of a refusal.")
    ]


class AskBody(Incoming):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "亚马逊 2026 年的资本支出是多少？"},
                {
                    "question": "And the year before?",
                    "history": [{"question": "What is Amazon's capex in 2026?", "answer": "About $200 billion. [1]"}],
                    "stream": True,
                },
            ]
        }
    )
    question: QuestionText
    history: Annotated[list[Turn], Field(max_length=MOST_TURNS, description="Earlier turns, oldest first.")] = []
    stream: Annotated[
        bool | None,
        Field(description="Server-sent events; where it is not said, the header Accept decides."),
    ] = None


class PlaceObject(Outgoing):
    """Where in its file a text stands."""

    kind: PlaceKind
    label: str


class CitationObject(Outgoing):
    """One exact sentence of a stored document: text[start:end] == quote, in Unicode code points."""

    number: int
    document_id: str
    title: str
    start: int
    end: int
    quote: str
    sha256: str
    score: float
    place: PlaceObject | None


class CheckObject(Outgoing):
    """A figure or name of the answer, and whether the cited sentences hold it."""

    text: str
    supported: bool
    verdict: Verdict
    found: str | None
    citation: int | None


class ChecksObject(Outgoing):
    figures: list[CheckObject]
    names: list[CheckObject]


class StatementObject(Outgoing):
    """One sentence of the answer, and the numbers of the citations that it rests on."""

    start: int
    end: int
    citations: list[int]
    checks: ChecksObject


class ConflictObject(Outgoing):
    """Figures that different passages give for the same thing."""

    figures: list[str]
    citations: list[int]


class NoteObject(Outgoing):
    code: NoteCode
    text: str


class UsageObject(Outgoing):
    """Tokens that a language model reported; null where unknown."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cost: float | None


class TimingsObject(Outgoing):
    """Milliseconds."""

    retrieve: float
    answer: float
    total: float


class AnswerObject(Outgoing):
    """What `tongwen ask --json` prints."""

    question: str
    answer: str
    language: QuestionLanguage
    refused: bool
    reason: RefusalReason | None
    citations: list[CitationObject]
    checks: ChecksObject
    confidence: Annotated[float, Field(ge=0, le=1)]
    answerer: str
    timings_ms: TimingsObject
    standalone: str
    short: str | None
    complete: bool
    statements: list[StatementObject]
    conflicts: list[ConflictObject]
    notes: list[NoteObject]
    usage: UsageObject | None


# Searching


class SearchBody(Incoming):
    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "capital expenditure", "k": 3}]})
    question: QuestionText
    k: Annotated[int, Field(ge=1, le=MOST_HITS, description="How many passages at most.")] = 5


class HitObject(Outgoing):
    chunk_id: str
    document_id: str
    title: str
    start: int
    end: int
    text: str
    language: Language
    score: float
    place: PlaceObject | None


class SearchObject(Outgoing):
    """What `tongwen search --json` prints."""

    question: str
    hits: list[HitObject]
    degraded: str | None = None  # why passages were found by their words alone, and what to do


# Documents


class DocumentBody(Incoming):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "# 码头\n\n码头建于 1931 年。", "name": "码头", "kind": "markdown"}],
        }
    )
    text: Annotated[Text, Field(min_length=1, max_length=_LONGEST_TEXT)]
    name: Annotated[
        Text,
        Field(
            max_length=_LONGEST_NAME,
            description="What it is called where it has no heading. A text of the same name takes its place later; "
            "one without a name stays until it is removed.",
        ),
    ] = ""
    kind: Literal["text", "markdown"] = "text"


class SummaryObject(Outgoing):
    id: str
    title: str
    source: str
    language: Language
    chunks: int
    characters: int
    added_at: str


class ListObject(Outgoing):
    """What `tongwen list --json` prints."""

    documents: list[SummaryObject]


class StandingObject(Outgoing):
    """A place, from `start` to the next one."""

    kind: PlaceKind
    label: str
    start: int


class DocumentObject(Outgoing):
    id: str
    title: str
    source: str
    language: Language
    added_at: str
    characters: int
    text: str
    places: list[StandingObject]
    metadata: dict[str, str]


class AddedObject(Outgoing):
    id: str
    title: str
    source: str
    outcome: Literal["added", "replaced", "unchanged"]
    chunks: int
    embedded: int


class FailedObject(Outgoing):
    source: str
    error: str


class RemarkObject(Outgoing):
    source: str
    note: str


class AddObject(Outgoing):
    """What `tongwen add --json` prints."""

    documents: list[AddedObject]
    failed: list[FailedObject]
    notes: list[RemarkObject]


class RemovedObject(Outgoing):
    """What `tongwen remove --json` prints."""

    removed: list[SummaryObject]


# Feedback


class FeedbackBody(Incoming):
    verdict: FeedbackVerdict
    answer: Annotated[AnswerObject, Field(description="The answer, as /api/v1/ask gave it.")]
    reason: Annotated[Text, Field(max_length=LONGEST)] = ""
    correction: Annotated[Text, Field(max_length=LONGEST, description="What the answer should have been.")] = ""


class FeedbackObject(Outgoing):
    id: str
    created_at: str
    verdict: FeedbackVerdict
    state: FeedbackState


# Watching


class HealthObject(Outgoing):
    status: Literal["alive"]


class ReadyObject(Outgoing):
    """All but the status is left out for those who have no key."""

    status: Literal["ready"]
    documents: int = 0
    degraded: Annotated[str | None, Field(description="Why passages are found by their words alone.")] = None


class ProblemObject(BaseModel):
    """Problem details, RFC 9457. A program acts on `code`; `detail` says what to do."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] | None = None  # of an invalid request: field and reason
    failed: list[dict[str, Any]] | None = None  # of unreadable files: source and error
