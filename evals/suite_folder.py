"""A suite is a folder: `suite.toml`, cases in `*.jsonl` files, and the documents they are asked of.

What may stand in it is described in `evals/CASES.md`. Opening one checks all of it: every passage that must be cited
stands word for word in its document, so that a wrong answer is never the fault of the suite.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from evals.cases import Case, CaseError, PlacedCase, examine_cases
from evals.strict_json import shown
from index.errors import LoadError
from index.folders import find_files
from index.loading import load_path, load_samples
from index.parsing import Parser
from index.schema import Document

SHIPPED = Path(str(resources.files("evals"))) / "suites"
SETTINGS = "suite.toml"

# What a gate may ask for: a share of cases, 0 to 1. A run fails below it; above it, of those where fewer is better.
MORE_IS_BETTER = (
    "answer_accuracy",
    "answer_right",
    "exact_match",
    "f1",
    "recall_at_k",
    "mrr",
    "ndcg_at_k",
    "citation_precision",
    "citation_recall",
    "figure_support",
    "name_support",
    "refusal_precision",
    "refusal_recall",
    "answer_language",
)
FEWER_IS_BETTER = ("false_refusals",)


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases and the documents they are asked of. Documents are called by the paths of their files in the suite."""

    name: str
    folder: Path
    description: str
    languages: tuple[str, ...]  # of its questions
    k: int  # passages that retrieval is judged on
    gates: Mapping[str, float]
    placed: tuple[PlacedCase, ...]
    files: Mapping[str, tuple[Document, ...]]  # by name, in the order in which they are added

    @property
    def cases(self) -> tuple[Case, ...]:
        return tuple(placed.case for placed in self.placed)

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(document for documents in self.files.values() for document in documents)

    def documents_of(self, case: Case) -> list[Document]:
        """What has to be in the library when the case is asked."""
        if isinstance(case.documents, tuple):
            return [document for name in case.documents for document in self.files[name]]
        return [document for document in self.documents if case.documents in ("both", document.language)]


@dataclass(frozen=True, slots=True)
class _Settings:
    name: str
    description: str = ""
    languages: tuple[str, ...] = ("zh", "en")
    k: int = 5
    sample: bool = False
    documents: tuple[str, ...] = ("documents",)
    gates: Mapping[str, float] = field(default_factory=dict)


def shipped_suites() -> list[str]:
    """The names of the suites that come with the program."""
    return sorted(file.parent.name for file in SHIPPED.glob(f"*/{SETTINGS}"))


def suite_path(suite: str | Path) -> Path:
    """The folder that a name or a path means; raises `CaseError` where there is none."""
    if str(suite) in shipped_suites():
        return SHIPPED / str(suite)
    folder = Path(suite)
    if not folder.is_dir():
        raise CaseError(f"there is no suite {str(suite)!r}; give a folder, or one of: {', '.join(shipped_suites())}")
    return folder


def open_suite(suite: str | Path) -> Suite:
    """The shipped suite of that name, else the one in that folder. Raises `CaseError` with the first problem."""
    opened, problems = examine_suite(suite)
    if problems or opened is None:
        more = f"; `tongwen eval check` shows all {len(problems)} problems" if len(problems) > 1 else ""
        raise CaseError(problems[0] + more)
    return opened


def examine_suite(suite: str | Path) -> tuple[Suite | None, list[str]]:
    """The suite, None where not even its settings can be read, and every problem of it, one line each.

    Raises `CaseError` where there is no such suite.
    """
    folder = suite_path(suite)
    try:
        settings = _read_settings(folder)
    except CaseError as error:
        return None, [str(error)]
    problems: list[str] = []
    with Parser() as parser:
        files = _load_documents(folder, settings, parser, problems)
    placed = _read_cases(folder, problems)
    opened = Suite(
        settings.name,
        folder.resolve(),
        settings.description,
        settings.languages,
        settings.k,
        settings.gates,
        tuple(placed),
        files,
    )
    for one in placed:
        problems += [f"{one.place}: {problem}" for problem in problems_of(one.case, opened)]
    return opened, problems


def _read_settings(folder: Path) -> _Settings:
    path = folder / SETTINGS
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise CaseError(f"{folder} has no {SETTINGS}; start a suite with `tongwen eval new`") from error
    except (OSError, ValueError, RecursionError) as error:
        raise CaseError(f"{path} cannot be read ({error}); correct it") from error
    try:
        return _settings(content, folder)
    except ValueError as error:
        raise CaseError(f"{path}: {error}; correct it") from error


def _settings(content: Mapping[str, Any], folder: Path) -> _Settings:
    kinds: dict[str, type] = {
        "name": str,
        "description": str,
        "languages": list,
        "k": int,
        "sample": bool,
        "documents": list,
        "gates": dict,
    }
    for name, value in content.items():
        if name not in kinds:
            raise ValueError(f"there is no setting {shown(name)}; settings are {', '.join(kinds)}")
        if type(value) is not kinds[name]:
            raise ValueError(f"{name} is {shown(value)}, must be a {_WORDS[kinds[name]]}")
    for name in ("languages", "documents"):
        if not all(isinstance(item, str) and item for item in content.get(name, [])):
            raise ValueError(f"{name} must be a list of texts, not {shown(content[name])}")
    if not set(content.get("languages", [])) <= {"zh", "en"}:
        raise ValueError(f"languages is {shown(content['languages'])}, must be of zh and en")
    if not 1 <= content.get("k", 5) <= 1000:
        raise ValueError(f"k is {shown(content['k'])}, must be from 1 to 1000")
    gates = {name: _gate(name, value) for name, value in content.get("gates", {}).items()}
    lists = {name: tuple(content[name]) for name in ("languages", "documents") if name in content}
    if content.get("sample") and not (folder / "documents").exists():
        lists.setdefault("documents", ())
    return _Settings(**{"name": folder.resolve().name, **content, **lists, "gates": gates})


_WORDS = {str: "text", list: "list", int: "whole number", bool: "true or false", dict: "table"}


def _gate(name: str, value: Any) -> float:
    if name not in MORE_IS_BETTER + FEWER_IS_BETTER:
        raise ValueError(
            f"there is no gate {shown(name)}; gates are {', '.join(MORE_IS_BETTER)} and {', '.join(FEWER_IS_BETTER)}"
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"the gate {name} is {shown(value)}, must be a share from 0 to 1")
    return float(value)


def _load_documents(
    folder: Path, settings: _Settings, parser: Parser, problems: list[str]
) -> dict[str, tuple[Document, ...]]:
    """By name; a file, an archive for example, may hold several. What cannot be read goes to `problems`."""
    files: dict[str, tuple[Document, ...]] = {}
    if settings.sample:
        files |= {document.source.removeprefix("sample:"): (document,) for document in load_samples()}
    for given in settings.documents:
        path = folder / given
        try:
            found = find_files(path)
        except LoadError as error:
            problems.append(str(error))
            continue
        for file in found:
            name = file.relative_to(path if path.is_dir() else path.parent).as_posix()
            if name in files:
                problems.append(f"{file}: another document of the suite is called {name!r} too; rename one of them")
                continue
            loaded = load_path(file, parser)
            problems += [f"{' '.join(filter(None, (str(file), one.member)))} {one.reason}" for one in loaded.rejected]
            if loaded.documents:
                files[name] = loaded.documents
    if not files and not problems:
        problems.append(f"{folder} has no document that can be read; put some into {folder / 'documents'}")
    return files


def _read_cases(folder: Path, problems: list[str]) -> list[PlacedCase]:
    cases: list[PlacedCase] = []
    places: dict[str, str] = {}
    paths = sorted(folder.glob("*.jsonl"))
    for found in (found for path in paths for found in examine_cases(path)):
        if isinstance(found, CaseError):
            problems.append(str(found))
        elif found.case.id in places:
            first = places[found.case.id]
            problems.append(f"{found.place}: the id {shown(found.case.id)} stands twice, first at {first}; change one")
        else:
            places[found.case.id] = found.place
            cases.append(found)
    if not cases and not problems:
        problems.append(f"{folder / 'cases.jsonl'}:1: the suite has no case; write one on each line")
    return cases


def problems_of(case: Case, suite: Suite) -> Iterator[str]:
    """What is wrong with a case in the light of the documents."""
    names = [name for name in case.documents if name not in suite.files] if isinstance(case.documents, tuple) else []
    yield from (f"documents names {shown(name)}, which the suite does not have; {_called(suite)}" for name in names)
    if names:
        return
    asked_of = suite.documents_of(case)
    if not asked_of:
        yield f"documents is {case.documents}, and the suite has none of that language; add one or correct the case"
        return
    for number, group in enumerate(case.must_cite, 1):
        unknown = False
        for passage in group:
            if passage.document is not None and passage.document not in suite.files:
                yield f"must_cite names {shown(passage.document)}, which the suite does not have; {_called(suite)}"
                unknown = True
                continue
            among = suite.documents if passage.document is None else suite.files[passage.document]
            if not _stands_in(passage.quote, among):
                place = "any document" if passage.document is None else passage.document
                yield f"must_cite has {shown(passage.quote)}, not word for word in {place}; copy it from there"
                unknown = True
        if not unknown and not any(_stands_in(passage.quote, asked_of) for passage in group):
            yield f"no passage of group {number} of must_cite is in the documents it is asked of; add one or correct it"


def _stands_in(quote: str, documents: Sequence[Document]) -> bool:
    return any(quote in document.text for document in documents)


def _called(suite: Suite) -> str:
    names = list(suite.files)
    return f"it has {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
