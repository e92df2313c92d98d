"""Looks for what was removed: in answers, and in the bytes of every file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from torture.corpus import documents, open_library

from index.compaction import compact
from index.loading import make_document
from index.schema import Document
from index.terms import terms


@dataclass
class Figures:
    """What was tried and what went wrong."""

    n: int = 0
    files: int = 0
    failures: list[str] = field(default_factory=list)


def canaries(count: int) -> list[Document]:
    """Documents whose secret word, in Latin letters or in rare characters, stands nowhere else."""
    made = []
    for number in range(count):
        word = secret(number)
        text = f"# {word}\n\n" + (f"金丝雀 {word} 在此。" if number % 2 else f"The canary {word} sings here.")
        made.append(make_document(text, name=word, source=f"/canary/{word}.md", kind="markdown"))
    return made


def secret(number: int) -> str:
    if number % 2 == 0:
        return "zqx" + "".join(chr(ord("a") + number // 26**place % 26) for place in range(3)) + "kanarek"
    return "".join(chr(0x9FA0 - 7 * number - place) for place in (1, 3, 4))  # three rare characters in a row


def remove_canaries(base: Path, count: int) -> Figures:
    """Remove so many documents; none may be found at once, and none of their bytes after `compact`."""
    figures = Figures()
    library, hidden = open_library(base / "library"), canaries(count)
    old = documents(60)
    list(library.add([*old, *hidden]))
    if missing := [number for number in range(count) if not _found(base, number, hidden[number])]:
        raise AssertionError(f"the search does not find the canaries {missing} even before they are removed")
    in_bytes = _in_files(base / "library", range(count))
    if in_bytes != set(range(count)):
        raise AssertionError("the bytes of the canaries are not looked for where they are")
    vectors = [library.embedder.embed_passages([document.text])[0].tobytes() for document in hidden]
    for number, document in enumerate(hidden):
        library.remove(document.id)
        figures.n += 1
        if _found(base, number, document):
            figures.failures.append(f"canary {number} is found after it was removed")
    compact(library.folder)
    left = _in_files(base / "library", range(count))
    figures.failures += [f"canary {number} is in the files after compact" for number in sorted(left)]
    contents = [path.read_bytes() for path in (base / "library").rglob("*") if path.is_file()]
    figures.files = len(contents)
    if any(vector in content for vector in vectors for content in contents):
        figures.failures.append("a vector of a canary is in the files after compact")
    if problems := library.verify():
        figures.failures.append(f"verify: {problems}")
    if len(library.documents()) != len(old):
        figures.failures.append("another document is gone too")
    return figures


def _found(base: Path, number: int, document: Document) -> bool:
    """Whether any search, list or count of a process that has just opened the library knows the document."""
    library = open_library(base / "library")
    words = terms(secret(number))
    with library.snapshot() as snapshot:
        vector = library.embedder.embed_question(document.text)
        hits = [
            hit
            for language in snapshot.languages
            for hit in (*snapshot.search_vectors(vector, language, 5), *snapshot.search_terms(words, language, 5))
        ]
        passages = [snapshot.chunk(one)[0].text for one, _ in hits]
        return (
            any(secret(number) in passage for passage in passages)
            or document.id in {one.id for one in snapshot.documents()}
            or (number % 2 == 0 and any(snapshot.holding_counts(words).values()))
        )


def _in_files(folder: Path, numbers: Iterable[int]) -> set[int]:
    """The canaries whose secret word stands in the bytes of some file."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return {number for number in numbers if any(secret(number).encode() in content for content in contents)}
