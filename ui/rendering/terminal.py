"""Answers and passages for a terminal."""

from __future__ import annotations

from index.schema import Hit
from rag.answer import Answer
from ui.conversation import was_completed
from ui.messages import MESSAGES
from ui.rendering.escaping import printable
from ui.rendering.places import place_path, section_of


def plain_text(answer: Answer) -> str:
    """The answer for a terminal: the question as it was understood where it left something out, the text and its notes,
    then each cited sentence with its number, title and section."""
    messages = MESSAGES[answer.language]
    paragraphs = [printable(answer.text)]
    if was_completed(answer):
        paragraphs.insert(0, printable(messages.standalone.format(question=answer.standalone)))
    paragraphs += [printable(messages.remark.format(note=note.text)) for note in answer.notes]
    if answer.refused and answer.citations:
        paragraphs.append(f"{messages.closest}:")
    for citation in answer.citations:
        marker = f"[{citation.number}] "
        lines = [
            *citation.quote.strip().splitlines(),
            "— " + " › ".join((citation.title, *place_path(citation.place, section_of(citation), messages))),
        ]
        paragraphs.append(marker + ("\n" + " " * len(marker)).join(map(printable, lines)))
    return "\n\n".join(paragraphs)


def hit_path(hit: Hit) -> tuple[str, ...]:
    """Where in its document a passage begins, in English as all of the command line that is not an answer."""
    return place_path(hit.place_at(hit.chunk.start), hit.chunk.section[1:], MESSAGES["en"])
