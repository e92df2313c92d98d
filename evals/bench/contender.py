"""The seam to what is measured, and which programs there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from evals.bench.clock import Clock, Stage

if TYPE_CHECKING:
    from index.embedding import Embedder

OURS = "tongwen"


class Contender(Protocol):
    """A program that stores texts in a folder and finds them again, each text as one passage.

    An object either adds, once, to an empty folder, or searches one to which another has added, in another process.
    """

    rest: Stage  # what the time of a search is spent on that the clock does not see

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        """Nothing is read yet. The embedder's calls count as a stage already."""
        ...

    def add(self, texts: Iterable[str]) -> None:
        """Store the texts, which all differ; they are on disk when this returns."""
        ...

    def search(self, question: str, k: int) -> list[int]:
        """The places of at most `k` texts in what was added, counted from 0, best first."""
        ...

    def answer(self, question: str) -> str | None:
        """An answer in words; None of a program that needs a language model for one."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a contender before its packages are imported."""

    title: str
    modules: tuple[str, ...] = ()  # that have to be installed
    embeds: bool = True


CONTENDERS = {
    OURS: Entry("Tongwen"),
    "llama-index": Entry("LlamaIndex VectorStoreIndex", ("llama_index.core",)),
    "llama-index-bm25": Entry("LlamaIndex BM25Retriever", ("llama_index.retrievers.bm25",), embeds=False),
    "txtai": Entry("txtai hybrid", ("txtai",)),
    "by-hand": Entry("faiss + bm25s by hand", ("faiss", "bm25s")),
}


def title(name: str) -> str:
    """What tables call a contender, or the floor."""
    return CONTENDERS[name].title if name in CONTENDERS else "the floor"


def why_missing(name: str) -> str | None:
    """Why a contender cannot be measured here, in one line that ends with what to do; None where it can."""
    lacking = [module for module in CONTENDERS[name].modules if not _is_installed(module)]
    return f"{', '.join(lacking)} is not installed; run `pip install 'tongwen[bench]'`" if lacking else None


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it is in
        return False


def load_contender(name: str) -> type[Contender]:
    """The class of a contender; its packages are imported now."""
    match name:
        case "tongwen":
            from evals.bench.contenders.tongwen import Tongwen

            return Tongwen
        case "llama-index":
            from evals.bench.contenders.llama_index_vectors import LlamaIndexVectors

            return LlamaIndexVectors
        case "llama-index-bm25":
            from evals.bench.contenders.llama_index_words import LlamaIndexWords

            return LlamaIndexWords
        case "txtai":
            from evals.bench.contenders.txtai_hybrid import TxtaiHybrid

            return TxtaiHybrid
        case "by-hand":
            from evals.bench.contenders.by_hand import ByHand

            return ByHand
    raise ValueError(f"there is no contender {name!r}")
