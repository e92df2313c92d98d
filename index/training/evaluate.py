"""Recall of passages for questions, in and across languages; the development set, and XQuAD for reports only."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.training.data import Split, join_pairs, normalise_all

Floats = npt.NDArray[np.float32]
Encoder = Callable[[Sequence[str]], Floats]  # texts to (len(texts), dim) unit vectors


def rank_gold(questions: Floats, passages: Floats, gold: Sequence[int]) -> npt.NDArray[np.int64]:
    """(len(questions),) rank of each question's own passage, 0 best; ties count against it."""
    scores = questions @ passages.T
    own = scores[np.arange(len(gold)), list(gold)]
    return np.asarray((scores >= own[:, None]).sum(1) - 1)


def recall(ranks: npt.NDArray[np.int64]) -> dict[str, float]:
    return {"recall@1": round(float((ranks < 1).mean()), 4), "recall@5": round(float((ranks < 5).mean()), 4)}


class Development:
    """Held-out tasks made of the training data: questions to passages, sentences to windows of four.

    Passages of one article stand beside each other, as in XQuAD, so that the topic alone does not answer.
    """

    def __init__(self, development: Split, seed: int = 5) -> None:
        chance = random.Random(seed)
        self.tasks: dict[str, tuple[list[str], list[str], list[int]]] = {}
        for language in ("en", "zh"):
            rows = [q for q in development.questions if q.language == language]
            passages = sorted({q.passage for q in rows})
            index = {passage: i for i, passage in enumerate(passages)}
            picked = chance.sample(rows, min(500, len(rows)))
            self.tasks[f"question {language}"] = (
                [q.question for q in picked],
                passages,
                [index[q.passage] for q in picked],
            )
        windows = []
        for run in development.runs:
            cut = [run[i : i + 4] for i in range(0, len(run) - 3, 4)]
            windows += chance.sample(cut, 1)
        joined = [join_pairs(window) for window in windows]
        inner = [max(window, key=lambda p: min(len(p.english), 160)) for window in windows]
        own = list(range(len(windows)))
        english, chinese = [p.english for p in joined], [p.chinese for p in joined]
        self.tasks["sentence en→zh"] = ([p.english for p in inner], chinese, own)
        self.tasks["sentence zh→en"] = ([p.chinese for p in inner], english, own)

    def measure(self, encode: Encoder) -> dict[str, float]:
        """recall@1 of each task, and their mean."""
        texts = sorted({t for questions, passages, _ in self.tasks.values() for t in (*questions, *passages)}, key=len)
        vectors = dict(zip(texts, encode(texts), strict=True))
        found = {}
        for name, (questions, passages, gold) in self.tasks.items():
            asked, stored = np.stack([vectors[t] for t in questions]), np.stack([vectors[t] for t in passages])
            found[name] = recall(rank_gold(asked, stored, gold))["recall@1"]
        found["mean"] = round(sum(found.values()) / len(found), 4)
        return found


def measure_xquad(encode: Encoder, folder: Path) -> dict[str, dict[str, float]]:
    """recall@1 and @5 over the 240 paragraphs by direction (question → passage). For reports, never for choices."""
    asked, stored, gold = {}, {}, {}
    for language in ("en", "zh"):
        articles = json.loads((folder / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        stored[language] = encode(normalise_all([p["context"] for p in paragraphs]))
        rows = [(qa["question"], i) for i, p in enumerate(paragraphs) for qa in p["qas"]]
        asked[language] = encode(normalise_all([question for question, _ in rows]))
        gold[language] = [i for _, i in rows]
    return {
        f"{a}→{b}": recall(rank_gold(asked[a], stored[b], gold[a]))
        for a, b in (("en", "en"), ("zh", "zh"), ("en", "zh"), ("zh", "en"))
    }


def measure_bitext(encode: Encoder, folder: Path) -> dict[str, float]:
    """Share of sentences whose nearest neighbour on the other side is their translation, mean of both directions."""
    found = {}
    for path in sorted(folder.glob("bitext.*.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        english, chinese = encode(normalise_all([r[0] for r in rows])), encode(normalise_all([r[1] for r in rows]))
        own = list(range(len(rows)))
        both = [recall(rank_gold(a, b, own))["recall@1"] for a, b in ((english, chinese), (chinese, english))]
        found[path.stem.removeprefix("bitext.")] = round(sum(both) / 2, 4)
    return found
