"""The encoder: BERT, mean pooling, unit length. Reads and writes folders that sentence-transformers loads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig, BertModel

from index.training.vocabulary import PROBE, encode

LONGEST = 256  # tokens, the closing ones included
_ST_FILES = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ],
    "sentence_bert_config.json": {"max_seq_length": LONGEST, "do_lower_case": False},
    "1_Pooling/config.json": {
        "word_embedding_dimension": 384,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_cls_token": False,
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    },
    "tokenizer_config.json": {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "mask_token": "[MASK]",
        "model_max_length": LONGEST,
    },
}


class Encoder:
    """A BERT with its tokenizer. `embed` keeps gradients, `encode` does not.

    Without dropout, which takes two thirds of the time on a CPU.
    """

    def __init__(self, bert: BertModel, tokenizer: Tokenizer, tokenizer_json: str, device: str = "cpu") -> None:
        self.bert = bert
        self.bert.to(device)  # type: ignore[arg-type]
        self.tokenizer, self.tokenizer_json, self.device = tokenizer, tokenizer_json, device

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> Encoder:
        bert = BertModel.from_pretrained(
            str(folder), dtype=torch.float32, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        text = (folder / "tokenizer.json").read_text(encoding="utf-8")
        tokenizer = Tokenizer.from_str(text)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(bert, tokenizer, text, device)

    def embed(self, rows: Sequence[npt.NDArray[np.int32]]) -> torch.Tensor:
        """(len(rows), dim) float32 unit vectors of token rows."""
        longest = max(map(len, rows))
        ids = np.zeros((len(rows), longest), np.int64)
        mask = np.zeros((len(rows), longest), np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return self._forward(torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device))

    def _forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The BERT layers in bfloat16, written out: two thirds of the time of autocast on a CPU (cosine 0.9999).

        The vectors of the tokens get sparse gradients, since a batch touches one row in thirty.
        """
        bert, half = self.bert, torch.bfloat16
        heads, size = bert.config.num_attention_heads, bert.config.hidden_size
        count, length = ids.shape

        def linear(x: torch.Tensor, *layers: torch.nn.Linear) -> torch.Tensor:
            weight, bias = torch.cat([m.weight for m in layers]), torch.cat([m.bias for m in layers])
            return functional.linear(x, weight.to(half), bias.to(half))

        def normalise(x: torch.Tensor, layer: torch.nn.LayerNorm) -> torch.Tensor:
            return functional.layer_norm(x, (size,), layer.weight.to(x.dtype), layer.bias.to(x.dtype), layer.eps)

        parts: Any = bert.embeddings
        start = functional.embedding(ids, parts.word_embeddings.weight, sparse=True)
        start = start + parts.position_embeddings.weight[:length] + parts.token_type_embeddings.weight[0]
        x = normalise(start, parts.LayerNorm).to(half)
        hidden = ((1 - mask) * -1e4).to(half)[:, None, None, :]
        layers: Any = bert.encoder.layer
        for layer in layers:
            own, after = layer.attention.self, layer.attention.output
            mixed = linear(x, own.query, own.key, own.value).view(count, length, 3, heads, size // heads)
            query, key, value = mixed.permute(2, 0, 3, 1, 4).unbind(0)
            if length > 160 or not torch.is_grad_enabled() or ids.is_cuda:
                seen = functional.scaled_dot_product_attention(query, key, value, hidden)
            else:  # on a CPU the fused gradient is slow for short texts
                scores = torch.matmul(query * (size // heads) ** -0.5, key.transpose(-1, -2)) + hidden
                seen = torch.matmul(scores.softmax(-1), value)
            x = normalise(x + linear(seen.transpose(1, 2).reshape(count, length, size), after.dense), after.LayerNorm)
            inner = functional.gelu(linear(x, layer.intermediate.dense))
            x = normalise(x + linear(inner, layer.output.dense), layer.output.LayerNorm)
        pooled = (x * mask.to(half).unsqueeze(-1)).float().sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(pooled, dim=-1)

    def encode(self, texts: Sequence[str], budget: int = 8192) -> npt.NDArray[np.float32]:
        """(len(texts), dim) unit vectors, in batches of at most `budget` tokens, padding counted."""
        rows = encode(self.tokenizer, texts, LONGEST)
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        found = np.zeros((len(rows), int(self.bert.config.hidden_size)), np.float32)
        begin = 0
        with torch.no_grad():
            while begin < len(order):
                batch = order[begin : begin + max(1, budget // len(rows[order[begin]]))]
                found[batch] = self.embed([rows[i] for i in batch]).cpu().numpy()
                begin += len(batch)
        return found

    def save(self, folder: Path, half: bool = False) -> None:
        """Write a sentence-transformers folder; `half` stores the weights in float16."""
        scratch = folder.with_name(folder.name + ".new")
        shutil.rmtree(scratch, ignore_errors=True)
        bert = self.bert
        if half:
            bert = BertModel(BertConfig.from_dict(self.bert.config.to_dict()))
            bert.load_state_dict(self.bert.state_dict())
            bert.to(torch.float16)  # type: ignore[arg-type]
        bert.save_pretrained(str(scratch), safe_serialization=True)
        for name, content in _ST_FILES.items():
            (scratch / name).parent.mkdir(exist_ok=True)
            (scratch / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
        (scratch / "tokenizer.json").write_text(self.tokenizer_json, encoding="utf-8")
        if Tokenizer.from_file(str(scratch / "tokenizer.json")).encode(PROBE).ids != self.tokenizer.encode(PROBE).ids:
            raise ValueError(
                f"the tokenizer in {scratch} differs from the one in memory; write tokenizer_json, not Tokenizer.save"
            )
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
