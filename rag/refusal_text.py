"""The words of a refusal: what was looked for, which of it is nowhere in what was found, and the closest passage.

What the question and the documents say is quoted on one line, cut short, and without the brackets that would make it
look like a citation; whoever shows the text escapes it as every text. Not said: why a document is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.language import search_copy
from rag.answer import RefusalReason
from rag.answer_signs import years_of
from rag.evidence import Evidence
from rag.measures import asked_measures
from rag.names import Names
from rag.phrases import phrases
from rag.quantities import find_quantities
from rag.question import Question
from rag.retriever import is_across

_MOST_CHARACTERS = 60  # of the question, and of a title or heading, that are repeated
_MOST_NAMED = 3
_AROUND = " \t\n，。！？、；：,.!?;:“”\"'《》"
# What frames the subject at either end. "多少钱" goes, "钱" by itself would stay: it is what was looked for.
_FRAME = re.compile(
    r"^(?:请问|請問|告诉我|告訴我|我想知道|想问一下|麻烦问一下|please tell me|tell me"
    r"|(?:what|which|who|whose|when|where|why|how)(?: (?:much|many|long|old|far|big|large|high))?"
    r"(?:'s| (?:is|are|was|were|does|do|did|has|have|had|will|would))?(?: (?:the|an?))?)(?:\s+|(?<=[问問我道下]))"
    r"|[是有为為在]?(?:多少(?:钱|錢|元|美元|人|个|個)?|谁|誰|什么时候|什麼時候|什么|什麼|哪里|哪裡|哪儿"
    r"|几[个個位家天年月号])?[吗嗎呢的]?$",
    re.IGNORECASE,
)


def refusal_text(question: Question, evidence: Sequence[Evidence], reason: RefusalReason, names: Names) -> str:
    """What is said in place of an answer; `evidence` is best first, and its first sentence is cited as [1]."""
    words = phrases(question.language)
    if not evidence:
        return words.refusals[reason]
    # A price, say, is asked as a number by its words and is an amount all the same.
    measured = asked_measures(search_copy(question.text)) & {"money", "share"}
    kinds = [words.kinds[kind] for kind in words.kinds if kind in (measured or question.kinds)]
    sought = words.sought.format(
        kind=words.alternatives.join(kinds) or words.answer, subject=quotable(_subject(question.text))
    )
    best = evidence[0].hit
    section = best.chunk.section[1:] if best.chunk.section[:1] == (best.title,) else best.chunk.section
    place = " › ".join(quotable(part) for part in (best.title, *section))
    missing = list(_missing(question, evidence, names))[:_MOST_NAMED]
    nowhere = words.nowhere.format(what=words.list_mark.join(map(quotable, missing))) if missing else ""
    return words.refusals[reason].format(sought=sought, nowhere=nowhere, place=place)


def quotable(text: str) -> str:
    """`text` on one line, cut short, its square brackets made round."""
    line = " ".join(text.split()).translate({ord("["): "(", ord("]"): ")"})
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1].rstrip() + "…"


def _subject(question: str) -> str:
    """The question as it was written, without what frames its subject; the whole where nothing else is left."""
    text = question.strip(_AROUND)[:200]
    for _ in range(2):  # a frame at each end
        text = _FRAME.sub("", text).strip(_AROUND)
    return text or question


def _missing(question: Question, evidence: Sequence[Evidence], names: Names) -> Iterator[str]:
    """The names and years of the question that nothing that was found holds, as the question writes them.

    Names only where all that was found is in the question's language: what a name is called in the other may not be
    known.
    """
    found = "\n".join("\n".join((one.hit.title, *one.hit.chunk.section, one.text)) for one in evidence)
    if not any(is_across(question, one.hit.chunk.language) for one in evidence):
        yield from dict.fromkeys(
            name.text for name in names.find(question.text) if names.standing_in(name, found) is None
        )
    folded = search_copy(found)
    unwritten = [
        (quantity.text, year) for quantity in question.quantities for year in years_of([quantity]) if year not in folded
    ]
    if unwritten:  # to read the figures of all that was found takes longer than all else that a refusal says
        dated = years_of(find_quantities(found))
        yield from (text for text, year in unwritten if year not in dated)
