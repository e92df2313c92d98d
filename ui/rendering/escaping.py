"""Text of documents, questions and models, made harmless for a page or a terminal."""

from __future__ import annotations

import html
import re

UNPRESENTABLE = re.compile(r"[\x00\ud800-\udfff]")
DRIVING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")


def escape(text: str) -> str:
    """`text` as HTML content (not for an attribute) on a single line; a browser reads it back as `text`.

    Line breaks and tabs become references: a blank line would end an HTML block and let Markdown have the rest, and
    Gradio expands tabs. What cannot be in a page, lone surrogates and NUL, becomes U+FFFD.
    """
    possible = UNPRESENTABLE.sub("�", text)
    return re.sub(r"[\n\r\t]", lambda control: f"&#{ord(control[0])};", html.escape(possible, quote=False))


def printable(text: str) -> str:
    """`text` without the characters by which a document could drive a terminal, turn the direction of writing or hide
    words (tag characters). Variation selectors, private-use characters and joiners are kept: names and emoji need them.
    """
    return DRIVING.sub("�", text)


def one_line(text: str) -> str:
    """Text of a document or a file name on one line for a terminal."""
    return printable(" ".join(text.split()))
