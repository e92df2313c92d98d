"""Colours as CSS writes them, as far as it takes to tell text from what lies behind it."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass

_ALIKE = 16  # of 255 in each channel: too little to read by
_NAMES = {
    "white": "#ffffff", "snow": "#fffafa", "ivory": "#fffff0", "ghostwhite": "#f8f8ff", "whitesmoke": "#f5f5f5",
    "floralwhite": "#fffaf0", "mintcream": "#f5fffa", "azure": "#f0ffff", "aliceblue": "#f0f8ff",
    "honeydew": "#f0fff0", "seashell": "#fff5ee", "lightyellow": "#ffffe0", "lightcyan": "#e0ffff",
    "lavenderblush": "#fff0f5", "gainsboro": "#dcdcdc", "lightgray": "#d3d3d3", "lightgrey": "#d3d3d3",
    "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "black": "#000000", "red": "#ff0000",
    "green": "#008000", "lime": "#00ff00", "blue": "#0000ff", "navy": "#000080", "yellow": "#ffff00",
    "orange": "#ffa500", "maroon": "#800000", "purple": "#800080", "teal": "#008080", "aqua": "#00ffff",
    "cyan": "#00ffff", "fuchsia": "#ff00ff", "magenta": "#ff00ff", "olive": "#808000",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green and blue from 0 to 255."""

    red: float
    green: float
    blue: float
    is_transparent: bool = False


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def is_same_colour(one: Colour, other: Colour) -> bool:
    """Whether text of one colour cannot be read on the other."""
    pairs = ((one.red, other.red), (one.green, other.green), (one.blue, other.blue))
    return all(abs(left - right) <= _ALIKE for left, right in pairs)


def parse_colour(value: str) -> Colour | None:
    """A colour by name, as `#…`, `rgb(…)` or `hsl(…)`, in lower case; None where it is none or not known."""
    value = _NAMES.get(value, value)
    if value == "transparent":
        return Colour(0, 0, 0, is_transparent=True)
    if re.fullmatch(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", value):
        digits = value[1:] if len(value) > 5 else "".join(digit * 2 for digit in value[1:])
        red, green, blue, *alpha = (float(int(digits[place : place + 2], 16)) for place in range(0, len(digits), 2))
        return Colour(red, green, blue, is_transparent=bool(alpha) and alpha[0] <= 25)
    match = re.fullmatch(r"(rgb|hsl)a?\(([^)]*)\)", value)
    if match is None:
        return None
    parts = re.findall(r"([+-]?\d*\.?\d+)(%|deg)?", match[2])
    if len(parts) < 3:
        return None
    faint = len(parts) > 3 and _share(*parts[3], whole=1) <= 0.1
    if match[1] == "rgb":
        red, green, blue = (255 * _share(*part, whole=255) for part in parts[:3])
        return Colour(red, green, blue, is_transparent=faint)
    hue, saturation, lightness = float(parts[0][0]) / 360, _share(*parts[1], whole=100), _share(*parts[2], whole=100)
    red, green, blue = (255 * channel for channel in colorsys.hls_to_rgb(hue % 1, lightness, saturation))
    return Colour(red, green, blue, is_transparent=faint)


def _share(number: str, unit: str, *, whole: float) -> float:
    return min(max(float(number) / (100 if unit == "%" else whole), 0.0), 1.0)
