"""What is known of the multilingual models people use: their prefixes, pooling, longest input and licence.

Each fact is from the model's card or configuration. A preset only fills in what the model's own folder leaves unsaid
(`index.model_folder`), so a fine-tuned copy with another pooling is used as it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Pooling = Literal["mean", "cls", "lasttoken"]


@dataclass(frozen=True, slots=True)
class Preset:
    """How the vectors of a model are meant to be made."""

    licence: str
    question_prefix: str = ""
    passage_prefix: str = ""
    pooling: Pooling | None = None  # None for a model without token vectors
    max_tokens: int | None = None  # with special tokens and prefix; None where any length will do


_E5 = Preset("MIT", question_prefix="query: ", passage_prefix="passage: ", pooling="mean", max_tokens=512)
_GTE = Preset("Apache-2.0", pooling="cls", max_tokens=8192)

PRESETS: Mapping[str, Preset] = {
    "intfloat/multilingual-e5-small": _E5,
    "intfloat/multilingual-e5-base": _E5,
    "intfloat/multilingual-e5-large": _E5,
    "BAAI/bge-m3": Preset("MIT", pooling="cls", max_tokens=8192),
    # Its own files need code that comes with them; transformers has the architecture as model type "gte".
    "Alibaba-NLP/gte-multilingual-base": _GTE,
    "alibaba-nlp-community/gte-multilingual-base": _GTE,
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": Preset("Apache-2.0", pooling="mean", max_tokens=128),
    "Qwen/Qwen3-Embedding-0.6B": Preset(
        "Apache-2.0",
        # No space after "Query:"; passages go without.
        question_prefix="Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
        pooling="lasttoken",
        max_tokens=32_768,
    ),
    "sentence-transformers/static-similarity-mrl-multilingual-v1": Preset("Apache-2.0"),
}


def find_preset(folder: Path, original_name: str | None = None) -> Preset | None:
    """The preset of the model in `folder`, known by its original name, its place in a hub cache, or its folder's name.

    `original_name` is what the model's configuration says, if it does.
    """
    names = {name.lower(): preset for name, preset in PRESETS.items()}
    names |= {name.replace("/", "--"): preset for name, preset in names.items()}
    names |= {name.rpartition("/")[2]: preset for name, preset in names.items() if "/" in name}
    cached = folder.parent.parent.name.removeprefix("models--")  # models--owner--name/snapshots/revision
    for name in (original_name, cached, folder.name):
        if name and name.lower() in names:
            return names[name.lower()]
    return None
