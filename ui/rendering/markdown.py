"""Text of documents, questions and models as text of a Markdown file: a viewer shows it and makes nothing of it.

Backslashes stand before every mark that CommonMark or a usual extension (tables, autolinks, mathematics, emoji,
mentions) gives a meaning, where it has one; ordinary prose stays readable in the source.
"""

from __future__ import annotations

import re

from ui.rendering.escaping import printable

_ANYWHERE = re.compile(r"[\\`*_{}\[\]<>|~#&$@^]|==|(?<=[A-Za-z0-9])\.(?=[A-Za-z])|:(?=[A-Za-z0-9_+/-])")
_AT_THE_START = re.compile(r"^(?P<mark>[-+=:])|^(?P<number>\d{1,9})(?P<stop>[.)])")
_LINE_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")


def markdown_line(text: str) -> str:
    """`text` on one line, to stand anywhere in a line."""
    return _escaped(" ".join(_LINE_BREAKS.sub("\n", text).split()))


def markdown_block(text: str, quoted: bool = False) -> str:
    """`text` with its line breaks, as a block of its own, or as a block quotation."""
    lines = [_escaped(" ".join(line.split())) for line in _LINE_BREAKS.sub("\n", text).strip().split("\n")]
    broken = [f"{line}\\" if line and after else line for line, after in zip(lines, [*lines[1:], ""], strict=True)]
    return "\n".join(f"> {line}".rstrip() for line in broken) if quoted else "\n".join(broken)


def _escaped(line: str) -> str:
    marked = _ANYWHERE.sub(lambda match: "".join(f"\\{character}" for character in match[0]), printable(line))
    return _AT_THE_START.sub(
        lambda match: f"\\{match['mark']}" if match["mark"] else f"{match['number']}\\{match['stop']}", marked
    )
