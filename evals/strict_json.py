"""JSON from files that people write by hand: what Python's reader lets pass and no one means is an error."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

_DEEPEST = 20  # levels; no format here has more than five


def load_object(text: str) -> dict[str, Any]:
    """The object in `text`. Raises `ValueError`, in one line, where there is none or it is not plainly meant.

    Not allowed are a key twice, NaN and infinity, a number too large for a float, and half a character.
    """
    try:
        content = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    if not isinstance(content, dict):
        raise ValueError(f"it is {_KINDS.get(type(content), 'something else')} and not an object in {{}}")
    _check(content, 0)
    return content


_TOO_DEEP = f"it is nested deeper than {_DEEPEST} levels"
_KINDS = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise ValueError(f"the key {shown(key)} stands twice")
        content[key] = value
    return content


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _float(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise ValueError(f"the number {shown(digits)} is too large")
    return value


def _integer(digits: str) -> int:
    _float(digits)
    return int(digits)


def _check(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(_TOO_DEEP)
    match value:
        case str() if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("a text holds half a character (a lone surrogate)")
        case list():
            for item in value:
                _check(item, depth + 1)
        case dict():
            for key, item in value.items():
                _check(key, depth + 1)
                _check(item, depth + 1)


def shown(value: Any) -> str:
    """A value as an error message quotes it: on one line, in ASCII where it would not print, and cut short."""
    text = repr(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 60 else f"{text[:59]}…"
