"""Learns the bilingual term lexicon from sentence pairs: `python -m index.training.lexicon --data DIR --out FILE`.

IBM model 1 (Brown et al. 1993) in both directions over our own terms (`index.terms`), by expectation maximisation on
the term pairs that the log-likelihood ratio (Dunning 1993) keeps. A term pair's weight in the lexicon is made of how
often the two stand opposite each other *and explain each other*, in both directions. Sentences that share text with
an evaluation set are left out, and so are those of the development documents. Not handled: phrases, word order, and
names that the pairs do not hold.

Sources: `parallel/pairs.tsv.xz` under `--data`; see the lexicon's note in the model card for their licences.
"""

from __future__ import annotations

import argparse
import json
import logging
import lzma
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.language import HAN
from index.lexicon import write
from index.terms import terms

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Hashes = NDArray[np.uint64]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """How the lexicon is learned; each default was chosen on the development questions."""

    full_weight_pairs: int = 20_000  # a source with more pairs counts as (this / its pairs) ** damping each
    damping: float = 0.7
    dictionary_weight: float = 1.0  # of a CC-CEDICT entry, instead of the above
    longest_side: int = 120  # distinct terms; longer sentences align badly
    least_count: float = 1.0  # weighted sentences that hold a term
    least_association: float = 8.0  # log-likelihood ratio of a pair of terms
    most_links: int = 60  # pairs kept of one English term, most associated first
    rounds: int = 5  # of expectation maximisation in each direction
    discount: float = 0.3  # weighted sentences taken off each pair's, for what chance gives to rare terms
    least_together: float = 0.3  # weighted sentences that a pair must have left
    least_probability: float = 0.02  # of a translation
    most_translations: int = 6
    most_common: float = 0.2  # a term in a larger share of the sentences is a function word
    common: float = 0.05  # and so is one in this share of them …
    least_sure: float = 0.1  # … whose best translation is less likely than this
    most_bytes: int = 3_000_000  # of the file


DICTIONARY = "cedict"  # the source whose pairs are a word and its gloss

# Reading, guarding, counting


_PLAIN = re.compile(r"[\W_]+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_SHINGLE = 40  # characters without spaces and punctuation
_FILTER_SHIFT = np.uint64(40)
_HAN_SHINGLE = 20  # an ideograph says twice as much as a letter


def plain(text: str) -> str:
    """Letters and digits alone, case and compatibility forms folded."""
    return _PLAIN.sub("", unicodedata.normalize("NFKC", text).lower())


class Guard:
    """Knows every stretch of 40 characters (20 in texts with Chinese) of texts that must not be trained on, and every
    whole line of theirs with at least 12 characters (6)."""

    def __init__(self, kept_out: Iterable[str]) -> None:
        texts = list({plain(line) for text in kept_out for line in (text, *text.splitlines())} - {""})
        self._whole = {text for text in texts if len(text) >= (6 if _HAN_CHARACTER.search(text) else 12)}
        self._stretches = {width: np.unique(_stretch_hashes(texts, width)[0]) for width in (_SHINGLE, _HAN_SHINGLE)}
        self._filters = {width: np.zeros(1 << 24, dtype=bool) for width in self._stretches}  # by first 24 bits
        for width, known in self._stretches.items():
            self._filters[width][known >> _FILTER_SHIFT] = True

    def refusals(self, texts: Sequence[str]) -> set[int]:
        """Which of the texts, each as `plain` makes it, share a stretch or are a whole line."""
        refused = {number for number, text in enumerate(texts) if text in self._whole}
        han = [bool(_HAN_CHARACTER.search(text)) for text in texts]
        for width, known in self._stretches.items():
            if not known.size:
                continue
            numbers = [number for number in range(len(texts)) if han[number] == (width == _HAN_SHINGLE)]
            hashes, owners = _stretch_hashes([texts[number] for number in numbers], width)
            likely = np.flatnonzero(self._filters[width][hashes >> _FILTER_SHIFT])
            places = np.searchsorted(known[:-1], hashes[likely])  # of the last one where a hash is beyond it
            refused.update(numbers[owner] for owner in set(owners[likely[known[places] == hashes[likely]]].tolist()))
        return refused


_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses modulo 2 ** 64


def _stretch_hashes(texts: Sequence[str], width: int) -> tuple[Hashes, NDArray[np.int64]]:
    """Polynomial hashes, modulo 2 ** 64, of every stretch of `width` characters, and the number of the text of each."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if codes.size < width:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    codes = codes * np.uint64(0xD6E8FEB86659FD93) ^ (codes << np.uint64(17))
    powers = np.cumprod(np.full(codes.size, _BASE, dtype=np.uint64))
    inverses = np.cumprod(np.full(codes.size, pow(_BASE, -1, 1 << 64), dtype=np.uint64))
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(codes * powers, dtype=np.uint64)])
    hashes = (sums[width:] - sums[:-width]) * inverses[: codes.size - width + 1]
    owners = np.repeat(np.arange(len(texts)), lengths)
    inside = owners[: hashes.size] == owners[width - 1 :]
    return hashes[inside], owners[: hashes.size][inside]


def texts_in(path: Path) -> Iterator[str]:
    """Every text of an evaluation set: SQuAD-like JSON or tab-separated lines."""
    if path.suffix == ".tsv":
        for line in path.read_text("utf-8").splitlines():
            yield from line.split("\t")
    elif path.suffix == ".json":
        for article in json.loads(path.read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                yield paragraph["context"]
                yield from (question["question"] for question in paragraph["qas"])


@dataclass(frozen=True)
class Pair:
    """A sentence (or a word and its gloss) in both languages."""

    english: str
    chinese: str
    source: str


def read_pairs(path: Path) -> Iterator[Pair]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            english, chinese, source = line.rstrip("\n").split("\t")
            yield Pair(english, chinese, source)


def _batches(pairs: Iterator[Pair], size: int) -> Iterator[list[Pair]]:
    while batch := list(islice(pairs, size)):
        yield batch


def held_out(key: str, one_in: int = 40) -> bool:
    """Whether a document (or a lone sentence pair) belongs to the development split."""
    return int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") % one_in == 0


@dataclass
class Side:
    """The sentences of one language as they are read: each a list of term numbers."""

    words: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    _tokens: list[Ints] = field(default_factory=list)
    _lengths: list[int] = field(default_factory=list)

    def add(self, found: Iterable[str]) -> None:
        row = []
        for word in found:
            number = self.numbers.setdefault(word, len(self.words))
            if number == len(self.words):
                self.words.append(word)
            row.append(number)
        self._tokens.append(np.array(row, dtype=np.int32))
        self._lengths.append(len(row))

    @property
    def tokens(self) -> Ints:
        return np.concatenate(self._tokens)

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.array(self._lengths, dtype=np.int64)


@dataclass(frozen=True)
class Corpus:
    """Sentence pairs as the distinct terms of each sentence."""

    english_words: Sequence[str]
    chinese_words: Sequence[str]
    english_tokens: Ints  # (tokens,) indices into `english_words`, sentence after sentence
    chinese_tokens: Ints
    english_lengths: NDArray[np.int64]  # (sentences,) how many tokens each has
    chinese_lengths: NDArray[np.int64]
    sources: NDArray[np.int16]  # (sentences,)
    source_names: Sequence[str]


def read_corpus(path: Path, guard: Guard, development: Guard, recipe: Recipe) -> Corpus:
    """The pairs that may be trained on, each once however its digits differ."""
    english, chinese = Side(), Side()
    seen: set[bytes] = set()
    sources: list[int] = []
    names: dict[str, int] = {}
    dropped: Counter[str] = Counter()
    for batch in _batches(read_pairs(path), 20_000):
        plain_english, plain_chinese = [plain(pair.english) for pair in batch], [plain(pair.chinese) for pair in batch]
        refused = guard.refusals(plain_english) | guard.refusals(plain_chinese)
        kept_for_choices = development.refusals(plain_english) | development.refusals(plain_chinese)
        for number, pair in enumerate(batch):
            both = re.sub(r"\d+", "0", f"{plain_english[number]} {plain_chinese[number]}").encode()
            digest = blake2b(both, digest_size=8).digest()
            if digest in seen:
                dropped["repeated"] += 1
                continue
            seen.add(digest)
            if number in refused:
                dropped["shares text with an evaluation set"] += 1
                continue
            if pair.source != DICTIONARY and (number in kept_for_choices or held_out(pair.english)):
                dropped["development split"] += 1
                continue
            ours, theirs = dict.fromkeys(terms(pair.english)), dict.fromkeys(terms(pair.chinese))
            if not ours or not theirs or max(len(ours), len(theirs) // 2) > recipe.longest_side:
                dropped["empty or too long"] += 1
                continue
            english.add(ours)
            chinese.add(theirs)
            sources.append(names.setdefault(pair.source, len(names)))
    log.info("%d pairs kept; dropped: %s", len(sources), dict(dropped))
    return Corpus(
        english.words,
        chinese.words,
        english.tokens,
        chinese.tokens,
        english.lengths,
        chinese.lengths,
        np.array(sources, dtype=np.int16),
        list(names),
    )


def sentence_weights(corpus: Corpus, recipe: Recipe) -> Floats:
    """(sentences,) what each pair counts: less where its source has many."""
    sizes = np.bincount(corpus.sources, minlength=len(corpus.source_names))
    weights = np.minimum(1.0, recipe.full_weight_pairs / np.maximum(sizes, 1)) ** recipe.damping
    for number, name in enumerate(corpus.source_names):
        if name == DICTIONARY:
            weights[number] = recipe.dictionary_weight
    return weights[corpus.sources].astype(np.float32)


# Alignment


@dataclass(frozen=True)
class Alignment:
    """The aligned term pairs, one an entry: (pairs,) each."""

    english: Ints
    chinese: Ints
    forward: NDArray[np.float64]  # expected sentences in which the English term gave the Chinese one
    backward: NDArray[np.float64]  # and the reverse
    english_counts: NDArray[np.float64]  # (English words,) weighted sentences
    chinese_counts: NDArray[np.float64]
    sentences: float  # weighted


def _log_likelihood_ratio(
    both: NDArray[np.float64], first: float, second: NDArray[np.float64], total: float
) -> NDArray[np.float64]:
    """Dunning's statistic of terms found together; 0 where they are together less than chance has it."""

    def part(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
        observed = np.maximum(observed, 1e-9)
        result: NDArray[np.float64] = observed * np.log(observed / np.maximum(expected, 1e-12))
        return result

    rest = total - first
    ratio = 2 * (
        part(both, first * second / total)
        + part(first - both, first * (total - second) / total)
        + part(second - both, rest * second / total)
        + part(total - first - second + both, rest * (total - second) / total)
    )
    return np.where(both > first * second / total, ratio, 0.0)


_FEW_TOKENS = 50_000  # below this, sorting them is quicker than counting over the whole vocabulary
_BLOCK_LINKS = 8_000_000


class _Links:
    """Which term pair may explain which tokens: (pair, English token, Chinese token), in blocks of some millions."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Ints, Ints, Ints]] = []
        self._pieces: list[tuple[Ints, Ints, Ints]] = []
        self._size = 0

    def add(self, pair: Ints, english: Ints, chinese: Ints) -> None:
        self._pieces.append((pair, english, chinese))
        self._size += pair.size
        if self._size >= _BLOCK_LINKS:
            self.close()

    def close(self) -> None:
        """Make a block of what was added since the last."""
        if self._pieces:
            pair, english, chinese = (np.concatenate(column) for column in zip(*self._pieces, strict=True))
            self.blocks.append((pair, english, chinese))
        self._pieces, self._size = [], 0


def align(corpus: Corpus, recipe: Recipe) -> Alignment:
    """IBM model 1 in both directions over the associated pairs, with an empty word that takes what nothing explains."""
    weights = sentence_weights(corpus, recipe)
    total = float(weights.sum())
    english_sentences = np.repeat(np.arange(len(weights), dtype=np.int32), corpus.english_lengths)
    chinese_sentences = np.repeat(np.arange(len(weights), dtype=np.int32), corpus.chinese_lengths)
    chinese_starts = np.concatenate([[0], np.cumsum(corpus.chinese_lengths)])
    vocabulary = len(corpus.english_words), len(corpus.chinese_words)
    english_counts = _sums(corpus.english_tokens, weights[english_sentences], vocabulary[0])
    chinese_counts = _sums(corpus.chinese_tokens, weights[chinese_sentences], vocabulary[1])

    # Token positions of each English term, then its links: (pair, position in English, position in Chinese).
    order = np.argsort(corpus.english_tokens, kind="stable").astype(np.int32)
    first = np.searchsorted(corpus.english_tokens[order], np.arange(vocabulary[0] + 1))
    pair_of = np.full(vocabulary[1], -1, dtype=np.int32)
    pairs: list[tuple[Ints, Ints]] = []
    links = _Links()
    count = 0
    for word in np.flatnonzero(english_counts >= recipe.least_count):
        places = order[first[word] : first[word + 1]]
        rows = english_sentences[places]
        lengths = corpus.chinese_lengths[rows]
        ends = np.cumsum(lengths)
        opposite = np.repeat(chinese_starts[rows] - np.concatenate([[0], ends[:-1]]), lengths) + np.arange(ends[-1])
        facing = corpus.chinese_tokens[opposite]
        if facing.size < _FEW_TOKENS:
            partners, inverse = np.unique(facing, return_inverse=True)
            together = np.bincount(inverse, np.repeat(weights[rows], lengths))
        else:
            together = np.bincount(facing, np.repeat(weights[rows], lengths), vocabulary[1])
            partners = np.flatnonzero(together)
            together = together[partners]
        frequent = chinese_counts[partners] >= recipe.least_count
        partners, together = partners[frequent], together[frequent]
        association = _log_likelihood_ratio(together, float(english_counts[word]), chinese_counts[partners], total)
        good = association >= recipe.least_association
        partners, association = partners[good], association[good]
        if partners.size > recipe.most_links:
            best = np.argpartition(-association, recipe.most_links)[: recipe.most_links]
            partners = np.sort(partners[best])
        if not partners.size:
            continue
        pair_of[partners] = np.arange(count, count + partners.size, dtype=np.int32)
        linked = pair_of[facing]
        kept = np.flatnonzero(linked >= 0)
        links.add(linked[kept], np.repeat(places, lengths)[kept], opposite[kept].astype(np.int32))
        pair_of[partners] = -1
        pairs.append((np.full(partners.size, word, dtype=np.int32), partners.astype(np.int32)))
        count += partners.size
    links.close()
    english, chinese = (np.concatenate(column) for column in zip(*pairs, strict=True))
    log.info("%d term pairs, %d links", count, sum(block[0].size for block in links.blocks))

    english_weight, chinese_weight = weights[english_sentences], weights[chinese_sentences]
    towards_chinese = [(pair, at) for pair, _, at in links.blocks]
    towards_english = [(pair, at) for pair, at, _ in links.blocks]
    forward = _expected_counts(towards_chinese, corpus.chinese_tokens, chinese_weight, english, recipe.rounds)
    backward = _expected_counts(towards_english, corpus.english_tokens, english_weight, chinese, recipe.rounds)
    return Alignment(english, chinese, forward, backward, english_counts, chinese_counts, total)


def _expected_counts(
    links: Sequence[tuple[Ints, Ints]], tokens: Ints, token_weights: Floats, given: Ints, rounds: int
) -> NDArray[np.float64]:
    """(pairs,) how often, in weighted sentences, the `given` term of each pair makes the other.

    `links`: blocks of (which pair, which token of the made language it may explain).
    """
    counts = np.ones(len(given))
    vocabulary = int(tokens.max()) + 1
    nothing = _sums(tokens, token_weights, vocabulary)
    nothing /= nothing.sum()
    for number in range(rounds):
        masses = _sums(given, counts, int(given.max()) + 1)
        probability = (counts / np.maximum(masses, 1e-9)[given]).astype(np.float32)
        explained = np.zeros(len(tokens))
        for pair, at in links:
            low, high = int(at.min()), int(at.max()) + 1
            explained[low:high] += _sums(at - low, probability[pair], high - low)
        by_nothing = nothing[tokens]
        scale = (token_weights / (explained + by_nothing)).astype(np.float32)
        counts = np.zeros(len(given))
        for pair, at in links:
            low, high = int(pair.min()), int(pair.max()) + 1
            counts[low:high] += _sums(pair - low, probability[pair] * scale[at], high - low)
        nothing = _sums(tokens, by_nothing * scale, vocabulary)
        nothing /= nothing.sum()
        log.info("round %d: %.3f explained", number + 1, counts.sum() / token_weights.sum())
    return counts


def _sums(numbers: NDArray[np.integer[Any]], values: NDArray[np.floating[Any]], size: int) -> NDArray[np.float64]:
    """(size,) the sum of the values of each number."""
    return np.asarray(np.bincount(numbers, values, size), dtype=np.float64)


# The table


Entries = dict[str, list[tuple[str, float]]]

_ENGLISH_TERM = re.compile(r"[a-z]+|\d+")


def choose(corpus: Corpus, aligned: Alignment, recipe: Recipe) -> Entries:
    """The best translations of each term, best first, the most frequent terms first.

    The weight of a pair is the geometric mean of P(Chinese | English) and P(English | Chinese), with the geometric
    mean of both directions' expected counts as its count: a translation must be found from either side.
    """
    english_counts = aligned.english_counts[aligned.english]
    chinese_counts = aligned.chinese_counts[aligned.chinese]
    fewest = np.minimum(english_counts, chinese_counts)
    together = np.sqrt(np.minimum(aligned.forward, fewest) * np.minimum(aligned.backward, fewest))
    together = np.maximum(together - recipe.discount, 0.0)
    weight = together / np.sqrt(english_counts * chinese_counts)
    usable = (
        (weight >= recipe.least_probability)
        & (together >= recipe.least_together)
        & (np.maximum(english_counts, chinese_counts) < recipe.most_common * aligned.sentences)
        & np.array([bool(_ENGLISH_TERM.fullmatch(word)) for word in corpus.english_words])[aligned.english]
        & np.array([bool(_HAN_CHARACTER.match(word)) for word in corpus.chinese_words])[aligned.chinese]
    )
    entries: Entries = {}
    frequency: dict[str, float] = {}
    for terms_of, counts, others, words, other_words in (
        (aligned.english, english_counts, aligned.chinese, corpus.english_words, corpus.chinese_words),
        (aligned.chinese, chinese_counts, aligned.english, corpus.chinese_words, corpus.english_words),
    ):
        chosen = np.flatnonzero(usable)
        for entry in chosen[np.lexsort((others[chosen], -weight[chosen], terms_of[chosen]))]:
            word = words[terms_of[entry]]
            translations = entries.setdefault(word, [])
            frequency[word] = float(counts[entry])
            if len(translations) < recipe.most_translations:
                translations.append((other_words[others[entry]], float(weight[entry])))
    vague = {
        word
        for word, found in entries.items()
        if frequency[word] >= recipe.common * aligned.sentences and found[0][1] < recipe.least_sure
    }
    return {word: entries[word] for word in sorted(entries.keys() - vague, key=lambda word: (-frequency[word], word))}


def write_within(path: Path, entries: Entries, most_bytes: int) -> int:
    """Write the lexicon, without its rarest terms where it would be larger; returns how many terms it has."""
    words = list(entries)
    while (size := write(path, {word: entries[word] for word in words})) > most_bytes:
        words = words[: int(len(words) * most_bytes / size * 0.98)]
    log.info("%d terms, %d translations, %d bytes", len(words), sum(len(entries[word]) for word in words), size)
    return len(words)


def development_texts(folder: Path) -> Iterator[str]:
    """The texts of the held-out documents, in both languages."""
    for language in ("en", "zh"):
        with lzma.open(folder / f"sections.{language}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for section in map(json.loads, lines):
                if held_out(section["source"] + section["doc"]):
                    yield section["text"]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m index.training.lexicon", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds parallel/pairs.tsv.xz")
    parser.add_argument("--out", type=Path, required=True, help="the lexicon to write, index/lexicon.bin")
    parser.add_argument(
        "--keep-out", type=Path, required=True, help="folder of evaluation sets (.json, .tsv) that no pair may share"
    )
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = Recipe()
    parallel: Path = options.data / "parallel"
    guard = Guard(text for path in sorted(options.keep_out.iterdir()) for text in texts_in(path))
    development = Guard(development_texts(parallel))
    corpus = read_corpus(parallel / "pairs.tsv.xz", guard, development, recipe)
    write_within(options.out, choose(corpus, align(corpus, recipe), recipe), recipe.most_bytes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
