"""Writes the graph with which onnxruntime runs a model folder, and checks it against sentence-transformers.

    python -m index.training.graph FOLDER [--ship]

The graph holds no weights: it names the tensors of `model.safetensors`, which `index.encoders` hands to onnxruntime.
It takes `input_ids` and `attention_mask`, both (batch, length) int64, and gives `embedding`, (batch, dimensions)
float32 of length 1. With `--ship` the hashes of all files are written as well, for a model that comes with the program.

Only BERT with exact GELU, absolute positions and mean pooling is written; anything else is refused. Attention, and the
normalisation after a sum, are onnxruntime's own operators (domain com.microsoft), which keep no (length, length)
matrix longer than needed. Needs `onnx`, torch and sentence-transformers; the product needs none of them to run it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.embedding import Vectors
from index.encoders import FINGERPRINT, TOKEN_TABLE, GraphEncoder, SentenceTransformerEncoder, read_weights
from index.errors import EmbedderUnavailable
from index.loading import load_samples
from index.model_folder import GRAPH, read_model_folder, write_manifest

_OPSET = 20
_LEAST_COSINE = 0.9999
_MICROSOFT = "com.microsoft"


class GraphUnwritable(Exception):
    """The model is of another kind than this module writes, or its graph gives other vectors."""


def write_graph(folder: Path) -> Path:
    """Write the graph of the model in `folder` beside its weights; raises `GraphUnwritable`."""
    model = read_model_folder(folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    _require_known_kind(folder, config)
    tensors = read_weights(folder / "model.safetensors")
    graph = _Bert(config, {name: tensor.dtype == np.float16 for name, tensor in tensors.items()})
    made = graph.make(tensors)
    helper.set_model_props(made, {FINGERPRINT: model.fingerprint})
    path = folder / GRAPH
    path.write_bytes(made.SerializeToString(deterministic=True))
    return path


def check_graph(folder: Path) -> tuple[float, float]:
    """The least cosine and the greatest difference between the vectors of both ways to run the model in `folder`.

    Over Chinese, English and mixed texts from nothing to far beyond the length limit; raises `GraphUnwritable` where
    they are not the same vectors.
    """
    model = read_model_folder(folder)
    samples = [document.text for document in load_samples()]
    mixed = "".join(part for pair in zip(*(text.splitlines(True) for text in samples), strict=False) for part in pair)
    texts = ["", "?", "亚马逊", *(text[:length] for text in (*samples, mixed) for length in (20, 90, 400, 20_000))]
    texts.append("".join(samples) * 3)
    found: list[Vectors] = [
        encoder.encode(texts, model.passage_prefix)
        for encoder in (GraphEncoder(model), SentenceTransformerEncoder(model))
    ]
    cosine = float((found[0] * found[1]).sum(axis=1).min())
    difference = float(np.abs(found[0] - found[1]).max())
    if not cosine >= _LEAST_COSINE:
        raise GraphUnwritable(f"the graph of {folder} gives other vectors: least cosine {cosine:.6f}")
    return cosine, difference


def _require_known_kind(folder: Path, config: dict[str, Any]) -> None:
    wanted = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
    for key, value in wanted.items():
        if config.get(key, value) != value:
            raise GraphUnwritable(f"{folder}: {key} is {config[key]}, only {value} can be written")
    kinds = [module["type"].rpartition(".")[2] for module in json.loads((folder / "modules.json").read_text("utf-8"))]
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
    modes = {key for key, value in pooling.items() if key.startswith("pooling_mode_") and value}
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise GraphUnwritable(f"{folder}: its modules are {', '.join(kinds)}")
    if modes != {"pooling_mode_mean_tokens"} and pooling.get("pooling_mode") != "mean":
        raise GraphUnwritable(f"{folder}: pooling is not the mean of the tokens")


class _Bert:
    """Builds the graph node by node; every value is known by the name that its method returns."""

    def __init__(self, config: dict[str, Any], half: dict[str, bool]) -> None:
        self._config = config
        self._half = half
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def make(self, tensors: dict[str, Any]) -> onnx.ModelProto:
        size = self._config["hidden_size"]
        hidden = self._embed()
        for number in range(self._config["num_hidden_layers"]):
            hidden = self._layer(f"encoder.layer.{number}", hidden)
        self._pool(hidden)
        used = {name for node in self._nodes for name in node.input}
        if unused := tensors.keys() - used:
            raise GraphUnwritable(f"the model has weights that the graph does not use: {', '.join(sorted(unused))}")
        weights = [_weight(name, tensor.shape, self._half[name]) for name, tensor in tensors.items()]
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", size])
        graph = helper.make_graph(self._nodes, "encoder", inputs, [output], [*weights, *self._constants.values()])
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="tongwen")

    def _embed(self) -> str:
        """(batch, length, size): the sum of token, position and the one segment, normalised."""
        length = self._add("Squeeze", self._add("Shape", "input_ids", start=1, end=2))
        positions = self._add("Range", self._integer(0), length, self._integer(1))
        tokens = self._add("Gather", TOKEN_TABLE, "input_ids")
        if self._half[TOKEN_TABLE]:
            tokens = self._add("Cast", tokens, to=TensorProto.FLOAT)
        places = self._add("Gather", "embeddings.position_embeddings.weight", positions)
        segment = self._add("Gather", "embeddings.token_type_embeddings.weight", self._integer(0))
        summed = self._add("Add", tokens, self._add("Add", places, segment))
        scale, shift = "embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias"
        return self._add("LayerNormalization", summed, scale, shift, axis=-1, epsilon=self._config["layer_norm_eps"])

    def _layer(self, name: str, hidden: str) -> str:
        attention = f"{name}.attention"
        flat = self._flatten(hidden)
        parts = [self._restore(self._linear(flat, f"{attention}.self.{part}")) for part in ("query", "key", "value")]
        mask = self._add("Cast", "attention_mask", to=TensorProto.INT32)
        heads = self._config["num_attention_heads"]
        mixed = self._add("MultiHeadAttention", *parts, "", mask, domain=_MICROSOFT, num_heads=heads)
        mixed = self._linear(self._flatten(mixed), f"{attention}.output.dense")
        hidden = self._add_and_normalise(self._restore(mixed), hidden, f"{attention}.output")
        inner = self._add("Gelu", self._linear(self._flatten(hidden), f"{name}.intermediate.dense"))
        inner = self._restore(self._linear(inner, f"{name}.output.dense"))
        return self._add_and_normalise(inner, hidden, f"{name}.output")

    def _pool(self, hidden: str) -> None:
        """The mean over the tokens that are not padding, given length 1."""
        last = self._integers(-1)
        mask = self._add("Unsqueeze", self._add("Cast", "attention_mask", to=TensorProto.FLOAT), last)
        along = self._integers(1)
        total = self._add("ReduceSum", self._add("Mul", hidden, mask), along, keepdims=0)
        mean = self._add("Div", total, self._add("ReduceSum", mask, along, keepdims=0))
        self._nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=-1, p=2))

    def _linear(self, flat: str, name: str) -> str:
        return self._add("Gemm", flat, f"{name}.weight", f"{name}.bias", transB=1)

    def _add_and_normalise(self, one: str, other: str, name: str) -> str:
        scale, shift = f"{name}.LayerNorm.weight", f"{name}.LayerNorm.bias"
        epsilon = self._config["layer_norm_eps"]
        return self._add("SkipLayerNormalization", one, other, scale, shift, domain=_MICROSOFT, epsilon=epsilon)

    def _flatten(self, hidden: str) -> str:
        """(batch, length, size) as (tokens, size), for the products with weights."""
        return self._add("Reshape", hidden, self._integers(-1, self._config["hidden_size"]))

    def _restore(self, flat: str) -> str:
        size = self._integers(self._config["hidden_size"])
        return self._add("Reshape", flat, self._add("Concat", self._add("Shape", "input_ids"), size, axis=0))

    def _add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"value{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], domain=domain, **attributes))
        return name

    def _integer(self, value: int) -> str:
        return self._constant(f"integer{value}", np.int64(value))

    def _integers(self, *values: int) -> str:
        return self._constant("integers" + "_".join(map(str, values)), np.array(values, np.int64))

    def _constant(self, name: str, value: Any) -> str:
        self._constants.setdefault(name, numpy_helper.from_array(np.asarray(value), name))
        return name


def _weight(name: str, shape: Sequence[int], half: bool) -> onnx.TensorProto:
    """A tensor whose values are elsewhere."""
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    tensor = onnx.TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="model.safetensors")
    return tensor


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the graph of a model folder, and check it.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ship", action="store_true", help="write hashes.json as well")
    chosen = parser.parse_args(argv)
    try:
        path = write_graph(chosen.folder)
        cosine, difference = check_graph(chosen.folder)
        if chosen.ship:
            write_manifest(chosen.folder)
    except (GraphUnwritable, EmbedderUnavailable) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: {path.stat().st_size} bytes, least cosine {cosine:.7f}, greatest difference {difference:.1e}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
