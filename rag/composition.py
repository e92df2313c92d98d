"""An answer in the making: grounded sentences go in, pieces of text and numbered citations come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.schema import sha256_text
from rag.answer import Check, Checks, Citation, NoteCode, QuestionLanguage, Statement
from rag.evidence import Evidence
from rag.grounding import GroundedSentence, renumbered
from rag.phrases import phrases


@dataclass(slots=True)
class Composition:
    """What has been said so far, in `language`. Every text that it returns has been appended to `text`."""

    language: QuestionLanguage
    text: str = ""
    short: str | None = None
    statements: list[Statement] = field(default_factory=list)
    cited: list[Evidence] = field(default_factory=list)  # the citation [1] is `cited[0]`
    withheld: list[Checks] = field(default_factory=list)
    notes: dict[NoteCode, None] = field(default_factory=dict)  # distinct, in the order in which they came up

    def add(self, sentence: GroundedSentence) -> str:
        """Take a sentence in, and return the piece of text to show for it: empty where it is withheld."""
        if sentence.withheld:
            checks = sentence.checks
            self.withheld.append(Checks(_without_citation(checks.figures), _without_citation(checks.names)))
            self.notes["sentence_withheld"] = None
            return ""
        numbers = [self.cite(evidence) for evidence in sentence.rests_on]
        draft = sentence.draft
        if draft.role == "short" and self.short is None:
            self.short = draft.text
        if any(not check.supported for check in sentence.checks.names):
            self.notes["name_unsupported"] = None
        if draft.role == "prose" and not numbers:
            self.notes["uncited"] = None
        separator = "" if not self.text else "\n" if draft.paragraph else " "
        markers = "".join(f" [{number}]" for number in numbers)
        start = len(self.text) + len(separator)
        if draft.role != "frame":
            checks = renumbered(sentence.checks, numbers)
            self.statements.append(Statement(start, start + len(draft.text), tuple(numbers), checks))
        return self.say(separator + draft.text + markers + self._mark(sentence.unsupported))

    def say(self, piece: str) -> str:
        """Append a piece of text as it is."""
        self.text += piece
        return piece

    def cite(self, evidence: Evidence) -> int:
        """The number of the citation of this sentence, a new one where it is not cited yet."""
        places = [_place(each) for each in self.cited]
        if _place(evidence) not in places:
            self.cited.append(evidence)
            return len(self.cited)
        return places.index(_place(evidence)) + 1

    def citations(self) -> tuple[Citation, ...]:
        """The cited sentences in the order of their numbers."""
        return tuple(_citation(number, evidence) for number, evidence in enumerate(self.cited, 1))

    def checks(self) -> Checks:
        """Every figure and name that was checked, those of withheld sentences last."""
        each = [*(statement.checks for statement in self.statements), *self.withheld]
        return Checks(
            figures=tuple(check for checks in each for check in checks.figures),
            names=tuple(check for checks in each for check in checks.names),
        )

    def _mark(self, unsupported: Sequence[str]) -> str:
        if not unsupported:
            return ""
        separator = "、" if self.language == "zh" else ", "
        return phrases(self.language).unsupported.format(names=separator.join(dict.fromkeys(unsupported)))


def _without_citation(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Of a withheld sentence nothing is cited."""
    return tuple(Check(check.text, check.supported, check.verdict, check.found) for check in checks)


def _place(evidence: Evidence) -> tuple[str, int, int]:
    chunk = evidence.hit.chunk
    return chunk.document_id, chunk.start + evidence.start, chunk.start + evidence.end


def _citation(number: int, evidence: Evidence) -> Citation:
    chunk = evidence.hit.chunk
    document_id, start, end = _place(evidence)
    return Citation(
        number=number,
        document_id=document_id,
        title=evidence.hit.title,
        start=start,
        end=end,
        quote=evidence.text,
        sha256=sha256_text(evidence.text),
        score=evidence.score,
        language=chunk.language,
        section=chunk.section,
        before=chunk.text[: evidence.start],
        after=chunk.text[evidence.end :],
        place=evidence.hit.place_at(start),
    )
