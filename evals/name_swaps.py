"""Wrong answers made of right ones: one proper name of a text is exchanged for another of the same kind.

The names come from a list made by hand for each set of documents, not from `rag.names`, which they are to put to the
test. The list also says which of them stand in the documents and which do not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evals.mutations import Mutation
from rag.answer import QuestionLanguage


@dataclass(frozen=True, slots=True)
class KnownName:
    """One thing with the ways to write it in either language, the usual one first."""

    kind: str  # names are exchanged for names of their kind; a part and its whole (AWS, Amazon) are of different kinds
    zh: tuple[str, ...]
    en: tuple[str, ...]
    in_documents: bool

    def forms(self, language: QuestionLanguage) -> tuple[str, ...]:
        return self.zh if language == "zh" else self.en


def read_names(path: Path) -> list[KnownName]:
    """The names of a JSONL file: kind, zh, en, in_documents."""
    entries = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return [KnownName(each["kind"], tuple(each["zh"]), tuple(each["en"]), each["in_documents"]) for each in entries]


def name_mutations(text: str, language: QuestionLanguage, names: Sequence[KnownName], random: Random) -> list[Mutation]:
    """Every name of `text` exchanged once for one of the documents and once for one from outside, where there is one.

    A name that the text holds already is never put in: "Google and Google" would be found out by anybody.
    """
    mentioned = [(match, name) for match, name in _mentions(text, names)]
    present = {id(name) for _, name in mentioned}
    found = []
    for match, name in mentioned:
        for kind, inside in (("name of the documents", True), ("name from outside", False)):
            others = [
                other for other in names
                if other.kind == name.kind and other.in_documents == inside and id(other) not in present
            ]  # fmt: skip
            if others:
                replacement = random.choice(others).forms(language)[0]
                found.append(Mutation(kind, match.start(), match.end(), replacement))
    return found


def _mentions(text: str, names: Sequence[KnownName]) -> list[tuple[re.Match[str], KnownName]]:
    """The names in `text`, the longest form first, without overlap."""
    forms = {form: name for name in names for form in (*name.zh, *name.en)}
    alternatives = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{alternatives})(?![A-Za-z0-9])", re.ASCII)
    return [(match, forms[match[0]]) for match in pattern.finditer(text)]
