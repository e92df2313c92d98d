"""Cases proposed by a language model, passage by passage, over any object with the `complete` of LlamaIndex's classes.

What it writes is not trusted: kept is a question whose answer stands word for word in the passage and not in the
question itself, and that is in the passage's language. Everything else is passed over and counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from string import Template

from evals.accepted import accepted_from
from evals.cases import Case, MustCite, case_json, parse_case
from evals.draft import sentence_language
from evals.sheets import guessed_type
from evals.strict_json import load_object
from index.chunking import chunk_document
from index.schema import Chunk, Document
from index.sentences import sentence_spans
from rag.llm_rewriter import LanguageModel
from rag.question import MAX_QUESTION_CHARACTERS, question_language

MOST_PASSAGES = 40
_LONGEST_OUTPUT = 10_000  # characters read of what it writes for one passage
_FEWEST_CHARACTERS = 40  # of a passage that is worth a question


@dataclass(frozen=True, slots=True)
class LlmDraft:
    cases: tuple[Case, ...]
    passed_over: int  # lines that were no usable question


def draft_with_model(document: Document, model: LanguageModel, name: str | None = None) -> LlmDraft:
    """Proposals on at most `MOST_PASSAGES` passages, spread over the document; raises what the model raises."""
    passages = [chunk for chunk in chunk_document(document) if len(chunk.text) >= _FEWEST_CHARACTERS]
    step = max(1, -(-len(passages) // MOST_PASSAGES))
    cases: list[Case] = []
    passed_over, asked = 0, set[str]()
    for passage in passages[::step]:
        for line in _lines(model.complete(_prompt(passage)).text):
            case = _case(line, passage, f"draft-{document.id[:8]}-llm-{len(cases) + 1}", name)
            if case is None or case.question in asked:
                passed_over += 1
                continue
            asked.add(case.question)
            cases.append(case)
    return LlmDraft(tuple(cases), passed_over)


def _prompt(passage: Chunk) -> str:
    file = resources.files("evals") / "prompts" / f"draft.{sentence_language(passage.text)}.txt"
    shown = json.dumps({"passage": passage.text}, ensure_ascii=False)
    return Template(file.read_text("utf-8")).substitute(passage=shown)


def _lines(written: str) -> Iterator[str]:
    """What may be an object, without fences and the commas of a list around it."""
    for line in written[:_LONGEST_OUTPUT].splitlines():
        if bare := line.strip().strip(",").strip("[]` "):
            yield bare


def _case(line: str, passage: Chunk, identifier: str, name: str | None) -> Case | None:
    """The case that a line proposes; None where it cannot be used."""
    try:
        content = load_object(line)
        question, answer = content["question"].strip(), content["answer"].strip()
    except (ValueError, KeyError, AttributeError):
        return None
    start = passage.text.find(answer)
    if not question or not answer or start < 0 or answer in question or len(question) > MAX_QUESTION_CHARACTERS:
        return None
    language = question_language(question)
    if language != sentence_language(passage.text) or not any(map(str.isalnum, answer)):
        return None
    end = start + len(answer)
    spans = [(first, last) for first, last in sentence_spans(passage.text) if first < end and start < last]
    case = Case(
        id=identifier,
        question=question,
        language=language,
        type=guessed_type(question),
        answerable=True,
        answers=tuple(accepted_from([answer])),
        must_cite=((MustCite(passage.text[spans[0][0] : spans[-1][1]].strip(), name),),),
        tags=("draft", "llm"),
    )
    try:
        return parse_case(case_json(case))
    except ValueError:
        return None
