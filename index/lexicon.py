"""The bilingual term lexicon: which terms of the other language stand for a term, and how surely.

Learned from sentence pairs by `index.training.lexicon`, over the terms of `index.terms`: English stems, Chinese
characters and character pairs. A Chinese word of three or four characters shows as several overlapping pairs. Not in
it: function words, most names, and terms that both languages write alike (GPU, 2025), which translate to themselves.

The file is one line of magic and SHA-256, then zlib: lines of `term percent translation percent translation …`, sorted
by the bytes of the term. It stays one block in memory, and a look-up reads one line of it, so that opening is quick.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Set
from functools import cache, lru_cache
from pathlib import Path

from index.errors import LexiconDamaged

_MAGIC = b"tongwen-lexicon-1"
_BUNDLED = Path(__file__).with_name("lexicon.bin")
_MOST_BYTES = 64 << 20  # of the unpacked lines; a file that claims more is not ours

Translations = tuple[tuple[str, float], ...]  # (term of the other language, weight 0 to 1), best first


class Lexicon:
    """An opened lexicon. Immutable, and so safe to share between threads."""

    def __init__(self, lines: bytes) -> None:
        """`lines` as `pack` sorts them: each starts and ends with a line break."""
        self._lines = lines

    @classmethod
    def open(cls, path: Path) -> Lexicon:
        """The lexicon in a file; raises `LexiconDamaged` where it is not what `write` wrote."""
        try:
            header, _, packed = path.read_bytes().partition(b"\n")
        except OSError as error:
            raise LexiconDamaged(f"cannot read the lexicon {path}: {error}; install the program again") from error
        magic, _, digest = header.partition(b" ")
        if magic != _MAGIC or digest.decode("ascii", "replace") != hashlib.sha256(packed).hexdigest():
            raise LexiconDamaged(f"the lexicon {path} is damaged; install the program again")
        unpacker = zlib.decompressobj()
        lines = unpacker.decompress(packed, _MOST_BYTES)
        if not unpacker.eof:
            raise LexiconDamaged(f"the lexicon {path} is larger than {_MOST_BYTES >> 20} MB; install the program again")
        return cls(lines)

    def translations(self, term: str) -> Translations:
        """The terms of the other language for `term`, best first; empty where the lexicon does not know it.

        A weight is 0 to 1: how surely a passage that holds the translation speaks of `term`. Weights of one term do
        not sum to 1, for a word of several characters shows as several terms.
        """
        key = term.encode()
        low, high = 0, len(self._lines) - 1  # line breaks: the line sought starts after one from `low` up to `high`
        while low < high:
            start = self._lines.rfind(b"\n", low, (low + high) // 2 + 1) + 1
            end = self._lines.index(b"\n", start)
            found, _, rest = self._lines[start:end].partition(b" ")
            if found == key:
                return _read(rest)
            low, high = (end, high) if found < key else (low, start - 1)
        return ()

    def __len__(self) -> int:
        """How many terms have translations."""
        return self._lines.count(b"\n") - 1


def _read(fields: bytes) -> Translations:
    words = fields.decode().split(" ")
    return tuple((word, int(percent) / 100) for percent, word in zip(words[::2], words[1::2], strict=True))


def write(path: Path, entries: Mapping[str, Iterable[tuple[str, float]]]) -> int:
    """Write a lexicon and return its size in bytes; weights are kept to a hundredth, and never as 0."""
    lines = [
        b" ".join([term.encode(), *(f"{max(1, round(100 * weight))} {word}".encode() for word, weight in translations)])
        for term, translations in entries.items()
    ]
    lines.sort(key=lambda line: line.partition(b" ")[0])
    packed = zlib.compress(b"\n" + b"".join(line + b"\n" for line in lines), 9)
    path.write_bytes(_MAGIC + b" " + hashlib.sha256(packed).hexdigest().encode() + b"\n" + packed)
    return path.stat().st_size


@cache
def bundled_lexicon() -> Lexicon:
    """The lexicon that comes with the program, opened once; raises `LexiconDamaged`."""
    return Lexicon.open(_BUNDLED)


@lru_cache(maxsize=20_000)
def translations_of(term: str) -> Translations:
    """What the bundled lexicon has for the term; remembered, for the sentences of an answer repeat their terms."""
    return bundled_lexicon().translations(term)


def stands_in(term: str, words: Set[str]) -> bool:
    """Whether `words`, the terms of a text in either language, hold the term or a translation of it."""
    return term in words or any(word in words for word, _ in translations_of(term))
