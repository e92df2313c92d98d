"""Read the training text and cut it into what the training loop consumes.

Sources and licences stand in the README beside the data (`--data`). Nothing here tokenises; texts leave this module
normalised (`normalise`), as the product normalises the copy that it embeds.
"""

from __future__ import annotations

import json
import lzma
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opencc import OpenCC

DICTIONARY = "cedict"

# At most so many pairs of a source in one pass (others: DEFAULT_CAP), since 73 % of the text is about software.
CAPS = {
    "lctt_tech_news": 40_000,
    DICTIONARY: 60_000,
    "tatoeba_manythings_cmn": 17_000,
    "3am_image_captions": 14_000,
    "python_docs_zh_cn": 2_000,
    "mdn_web_docs": 2_000,
    "un_sdg": 1_000,
    "opensource_guide": 1_000,
    "d2l": 3_000,
    "hf_course": 2_600,
    "rust_book": 3_700,
    "cldr_names": 1_800,
    "country_names": 300,
    "tico19_terms": 300,
}
DEFAULT_CAP = 1_000

_to_simplified = OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in English and in Chinese; `source` names the collection it comes from."""

    english: str
    chinese: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the passage that answers it. `group` names the article; its passages are hard negatives."""

    question: str
    passage: str
    group: str
    language: str


@dataclass(frozen=True, slots=True)
class Split:
    """One side of the data: `runs` are sentence pairs in document order, one list per stretch of a source."""

    runs: list[list[Pair]]
    questions: list[Question]


def normalise_all(texts: Sequence[str]) -> list[str]:
    """NFKC and traditional to simplified, one result per text (newlines become spaces); joined for speed."""
    joined = "\n".join(unicodedata.normalize("NFKC", text).replace("\n", " ").replace("\r", " ") for text in texts)
    return _to_simplified.convert(joined).split("\n") if texts else []


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_pairs(data: Path) -> list[Pair]:
    """All sentence pairs in file order, which is document order within a source."""
    with lzma.open(data / "parallel" / "pairs.tsv.xz", "rt", encoding="utf-8", newline="\n") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    english = normalise_all([row[0] for row in rows])
    chinese = normalise_all([row[1] for row in rows])
    return [Pair(e, z, row[2]) for e, z, row in zip(english, chinese, rows, strict=True)]


def read_questions(data: Path) -> list[Question]:
    """CMRC 2018 train, DRCD dev (simplified here), SQuADShifts. No SQuAD: its development set holds XQuAD's text."""
    found: list[Question] = []
    for path in sorted((data / "qa").glob("*.jsonl.xz")):
        name = path.name.removesuffix(".jsonl.xz")
        if name.startswith("policyqa"):
            continue  # privacy policies: every passage of a site resembles the others
        rows = [row for row in read_jsonl(path) if row.get("answerable", True)]
        asked = normalise_all([row["question"] for row in rows])
        passages = normalise_all([row["context"] for row in rows])
        for row, question, passage in zip(rows, asked, passages, strict=True):
            group = f"{name}:{row.get('title') or row['context_id']}"
            if name == "squadshifts.reddit":
                group = f"{name}:{row['context_id']}"
            found.append(Question(question, passage, group, "zh" if row["lang"].startswith("zh") else "en"))
    return found


def read_headings(data: Path) -> list[Question]:
    """Title and heading as a question, the section as its passage; sections of one document share a group."""
    found: list[Question] = []
    for language in ("en", "zh"):
        rows = list(read_jsonl(data / "parallel" / f"sections.{language}.jsonl.xz"))
        rows = [row for row in rows if len(row["text"]) >= (120 if language == "en" else 50)]
        limit = 1200 if language == "en" else 450
        titles = normalise_all([row["title"] for row in rows])
        headings = normalise_all([row["heading"] for row in rows])
        texts = normalise_all([row["text"][:limit] for row in rows])
        for row, title, heading, text in zip(rows, titles, headings, texts, strict=True):
            question = heading if heading == title else f"{title} {heading}"
            found.append(Question(question, text, f"{row['source']}:{row['doc']}", language))
    return found


def cut_runs(pairs: Sequence[Pair], length: int = 40) -> list[list[Pair]]:
    """Stretches of at most `length` consecutive pairs of one source, in file order."""
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.english and pair.chinese:
            by_source[pair.source].append(pair)
    return [rows[i : i + length] for rows in by_source.values() for i in range(0, len(rows), length)]


def split_data(data: Path, seed: int = 7) -> tuple[Split, Split]:
    """(training, development). The latter has whole stretches of parallel text and whole articles of questions."""
    chance = random.Random(seed)
    runs = cut_runs(read_pairs(data))
    prose = [i for i, run in enumerate(runs) if run[0].source != DICTIONARY and sum(len(p.chinese) for p in run) > 1500]
    held_runs = set(chance.sample(prose, 240))
    questions = read_questions(data)
    held_groups: set[str] = set()
    for name, contexts in (("cmrc2018.train", 150), ("drcd.dev", 150), ("squadshifts.new_wiki", 300)):
        passages: dict[str, set[str]] = defaultdict(set)
        for question in questions:
            if question.group.startswith(name):
                passages[question.group].add(question.passage)
        order = sorted(passages)
        chance.shuffle(order)
        count = 0
        while count < contexts:
            group = order.pop()
            held_groups.add(group)
            count += len(passages[group])
    training = Split(
        [r for i, r in enumerate(runs) if i not in held_runs], [q for q in questions if q.group not in held_groups]
    )
    development = Split([runs[i] for i in sorted(held_runs)], [q for q in questions if q.group in held_groups])
    return training, development


def choose_runs(runs: Sequence[list[Pair]], chance: random.Random, caps: dict[str, int] = CAPS) -> list[list[Pair]]:
    """A fresh draw of stretches, each source up to its cap."""
    order = list(runs)
    chance.shuffle(order)
    taken: dict[str, int] = defaultdict(int)
    chosen = []
    for run in order:
        source = run[0].source
        if taken[source] < caps.get(source, DEFAULT_CAP):
            taken[source] += len(run)
            chosen.append(run)
    return chosen


def join_pairs(pairs: Iterable[Pair]) -> Pair:
    """One longer pair of several consecutive ones."""
    rows = list(pairs)
    return Pair(" ".join(p.english for p in rows), "".join(p.chinese for p in rows), rows[0].source)
