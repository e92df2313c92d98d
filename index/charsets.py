"""The charsets that are read: how the bytes of each become text, and the names under which they are declared.

Big5 is read as Windows and the WHATWG's Encoding Standard read it: the symbols that the Big5 tables of other systems
place elsewhere (‧ ～ ⊕ ￥ …) are those of Windows.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping

Charset = Callable[[bytes], str]  # raises `UnicodeDecodeError` where the bytes are not valid in it


def _read_gb18030(content: bytes) -> str:
    """GB 18030 with the euro sign of Windows' code page 936, a single byte that GB 18030 does not use."""
    return content.decode("gb18030", _EURO_HANDLER)


def _euro_at_0x80(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


_EURO_HANDLER = "tongwen.euro-at-0x80"
codecs.register_error(_EURO_HANDLER, _euro_at_0x80)

# What Python's HKSCS table and Windows make of the same bytes.
_WINDOWS_SYMBOLS = str.maketrans("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡")


def _read_big5(content: bytes) -> str:
    """Big5 with the Hong Kong supplement, or, where that fails, with the seven characters that only Windows has."""
    try:
        return content.decode("big5hkscs").translate(_WINDOWS_SYMBOLS)
    except UnicodeDecodeError:
        return content.decode("cp950")


def uses_hong_kong_supplement(content: bytes) -> bool:
    """Whether content that is valid as Big5 is so only with the Hong Kong supplement."""
    try:
        content.decode("cp950")
    except UnicodeDecodeError:
        return True
    return False


def _read_windows_1252(content: bytes) -> str:
    """Western text that is English: other languages share their bytes with windows-1250 and its like."""
    text = content.decode("cp1252") if _high_share(content) <= _MOST_HIGH_BYTES else ""
    words = re.findall(r"[^\W\d_]+", text)
    common = sum(word.lower() in _ENGLISH_WORDS for word in words)
    foreign = sum(not word.isascii() for word in words)
    if not words or common < 0.15 * len(words) or foreign > 1 + 0.05 * len(words) or _INNER_CAPITAL.search(text):
        raise UnicodeDecodeError("cp1252", content, 0, 1, "not English")
    return text


_MOST_HIGH_BYTES = 0.2
_INNER_CAPITAL = re.compile(r"[a-z][À-ÞŠŽŸ]")  # Mac OS Roman read as windows-1252: "donÕt"
_COMMON_WORDS = (
    "the of and to in is are was were be been it its that this these for on with as by from at or not but have has "
    "had he she they we you his her their our your an which who will would can could do does did if than then there "
    "when what how all more about into after before over also only"
)
_ENGLISH_WORDS = frozenset(_COMMON_WORDS.split())


def _high_share(content: bytes) -> float:
    return len(content.translate(None, bytes(range(0x80)))) / max(1, len(content))


# Those that are told apart by what the text looks like.
UNMARKED: Mapping[str, Charset] = {
    "gb18030": _read_gb18030,
    "big5": _read_big5,
    "utf-16-le": lambda content: content.decode("utf-16-le"),
    "utf-16-be": lambda content: content.decode("utf-16-be"),
    "windows-1252": _read_windows_1252,
}

# Charsets of ASCII bytes alone: valid UTF-8, and nonsense as such.
SEVEN_BIT = frozenset({"hz", "iso2022_jp", "iso2022_kr"})

# Python's names of what may be declared besides those of `UNMARKED`, and what the web reads instead of some names.
_DECLARABLE = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "cp932", "euc_jp", "cp949", "koi8-r", "koi8-u"}
    | {"mac-roman", "cp437", "cp850", "cp866", "cp874"}
    | {f"cp125{number}" for number in range(9)}
    | {f"iso8859-{number}" for number in range(2, 17)}
    | SEVEN_BIT
)
_READ_AS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5hkscs": "big5",
    "cp950": "big5",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
_SHOWN = {"cp1252": "windows-1252", "cp932": "shift_jis", "cp949": "euc-kr", "euc_jp": "euc-jp", "hz": "hz-gb-2312"}


def declared_codec(declared: str | None) -> str | None:
    """Python's name of a declared charset; None where none is declared, or one that is not known.

    No other codec can be named: Python also has some that are no charsets.
    """
    label = (declared or "").strip().strip("\"'").lower().removeprefix("x-")
    if not re.fullmatch(r"[a-z0-9_:.-]{2,40}", label):
        return None
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    name = _READ_AS.get(name, name)
    return name if name in _DECLARABLE else None


def read_as(codec: str) -> tuple[str, Charset]:
    """The shown name and the reading of a charset of `declared_codec`."""
    if codec in ("gb18030", "big5"):
        return codec, UNMARKED[codec]
    return _SHOWN.get(codec, codec), lambda content: content.decode(codec)
