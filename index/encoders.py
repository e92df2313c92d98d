"""Embedding models as onnxruntime or sentence-transformers runs them; the same folder gives the same vectors by both.

A cold process waits many seconds for sentence-transformers to be imported and well under one for onnxruntime, which
needs a graph of the model beside its weights; `python -m index.training.graph` writes it. A folder without one is run
by sentence-transformers. Either way the weights are read from the folder's safetensors.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding import Progress, Vector, Vectors
from index.errors import EmbedderUnavailable
from index.language import search_copy
from index.model_folder import GRAPH, ModelFolder

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

TOKEN_TABLE = "embeddings.word_embeddings.weight"  # looked up, never multiplied: it stays in its stored precision
FINGERPRINT = "fingerprint"  # key in the metadata of a graph: the model that it was written for

_WINDOW_TEXTS = 1024  # tokenised and sorted by length together
_BATCH_TOKENS = 1024  # padding counted; larger batches leave the cache of a core, and are slower
_BATCH_CHARACTERS = 4096  # the same where only the characters are known, about four to an English token
_MAX_THREADS = 8  # a batch is too small to keep more of them busy
_CHINESE = "天气预报说明天下午有雷阵雨，请带好雨伞"
_UNKNOWN = {"[UNK]", "<unk>"}

# Set before the first import of a library that would otherwise ask a hub, print, or start threads of its own.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


class Encoder(Protocol):
    """Runs a model. It loads it when it is first used, and any number of threads may use it."""

    def encode(self, texts: Sequence[str], prefix: str, progress: Progress | None = None) -> Vectors:
        """Unit vectors of `prefix` + each of `texts`, one or more, in their order."""
        ...

    def tokens(self, text: str) -> list[str]:
        """The pieces of the text that reach the model."""
        ...


class ModelEmbedder:
    """An embedding model in a folder."""

    def __init__(self, folder: ModelFolder, name: str, encoder: Encoder | None = None) -> None:
        """`encoder` is what runs it; by default the fastest that the folder allows."""
        self.name = name
        self.fingerprint = folder.fingerprint
        self._folder = folder
        self._encoder = encoder or (GraphEncoder(folder) if folder.has_graph else SentenceTransformerEncoder(folder))

    def reads_chinese(self) -> bool:
        return self._reads_chinese

    @cached_property
    def _reads_chinese(self) -> bool:
        pieces = self._encoder.tokens(_CHINESE)
        return sum(piece in _UNKNOWN for piece in pieces) <= len(pieces) // 10

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if not texts:
            return np.zeros((0, 0), np.float32)
        return self._encoder.encode([search_copy(text) for text in texts], self._folder.passage_prefix, progress)

    def embed_question(self, text: str) -> Vector:
        vector: Vector = self._encoder.encode([search_copy(text)], self._folder.question_prefix)[0]
        return vector


class GraphEncoder:
    """Runs the graph in a folder with the weights of its `model.safetensors`, by onnxruntime on the CPU."""

    def __init__(self, folder: ModelFolder, threads: int | None = None) -> None:
        """`threads` None: OMP_NUM_THREADS where that is set, else the cores that this process may use, at most 8."""
        self._folder = folder
        self._threads = threads or _thread_count()
        self._loading = threading.Lock()
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None

    def encode(self, texts: Sequence[str], prefix: str, progress: Progress | None = None) -> Vectors:
        session, tokenizer = self._load()

        def run(window: Sequence[str]) -> Vectors:
            rows = [encoding.ids for encoding in tokenizer.encode_batch([prefix + text for text in window])]
            batches = _batches([len(row) for row in rows], _BATCH_TOKENS, limit=self._folder.max_tokens)
            return _run_batches(batches, lambda batch: _run_graph(session, [rows[row] for row in batch]), progress)

        return _run_windows(texts, run)

    def tokens(self, text: str) -> list[str]:
        return list(self._load()[1].encode(text).tokens)

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> tuple[InferenceSession, Tokenizer]:
        _stay_offline()
        graph = self._folder.path / GRAPH
        advice = f"write it anew with `python -m index.training.graph {self._folder.path}`, or delete it"
        try:
            tokenizer = _open_tokenizer(self._folder)
            session = _open_session(graph, self._folder.path / "model.safetensors", self._threads)
        except Exception as error:  # these libraries raise errors of their own
            raise EmbedderUnavailable(f"{graph} cannot be run ({_first_line(error)}); {advice}") from error
        written_for = session.get_modelmeta().custom_metadata_map.get(FINGERPRINT)
        if written_for != self._folder.fingerprint:
            raise EmbedderUnavailable(
                f"{graph} was written for the model {written_for}, and this is {self._folder.fingerprint}; {advice}"
            )
        return session, tokenizer


class SentenceTransformerEncoder:
    """Runs a folder as sentence-transformers does, on the CPU."""

    def __init__(self, folder: ModelFolder) -> None:
        self._folder = folder
        self._loading = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    def encode(self, texts: Sequence[str], prefix: str, progress: Progress | None = None) -> Vectors:
        model = self._load()

        def run(window: Sequence[str]) -> Vectors:
            def encode(batch: Sequence[int]) -> Vectors:
                vectors = model.encode(
                    [window[number] for number in batch],
                    prompt=prefix,
                    batch_size=len(batch),
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
                return _with_length(np.asarray(vectors, np.float32))

            lengths = [len(prefix) + len(text) + 1 for text in window]
            batches = _batches(lengths, _BATCH_CHARACTERS, limit=self._folder.max_tokens)
            return _run_batches(batches, encode, progress)

        return _run_windows(texts, run)

    def tokens(self, text: str) -> list[str]:
        tokenizer = self._load().tokenizer
        if hasattr(tokenizer, "tokenize"):
            return list(tokenizer.tokenize(text))
        return list(tokenizer.encode(text).tokens)  # a static model has the bare tokenizer

    def _load(self) -> SentenceTransformer:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> SentenceTransformer:
        _stay_offline()
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                modules=None if self._folder.pooling is None else _plain_modules(self._folder),
                model_name_or_path=str(self._folder.path) if self._folder.pooling is None else None,
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": "float32"},  # halves are slow on a CPU
            )
        except Exception as error:  # the library raises whatever its parsers raise
            raise EmbedderUnavailable(
                f"{self._folder.path} cannot be loaded as a sentence-transformers model ({_first_line(error)}); "
                "set TONGWEN_EMBEDDER to a folder with safetensors weights and an architecture that transformers knows"
            ) from error
        if hasattr(model.tokenizer, "model_max_length"):  # a static model has no limit, and no way to set one
            model.max_seq_length = min(model.max_seq_length or self._folder.max_tokens, self._folder.max_tokens)
        return model


def _run_windows(texts: Sequence[str], run: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """Run a bounded number of texts at a time."""
    return np.concatenate([run(texts[start : start + _WINDOW_TEXTS]) for start in range(0, len(texts), _WINDOW_TEXTS)])


def _run_batches(
    batches: Iterator[list[int]], run: Callable[[list[int]], Vectors], progress: Progress | None
) -> Vectors:
    """Run the batches, and put the vectors into the order of their numbers."""
    order, vectors = [], []
    for batch in batches:
        vectors.append(run(batch))
        order += batch
        if progress:
            progress(len(batch))
    return np.concatenate(vectors)[np.argsort(order)]


def _batches(lengths: Sequence[int], budget: int, limit: int) -> Iterator[list[int]]:
    """Numbers of texts of like length, longest first; each padded batch holds at most `budget`, or one text.

    What a text has beyond `limit` does not count, for it is cut off.
    """
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    start = 0
    while start < len(order):
        longest = min(lengths[order[start]], limit)
        batch = order[start : start + max(1, budget // longest)]
        yield batch
        start += len(batch)


def _run_graph(session: InferenceSession, rows: Sequence[Sequence[int]]) -> Vectors:
    lengths = np.array([len(row) for row in rows])
    mask = np.arange(lengths.max()) < lengths[:, None]
    tokens = np.zeros(mask.shape, np.int64)
    tokens[mask] = np.concatenate(rows)
    return np.asarray(session.run(None, {"input_ids": tokens, "attention_mask": mask.astype(np.int64)})[0], np.float32)


def _open_session(graph: Path, weights: Path, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors, which are raised as well
    options.intra_op_num_threads = threads
    # A thread that waits sleeps: spinning would take its core from whatever else the machine runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    tensors = read_weights(weights)
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in tensors.values()]
    # Copied into the session when it is made; until then tensors and values have to live.
    options.add_external_initializers(list(tensors), values)
    # As bytes, for then the graph has no folder of its own from which it could read another file.
    return onnxruntime.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])


def read_weights(path: Path) -> dict[str, NDArray[np.generic]]:
    """The weights that make the vectors of tokens, as float32; the table of the tokens as it is stored."""
    from safetensors import safe_open

    tensors = {}
    with safe_open(path, "numpy") as file:
        for name in file.keys():  # noqa: SIM118 — no mapping
            if name.startswith(("embeddings.", "encoder.")) and name.endswith(("weight", "bias")):
                tensor = file.get_tensor(name)
                tensors[name] = tensor if name == TOKEN_TABLE else tensor.astype(np.float32)
    return tensors


def _open_tokenizer(folder: ModelFolder) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(folder.max_tokens)
    return tokenizer


def _plain_modules(folder: ModelFolder) -> list[Any]:
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    transformer = Transformer(
        str(folder.path), model_kwargs={"use_safetensors": True, "local_files_only": True, "trust_remote_code": False}
    )
    return [transformer, Pooling(transformer.get_embedding_dimension(), folder.pooling)]


def _with_length(vectors: Vectors) -> Vectors:
    """Give the vectors of texts without a token, which a static model leaves at zero, a direction of their own."""
    vectors[~vectors.any(axis=1), 0] = 1.0
    return vectors


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _thread_count() -> int:
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MAX_THREADS)


def _stay_offline() -> None:
    for variable, value in _OFFLINE.items():
        os.environ.setdefault(variable, value)
