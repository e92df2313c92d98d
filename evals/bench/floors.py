"""What the stages cannot be faster than on this machine: the model by itself, and reading what an index must read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median

import numpy as np

from index.embedding import Embedder
from index.terms import terms

_SAMPLE = 2000  # texts whose terms are counted
_POSTING_BYTES = 8  # the number of a text, and how often the term stands in it
_VALUE_BYTES = 4  # of a vector
_READINGS = 7


def encoding_seconds(embedder: Embedder, texts: Sequence[str]) -> float:
    """Seconds that the model needs for all of the texts at once."""
    started = time.perf_counter()
    embedder.embed_passages(texts)
    return time.perf_counter() - started


def question_seconds(embedder: Embedder, questions: Sequence[str]) -> list[float]:
    """Seconds that the model needs for each question."""
    seconds = []
    for question in questions:
        started = time.perf_counter()
        embedder.embed_question(question)
        seconds.append(time.perf_counter() - started)
    return seconds


def reading_floors(texts: Iterable[str], questions: Sequence[str], size: int, dimensions: int) -> dict[str, float]:
    """Milliseconds to read once what an exact search reads of `size` texts, and megabytes that must be stored.

    A dense search reads all vectors, a lexical one the postings of the question's terms. How many those are is
    counted over the first texts, and so is the size of a text.
    """
    counts: Counter[str] = Counter()
    counted = characters = 0
    for text in islice(texts, _SAMPLE):
        counts.update(set(terms(text)))
        counted += 1
        characters += len(text.encode())
    share = size / counted
    postings = median(sum(counts[term] for term in set(terms(question))) * share for question in questions)
    vectors = size * dimensions * _VALUE_BYTES
    return {
        "dense_p50_ms": 1000 * _reading_seconds(vectors),
        "lexical_p50_ms": 1000 * _reading_seconds(int(postings) * _POSTING_BYTES),
        "disk_mb": (characters * share + vectors) / 2**20,
    }


def _reading_seconds(count: int) -> float:
    """The least seconds in which one core reads so many bytes; those that fit into its caches come from there."""
    content = np.ones(max(1, count // 8), np.int64)
    seconds = []
    for _ in range(_READINGS):
        started = time.perf_counter()
        np.bitwise_or.reduce(content)  # the quickest of numpy's that reads everything once
        seconds.append(time.perf_counter() - started)
    return min(seconds)
