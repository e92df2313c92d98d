"""Numbers as a spreadsheet displays them: the decimals, thousands, scale, per cent and texts of a number format.

Not handled are fractions, exponents, texts between the digits and formats that depend on the value; a number with such
a format is given plainly and without the texts, which may name another scale ("万" behind a shortened number).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_TOKEN = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|\[([^\]]*)\]|[\\!](.)|[_*]?.', re.S)
_PLACES = re.compile(r"General|([#0?][#0?,]*)(?:\.([#0?]*))?(,*)", re.I)
_DEPENDENT = re.compile(r"\[\s*[<>=]")  # [>=10000] before a section
_SHOWN_UNQUOTED = re.compile(r"[$+\-():/^&~{}<>= ]|[^\x00-\x7f]")
_TEXT = "\0"  # stands for a text in a section
_EXACT = Context(prec=400)


def format_number(value: float, number_format: str) -> str:
    """The number as a cell with that format shows it; empty where it is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if number_format == "General":
        return _plain(value)
    positive, _, rest = number_format.partition(";")
    for_negative = rest.partition(";")[0] if value < 0 else ""
    skeleton, texts = _split(for_negative or positive)
    core = _PLACES.search(skeleton)
    if core is None or _DEPENDENT.search(number_format):
        return _plain(value)
    left, right = skeleton[: core.start()], skeleton[core.end() :]
    if re.search(r"[#0?@e]", left + right, re.I):
        return _plain(value)
    percents = (left + right).count("%")
    number = _digits(value, core, percents) if core[1] else _plain(abs(value))
    count = left.count(_TEXT)
    own_sign = "-" if for_negative else None
    before = _filled(left, [text for text in texts[:count] if text != own_sign]).lstrip()
    after = _filled(right, texts[count:]).rstrip()
    brackets = for_negative and before.startswith("(") and after.endswith(")")
    sign = "-" if value < 0 and not brackets and re.search("[1-9]", number) else ""
    return f"{sign}{before}{number}{after}"


@lru_cache(maxsize=1_000)
def _split(section: str) -> tuple[str, tuple[str, ...]]:
    """The section with one sign in place of each of its texts, and the texts in their order."""
    skeleton: list[str] = []
    texts: list[str] = []
    for token in _TOKEN.finditer(section):
        quoted, currency, bracketed, escaped = token.groups()
        text = next((each for each in (quoted, currency, escaped) if each is not None), None)
        if text is None and _SHOWN_UNQUOTED.fullmatch(token[0]):
            text = token[0]
        if text is not None:
            skeleton.append(_TEXT)
            texts.append(text)
        elif bracketed is None and token[0][0] not in "_*":  # colours; what is as wide as a sign, or fills the cell
            skeleton.append(token[0])
    return "".join(skeleton), tuple(texts)


def _filled(skeleton: str, texts: Sequence[str]) -> str:
    """One side of the digits as it is shown."""
    waiting = iter(texts)
    return "".join(next(waiting, "") if sign == _TEXT else "%" if sign == "%" else "" for sign in skeleton)


def _digits(value: float, core: re.Match[str], percents: int) -> str:
    """The number without its sign, rounded as in school and not as computers do."""
    whole, fraction = core[1], core[2] or ""
    thousands = len(whole) - len(whole.rstrip(",")) + len(core[3])
    amount = Decimal(abs(value)) if isinstance(value, int) else Decimal(f"{abs(value):.15g}")
    scaled = amount.scaleb(2 * percents - 3 * thousands, _EXACT)
    rounded = scaled.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, _EXACT)
    is_grouped = "," in whole.rstrip(",")
    before, _, after = f"{rounded:{',' if is_grouped else ''}f}".partition(".")
    while len(after) > fraction.rfind("0") + 1 and after.endswith("0"):
        after = after[:-1]
    before = before if is_grouped else before.zfill(whole.count("0"))
    return f"{before}.{after}" if after else before


def _plain(value: float) -> str:
    """As few digits as Excel shows: a whole number without a point, no exponent where the number is of usual size."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}" if not 1e-4 <= abs(value) < 1e15 else f"{value:.11f}".rstrip("0").rstrip(".")
