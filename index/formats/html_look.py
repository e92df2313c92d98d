"""Whether a reader sees what has a style: what an element hands down to its text, and what hides an element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from index.formats.html_colour import BLACK, WHITE, Colour, is_same_colour, parse_colour


@dataclass(frozen=True, slots=True)
class Look:
    """What an element hands down to its text and to the elements in it."""

    visible: bool = True
    readable_size: bool = True
    colour: Colour | None = BLACK  # None: not known
    background: Colour | None = WHITE

    def hides_text(self) -> str | None:
        """Why text with this look cannot be seen; None where it can."""
        if not self.visible:
            return "visibility:hidden"
        if not self.readable_size:
            return "font-size:0"
        if self.colour is not None and self.colour.is_transparent:
            return "transparent text"
        if self.colour is not None and self.background is not None and is_same_colour(self.colour, self.background):
            return "text in the colour of its background"
        return None


def inherit(look: Look, style: Mapping[str, str]) -> Look:
    """The look inside an element with `style` whose parent has `look`."""
    if not style:
        return look
    if "visibility" in style and style["visibility"] != "inherit":
        look = replace(look, visible=style["visibility"] not in ("hidden", "collapse"))
    size = style.get("font-size") or next(iter(re.findall(r"(?:^|\s)(0\w*)/|^(0\w*)\s", style.get("font", ""))), None)
    if isinstance(size, tuple):
        size = size[0] or size[1]
    if size:
        look = replace(look, readable_size=_is_readable(size, look.readable_size))
    if "color" in style and style["color"] not in ("inherit", "currentcolor"):
        look = replace(look, colour=parse_colour(style["color"]))
    for name in ("background", "background-color", "background-image"):
        if name in style:
            look = replace(look, background=_background(style[name], look.background))
    return look


def _is_readable(size: str, inherited: bool) -> bool:
    match = re.fullmatch(r"([+-]?\d*\.?\d+)(%|[a-z]*)", size)
    if match is None:
        return inherited if size in ("inherit", "larger", "smaller", "unset") else True
    amount = float(match[1])
    if amount <= 0 or (amount <= 1 and match[2] in ("px", "pt")):
        return False
    return inherited if match[2] in ("em", "%", "ex") else True


def _background(value: str, behind: Colour | None) -> Colour | None:
    """The colour behind the text; None where a picture or something unknown lies there."""
    if value in ("none", "inherit", "initial", "unset", "transparent", "0 0", ""):
        return behind
    if "url(" in value or "gradient" in value or "var(" in value:
        return None
    colours = [colour for part in re.findall(r"[a-z]+\([^)]*\)|[^\s]+", value) if (colour := parse_colour(part))]
    if not colours:
        return behind
    return behind if colours[0].is_transparent else colours[0]


def hides_element(style: Mapping[str, str]) -> str | None:
    """Why an element with `style` cannot be seen, with all that is in it; None where it can."""
    if not style:
        return None
    if style.get("display") == "none":
        return "display:none"
    if style.get("content-visibility") == "hidden":
        return "content-visibility:hidden"
    opacity = re.fullmatch(r"([+-]?\d*\.?\d+)(%?)", style.get("opacity", ""))
    if opacity and float(opacity[1]) / (100 if opacity[2] else 1) <= 0.02:
        return "opacity:0"
    if re.search(r"\bscale[xy3]?d?\(\s*0*\.?0*\s*[,)]", style.get("transform", "")):
        return "zero size"
    overflow = f"{style.get('overflow', '')} {style.get('overflow-x', '')} {style.get('overflow-y', '')}"
    sizes = [_pixels(style.get(name)) for name in ("width", "height", "max-width", "max-height")]
    if re.search(r"hidden|clip", overflow) and any(size is not None and 0 <= size <= 1 for size in sizes):
        return "zero size"
    if re.match(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)", style.get("clip", "")):
        return "clipped away"
    if re.match(r"inset\(\s*(?:[5-9]\d|\d{3,})(?:\.\d+)?%|circle\(\s*0", style.get("clip-path", "")):
        return "clipped away"
    return "off the screen" if _is_off_screen(style) else None


_FAR = 500.0  # pixels to the left of or above the page; a page has nothing to scroll to there
_VERY_FAR = 3_000.0  # to the right or below, where a page can be scrolled to


def _is_off_screen(style: Mapping[str, str]) -> bool:
    offsets = [_pixels(style.get(name)) for name in ("text-indent", "margin-left", "margin-top")]
    moves = re.findall(r"translate[xy3]?d?\(([^)]*)\)", style.get("transform", ""))
    offsets += [_pixels(part.strip()) for move in moves for part in move.split(",")]
    if style.get("position") in ("absolute", "fixed", "relative", "sticky"):
        placed = [_pixels(style.get(name)) for name in ("left", "top", "right", "bottom")]
        if any(offset is not None and offset >= _VERY_FAR for offset in placed):
            return True
        offsets += placed
    return any(offset is not None and offset <= -_FAR for offset in offsets)


def _pixels(value: str | None) -> float | None:
    """A length in pixels, taking a screen for 1,000 pixels and a character for 16; None where it is none."""
    match = re.fullmatch(r"([+-]?\d*\.?\d+)(px|em|rem|pt|vw|vh|%|in|cm|mm|ch|ex)?", value or "")
    if match is None:
        return None
    factors = {"em": 16, "rem": 16, "ch": 8, "ex": 8, "vw": 10, "vh": 10, "%": 10, "in": 96, "cm": 38, "mm": 3.8}
    return float(match[1]) * factors.get(match[2] or "", 1)
