"""How many texts are read exactly from each encoding, by script and length; and files of two encodings, refused whole.

python -m tests.torture.encoding_matrix [SLICES]    prints the table, of that many slices a cell (200)

Texts: the project's articles and sample, as they are and converted to traditional; beside the checkout, where they
are, XQuAD in Chinese (simplified), DRCD (traditional) and NTREX. Lengths count characters.
"""

from __future__ import annotations

import codecs
import json
import lzma
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from index.decoding import decode
from index.errors import UndecodableText

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared"
SCRIPTS = ("simplified", "traditional", "mixed")
LENGTHS = (20, 50, 200, None)  # None: the whole text

_FOUR_BYTES = "䶮㐂㛃𠮷𫍯𬱖𪚥𤭢"  # in names and place names; four bytes each in GB 18030
_HONG_KONG = "嘅啲咗嚟冇啱嗰喺𨋢𠺢"  # in the supplement alone


def _only(codec: str) -> Callable[[str], str]:
    """Without the characters that the encoding does not have."""
    return lambda text: "".join(character for character in text if _round_trips(character, codec))


@cache
def _round_trips(character: str, codec: str) -> bool:
    """Whether the encoding has the character, at a place where all programs that read it have the same."""
    code = character.encode(codec, "ignore")
    # Python's Big5 has Cyrillic and kana where the supplement and the Encoding Standard have numbers and other kana,
    # and some symbols, • for one, become the bytes of another.
    elsewhere = b"\xc6\xa1" <= code <= b"\xc8\xfe"
    symbol = code[:1] in (b"\xa1", b"\xa2") and code.decode("cp950", "ignore") != character
    return bool(code) and not (codec in ("cp950", "big5hkscs") and (elsewhere or symbol))


def _with_some(characters: str) -> Callable[[str], str]:
    """With one in ten ideographs replaced by one of these."""

    def replace(text: str) -> str:
        places = [place for place, character in enumerate(text) if "\u4e00" <= character <= "\u9fff"]
        pieces = list(text)
        for turn, place in enumerate(places[len(text) % 7 :: 10]):
            pieces[place] = characters[(turn + len(text)) % len(characters)]
        return "".join(pieces)

    return replace


@dataclass(frozen=True, slots=True)
class Encoding:
    codec: str
    mark: bytes = b""
    scripts: tuple[str, ...] = SCRIPTS
    prepare: Callable[[str], str] = str
    may_refuse: bool = False  # where it cannot be told for certain what it is


ENCODINGS = {
    "UTF-8": Encoding("utf-8"),
    "UTF-8 with mark": Encoding("utf-8", codecs.BOM_UTF8),
    "UTF-16 LE with mark": Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    "UTF-16 BE with mark": Encoding("utf-16-be", codecs.BOM_UTF16_BE),
    "UTF-32 LE with mark": Encoding("utf-32-le", codecs.BOM_UTF32_LE),
    "UTF-32 BE with mark": Encoding("utf-32-be", codecs.BOM_UTF32_BE),
    "UTF-16 LE": Encoding("utf-16-le", may_refuse=True),
    "UTF-16 BE": Encoding("utf-16-be", may_refuse=True),
    "GBK": Encoding("gbk", prepare=_only("gbk")),
    "GB 18030, four bytes": Encoding("gb18030", prepare=_with_some(_FOUR_BYTES)),
    "Big5": Encoding("cp950", scripts=("traditional", "mixed"), prepare=_only("cp950")),
    "Big5-HKSCS": Encoding(
        "big5hkscs",
        scripts=("traditional", "mixed"),
        prepare=lambda text: _with_some(_HONG_KONG)(_only("big5hkscs")(text)),
    ),
}


@dataclass(slots=True)
class Cell:
    """What came of the texts of one encoding, script and length."""

    n: int = 0
    exact: int = 0
    refused: int = 0
    mojibake: list[tuple[str, str]] = field(default_factory=list)  # (written, read)

    def count(self, text: str, content: bytes) -> None:
        self.n += 1
        try:
            found = decode(content).text
        except UndecodableText:
            self.refused += 1
            return
        if found == text:
            self.exact += 1
        else:
            self.mojibake.append((text, found))


# Texts


def own_texts() -> dict[str, list[str]]:
    """Those of the project, by script."""
    folder = ROOT / "evals" / "development"
    chinese = [path.read_text("utf-8") for path in sorted(folder.glob("*.zh.md"))]
    chinese.append((ROOT / "index" / "sample" / "capex.zh.md").read_text("utf-8"))
    english = [path.read_text("utf-8") for path in sorted(folder.glob("*.en.md"))]
    return _by_script(chinese, list(map(_to_traditional, chinese)), english)


def shared_texts() -> dict[str, list[str]]:
    """XQuAD and DRCD; empty where they are not beside the checkout."""
    xquad = SHARED / "eval-data" / "xquad.zh.json"
    drcd = SHARED / "training-data" / "qa" / "drcd.dev.jsonl.xz"
    if not (xquad.exists() and drcd.exists()):
        return {}
    with lzma.open(drcd, "rt", encoding="utf-8") as file:
        traditional = sorted({json.loads(line)["context"] for line in file})
    english = _paragraphs(xquad.with_name("xquad.en.json"))
    return _by_script(_paragraphs(xquad), traditional, english)


def _by_script(simplified: list[str], traditional: list[str], english: list[str]) -> dict[str, list[str]]:
    """The mixed texts have Chinese and English sentences by turns, the Chinese half simplified, half traditional."""
    halves = [chinese[number % 2] for number, chinese in enumerate(zip(simplified, traditional, strict=False))]
    mixed = [_interleave(chinese, other) for chinese, other in zip(halves, english, strict=False)]
    return {"simplified": simplified, "traditional": traditional, "mixed": mixed}


def _interleave(chinese: str, english: str) -> str:
    pieces = zip(chinese.split("。"), english.split(". "), strict=False)
    return "".join(f"{one}。{other}. " for one, other in pieces)


def _paragraphs(path: Path) -> list[str]:
    articles = json.loads(path.read_text("utf-8"))["data"]
    return [paragraph["context"].lstrip("\ufeff") for article in articles for paragraph in article["paragraphs"]]


def _to_traditional(text: str) -> str:
    from opencc import OpenCC

    return str(OpenCC("s2t").convert(text))


# Measuring


def slices(
    texts: Sequence[str], length: int | None, count: int, draw: random.Random, least: int = 5, most: int = 1000
) -> Iterator[str]:
    """`count` stretches of that length drawn from the texts, each with some ideographs in it; or whole texts."""
    if length is None:
        yield from draw.sample(texts, min(count, len(texts)))
        return
    long = [text for text in texts if len(text) >= length]
    while count:
        text = draw.choice(long)
        start = draw.randrange(len(text) - length + 1)
        piece = text[start : start + length]
        if least <= sum("\u4e00" <= character <= "\u9fff" for character in piece) <= most:
            yield piece
            count -= 1


Matrix = dict[tuple[str, str, int | None], Cell]


def measure(texts: dict[str, list[str]], count: int, seed: int) -> Matrix:
    """A cell for each encoding, script and length. A slice is drawn again where the encoding leaves nothing of it."""
    matrix: Matrix = {}
    for name, encoding in ENCODINGS.items():
        for script in encoding.scripts:
            prepared = [encoding.prepare(text) for text in _fitting(texts[script], encoding)]
            for length in LENGTHS:
                cell = matrix[name, script, length] = Cell()
                for text in slices(prepared, length, count, random.Random(f"{seed} {name} {script} {length}")):
                    cell.count(text, encoding.mark + text.encode(encoding.codec))
    return matrix


def measure_short(texts: dict[str, list[str]], count: int, seed: int) -> Matrix:
    """The cells of 20 and 50 characters in which only one to four are ideographs: there is little to decide by."""
    matrix: Matrix = {}
    for name, encoding in ENCODINGS.items():
        prepared = [encoding.prepare(text) for text in _fitting(texts["mixed"], encoding)]
        for length in (20, 50):
            cell = matrix[name, "mixed", length] = Cell()
            for text in slices(prepared, length, count, random.Random(f"{seed} {name} {length}"), 1, 4):
                cell.count(text, encoding.mark + text.encode(encoding.codec))
    return matrix


def _fitting(texts: Sequence[str], encoding: Encoding) -> list[str]:
    """The texts of which the encoding has nearly all characters: no simplified text is in Big5."""
    return [
        text for text in texts if len(text.encode(encoding.codec, "ignore").decode(encoding.codec)) > 0.98 * len(text)
    ]


def measure_two_encodings(texts: dict[str, list[str]], count: int, seed: int) -> Cell:
    """Files that begin in one encoding and go on in another, mid-line or on a line of its own.

    Right is a refusal. Whatever text comes out is wrong, unless both parts are read exactly.
    """
    draw = random.Random(f"{seed} two")
    codecs_of = {"utf-8": "simplified", "gbk": "simplified", "cp950": "traditional", "utf-16-le": "simplified"}
    cell = Cell()
    for _ in range(count):
        first, second = draw.sample(sorted(codecs_of), 2)
        parts = []
        for codec in (first, second):
            length = draw.choice((20, 50, 200))
            text = next(slices(texts[codecs_of[codec]], length, 1, draw))
            parts.append(_only(codec)(text) if codec in ("gbk", "cp950") else text)
        between = draw.choice(("\n", ""))
        content = (parts[0] + between).encode(first) + parts[1].encode(second)
        cell.count(parts[0] + between + parts[1], content)
    return cell


def table(matrix: Matrix) -> str:
    """Exact / refused / mojibake of n, a row for each encoding and script, a column for each length."""
    rows = [["encoding", "script", *(str(length or "whole") for length in LENGTHS)], ["---"] * (2 + len(LENGTHS))]
    for name, encoding in ENCODINGS.items():
        for script in encoding.scripts:
            cells = [matrix[name, script, length] for length in LENGTHS]
            shown = [f"{cell.exact} / {cell.refused} / {len(cell.mojibake)}" for cell in cells]
            rows.append([name, script, *shown])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = 21
    for what, texts in (("the project's texts", own_texts()), ("XQuAD and DRCD", shared_texts())):
        if not texts:
            print(f"{what}: not beside this checkout")
            continue
        print(f"{what}: exact / refused / mojibake, seed {seed}\n\n{table(measure(texts, count, seed))}\n")
        two = measure_two_encodings(texts, count, seed)
        print(f"two encodings in one file: {two.refused} of {two.n} refused, {two.exact} exact\n")
        for written, read in two.mojibake[:8]:
            print(f"  written {written!r}\n  read    {read!r}")


if __name__ == "__main__":
    main()
