"""Teach an English BERT tokenizer Chinese: drop unseen pieces, add characters and words, start them from English.

The tokenizer stays a WordPiece, whose longest match over an uncut run of Chinese characters is a word segmentation.
A Chinese token keeps one row whether it begins a run or continues it ("##我们" and "我们" share an id), so no row is
spent twice; the price is that `tokenizer.json` must be copied as a file: `Tokenizer.save` would lose one of the two.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.training.data import Pair

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN_RUN = re.compile(f"[{HAN}]+")
PROBE = "我们使用 Python3 开发的软件。"

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


def gb2312_characters() -> set[str]:
    """The 6,763 characters of GB 2312."""
    found = set()
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Words of the Chinese runs, segmented by jieba."""
    import rjieba

    return Counter(word for text in texts for run in HAN_RUN.findall(text) for word in rjieba.cut(run))


def build_tokenizer(
    original: dict[str, Any], seen_pieces: set[int], words: Counter[str], word_count: int
) -> tuple[dict[str, Any], list[int]]:
    """(tokenizer.json, old row of each kept piece). Rows: kept pieces in old order, then new characters, then words.

    `original` is the parsed English tokenizer.json. Pieces are kept when special, seen in the training text, or
    plain ASCII; other scripts and "[unused…]" go. New characters: GB 2312, and those that stand in `words` three times.
    """
    old: dict[str, int] = original["model"]["vocab"]
    special = {entry["content"] for entry in original["added_tokens"]}
    pieces = sorted(old, key=old.__getitem__)
    kept = [p for p in pieces if p in special or old[p] in seen_pieces or (p.isascii() and not p.startswith("[unused"))]
    kept = [p for p in kept if not HAN_RUN.fullmatch(p.removeprefix("##"))]
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    known = gb2312_characters()
    new = sorted(c for c in known | {c for c, n in characters.items() if n >= 3} if HAN_RUN.fullmatch(c))
    frequent = [w for w, _ in words.most_common() if 2 <= len(w) <= 4 and set(w) <= set(new)][:word_count]
    vocabulary = {piece: row for row, piece in enumerate(kept)}
    for token in [*(c for c in "。、《》“”‘’—…·￥" if c not in vocabulary)]:
        vocabulary[token] = len(vocabulary)
    row = len(vocabulary)
    for token in [*new, *frequent]:
        vocabulary[token] = vocabulary[f"##{token}"] = row
        row += 1
    made = json.loads(json.dumps(original))
    made["model"]["vocab"] = vocabulary
    made["truncation"] = made["padding"] = None
    made["normalizer"]["handle_chinese_chars"] = False
    split = {"type": "Split", "pattern": {"Regex": f"[{HAN}]+"}, "behavior": "Isolated", "invert": False}
    made["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [split, {"type": "BertPreTokenizer"}]}
    for entry in made["added_tokens"]:
        entry["id"] = vocabulary[entry["content"]]
    for entry in made["post_processor"]["special_tokens"].values():
        entry["ids"] = [vocabulary[entry["id"]]]
    return made, [old[piece] for piece in kept]


def encode(
    tokenizer: Tokenizer, texts: Sequence[str], longest: int, special: bool = True
) -> list[npt.NDArray[np.int32]]:
    """Token rows of each text, cut to `longest` with the closing token kept."""
    found: list[npt.NDArray[np.int32]] = []
    for begin in range(0, len(texts), 2_000):
        for encoding in tokenizer.encode_batch_fast(list(texts[begin : begin + 2_000]), add_special_tokens=special):
            ids = encoding.ids
            found.append(np.array(ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]], np.int32))
    return found


def align(
    pairs: Sequence[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]], rows: int, rounds: int = 4
) -> tuple[Integers, Integers, Floats]:
    """IBM model 1: p(first token | second token) as (second rows, first rows, probabilities), sorted by second row.

    `pairs` holds (first, second) token rows of sentence pairs. Each first token is shared out among the sentence's
    second tokens and a NULL token (row `rows`), which takes up the function words.
    """
    cell_parts, length_parts = [], []
    for english, chinese in pairs:
        targets, sources = np.unique(english), np.append(np.unique(chinese), rows)
        cell_parts.append((sources[None, :].astype(np.int64) * rows + targets[:, None]).ravel())
        length_parts.append(np.full(len(targets), len(sources)))
    cells = np.concatenate(cell_parts)
    lengths = np.concatenate(length_parts)
    del cell_parts, length_parts
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    owner = np.repeat(np.arange(len(lengths)), lengths)
    keys, cells = np.unique(cells, return_inverse=True)
    source, target = keys // rows, keys % rows
    counts = np.bincount(cells, minlength=len(keys)).astype(np.float32)
    chance = np.ones(len(keys), np.float32)
    for _ in range(rounds + 1):
        total = np.bincount(source, counts, minlength=rows + 1)
        chance = (counts / total[source]).astype(np.float32)
        weight = chance[cells]
        weight /= np.add.reduceat(weight, starts)[owner]
        counts = np.bincount(cells, weight, minlength=len(keys)).astype(np.float32)
    keep = (source < rows) & (chance > 0.01)
    return source[keep], target[keep], chance[keep]


def start_vectors(
    old_vectors: Floats, kept: Sequence[int], tokenizer: Tokenizer, pairs: Sequence[Pair], rows: int
) -> tuple[Floats, int]:
    """((rows, dim) vectors, number of new tokens that got an aligned start).

    A new token starts as the mean of its likeliest English pieces, weighted by probability; a word without alignment as
    the mean of its characters; anything else as the mean English vector.
    """
    vectors = np.zeros((rows, old_vectors.shape[1]), np.float32)
    vectors[: len(kept)] = old_vectors[list(kept)]
    mean = old_vectors[1000:].mean(0)
    english = encode(tokenizer, [p.english for p in pairs], 80, special=False)
    chinese = encode(tokenizer, [p.chinese for p in pairs], 80, special=False)
    source, target, chance = align(list(zip(english, chinese, strict=True)), rows)
    real = target < len(kept)
    source, target, chance = source[real], target[real], chance[real]
    length = float(np.linalg.norm(old_vectors[1000:], axis=1).mean())
    bounds = np.searchsorted(source, np.arange(rows + 1))
    aligned = 0
    tokens = {row: token for token, row in tokenizer.get_vocab(with_added_tokens=True).items()}
    for row in range(len(kept), rows):
        best = np.arange(bounds[row], bounds[row + 1])
        best = best[np.argsort(-chance[best], kind="stable")[:6]]
        if len(best) and chance[best].sum() > 0.08:
            share = chance[best] / chance[best].sum()
            vectors[row] = share @ vectors[target[best]]
            vectors[row] *= length / max(float(np.linalg.norm(vectors[row])), 1e-6)
            aligned += 1
            continue
        word = tokens.get(row, "").removeprefix("##")
        parts = [tokenizer.token_to_id(c) for c in word] if len(word) > 1 else []
        known = [p for p in parts if p is not None and p < row]
        vectors[row] = vectors[known].mean(0) if known else mean
    return vectors, aligned
