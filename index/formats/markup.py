"""Text that is put into Markdown without becoming markup."""

from __future__ import annotations

import re

_LOOKS_LIKE_MARKUP = re.compile(r"^(\s{0,3})(?=#{1,6}(?:\s|$)|=+\s*$|-+\s*$|```|~~~)", re.M)


def escape_markup(text: str) -> str:
    """`text` with a backslash before each line that Markdown takes for a heading or the border of a code block."""
    return _LOOKS_LIKE_MARKUP.sub(r"\1\\", text)
