"""Nearest vectors by inner product. A store is built once and never changed, so any number of threads may search it.

FAISS has no checksum and crashes when an index is changed under a search; both are why a store is a value here, and
why `index.generations` hashes the very bytes that it loads.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, Self

import numpy as np

from index.embedding import Vector, Vectors
from index.errors import LibraryDamaged


class VectorStore(Protocol):
    """Numbered vectors that can be searched and stored as bytes."""

    @classmethod
    def build(cls, numbers: Sequence[int], vectors: Vectors) -> Self:
        """A store of `vectors`, the i-th known by `numbers[i]`; the numbers ascend."""
        ...

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The store that `to_bytes` gave; raises `LibraryDamaged` where the bytes are none."""
        ...

    def to_bytes(self) -> bytes: ...

    def __len__(self) -> int: ...

    def search(self, question: Vector, k: int) -> list[tuple[int, float]]:
        """At most `k` (number, inner product) pairs, highest product first, equal products by number."""
        ...

    def products(self, question: Vector, numbers: Sequence[int]) -> list[float]:
        """The inner product of `question` with each of the vectors known by `numbers`, which must be in the store."""
        ...

    def background(self, question: Vector) -> tuple[float, float]:
        """Mean and standard deviation of the inner products of `question` with (a fixed sample of) all vectors."""
        ...


class MemoryStore:
    """Brute force over a matrix: the oracle of the other stores."""

    def __init__(self, numbers: np.ndarray[Any, np.dtype[np.int64]], vectors: Vectors) -> None:
        self._numbers = numbers
        self._vectors = vectors

    @classmethod
    def build(cls, numbers: Sequence[int], vectors: Vectors) -> Self:
        return cls(np.asarray(numbers, np.int64), np.ascontiguousarray(vectors, np.float32))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        rows, columns = (int.from_bytes(content[start : start + 8], sys.byteorder) for start in (0, 8))
        if len(content) != 16 + rows * 8 + rows * columns * 4:
            raise LibraryDamaged("the stored vectors are incomplete; run `tongwen rebuild`")
        numbers = np.frombuffer(content, np.int64, rows, 16)
        vectors = np.frombuffer(content, np.float32, rows * columns, 16 + rows * 8)
        return cls(numbers, vectors.reshape(rows, columns))

    def to_bytes(self) -> bytes:
        return np.asarray(self._vectors.shape, np.int64).tobytes() + self._numbers.tobytes() + self._vectors.tobytes()

    def __len__(self) -> int:
        return len(self._numbers)

    def search(self, question: Vector, k: int) -> list[tuple[int, float]]:
        # Not "@": it rounds equal rows unequally, and then they are no ties.
        scores = np.einsum("ij,j->i", self._vectors, question)
        best = np.lexsort((self._numbers, -scores))[: max(k, 0)]
        return [(int(self._numbers[row]), float(scores[row])) for row in best]

    def products(self, question: Vector, numbers: Sequence[int]) -> list[float]:
        rows = np.searchsorted(self._numbers, numbers)
        return [float(product) for product in self._vectors[rows] @ question]

    def background(self, question: Vector) -> tuple[float, float]:
        return _mean_and_deviation(self._vectors[_sample_rows(len(self))] @ question)


class FaissStore:
    """Exact search in FAISS."""

    def __init__(self, index: Any) -> None:
        self._index = index  # an IndexIDMap2 over an IndexFlatIP
        rows = _sample_rows(index.ntotal)
        self._sample = np.stack([index.index.reconstruct(int(row)) for row in rows]) if len(rows) else None

    @classmethod
    def build(cls, numbers: Sequence[int], vectors: Vectors) -> Self:
        faiss = _faiss()
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(numbers, np.int64))
        return cls(index)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        faiss = _faiss()
        try:
            index = faiss.deserialize_index(np.frombuffer(content, np.uint8))
        except RuntimeError as error:
            raise LibraryDamaged("the stored vectors cannot be read; run `tongwen rebuild`") from error
        if not isinstance(index, faiss.IndexIDMap2) or not isinstance(
            faiss.downcast_index(index.index), faiss.IndexFlatIP
        ):
            raise LibraryDamaged("the stored vectors are of another kind; run `tongwen rebuild`")
        return cls(index)

    def to_bytes(self) -> bytes:
        # Not write_index: it reports success when the last bytes do not reach a full disk.
        return bytes(_faiss().serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, question: Vector, k: int) -> list[tuple[int, float]]:
        if min(k, len(self)) < 1:
            return []
        questions = np.ascontiguousarray(question.reshape(1, -1), np.float32)
        (scores,), (numbers,) = self._index.search(questions, min(k + 1, len(self)))
        if len(scores) > k and scores[k - 1] == scores[k]:
            # FAISS keeps any of those that are equal at the cut; take all of them, to keep the lowest numbers.
            _, scores, numbers = self._index.range_search(questions, float(np.nextafter(scores[k], -np.inf)))
        found = zip(numbers.tolist(), scores.tolist(), strict=True)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def products(self, question: Vector, numbers: Sequence[int]) -> list[float]:
        return [float(self._index.reconstruct(int(number)) @ question) for number in numbers]

    def background(self, question: Vector) -> tuple[float, float]:
        return _mean_and_deviation(self._sample @ question) if self._sample is not None else (0.0, 0.0)


@cache
def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)  # one question is one scan; threads only wait for each other
    return faiss


_SAMPLE = 1024


def _sample_rows(count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """At most `_SAMPLE` evenly spaced rows of `count`."""
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, _SAMPLE)).astype(np.int64))


def _mean_and_deviation(products: Vector) -> tuple[float, float]:
    return (float(products.mean()), float(products.std())) if len(products) else (0.0, 0.0)
