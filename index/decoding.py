"""Bytes into text, exactly or not at all: which encoding a file is in, and the refusal where that cannot be decided.

Valid UTF-8 is UTF-8. Other bytes are read in every charset that takes them, and the reading that looks most like
written Chinese or English (`index.plausibility`) wins, where it looks like that by itself, clearly beats the others,
and no stretch of it looks like another encoding. Told apart are GB 18030 (with GBK and GB 2312), Big5 (with HKSCS),
UTF-16 without a mark, and windows-1252 in English text. Other charsets are read only where they are declared.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from index.charsets import SEVEN_BIT, UNMARKED, Charset, declared_codec, read_as, uses_hong_kong_supplement
from index.errors import UndecodableText

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ADVICE = "save it as UTF-8 and add it again"
_TRIED = "UTF-8, UTF-16, GB18030, Big5 and windows-1252"
_NOT_TEXT = "is not a text file (it holds NUL bytes); supported are text files: save it as UTF-8 text, or leave it out"

# The best reading must be e^5, about 150 times, as probable as the second.
_MARGIN = 5.0
# A lowest mean log-probability of the characters beyond ASCII: written Chinese has -7.0, GB 18030 read as Big5 -12.4,
# Big5 as GB 18030 -15.2, UTF-8 as either -13.5. The second is divided by the root of the number of characters.
_LEAST_MEAN, _SHORT_TEXT = -8.8, 8.0
_MOST_KANA = 0.3
# Characters less probable than this raise the doubt whether a stretch is read rightly, others lower it.
_PLAUSIBLE = -9.3
_LEAST_DOUBT = 5.0
_STRETCH_MARGIN = 15.0
_MOST_STRETCHES = 300  # the worst ones of a file
_MOST_DOUBT_UNMARKED = 40.0  # more makes UTF-16 without a mark unbelievable
_RARE = -15.0  # no character of the stretch counts as rarer: a private one may well be meant

# How much more probable a file is in UTF-8, or less in UTF-16 without a mark, before it is looked at.
_USUAL = {"utf-8": 5.0, "utf-16-le": -12.0, "utf-16-be": -12.0}
_ASCII_BYTE, _HIGH_BYTE, _CONTROL_BYTE = -4.0, -9.0, -25.0
_DECLARED = 15.0  # how much more probable the declared charset is
_CHANCE_SEQUENCES = 8  # so few characters beyond ASCII may be valid UTF-8 and another charset's by chance


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of some bytes, and the name of the encoding that they were in."""

    text: str
    encoding: str  # "utf-8", "utf-16-le", "gb18030", "big5", "big5-hkscs", "windows-1252", …


def decode(content: bytes, declared: str | None = None) -> Decoded:
    """The text of `content` without its byte order mark.

    `declared` is the charset that the content or its envelope names: it is believed where the bytes are valid in it
    and no other reading is plausible and clearly better. Raises `UndecodableText`, whose text has no subject
    ("is not …"), so that the caller can put the file's name before it.
    """
    marked = _decode_marked(content)
    if marked is not None:
        return marked
    if b"\0" in content:
        return _decode_wide(content)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(content, error.start)
        return _decode_legacy(content, declared)
    if _is_surely_utf8(text, content, declared_codec(declared)):
        return Decoded(text, "utf-8")
    return _decode_legacy(content, declared)


def _is_surely_utf8(text: str, content: bytes, declared: str | None) -> bool:
    """Whether bytes that are valid UTF-8 cannot well be anything else."""
    if text.isascii():
        return declared not in SEVEN_BIT or not (b"~{" in content or b"\x1b" in content)
    return len(text) - len(text.encode("ascii", "ignore")) > _CHANCE_SEQUENCES


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)


def _decode_marked(content: bytes) -> Decoded | None:
    """The text after a byte order mark; None where there is no mark."""
    for mark, encoding in _MARKS:
        if not content.startswith(mark):
            continue
        try:
            text = content[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            raise UndecodableText(
                f"begins with the mark of {encoding.upper()} but is not valid in it "
                f"(byte {len(mark) + error.start}); {_ADVICE}"
            ) from error
        if "\0" in text:
            raise UndecodableText(_NOT_TEXT)
        return Decoded(text, encoding)
    return None


def _refuse_damaged_utf8(content: bytes, position: int) -> None:
    """Raise where the bytes are UTF-8 but for a few: read as anything else they would be mojibake.

    Only sequences of three bytes and more count: pairs are valid by chance in Big5 and GBK.
    """
    good = sum(len(run[0]) for run in _LONG_SEQUENCES.finditer(content))
    bad = len(content) - len(content.translate(None, bytes(range(0x80, 0x100)))) - good
    if good > 2 * bad:
        raise UndecodableText(
            f"is not UTF-8 text (byte {position}): it is cut short, damaged or of two encodings; {_ADVICE}"
        )


_LONG_SEQUENCES = re.compile(rb"(?:[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")


class _Reading:
    """The content as text of one charset, and how it looks."""

    def __init__(self, text: str, encoding: str) -> None:
        from index.plausibility import scores

        self.text = text
        self.encoding = encoding
        self.scores = scores(text)
        self.score = float(self.scores.sum(dtype="float64")) + _USUAL.get(encoding, 0.0)

    @cached_property
    def _codes(self) -> NDArray[np.uint32]:
        import numpy as np

        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)

    @cached_property
    def beyond(self) -> NDArray[np.bool_]:
        """Which characters count where it is judged by itself: all but those of ASCII that can be printed."""
        import numpy as np

        printed = (self._codes >= 0x20) & (self._codes <= 0x7E)
        return ~(printed | np.isin(self._codes, (0x09, 0x0A, 0x0C, 0x0D)))

    @cached_property
    def is_plausible(self) -> bool:
        """Whether its characters beyond ASCII are, on the whole, those of written Chinese or English."""
        beyond = self.scores[self.beyond]
        if not len(beyond):
            return True
        kana = int(((self._codes >= 0x3041) & (self._codes <= 0x30FE)).sum())
        if kana > _MOST_KANA * len(beyond):
            return False  # the kana of EUC-JP are those of GB 18030, its ideographs are not
        return bool(beyond.mean() >= _LEAST_MEAN - _SHORT_TEXT / len(beyond) ** 0.5)


def _read(content: bytes, charsets: Iterable[tuple[str, Charset]]) -> Iterator[_Reading]:
    """The readings in which all of `content` is valid."""
    for encoding, read in charsets:
        try:
            text = read(content)
        except UnicodeDecodeError:
            continue
        yield _Reading(text, encoding)


_UTF8: tuple[str, Charset] = ("utf-8", lambda content: content.decode("utf-8"))


def _decode_wide(content: bytes) -> Decoded:
    """Bytes with NULs are UTF-16 without a mark, or no text."""
    wide = ((name, charset) for name, charset in UNMARKED.items() if name.startswith("utf-16"))
    readings = [reading for reading in _read(content, wide) if not _CONTROLS.search(reading.text)]
    if not any(reading.is_plausible for reading in readings):
        raise UndecodableText(_NOT_TEXT)
    return _decide(content, readings)


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")


def _decode_legacy(content: bytes, declared: str | None) -> Decoded:
    """Bytes that are not UTF-8, or are so perhaps by chance."""
    readings = list(_read(content, [_UTF8, *UNMARKED.items()]))
    codec = declared_codec(declared)
    named = next(_read(content, [read_as(codec)]), None) if codec else None
    if named is None:
        return _decide(content, readings)
    others = [reading for reading in readings if reading.text != named.text and reading.is_plausible]
    if all(named.score + _DECLARED >= reading.score for reading in others):
        return _decoded(content, named)
    return _decide(content, readings)


def _decide(content: bytes, readings: list[_Reading]) -> Decoded:
    """The reading that is plausible and clearly the best of all. Raises `UndecodableText`."""
    ranked = sorted(readings, key=lambda reading: -reading.score)
    if not ranked or not _is_credible(content, ranked[0]):
        raise UndecodableText(
            f"is not UTF-8 text, and read in no other encoding it makes sense (tried {_TRIED}); {_ADVICE}"
        )
    best = ranked[0]
    rival = next((reading for reading in ranked if reading.text != best.text), None)
    if rival is not None and best.score - rival.score < _MARGIN and best.encoding != "utf-8":
        advice = "save it as UTF-8 with a byte order mark and add it again" if rival.encoding == "utf-8" else _ADVICE
        raise UndecodableText(
            f"may be in {best.encoding} or in {rival.encoding}, which cannot be decided (tried {_TRIED}); {advice}"
        )
    if not _is_of_one_piece(best):
        raise UndecodableText(f"is in {best.encoding} only in part, the rest in another encoding; {_ADVICE}")
    return _decoded(content, best)


def _is_credible(content: bytes, reading: _Reading) -> bool:
    """Whether a reading is plausible by itself; bytes that are valid UTF-8 are so by that alone."""
    if reading.encoding == "utf-8":
        return True
    return reading.is_plausible and reading.score - _score_unknown(content) >= _MARGIN


def _score_unknown(content: bytes) -> float:
    """The score of the bytes as letters of an encoding that is not known, ASCII being as it is."""
    high = content.translate(None, bytes(range(0x80)))
    controls = content.translate(None, bytes(range(0x20, 0x100)) + b"\t\n\r\f")
    ascii_letters = len(content) - len(high) - len(controls)
    return _ASCII_BYTE * ascii_letters + _HIGH_BYTE * len(high) + _CONTROL_BYTE * len(controls)


def _decoded(content: bytes, reading: _Reading) -> Decoded:
    supplement = reading.encoding == "big5" and uses_hong_kong_supplement(content)
    return Decoded(reading.text, "big5-hkscs" if supplement else reading.encoding)


# Files of two encodings


def _is_of_one_piece(reading: _Reading) -> bool:
    """Whether no stretch of a reading is unlike writing and like it in another encoding."""
    wide = reading.encoding.startswith("utf-16")
    return not any(
        (wide and doubt > _MOST_DOUBT_UNMARKED) or _is_better_otherwise(stretch, reading.encoding)
        for stretch, doubt in _doubtful_stretches(reading)
    )


def _doubtful_stretches(reading: _Reading) -> Iterator[tuple[str, float]]:
    """(text, doubt) where implausible characters crowd, worst first: the excursions of a CUSUM chart (Page 1954).

    Plausible characters count against the doubt, so that it starts at each stretch from nothing.
    """
    import numpy as np

    places = np.flatnonzero(reading.beyond)
    if not len(places):
        return
    sums = np.cumsum(_PLAUSIBLE - reading.scores[places], dtype=np.float64)
    lowest = np.minimum(np.minimum.accumulate(sums), 0.0)
    doubts = sums - lowest
    starts = np.flatnonzero(np.concatenate([[True], lowest[1:] < lowest[:-1]]))
    peaks = np.maximum.reduceat(doubts, starts)
    ends = np.append(starts[1:], len(places))
    worst = np.argsort(-peaks, kind="stable")[:_MOST_STRETCHES]
    for number in worst[peaks[worst] >= _LEAST_DOUBT]:
        start, end = starts[number], ends[number]
        peak = start + int(np.argmax(doubts[start:end]))
        first = start + int(doubts[start] == 0)
        yield reading.text[places[first] : places[peak] + 1], float(peaks[number])


def _is_better_otherwise(stretch: str, encoding: str) -> bool:
    """Whether the bytes of a stretch look like writing in another encoding.

    The stretch may begin or end within a character of the other encoding: what is cut off there counts as unknown.
    ASCII that comes of UTF-16's ideographs proves nothing.
    """
    import numpy as np

    from index.plausibility import scores

    wide = encoding.startswith("utf-16")
    own = float(np.maximum(scores(stretch), _RARE).sum(dtype="float64"))
    raw = stretch.encode({"big5": "big5hkscs", "windows-1252": "cp1252"}.get(encoding, encoding), "ignore")
    for codec in _OTHERWISE:
        for offset in range(2):
            text = raw[offset:].decode(codec, "replace")
            whole = text.removesuffix("\ufffd")
            left_out = _HIGH_BYTE * (offset + len(text) - len(whole))
            if wide and len(whole) > 2 * sum(map(len, _BEYOND_ASCII.findall(whole))):
                continue
            better = float(scores(whole).sum(dtype="float64")) + left_out > own + _STRETCH_MARGIN
            if better and _Reading(whole, codec).is_plausible:
                return True
    return False


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_OTHERWISE = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
