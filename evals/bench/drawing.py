"""More texts than there are, and their vectors, drawn from the distribution of those that there are.

A text is a walk from each word, or Chinese character, to one that follows it somewhere in the measured texts, as long
as one of them is: so words, characters and pairs of characters, the terms of the lexical indexes, are as frequent as
measured. There are no words but the measured ones, where a real collection keeps on bringing new ones.

A vector is a measured one with noise of the measured covariance (the smoothed bootstrap with shrinking, Silverman
and Young 1987): mean and covariance stay as measured, and so do the clusters, of languages for example.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from evals.bench.errors import BenchError
from index.chunking import MAX_CHUNK_WORDS, count_words
from index.embedding import Embedder, Progress, Vector, Vectors
from index.language import HAN

_SEED = 20260102
_TOKEN = re.compile(rf"\s*(?:[{HAN}]|[^\W_{HAN}]+|.)", re.DOTALL)
_MOST_REPEATED = 100
_NOISE = 0.5  # standard deviations of the measured vectors
_MEASURED = 1024  # vectors at most that new ones are drawn from


def draw_texts(texts: Sequence[str]) -> Iterator[str]:
    """Texts without end, no two alike and none of `texts`; the same ones in every run.

    Raises `BenchError` where so little is given that no other text can be made of it.
    """
    chance = random.Random(_SEED)
    tokens = [_TOKEN.findall(text) for text in texts]
    followers: dict[str, list[str]] = defaultdict(list)
    for line in tokens:
        for token, following in pairwise(line):
            followers[token].append(following)
    taken = set(map(_key, texts))
    repeated = 0  # walks in a row that gave nothing new
    while repeated < _MOST_REPEATED:
        length = len(chance.choice(tokens)) + repeated  # where all short walks are taken, longer ones are left
        walk = [chance.choice(tokens)[0]]
        while len(walk) < length:
            walk.append(chance.choice(followers.get(walk[-1]) or chance.choice(tokens)))
        while count_words(text := "".join(walk)) > MAX_CHUNK_WORDS:
            del walk[-max(1, len(walk) // 10) :]
        if any(map(str.isalnum, text)) and (key := _key(text)) not in taken:
            taken.add(key)
            repeated = 0
            yield text
        else:
            repeated += 1
    raise BenchError("the texts are too few and too short to draw others from; name more files")


class DrawnVectors:
    """An embedder whose model reads questions only: passages that were measured have their vectors, others drawn ones.

    The drawn vector of a text is always the same. Name and fingerprint are the model's, for what was stored with drawn
    vectors is searched with the model itself.
    """

    def __init__(self, model: Embedder, texts: Sequence[str], vectors: Vectors) -> None:
        """`vectors` of `texts`, as the model gave them."""
        self.name, self.fingerprint = model.name, model.fingerprint
        self._model = model
        self._vectors = vectors
        self._places = {_key(text): place for place, text in enumerate(texts)}
        self._mean = vectors.mean(axis=0)
        self._centred = vectors[:_MEASURED] - self._mean

    def reads_chinese(self) -> bool:
        return self._model.reads_chinese()

    def embed_question(self, text: str) -> Vector:
        return self._model.embed_question(text)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.stack([self._vector(_key(text)) for text in texts])
        if progress:
            progress(len(texts))
        return vectors

    def _vector(self, key: bytes) -> Vector:
        if (place := self._places.get(key)) is not None:
            measured: Vector = self._vectors[place]
            return measured
        chance = np.random.default_rng(int.from_bytes(key, "big"))
        count = len(self._centred)
        noise = chance.standard_normal(count, np.float32) @ self._centred / np.float32(np.sqrt(count))
        kept = self._centred[chance.integers(count)]
        drawn = self._mean + (kept + _NOISE * noise) / np.float32(np.sqrt(1 + _NOISE**2))
        unit: Vector = (drawn / np.linalg.norm(drawn)).astype(np.float32)
        return unit


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()
