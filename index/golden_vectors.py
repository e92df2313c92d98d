"""Vectors that the shipped model gave when it was released, to tell whether this machine gives the same.

    {"embedder": fingerprint, "vectors": {sentence: numbers of a unit vector, rounded}}

The fingerprint of a model says that its files are the same; this says that the libraries under it still make the same
of them. `python -m index.golden_vectors` writes the file anew, after a change of the model.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from index.embedding import Embedder, open_embedder

PATH = Path(__file__).with_name("golden_vectors.json")
SENTENCES = (
    "亚马逊计划在 2026 年投入 2000 亿美元的资本支出。",
    "股价在财报发布之后下跌了百分之九。",
    "这家工厂将雇用四千二百名员工。",
    "為什麼投資者感到不安？",
    "会议改到下周三上午十点，地点不变。",
    "Amazon plans to spend 200 billion dollars in 2026.",
    "Its shares fell by nine percent after the report.",
    "The plant will employ four thousand two hundred people.",
    "Why are investors uneasy?",
    "The meeting was moved to ten o'clock next Wednesday.",
)


def least_likeness(embedder: Embedder) -> float | None:
    """The lowest cosine of a golden vector with the one that `embedder` gives now; None where it is another model."""
    golden = json.loads(PATH.read_text("utf-8"))
    if golden["embedder"] != embedder.fingerprint:
        return None
    known = np.asarray(list(golden["vectors"].values()), np.float32)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    present = embedder.embed_passages(list(golden["vectors"]))
    return float(np.einsum("ij,ij->i", known, present).min())


def write() -> None:
    embedder = open_embedder()
    vectors = embedder.embed_passages(SENTENCES)
    rounded = [[round(float(value), 4) for value in vector] for vector in vectors]
    content = {"embedder": embedder.fingerprint, "vectors": dict(zip(SENTENCES, rounded, strict=True))}
    PATH.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write()
