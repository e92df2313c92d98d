"""Cases proposed from a document without a model: its figures, dates and names with their sentences.

They are drafts, tagged as such: each is valid and its answer stands in the sentence that it must cite, but whether the
question is a good one is for a person to say. To each document belong two proposals without an answer, a question on
another year and one on another company, tagged "review": whether the document really does not answer them has to be
checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from evals.cases import Accepted, Case, CaseType, MustCite, Unanswerable, case_json, parse_case
from evals.draft_questions import figure_question, is_worth_asking, name_question
from index.language import HAN
from index.schema import Document
from index.sentences import sentence_spans
from rag.answer import QuestionLanguage
from rag.names import Names
from rag.naming.glossary import open_glossary
from rag.quantities import QuantityKind, find_quantities

MOST = 60  # cases of one document, spread over it
_LONGEST_SENTENCE = 400  # characters
_TYPES: Mapping[QuantityKind, CaseType] = {
    "money": "amount",
    "measure": "amount",
    "share": "share",
    "count": "count",
    "date": "date",
}
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_SENTENCE = re.compile(r"[^#>|].*[。！？.!?”’\"']", re.DOTALL)
_LIST_MARK = re.compile(r"^(?:[-*+•·]|\d{1,3}[.)、])\s+")
_YEAR = re.compile(r"(?<![\d(（])(?:19|20)\d\d(?!\d)")
_YEARS_LATER = 6


def draft_cases(document: Document, name: str | None = None) -> list[Case]:
    """At most `MOST` proposals, in reading order, those without an answer last; `name`: what the suite calls it."""
    names, kinds = _names()
    drafted = list(_drafted(document, name, names, kinds))
    step = max(1, -(-len(drafted) // MOST))
    chosen = drafted[::step]
    near = [*_other_year(document, chosen), *_other_company(document, chosen, names, kinds)]
    return [parse_case(case_json(case)) for case in (*chosen, *near)]


def sentence_language(sentence: str) -> QuestionLanguage:
    """Chinese where any of it is: its question is made by the Chinese templates."""
    return "zh" if _HAN_CHARACTER.search(sentence) else "en"


def sentences_of(text: str) -> Iterator[str]:
    """The sentences that may be asked about, word for word: no headings, quotations, table rows and fragments."""
    for start, end in sentence_spans(text):
        sentence = _LIST_MARK.sub("", text[start:end].strip())
        if len(sentence) <= _LONGEST_SENTENCE and "\n\n" not in sentence and _SENTENCE.fullmatch(sentence):
            yield sentence


def case_id(document: Document, number: int) -> str:
    return f"draft-{document.id[:8]}-{number}"


def _names() -> tuple[Names, dict[str, str]]:
    """The names, and the kind of each that the glossary has, by id."""
    glossary = open_glossary(None)
    return Names(glossary), {entry.id: entry.kind for entry in glossary.entries}


def _drafted(document: Document, name: str | None, names: Names, kinds: Mapping[str, str]) -> Iterator[Case]:
    number, asked = 0, set[str]()
    for sentence in sentences_of(document.text):
        language = sentence_language(sentence)
        found, figures = names.find(sentence), find_quantities(sentence)
        dates = [figure for figure in figures if figure.kind == "date"]
        proposals: list[tuple[str | None, Accepted, CaseType]] = []
        for figure in figures:
            if is_worth_asking(figure) and len(find_quantities(figure.text)) == 1:
                question = figure_question(sentence, figure, found, dates, language)
                proposals.append((question, Accepted(figure.text, quantity=True), _TYPES[figure.kind]))
        for one in found[:1]:
            kind = next((kinds[key] for key in sorted(one.keys) if key in kinds), "")
            question = name_question(sentence, one, kind, language)
            proposals.append((question, Accepted(one.text), "person" if kind == "person" else "organisation"))
        for question, accepted, kind_of_case in proposals:
            if question is None or question in asked or accepted.text in question:
                continue
            asked.add(question)
            number += 1
            yield Case(
                id=case_id(document, number),
                question=question,
                language=language,
                type=kind_of_case,
                answerable=True,
                answers=(accepted,),
                must_cite=((MustCite(sentence, name),),),
                tags=("draft",),
            )


def _other_year(document: Document, cases: Sequence[Case]) -> Iterator[Case]:
    """The first question with a year, on a later year that the document does not speak of."""
    for case in cases:
        if year := _YEAR.search(case.question):
            other = str(int(year[0]) + _YEARS_LATER)
            if other not in document.text:
                question = case.question[: year.start()] + other + case.question[year.end() :]
                yield _unanswerable(document, case, question, "other_period")
                return


def _other_company(document: Document, cases: Sequence[Case], names: Names, kinds: Mapping[str, str]) -> Iterator[Case]:
    """The first question on a company, on another one that the document does not speak of."""
    known = {key for name in names.find(document.text) for key in name.keys}
    others = [entry for entry in open_glossary(None).entries if entry.kind == "company" and entry.id not in known]
    for case in cases:
        named = names.find(case.question)
        for name in named:
            if len(named) > 1 or not any(kinds.get(key) == "company" for key in name.keys):
                continue
            for entry in others:
                forms = [form for form in entry.forms if sentence_language(form) == case.language]
                if forms and not any(form in document.text for form in entry.forms):
                    question = case.question[: name.start] + forms[0] + case.question[name.end :]
                    yield _unanswerable(document, case, question, "other_entity")
                    return


def _unanswerable(document: Document, like: Case, question: str, why: Unanswerable) -> Case:
    return Case(
        id=f"draft-{document.id[:8]}-{why.replace('_', '-')}",
        question=question,
        language=like.language,
        type=like.type,
        answerable=False,
        why_unanswerable=why,
        tags=("draft", "review"),
    )
