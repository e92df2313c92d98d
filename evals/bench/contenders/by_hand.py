"""What one writes oneself in half an hour: exact FAISS, bm25s with its defaults, and reciprocal rank fusion."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bm25s
import faiss

from evals.bench.clock import Clock, Stage

if TYPE_CHECKING:
    from index.embedding import Embedder

_DEPTH = 50  # candidates of each search
_RANK_OFFSET = 60  # of reciprocal rank fusion (Cormack et al. 2009)


class ByHand:
    """Two indexes and the texts, written when all texts are there; nothing can be added or removed later."""

    rest: Stage = "fuse"

    def __init__(self, folder: Path, embedder: Embedder, clock: Clock) -> None:
        self._folder = folder
        self._embedder = embedder
        self._clock = clock

    def add(self, texts: Iterable[str]) -> None:
        held = list(texts)
        vectors = self._embedder.embed_passages(held)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(self._folder / "vectors.faiss"))
        words = bm25s.BM25()
        words.index(bm25s.tokenize(held, show_progress=False), show_progress=False)
        words.save(str(self._folder / "words"))
        (self._folder / "texts.json").write_text(json.dumps(held), "utf-8")

    def search(self, question: str, k: int) -> list[int]:
        vectors, words, texts = self._opened
        depth = min(max(k, _DEPTH), len(texts))
        vector = self._embedder.embed_question(question).reshape(1, -1)
        with self._clock.measure("dense"):
            near = vectors.search(vector, depth)[1][0].tolist()
        with self._clock.measure("lexical"):
            tokens = bm25s.tokenize(question, show_progress=False)
            places, scores = words.retrieve(tokens, k=depth, show_progress=False)
            holding = [place for place, score in zip(places[0].tolist(), scores[0].tolist(), strict=True) if score > 0]
        fused: defaultdict[int, float] = defaultdict(float)
        for ranked in (near, holding):
            for rank, place in enumerate(ranked, 1):
                fused[place] += 1 / (_RANK_OFFSET + rank)
        return sorted(fused, key=lambda place: -fused[place])[:k]

    def answer(self, question: str) -> str | None:
        return None

    @cached_property
    def _opened(self) -> tuple[Any, Any, list[str]]:
        texts = json.loads((self._folder / "texts.json").read_text("utf-8"))
        words = bm25s.BM25.load(str(self._folder / "words"), load_corpus=False)
        return faiss.read_index(str(self._folder / "vectors.faiss")), words, texts
