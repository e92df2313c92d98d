"""What the tests of the index share: an embedder that counts, documents, and a library in a folder of its own."""

import json
import string
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.embedding import Embedder, HashingEmbedder, Progress, Vectors
from index.library import Library
from index.loading import make_document
from index.schema import Document

MakeDocument = Callable[..., Document]


class CountingEmbedder(HashingEmbedder):
    """Remembers every passage that it was asked to embed."""

    def __init__(self, fingerprint: str = HashingEmbedder.fingerprint, name: str = HashingEmbedder.name) -> None:
        self.fingerprint = fingerprint
        self.name = name
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded.extend(texts)
        return super().embed_passages(texts, progress)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def other_embedder() -> Embedder:
    return CountingEmbedder("other-1", "another model")


@pytest.fixture
def library(tmp_path: Path, embedder: CountingEmbedder) -> Library:
    return Library(tmp_path / "library", embedder, lock_wait_seconds=0.2)


@pytest.fixture
def write() -> MakeDocument:
    """Makes a Markdown document of a text, from a source that is a file of that name."""

    def make(text: str, source: str = "article") -> Document:
        where = source if source == "-" else f"/documents/{source}.md"
        return make_document(text, name=source, source=where, kind="markdown")

    return make


@pytest.fixture
def three(write: MakeDocument) -> list[Document]:
    """One document of each language."""
    return [
        write("# 预算\n\n亚马逊今年的资本支出是 2000 亿美元。股价下跌了百分之二十。", "zh"),
        write("# Budget\n\nAmazon will spend 200 billion dollars. Its shares fell by a fifth.", "en"),
        write("亚马逊 CEO Andy Jassy said capex 将增至 2000 亿 dollars this year.", "mixed"),
    ]


# Tiny models of random weights, in the layout of sentence-transformers

_CHARACTERS = sorted({*string.printable, *"亚马逊今年的资本支出是多少天气预报说明天下午有雷阵雨请带好伞，。"})
_TOKENS = {"bert": ("[PAD]", "[UNK]", "[CLS]", "[SEP]"), "qwen3": ("<|pad|>", "<unk>", "", "<|end|>")}


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes the folder of a model whose tokens are characters: (architecture, name, pooling, max_tokens) to path.

    Pooling None leaves out `modules.json`.
    """

    def make(architecture: str, name: str = "model", pooling: str | None = "mean", max_tokens: int = 64) -> Path:
        folder = tmp_path_factory.mktemp("models") / name
        tokenizer = _tiny_tokenizer(architecture)
        if architecture == "static":
            return _save_static(folder, tokenizer)
        _save_weights(folder, architecture, tokenizer.get_vocab_size())
        _save_tokenizer(folder, tokenizer, architecture, max_tokens)
        if pooling:
            types = ("base.modules.transformer.Transformer", "sentence_transformer.modules.pooling.Pooling")
            modules = [
                {"idx": idx, "name": str(idx), "path": path, "type": f"sentence_transformers.{kind}"}
                for idx, (path, kind) in enumerate(zip(("", "1_Pooling"), types, strict=True))
            ]
            (folder / "1_Pooling").mkdir()
            (folder / "1_Pooling" / "config.json").write_text(
                json.dumps({"embedding_dimension": 16, "pooling_mode": pooling, "include_prompt": True})
            )
            (folder / "modules.json").write_text(json.dumps(modules))
        return folder

    return make


def _tiny_tokenizer(architecture: str) -> Any:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

    pad, unknown, first, last = _TOKENS.get(architecture, ("<pad>", "<unk>", "<s>", "</s>"))
    tokens = dict.fromkeys(filter(None, (pad, unknown, first, last, *_CHARACTERS)))
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    special = [(token, vocabulary[token]) for token in (first, last) if token]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}".strip(), special_tokens=special
    )
    return tokenizer


def _save_weights(folder: Path, architecture: str, vocabulary: int) -> None:
    import torch
    import transformers

    torch.manual_seed(5)
    shape: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
        "initializer_range": 0.3,
        "pad_token_id": 0,
    }
    match architecture:
        case "bert":
            model = transformers.BertModel(transformers.BertConfig(**shape, max_position_embeddings=512))
        case "xlm-roberta":
            model = transformers.XLMRobertaModel(
                transformers.XLMRobertaConfig(**shape | {"max_position_embeddings": 514})
            )
        case "gte":
            model = transformers.GteModel(transformers.GteConfig(**shape))
        case "qwen3":
            model = transformers.Qwen3Model(transformers.Qwen3Config(**shape, num_key_value_heads=1, head_dim=8))
    model.save_pretrained(folder)


def _save_tokenizer(folder: Path, tokenizer: Any, architecture: str, max_tokens: int) -> None:
    pad, unknown, first, last = _TOKENS.get(architecture, ("<pad>", "<unk>", "<s>", "</s>"))
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_tokens,
        "pad_token": pad,
        "unk_token": unknown,
        "eos_token": last,
        "padding_side": "left" if architecture == "qwen3" else "right",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | ({"cls_token": first} if first else {})))


def _save_static(folder: Path, tokenizer: Any) -> Path:
    import numpy as np
    from safetensors.numpy import save_file

    module = folder / "0_StaticEmbedding"
    module.mkdir(parents=True)
    table = np.random.default_rng(5).normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)
    save_file({"embedding.weight": table}, module / "model.safetensors")
    tokenizer.save(str(module / "tokenizer.json"))
    kind = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": module.name, "type": kind}]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder
