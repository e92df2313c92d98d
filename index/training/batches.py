"""Draw training batches from `corpus.npz`. A draw depends only on seed and step, so a resumed run goes on alike.

Three kinds: translations (for distillation), questions with passages, and sentences with the passages that hold them,
in and across languages. Sizes follow a budget of tokens, not a count.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.training.data import CAPS, DEFAULT_CAP, DICTIONARY
from index.training.prepare import Ragged, Rows

CLS, SEP = 101, 102  # of the teacher; the student's are read from its tokenizer
TERMS = (DICTIONARY, "cldr_names", "country_names", "osm_tag_terms", "tico19_terms")
DIRECTIONS = (*(("english", "chinese"), ("chinese", "english")) * 2, ("english", "english"), ("chinese", "chinese"))
WINDOW = 250  # tokens of the longest joined window


@dataclass(frozen=True, slots=True)
class Translations:
    """Token rows of the same texts: English for the teacher, English and Chinese for the student."""

    teacher: list[Rows]
    english: list[Rows]
    chinese: list[Rows]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Questions, and at the same index the passage of each; passages are distinct."""

    questions: list[Rows]
    passages: list[Rows]


class Corpus:
    """The prepared training text."""

    def __init__(self, folder: Path, opening: int, closing: int, seed: int, budget: int) -> None:
        with np.load(folder / "corpus.npz", allow_pickle=False) as stored:
            self.text = {
                name: Ragged(stored[name], stored[f"{name}_bounds"])
                for name in ("teacher", "english", "chinese", "question", "passage")
            }
            self.runs: npt.NDArray[np.int64] = stored["runs"]
            self.run_source: Rows = stored["run_source"]
            question_passage, question_group, kinds = (
                stored["question_passage"],
                stored["question_group"],
                stored["question_kind"],
            )
        with np.load(folder / "lexicon.npz", allow_pickle=False) as stored:
            self.lexicon: dict[int, list[int]] = defaultdict(list)
            for source, target in zip(stored["source"].tolist(), stored["target"].tolist(), strict=True):
                self.lexicon[source].append(target)
        self.sources: list[str] = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
        self.seed, self.budget = seed, budget
        self.edges = {"teacher": (CLS, SEP), "english": (opening, closing), "chinese": (opening, closing)}
        self.by_passage: dict[int, list[int]] = defaultdict(list)
        self.by_group: dict[int, list[int]] = defaultdict(list)
        self.group_of: dict[int, int] = {}
        kind_passages: dict[int, set[int]] = defaultdict(set)
        for i, (passage, group, kind) in enumerate(
            zip(question_passage.tolist(), question_group.tolist(), kinds.tolist(), strict=True)
        ):
            if passage not in self.by_passage:
                self.by_group[group].append(passage)
                self.group_of[passage] = group
            self.by_passage[passage].append(i)
            kind_passages[kind].add(passage)
        self.kind_passages = {kind: sorted(found) for kind, found in kind_passages.items()}
        terms = {i for i, source in enumerate(self.sources) if source in TERMS}
        sizes = np.diff(self.runs)
        self.prose = [int(r) for r in np.flatnonzero(sizes >= 4) if int(self.run_source[r]) not in terms]
        self.queue: list[list[tuple[int, int]]] = []
        self.epoch = -1

    def _item(self, name: str, start: int, stop: int, without: int = -1) -> Rows:
        opening, closing = self.edges[name]
        body = [self.text[name][i] for i in range(start, stop) if i != without]
        return self._cut(np.concatenate([[opening], *body, [closing]]).astype(np.int32), WINDOW + 2)

    def _windows(self, epoch: int, long_share: float) -> list[tuple[int, int]]:
        """Spans of pairs for one pass: sources capped, single pairs or joined windows."""
        chance = random.Random(self.seed * 1000 + epoch)
        order = list(range(len(self.run_source)))
        chance.shuffle(order)
        taken: dict[int, int] = defaultdict(int)
        spans: list[tuple[int, int]] = []
        lengths = np.diff(self.text["chinese"].bounds)
        for run in order:
            source = int(self.run_source[run])
            begin, end = int(self.runs[run]), int(self.runs[run + 1])
            if taken[source] >= CAPS.get(self.sources[source], DEFAULT_CAP):
                continue
            taken[source] += end - begin
            single = self.sources[source] in TERMS
            while begin < end:
                stop, size = begin + 1, int(lengths[begin])
                if not single and chance.random() < long_share:
                    target = chance.randint(50, WINDOW)
                    while stop < end and size + int(lengths[stop]) <= target:
                        size += int(lengths[stop])
                        stop += 1
                if size:
                    spans.append((begin, stop))
                begin = stop
        return spans

    def _fill(self, long_share: float) -> None:
        self.epoch += 1
        chance = random.Random(self.seed * 1000 + 500 + self.epoch)
        bounds = self.text["chinese"].bounds
        spans = self._windows(self.epoch, long_share)
        spans.sort(key=lambda span: int(bounds[span[1]] - bounds[span[0]]) * (0.9 + 0.2 * chance.random()))
        batches: list[list[tuple[int, int]]] = []
        batch: list[tuple[int, int]] = []
        for span in spans:
            length = int(bounds[span[1]] - bounds[span[0]]) + 2
            if (batch and (len(batch) + 1) * length > self.budget) or len(batch) == 384:
                batches.append(batch)
                batch = []
            batch.append(span)
        chance.shuffle(batches)
        self.queue = batches

    def refill(self, left: int, long_share: float) -> None:
        """Go on with a pass of which `left` batches remained."""
        self._fill(long_share)
        self.queue = self.queue[:left]

    def translations(self, long_share: float) -> Translations:
        """The next batch of the present pass, or of a new one."""
        if not self.queue:
            self._fill(long_share)
        spans = self.queue.pop()
        return Translations(
            *([self._item(name, *span) for span in spans] for name in ("teacher", "english", "chinese"))
        )

    def questions(self, chance: random.Random, kind: int, longest: int, neighbours: int = 3) -> Retrieval:
        """Questions of one kind; up to `neighbours` more passages of a drawn passage's article are hard negatives."""
        count = max(8, self.budget * 3 // 2 // (longest + 24))
        passages: dict[int, None] = {}
        while len(passages) < count:
            seed = chance.choice(self.kind_passages[kind])
            group = self.by_group[self.group_of[seed]]
            more = chance.sample(group, min(neighbours, len(group)))
            passages.update(dict.fromkeys([seed, *more]))
        chosen = list(passages)[:count]
        questions = [self.text["question"][chance.choice(self.by_passage[p])] for p in chosen]
        stored = [self._cut(self.text["passage"][p], longest) for p in chosen]
        side = chance.random()  # a third of the batches are left as they are
        if side < 0.45:
            questions = [self._switch(row, chance) for row in questions]
        elif side < 0.65:
            stored = [self._switch(row, chance) for row in stored]
        return Retrieval(questions, stored)

    def _switch(self, row: Rows, chance: random.Random) -> Rows:
        """The row with 40 to 100 % of its known words in the other language: stands in for a translation."""
        share = chance.uniform(0.4, 1.0)
        return np.array(
            [
                chance.choice(self.lexicon[t]) if t in self.lexicon and chance.random() < share else t
                for t in row.tolist()
            ],
            np.int32,
        )

    def sentences(self, chance: random.Random, longest: int) -> Retrieval:
        """A sentence, and the window that holds it in the other language or, without the sentence, in the same."""
        count = max(8, self.budget * 3 // 2 // (longest + 40))
        found = Retrieval([], [])
        while len(found.questions) < count:
            run = chance.choice(self.prose)
            begin, end = int(self.runs[run]), int(self.runs[run + 1])
            for _ in range(2):
                start = chance.randrange(begin, end - 2)
                size, stop = 0, start
                asked_in, stored_in = chance.choice(DIRECTIONS)
                while stop < end and (stop - start < 2 or size + len(self.text[stored_in][stop]) < longest - 10):
                    size += len(self.text[stored_in][stop])
                    stop += 1
                lengths = [len(self.text[asked_in][i]) for i in range(start, stop)]
                own = start + max(range(stop - start), key=lambda i: min(lengths[i], 25) + 10 * chance.random())
                question = self._item(asked_in, own, own + 1)[:64]
                passage = self._item(stored_in, start, stop, own if asked_in == stored_in else -1)
                begin = max(begin, stop)
                if len(question) > 6 and len(passage) > 12:
                    found.questions.append(question)
                    found.passages.append(self._cut(passage, longest))
                if begin >= end - 2:
                    break
        return found

    @staticmethod
    def _cut(row: Rows, longest: int) -> Rows:
        return row if len(row) <= longest else np.append(row[: longest - 1], row[-1]).astype(np.int32)
