"""Between OpenAI's messages and a question with its history; footnotes are put behind answers and taken off again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.errors import QuestionError
from rag.answer import Answer, Citation, Exchange
from ui.api.openai_nouns import Message
from ui.rendering.escaping import one_line

_MOST_TURNS = 50  # of those before the question; earlier ones are passed over
_FOOTNOTES = re.compile(r"\n\n\[\d{1,4}\] “[^\n]*” — [^\n]*(?:\n\[\d{1,4}\] “[^\n]*” — [^\n]*)*\Z")


def conversation(messages: Sequence[Message]) -> tuple[str, list[Exchange]]:
    """The last message of the user, and the turns before it; raises `QuestionError` where there is none."""
    said = [(message.role, message.text) for message in messages if message.role in ("user", "assistant")]
    asked = [number for number, (role, _) in enumerate(said) if role == "user"]
    if not asked:
        raise QuestionError("no message is the user's; send the question as the last one, with the role user")
    turns: list[Exchange] = []
    for role, text in said[: asked[-1]]:
        if role == "user":
            turns.append(Exchange(text, ""))
        elif turns:
            turns[-1] = Exchange(turns[-1].question, _FOOTNOTES.sub("", text))
    return said[asked[-1]][1], turns[-_MOST_TURNS:]


def footnotes(answer: Answer) -> str:
    """What follows the text of an answer; nothing where it cites nothing."""
    lines = [_footnote(citation) for citation in answer.citations]
    return "\n\n" + "\n".join(lines) if lines else ""


def _footnote(citation: Citation) -> str:
    # Without a colon: Markdown takes "[1]: word" for the definition of a link and shows nothing of it.
    return f"[{citation.number}] “{one_line(citation.quote)}” — {', '.join(_origin(citation))}"


def _origin(citation: Citation) -> Iterable[str]:
    yield one_line(citation.title)
    if citation.place:
        yield one_line(f"{citation.place.kind} {citation.place.label}")
