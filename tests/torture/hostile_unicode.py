"""Texts in Chinese, English and both with what Unicode has to trip over, and other ways to write a question."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

_SENTENCES = (
    "亚马逊今年的资本支出是 2000 亿美元。",
    "Amazon will spend 200 billion dollars this year.",
    "董事会在三月批准了预算，股价下跌了百分之五！",
    "The board approved the budget in March, and shares fell 5%!",
    "亚马逊 CEO Andy Jassy 说 capex 将达到 2000 亿 dollars。",
    "资本支出由谁决定？由董事会决定；",
    "# 预算\n\n今年的预算。\r\n",
    "臺灣的資本支出增加了「兩成」。",
)
HOSTILE: dict[str, Callable[[random.Random], str]] = {
    "lone surrogate": lambda draw: chr(draw.randrange(0xD800, 0xE000)),
    "NUL": lambda draw: "\0" * draw.randrange(1, 4),
    "control": lambda draw: chr(draw.choice((*range(1, 32), *range(0x7F, 0xA0)))),
    "noncharacter": lambda draw: chr(draw.choice((0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF))),
    "zero width": lambda draw: draw.choice("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e") * draw.randrange(1, 4),
    "bidi": lambda draw: draw.choice("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"),
    "tags": lambda draw: "".join(chr(0xE0000 + draw.randrange(0x80)) for _ in range(draw.randrange(1, 30))),
    "variation selector": lambda draw: "葛" + chr(draw.choice((0xFE00, 0xFE0F, 0xE0100, 0xE01EF))) + "飾",
    "private use": lambda draw: chr(draw.choice((0xE000, 0xF8FF, 0xF0000, 0x10FFFD, draw.randrange(0xE000, 0xF900)))),
    "emoji": lambda draw: draw.choice(("👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇨🇳", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣")),
    "combining marks": lambda draw: draw.choice("e中") + draw.choice("\u0301\u0489\u20dd") * draw.choice((1, 50, 1000)),
    "radicals": lambda draw: draw.choice(("⾸⻚", "⻋⻓⻢⺠", "⼚⻔", "⺀", "㇐")),
    "compatibility ideograph": lambda draw: chr(draw.choice((0xF900, 0xFA0C, 0xFA70, 0x2F800, 0x2FA1D))),
    "full width": lambda draw: full_width(draw.choice(_SENTENCES)),
    "half width": lambda draw: draw.choice(("ｶﾀｶﾅ", "￩￪", "｡｢｣", "ﾡﾢ")),
    "punctuation": lambda draw: "".join(draw.choice("。.，,“”\"'‘’！!？?；;：:（()）、…—–-・·") for _ in range(8)),
    "line breaks": lambda draw: draw.choice(
        ("\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r\n\r\n", "　")
    ),
    "ligatures": lambda draw: draw.choice(("ﷺ", "ﬁ", "㍿", "㋿", "½", "Ⅷ", "①", "㎏", "ǆ", "İ", "ẞ", "ς")),
    "other scripts": lambda draw: draw.choice(("สวัสดี", "العربية", "עברית", "हिन्दी", "한국어", "ქართული", "𓀀", "𝒜𝟘")),
    "markup": lambda draw: draw.choice(
        ("<script>", "[1]", "```", "| a | b |", "---\n", "<|im_start|>", "\\u0000", "&#0;")
    ),
}


def hostile_text(draw: random.Random) -> tuple[str, str]:
    """A text of some sentences with one to five hostile pieces in it, and what kind the first piece is."""
    pieces = [draw.choice(_SENTENCES) for _ in range(draw.randrange(1, 5))]
    kinds = [draw.choice(list(HOSTILE)) for _ in range(draw.randrange(1, 6))]
    for kind in kinds:
        place = draw.randrange(len(pieces))
        at = draw.randrange(len(pieces[place]) + 1)
        pieces[place] = pieces[place][:at] + HOSTILE[kind](draw) + pieces[place][at:]
    return "".join(pieces), kinds[0]


# Other ways to write the same question


def full_width(text: str) -> str:
    """As an input method in full-width mode writes it."""
    return "".join(
        "\u3000" if character == " " else chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character
        for character in text
    )


def half_width(text: str) -> str:
    """With the punctuation of ASCII."""
    return unicodedata.normalize("NFKC", text).replace("。", ".").replace("、", ",").replace("“", '"').replace("”", '"')


def traditional(text: str) -> str:
    from opencc import OpenCC

    return str(OpenCC("s2t").convert(text))


def as_radicals(text: str) -> str:
    """With every ideograph that has a radical of the same look written as that radical."""
    from index.radicals import EQUIVALENT_IDEOGRAPHS

    radicals = {ideograph: radical for radical, ideograph in EQUIVALENT_IDEOGRAPHS.items() if radical < 0x3000}
    return text.translate(radicals)


def with_zero_width(text: str) -> str:
    """With a zero-width space between all characters, as a copy from some pages has."""
    return "\u200b".join(text)


WAYS: dict[str, Callable[[str], str]] = {
    "full width": full_width,
    "half width": half_width,
    "traditional": traditional,
    "radicals": as_radicals,
    "zero width": with_zero_width,
}
